"""Names, references and attributes of resources, as CloudFormation would give them after a deploy."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from local.aws import ACCOUNT, REGION
from local.runtime.environment import function_arn

_NAME_PROPERTY = {
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SSM::Parameter": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::Events::EventBus": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::ApiGatewayV2::Stage": "StageName",
}
_ARN = {
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}",
    "AWS::SSM::Parameter": "arn:aws:ssm:{region}:{account}:parameter/{name}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
    "AWS::Events::Rule": "arn:aws:events:{region}:{account}:rule/{name}",
    "AWS::Events::EventBus": "arn:aws:events:{region}:{account}:event-bus/{name}",
    "AWS::Scheduler::Schedule": "arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::Lambda::LayerVersion": "arn:aws:lambda:{region}:{account}:layer:{name}:1",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
}
_REF_IS_ARN = {
    "AWS::SNS::Topic",
    "AWS::StepFunctions::StateMachine",
    "AWS::SecretsManager::Secret",
    "AWS::Lambda::LayerVersion",
}


def name_property(kind: str) -> str | None:
    """Return the property that names a resource of type ``kind``."""
    return _NAME_PROPERTY.get(kind)


def generated_name(prefix: str, logical_id: str, kind: str) -> str:
    """Return the name of a resource whose template gives none: stable from run to run."""
    if kind in {"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"}:
        return hashlib.sha256(f"{prefix}{logical_id}".encode()).hexdigest()[:10]
    name = f"{prefix}{logical_id}"
    if kind == "AWS::KMS::Key":
        return str(uuid.UUID(hashlib.sha256(name.encode()).hexdigest()[:32]))
    return name.lower() if kind == "AWS::S3::Bucket" else name


def arn(kind: str, name: str) -> str:
    """Return the ARN of a resource."""
    if kind == "AWS::Lambda::Function":
        return function_arn(name)
    pattern = _ARN.get(kind, f"arn:aws:{kind.split('::')[1].lower()}:{{region}}:{{account}}:{{name}}")
    return pattern.format(region=REGION, account=ACCOUNT, name=name.removeprefix("/"))


def reference(kind: str, name: str) -> str:
    """Return what ``Ref`` gives: a name for most types, an ARN or an address for some."""
    if kind == "AWS::SQS::Queue":
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
    return arn(kind, name) if kind in _REF_IS_ARN else name


def attribute(kind: str, name: str, wanted: str, properties: Mapping[str, Any]) -> str | None:
    """Return ``Fn::GetAtt <resource>.<wanted>``, or None where the type has no such attribute here."""
    if wanted in {"Arn", "LayerVersionArn", "TopicArn"}:
        return arn(kind, name)
    if wanted in {"QueueName", "TopicName", "Name", "Id", "KeyId", "RestApiId", "ApiId"}:
        return name
    known = {
        ("AWS::SQS::Queue", "QueueUrl"): reference(kind, name),
        ("AWS::ApiGateway::RestApi", "RootResourceId"): "root",
        ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): f"wss://{name}.execute-api.{REGION}.amazonaws.com",
        ("AWS::S3::Bucket", "DomainName"): f"{name}.s3.amazonaws.com",
        ("AWS::S3::Bucket", "RegionalDomainName"): f"{name}.s3.{REGION}.amazonaws.com",
        ("AWS::Lambda::Version", "Version"): "1",
        ("AWS::EC2::SecurityGroup", "GroupId"): name,
    }
    found = known.get((kind, wanted))
    if found is None and kind.startswith(("AWS::EC2::", "AWS::RDS::", "AWS::ElastiCache::", "AWS::MSK::")):
        return str(properties.get(wanted, f"{name}-{wanted}"))
    return found
