"""Names what a request asks for, as an IAM policy would: service, action and resource."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.aws import ACCOUNT
from local.aws.wire import HttpRequest

UNKNOWN = "*"  # the request does not say which resource; the policy test then judges the action alone

# signing name -> prefix of its IAM actions, where they differ
_PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}

# IAM prefix -> the members that name its resource, in order of preference
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "secretsmanager": ("SecretId", "Name"),
    "sqs": ("QueueUrl", "QueueName"),
    "sns": ("TopicArn", "TargetArn", "Name"),
    "states": ("stateMachineArn", "executionArn", "name"),
    "kms": ("KeyId",),
    "ssm": ("Name",),
    "events": ("EventBusName",),
    "scheduler": ("Name",),
}

_S3_OBJECT = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
_S3_BUCKET = {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}
_S3_SUBRESOURCES = {
    "retention": "ObjectRetention",
    "legal-hold": "ObjectLegalHold",
    "tagging": "ObjectTagging",
    "acl": "ObjectAcl",
}


@dataclass(frozen=True, slots=True)
class Action:
    """A request's meaning: ``name`` as in IAM (``s3:PutObject``); ``resource`` an ARN or :data:`UNKNOWN`.

    ``members`` is the parsed body of JSON and query protocols.
    """

    service: str
    name: str
    resource: str
    members: Mapping[str, Any]

    @property
    def verb(self) -> str:
        """The part after the colon."""
        return self.name.partition(":")[2]


def classify(request: HttpRequest, service: str, region: str) -> Action:
    """Return what ``request``, signed for ``service`` in ``region``, asks for."""
    named = _BY_PATH.get(service)
    if named is not None:
        return named(request, region)
    prefix = _PREFIXES.get(service, service)
    target = request.header("x-amz-target")
    members = _json(request.body) if target else _form(request.body)
    verb = target.rpartition(".")[2] if target else str(members.get("Action", request.method))
    return Action(service, f"{prefix}:{verb}", _resource(prefix, members, region), members)


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _form(body: bytes) -> Mapping[str, Any]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _resource(prefix: str, members: Mapping[str, Any], region: str) -> str:
    value = next((str(members[name]) for name in _MEMBERS.get(prefix, ()) if members.get(name)), "")
    if not value:
        return UNKNOWN
    return value if value.startswith("arn:") else _arn(prefix, value, region)


def _arn(prefix: str, value: str, region: str) -> str:
    local = {
        # Secrets Manager ends every ARN in six random characters: policies say name-??????
        "secretsmanager": f"secret:{value}-000000",
        "sqs": value.rpartition("/")[2],
        "states": f"stateMachine:{value}",
        "kms": value if value.startswith("alias/") else f"key/{value}",
        "ssm": f"parameter/{value.lstrip('/')}",
        "events": f"event-bus/{value}",
        "scheduler": f"schedule/default/{value}",
    }.get(prefix, value)
    return f"arn:aws:{prefix}:{region}:{ACCOUNT}:{local}"


def _s3(request: HttpRequest, _region: str) -> Action:
    bucket, _, key = unquote(request.path.lstrip("/")).partition("/")
    subs = {part.partition("=")[0] for part in request.query.split("&")}
    if not key:
        verb = _S3_BUCKET.get(request.method, "DeleteObject" if "delete" in subs else "PutObject")
        if request.method in {"GET", "PUT"} and subs & {"object-lock", "versioning", "policy", "encryption"}:
            verb = f"{'Get' if request.method == 'GET' else 'Put'}BucketConfiguration"
        return Action("s3", f"s3:{verb}", f"arn:aws:s3:::{bucket}" if bucket else UNKNOWN, {})
    verb = _S3_OBJECT.get(request.method, "PutObject")
    for sub, noun in _S3_SUBRESOURCES.items():
        if sub in subs:
            verb = f"{'Get' if request.method == 'GET' else 'Put'}{noun}"
    return Action("s3", f"s3:{verb}", f"arn:aws:s3:::{bucket}/{key}", {})


def function_of(path: str) -> str:
    """Return the function named by a Lambda API path, unquoted, without version or ARN around it."""
    parts = unquote(path).split("/")
    name = parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - "", date, "functions", name
    return name.split(":")[6] if name.startswith("arn:") else name.partition(":")[0]


def _lambda(request: HttpRequest, region: str) -> Action:
    verb = "InvokeFunction" if request.path.endswith("/invocations") else "GetFunction"
    name = function_of(request.path)
    return Action("lambda", f"lambda:{verb}", f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}", {})


def _execute_api(request: HttpRequest, region: str) -> Action:
    stage, _, rest = unquote(request.path.lstrip("/")).partition("/")
    resource = f"arn:aws:execute-api:{region}:{ACCOUNT}:local/{stage}/{request.method}/{rest}"
    return Action("execute-api", "execute-api:ManageConnections", resource, {})


def _ses(request: HttpRequest, region: str) -> Action:
    members = _json(request.body)
    sender = str(members.get("FromEmailAddress", ""))
    address = sender.rpartition("<")[2].rstrip(">")
    resource = f"arn:aws:ses:{region}:{ACCOUNT}:identity/{address}" if address else UNKNOWN
    verb = "SendEmail" if request.path.endswith("/outbound-emails") else "GetAccount"
    return Action("ses", f"ses:{verb}", resource, members)


_BY_PATH: Mapping[str, Callable[[HttpRequest, str], Action]] = {
    "s3": _s3,
    "lambda": _lambda,
    "execute-api": _execute_api,
    "ses": _ses,
}
