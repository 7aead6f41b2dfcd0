"""The locked store as an independent S3 (moto) enforces it: what was promised cannot be taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from kit.aws import credentials, s3
from kit.aws.errors import AwsError
from signals.adapters.aws import LockedBucket

pytestmark = pytest.mark.stores
REGION, KEY = "ap-south-1", "commitments/treum-house/000000001.json"
UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(days=365)


@pytest.fixture
def client(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    """Return somebody with every right, beside a bucket that locks and one that does not."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", REGION)
    s3._client.cache_clear()
    credentials.forget()
    made = boto3.client("s3", region_name=REGION)
    known = {one["Name"] for one in made.list_buckets()["Buckets"]}
    for name, locks in (("treum-promises", True), ("treum-open", False)):
        if name not in known:
            made.create_bucket(
                Bucket=name,
                ObjectLockEnabledForBucket=locks,
                CreateBucketConfiguration={"LocationConstraint": REGION},
            )
    yield made
    s3._client.cache_clear()
    credentials.forget()


def test_a_kept_promise_can_neither_be_deleted_nor_replaced(client: S3Client) -> None:
    store = LockedBucket("treum-promises")
    store.keep(KEY, b"first", UNTIL)
    kept = client.head_object(Bucket="treum-promises", Key=KEY)["VersionId"]

    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(Bucket="treum-promises", Key=KEY, VersionId=kept, BypassGovernanceRetention=True)
    store.keep(KEY, b"second", UNTIL)
    client.delete_object(Bucket="treum-promises", Key=KEY)

    found = client.get_object(Bucket="treum-promises", Key=KEY, VersionId=kept)
    assert found["Body"].read() == b"first"
    assert (found["ObjectLockMode"], found["ObjectLockRetainUntilDate"]) == ("COMPLIANCE", UNTIL)


def test_nothing_is_promised_in_a_bucket_that_cannot_lock(client: S3Client) -> None:
    with pytest.raises(AwsError):
        LockedBucket("treum-open").keep(KEY, b"first", UNTIL)

    assert "Contents" not in client.list_objects_v2(Bucket="treum-open")
