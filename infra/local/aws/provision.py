"""Makes a template's queues, topics, buckets, secrets, keys, parameters and workflows in the emulator.

Idempotent: what exists keeps its content; a workflow takes its new definition.
"""

import json
import logging
import secrets
import string
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from local.aws import ACCOUNT, REGION
from local.aws.internal import CallFailedError, Internal
from local.aws.journal import KEY_NONCE
from local.model import Resource

_log = logging.getLogger(__name__)

_QUEUE_ATTRIBUTES = (
    "DelaySeconds",
    "FifoQueue",
    "ContentBasedDeduplication",
    "MessageRetentionPeriod",
    "MaximumMessageSize",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
    "RedrivePolicy",
)
# a queue is made before what points to it; everything else in the order of the template
_FIRST = ("AWS::KMS::Key", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket")


async def provision(internal: Internal, resources: Iterable[Resource]) -> list[str]:
    """Make ``resources``; return one line for each that could not be made."""
    problems = []
    for resource in sorted(resources, key=_rank):
        make = _MAKERS.get(resource.type)
        if make is None:
            continue
        try:
            await make(internal, str(resource.properties["PhysicalName"]), resource.properties)
        except CallFailedError as error:
            problems.append(f"{resource.logical_id} ({resource.type}): {error}")
            _log.warning("%s", problems[-1])
    return problems


def _rank(resource: Resource) -> int:
    # dead-letter queues name no other queue, so queues without a redrive policy come first of all
    if resource.type == "AWS::SQS::Queue" and "RedrivePolicy" not in resource.properties:
        return -1
    return _FIRST.index(resource.type) if resource.type in _FIRST else len(_FIRST)


async def _queue(internal: Internal, name: str, properties: Mapping[str, Any]) -> None:
    attributes = {key: _text(properties[key]) for key in _QUEUE_ATTRIBUTES if properties.get(key) is not None}
    await internal.json("sqs", "CreateQueue", {"QueueName": name, "Attributes": attributes})


async def _topic(internal: Internal, name: str, _properties: Mapping[str, Any]) -> None:
    await internal.form("sns", {"Action": "CreateTopic", "Version": "2010-03-31", "Name": name})


async def _subscription(internal: Internal, _name: str, properties: Mapping[str, Any]) -> None:
    members = {
        "Action": "Subscribe",
        "Version": "2010-03-31",
        "TopicArn": str(properties["TopicArn"]),
        "Protocol": str(properties["Protocol"]),
        "Endpoint": str(properties.get("Endpoint", "")),
    }
    await internal.form("sns", members)


async def _bucket(internal: Internal, name: str, properties: Mapping[str, Any]) -> None:
    place = f"<LocationConstraint>{REGION}</LocationConstraint>"
    body = f"<CreateBucketConfiguration>{place}</CreateBucketConfiguration>"
    locked = str(properties.get("ObjectLockEnabled", "")).lower() == "true"
    headers = (("x-amz-bucket-object-lock-enabled", "true"),) if locked else ()
    try:
        await internal.s3("PUT", f"/{name}", body.encode(), headers)
    except CallFailedError as error:
        if error.status != 409:  # noqa: PLR2004 - it exists: its content stays
            raise
        return
    if str(properties.get("VersioningConfiguration", {}).get("Status", "")) == "Enabled":
        versioning = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        await internal.s3("PUT", f"/{name}?versioning", versioning)
    retention = properties.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
    if locked and retention:
        rule = "".join(f"<{key}>{value}</{key}>" for key, value in retention.items())
        lock = (
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
            f"<Rule><DefaultRetention>{rule}</DefaultRetention></Rule></ObjectLockConfiguration>"
        )
        await internal.s3("PUT", f"/{name}?object-lock", lock.encode())


async def _secret(internal: Internal, name: str, properties: Mapping[str, Any]) -> None:
    members: dict[str, Any] = {"Name": name}
    if "SecretString" in properties:
        members["SecretString"] = _text(properties["SecretString"])
    elif "GenerateSecretString" in properties:
        members["SecretString"] = _generated(properties["GenerateSecretString"])
    await _unless_there(internal.json("secretsmanager", "CreateSecret", members))


def _generated(wish: Mapping[str, Any]) -> str:
    excluded = set(str(wish.get("ExcludeCharacters", "")))
    marks = "" if wish.get("ExcludePunctuation") else string.punctuation
    letters = [each for each in string.ascii_letters + string.digits + marks if each not in excluded]
    value = "".join(secrets.choice(letters) for _ in range(int(wish.get("PasswordLength", 32))))
    if "GenerateStringKey" not in wish:
        return value
    return json.dumps(json.loads(wish.get("SecretStringTemplate", "{}")) | {wish["GenerateStringKey"]: value})


async def _key(internal: Internal, name: str, properties: Mapping[str, Any]) -> None:
    try:
        await internal.json("kms", "DescribeKey", {"KeyId": name})
    except CallFailedError:
        members = {
            key: _text(properties[key]) for key in ("Description", "KeyUsage", "KeySpec") if key in properties
        }
        # the key gets the id that the template's references already carry
        await internal.json("kms", "CreateKey", members, ((KEY_NONCE, f"id={name}"),))


async def _alias(internal: Internal, name: str, properties: Mapping[str, Any]) -> None:
    target = str(properties["TargetKeyId"]).rpartition("/")[2]
    await _unless_there(internal.json("kms", "CreateAlias", {"AliasName": name, "TargetKeyId": target}))


async def _parameter(internal: Internal, name: str, properties: Mapping[str, Any]) -> None:
    members = {"Name": name, "Type": properties.get("Type", "String"), "Value": _text(properties["Value"])}
    await internal.json("ssm", "PutParameter", members | {"Overwrite": True})


async def _event_bus(internal: Internal, name: str, _properties: Mapping[str, Any]) -> None:
    await _unless_there(internal.json("events", "CreateEventBus", {"Name": name}))


async def _machine(internal: Internal, name: str, properties: Mapping[str, Any]) -> None:
    role = str(properties.get("RoleArn") or f"arn:aws:iam::{ACCOUNT}:role/states")
    definition = str(properties["DefinitionString"])
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"
    try:
        await internal.json("states", "DescribeStateMachine", {"stateMachineArn": arn})
    except CallFailedError:
        kind = properties.get("StateMachineType", "STANDARD")
        members = {"name": name, "definition": definition, "roleArn": role, "type": kind}
        await internal.json("states", "CreateStateMachine", members)
    else:
        members = {"stateMachineArn": arn, "definition": definition, "roleArn": role}
        await internal.json("states", "UpdateStateMachine", members)


async def _unless_there(call: Awaitable[object]) -> None:
    try:
        await call
    except CallFailedError as error:
        if "Exists" not in str(error):
            raise


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def machine_roles(resources: Iterable[Resource]) -> list[str]:
    """Return the role names under which workflows call: each needs a key."""
    arns = (
        str(each.properties.get("RoleArn", "")) for each in resources if each.type.endswith("::StateMachine")
    )
    return [arn.rpartition("/")[2] for arn in arns if arn]


_MAKERS: Mapping[str, Callable[[Internal, str, Mapping[str, Any]], Awaitable[None]]] = {
    "AWS::SQS::Queue": _queue,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::Subscription": _subscription,
    "AWS::S3::Bucket": _bucket,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::KMS::Key": _key,
    "AWS::KMS::Alias": _alias,
    "AWS::SSM::Parameter": _parameter,
    "AWS::Events::EventBus": _event_bus,
    "AWS::StepFunctions::StateMachine": _machine,
}
