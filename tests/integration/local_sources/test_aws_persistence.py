"""What the AWS endpoint keeps: secrets, objects, locks and keys; a template's resources made once."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builders.aws_endpoint import away, client, endpoint
from local.aws.endpoint import AwsEndpoint
from local.aws.provision import provision
from local.model import Resource

KEY_ID = "2f1d0a58-2d3c-4a3e-9a51-0a4f2f6f8c11"
BUCKET: Any = {"CreateBucketConfiguration": {"LocationConstraint": "ap-south-1"}}


def test_secrets_objects_locks_and_keys_survive_a_killed_emulator_and_a_restart(tmp_path: Path) -> None:
    until = datetime(2031, 1, 1, tzinfo=UTC)

    async def before() -> bytes:
        async with endpoint(tmp_path) as aws:
            await away(_write, aws)
            sealed: bytes = (await away(client(aws, "kms").encrypt, KeyId="alias/people", Plaintext=b"PAN"))[
                "CiphertextBlob"
            ]
            await aws.restart_emulator()
            await check(aws, sealed)
        return sealed

    def _write(aws: AwsEndpoint) -> None:
        secrets, s3, kms = (client(aws, name) for name in ("secretsmanager", "s3", "kms"))
        secrets.create_secret(Name="treum/local/x", SecretString="one")
        secrets.put_secret_value(SecretId="treum/local/x", SecretString="two")
        s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True, **BUCKET)
        s3.put_object(
            Bucket="locked",
            Key="root/1",
            Body=b"first",
            ObjectLockMode="COMPLIANCE",
            ObjectLockRetainUntilDate=until,
        )
        s3.create_bucket(Bucket="plain", **BUCKET)
        for body in (b"old", b"new"):
            s3.put_object(Bucket="plain", Key="k", Body=body, Metadata={"made": "by-test"})
        s3.put_object(Bucket="plain", Key="gone", Body=b"x")
        s3.delete_object(Bucket="plain", Key="gone")
        s3.copy_object(Bucket="plain", Key="copy", CopySource={"Bucket": "plain", "Key": "k"})
        key = kms.create_key(Description="people")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/people", TargetKeyId=key)

    async def check(aws: AwsEndpoint, sealed: bytes) -> None:
        found = await away(_read, aws, sealed)
        assert found == {
            "secret": "two",
            "locked": b"first",
            "mode": "COMPLIANCE",
            "until": until,
            "plain": b"new",
            "made": "by-test",
            "copy": b"new",
            "keys": ["copy", "k"],
            "opened": b"PAN",
        }

    def _read(aws: AwsEndpoint, sealed: bytes) -> dict[str, Any]:
        s3 = client(aws, "s3")
        locked = s3.get_object(Bucket="locked", Key="root/1")  # the emulator has no GetObjectRetention
        plain = s3.get_object(Bucket="plain", Key="k")
        return {
            "secret": client(aws, "secretsmanager").get_secret_value(SecretId="treum/local/x")[
                "SecretString"
            ],
            "locked": locked["Body"].read(),
            "mode": locked["ObjectLockMode"],
            "until": locked["ObjectLockRetainUntilDate"],
            "plain": plain["Body"].read(),
            "made": plain["Metadata"]["made"],
            "copy": s3.get_object(Bucket="plain", Key="copy")["Body"].read(),
            "keys": [each["Key"] for each in s3.list_objects_v2(Bucket="plain")["Contents"]],
            "opened": client(aws, "kms").decrypt(CiphertextBlob=sealed)["Plaintext"],
        }

    async def after(sealed: bytes) -> None:
        async with endpoint(tmp_path) as aws:
            await check(aws, sealed)

    sealed = asyncio.run(before())
    asyncio.run(after(sealed))
    assert (tmp_path / "journal.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


def test_resources_of_a_template_are_made_once_and_made_again(tmp_path: Path) -> None:
    machine = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    resources = [
        Resource("Dead", "AWS::SQS::Queue", {"PhysicalName": "dead"}),
        Resource(
            "Work",
            "AWS::SQS::Queue",
            {
                "PhysicalName": "work",
                "VisibilityTimeout": 60,
                "RedrivePolicy": {
                    "deadLetterTargetArn": "arn:aws:sqs:ap-south-1:000000000000:dead",
                    "maxReceiveCount": 3,
                },
            },
        ),
        Resource("Topic", "AWS::SNS::Topic", {"PhysicalName": "news"}),
        Resource(
            "Proofs",
            "AWS::S3::Bucket",
            {
                "PhysicalName": "proofs",
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 7}}},
            },
        ),
        Resource(
            "Password",
            "AWS::SecretsManager::Secret",
            {
                "PhysicalName": "treum/local/db/users",
                "GenerateSecretString": {
                    "SecretStringTemplate": '{"username": "users_app"}',
                    "GenerateStringKey": "password",
                    "ExcludePunctuation": True,
                },
            },
        ),
        Resource("Key", "AWS::KMS::Key", {"PhysicalName": KEY_ID}),
        Resource("Alias", "AWS::KMS::Alias", {"PhysicalName": "alias/p", "TargetKeyId": KEY_ID}),
        Resource(
            "Flow", "AWS::StepFunctions::StateMachine", {"PhysicalName": "flow", "DefinitionString": machine}
        ),
    ]

    async def scenario() -> None:
        async with endpoint(tmp_path) as aws:
            assert await provision(aws.internal, resources) == []
            secrets = client(aws, "secretsmanager")
            first = await away(secrets.get_secret_value, SecretId="treum/local/db/users")
            assert await provision(aws.internal, resources) == []
            again = await away(secrets.get_secret_value, SecretId="treum/local/db/users")
            assert again["SecretString"] == first["SecretString"]
            lock = await away(client(aws, "s3").get_object_lock_configuration, Bucket="proofs")
            rule = lock["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
            assert (rule["Mode"], rule["Days"]) == ("GOVERNANCE", 7)
            key = await away(client(aws, "kms").describe_key, KeyId="alias/p")
            assert key["KeyMetadata"]["KeyId"] == KEY_ID
            machines = await away(client(aws, "stepfunctions").list_state_machines)
            assert [each["stateMachineArn"] for each in machines["stateMachines"]] == [
                "arn:aws:states:ap-south-1:000000000000:stateMachine:flow"
            ]

    asyncio.run(scenario())
