"""Our calls as an independent implementation of the services reads them (moto)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from kit import secrets
from kit.aws import credentials, lambdas, mail, s3, stepfunctions
from kit.aws.errors import AwsError

pytestmark = pytest.mark.stores
REGION = "ap-south-1"
MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


@pytest.fixture(autouse=True)
def aws(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", REGION)
    forget = (lambdas._client, s3._client, stepfunctions._client, mail._ses, mail._sns)
    for one in forget:
        one.cache_clear()
    secrets.forget()
    credentials.forget()
    yield
    for one in forget:
        one.cache_clear()
    secrets.forget()
    credentials.forget()


def test_a_secret_is_cached_until_it_is_asked_for_afresh() -> None:
    manager = boto3.client("secretsmanager", region_name=REGION)
    manager.create_secret(Name="treum/test/db/users", SecretString='{"username":"u","password":"one"}')
    assert secrets.get("treum/test/db/users")["password"] == "one"
    manager.put_secret_value(SecretId="treum/test/db/users", SecretString='{"username":"u","password":"2"}')
    assert secrets.get("treum/test/db/users")["password"] == "one"
    assert secrets.get("treum/test/db/users", fresh=True)["password"] == "2"
    assert secrets.get("treum/test/db/users")["password"] == "2"


def test_an_unknown_secret_is_a_clear_refusal() -> None:
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        secrets.get("treum/test/absent")


def test_objects_go_in_and_out_under_any_key() -> None:
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket="treum-plain", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    s3.put("treum-plain", "a b/₹/c+d.json", b'{"x":1}', content_type="application/json")
    assert s3.get("treum-plain", "a b/₹/c+d.json") == b'{"x":1}'
    listed = boto3.client("s3", region_name=REGION).list_objects_v2(Bucket="treum-plain")
    assert [one["Key"] for one in listed["Contents"]] == ["a b/₹/c+d.json"]
    with pytest.raises(AwsError) as caught:
        s3.get("treum-plain", "absent")
    assert caught.value.aws_code == "NoSuchKey"


def test_a_locked_object_carries_its_retention() -> None:
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(
        Bucket="treum-locked",
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    s3.put("treum-locked", "commitment", b"x", content_type="text/plain", lock_until=until)
    kept = client.head_object(Bucket="treum-locked", Key="commitment")
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    assert kept["ObjectLockRetainUntilDate"] == until


def test_an_execution_starts_once_under_its_name() -> None:
    machine = boto3.client("stepfunctions", region_name=REGION).create_state_machine(
        name="once",
        definition=json.dumps(MACHINE),
        roleArn="arn:aws:iam::123456789012:role/treum",
    )["stateMachineArn"]
    assert stepfunctions.start(machine, "saga-1", "{}")
    assert not stepfunctions.start(machine, "saga-1", '{"other":1}')


def test_mail_and_sms_arrive_in_the_outbox() -> None:
    boto3.client("ses", region_name=REGION).verify_email_identity(EmailAddress="no-reply@treum.example")
    mail.send_email("asha@example.com", "Your code", "₹ 123456")
    mail.send_sms("+919812345678", "123456 & more")
    quota = boto3.client("ses", region_name=REGION).get_send_quota()
    assert quota["SentLast24Hours"] == 1


def test_invoking_an_absent_function_is_refused_by_name() -> None:
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        lambdas.invoke_async("treum-test-absent", b"{}")
