"""The signed AWS endpoint: who may call, what is recorded, what survives, what is captured."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from builders.aws_endpoint import away, client, endpoint
from local.aws import policy
from local.aws.calls import Call, read
from local.aws.credentials import Credentials, Keyring
from local.aws.endpoint import AwsEndpoint
from local.controls.clock import PlatformClock
from local.model import FunctionSpec

BUCKET = {"CreateBucketConfiguration": {"LocationConstraint": "ap-south-1"}}


async def _refused(work: Callable[..., Any], **named: Any) -> str:
    with pytest.raises(ClientError) as caught:
        await away(work, **named)
    response: Any = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(response["Error"]["Code"])


def test_an_unknown_key_is_refused_in_the_form_each_service_speaks(tmp_path: Path) -> None:
    calls = {"sqs": "list_queues", "s3": "list_buckets", "sns": "list_topics", "kms": "list_keys"}

    async def scenario() -> None:
        async with endpoint(tmp_path) as aws:
            for service, call in calls.items():
                stranger = client(aws, service, Credentials("x", "AKIAAAAAAAAAAAAAAAAA", "secret"))
                assert await _refused(getattr(stranger, call)) == "InvalidClientTokenId"

    asyncio.run(scenario())


def test_a_wrong_secret_and_a_tampered_request_are_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with endpoint(tmp_path) as aws:
            forged = Credentials("platform", aws.platform.access_key, "not the secret")
            assert await _refused(client(aws, "sqs", forged).list_queues) == "SignatureDoesNotMatch"
            tampering = client(aws, "secretsmanager")

            def tamper(request: Any, **_: Any) -> None:
                request.body = request.body.replace(b"mine", b"your")

            tampering.meta.events.register("before-send.secretsmanager", tamper)
            assert await _refused(tampering.get_secret_value, SecretId="mine") == "SignatureDoesNotMatch"

    asyncio.run(scenario())


def test_an_unsigned_request_is_refused(tmp_path: Path) -> None:
    async def scenario() -> int:
        async with endpoint(tmp_path) as aws:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(aws.url.rpartition(":")[2]))
            writer.write(b"GET /bucket/key HTTP/1.1\r\nhost: x\r\n\r\n")
            status = int((await reader.readline()).split()[1])
            writer.close()
            return status

    assert asyncio.run(scenario()) == 403


def test_presigned_urls_work_and_expire_by_the_platform_clock(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = PlatformClock(tmp_path / "clock")
        aws = AwsEndpoint(tmp_path, now=clock.now)
        async with aws:
            s3 = client(aws, "s3")
            await away(s3.create_bucket, Bucket="signed-urls", **BUCKET)
            await away(s3.put_object, Bucket="signed-urls", Key="a b/ü.txt", Body=b"text")
            url = s3.generate_presigned_url(
                "get_object", Params={"Bucket": "signed-urls", "Key": "a b/ü.txt"}, ExpiresIn=300
            )
            assert (await away(_fetch, url)) == (200, b"text")
            assert (await away(_fetch, url.replace("X-Amz-Expires=300", "X-Amz-Expires=900")))[0] == 403
            clock.advance(302)
            assert (await away(_fetch, url))[0] == 403

    asyncio.run(scenario())


def _fetch(url: str) -> tuple[int, bytes]:
    from urllib.error import HTTPError  # noqa: PLC0415 - only here

    try:
        with urlopen(url) as response:  # noqa: S310 - http on loopback
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, b""


def test_mail_and_sms_are_captured_newest_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with endpoint(tmp_path) as aws:
            for text in ("first", "second"):
                await away(client(aws, "sns").publish, PhoneNumber="+919876543210", Message=text)
            await away(
                client(aws, "sesv2").send_email,
                FromEmailAddress="TREUM <hello@treum.test>",
                Destination={"ToAddresses": ["a@b.test"]},
                Content={"Simple": {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "Body"}}}},
            )
            assert [each["text"] for each in aws.mailbox.messages("+919876543210")] == ["second", "first"]
            (mail,) = aws.mailbox.messages("a@b.test")
            assert (mail["kind"], mail["subject"], mail["text"]) == ("email", "Hi", "Body")

    asyncio.run(scenario())


def test_the_policy_test_finds_a_planted_call_and_nothing_else(tmp_path: Path) -> None:
    allowed = {
        "Statement": [
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::proofs/*"},
            {
                "Effect": "Allow",
                "Action": ["secretsmanager:GetSecretValue"],
                "Resource": "arn:aws:secretsmanager:ap-south-1:000000000000:secret:treum/local/db/users-??????",
            },
        ],
    }
    spec = FunctionSpec("Users", "treum-local-users", "h", Path(), role_policies=(allowed,))

    async def scenario() -> None:
        async with endpoint(tmp_path) as aws:
            own = client(aws, "secretsmanager")
            await away(own.create_secret, Name="treum/local/db/users", SecretString="{}")
            await away(own.create_secret, Name="treum/local/db/ledger", SecretString="{}")
            role = aws.keyring.issue("treum-local-users")
            reading = client(aws, "secretsmanager", role)
            await away(reading.get_secret_value, SecretId="treum/local/db/users")
            assert policy.denied(aws.calls.distinct(), {"Users": spec}) == []
            await away(reading.get_secret_value, SecretId="treum/local/db/ledger")
            (found,) = policy.denied(aws.calls.distinct(), {"Users": spec})
            assert found.call.action == "secretsmanager:GetSecretValue"
            assert found.call.resource.endswith("secret:treum/local/db/ledger-000000")
        assert found.call in read(tmp_path / "aws-calls.jsonl")
        assert all(isinstance(call, Call) for call in read(tmp_path / "aws-calls.jsonl"))

    asyncio.run(scenario())


def test_keys_are_the_same_after_a_restart_and_differ_between_checkouts(tmp_path: Path) -> None:
    here, again, there = (Keyring.open(tmp_path / name).issue("f") for name in ("a", "a", "b"))
    assert here == again
    assert here.access_key == there.access_key
    assert here.secret_key != there.secret_key
