"""The platform's own AWS calls: past the signature, through the journal, to the emulator."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from local.aws import ACCOUNT, REGION, actions
from local.aws.proxy import Proxy
from local.aws.wire import HttpRequest, HttpResponse

_TARGETS = {
    "sqs": "AmazonSQS",
    "secretsmanager": "secretsmanager",
    "events": "AWSEvents",
    "kms": "TrentService",
    "ssm": "AmazonSSM",
    "states": "AWSStepFunctions",
}


class CallFailedError(Exception):
    """The emulator refused; ``code`` is the AWS error code where there is one."""

    def __init__(self, action: str, response: HttpResponse) -> None:
        super().__init__(
            f"{action} answered {response.status}: {response.body[:300].decode('utf-8', 'replace')}"
        )
        self.status = response.status


class Internal:
    """Calls by name of the resource; an ARN or URL will do as well."""

    def __init__(self, proxy: Proxy, host: str) -> None:
        self._proxy = proxy
        self._host = host

    async def put_object(self, bucket: str, key: str, body: bytes) -> None:
        """Write an S3 object of JSON."""
        await self.s3("PUT", f"/{_name(bucket)}/{quote(key)}", body, (("content-type", "application/json"),))

    async def s3(
        self, method: str, target: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()
    ) -> HttpResponse:
        """Call S3 by path; ``target`` is encoded already."""
        return await self._send("s3", HttpRequest(method, target, headers, body))

    async def publish(self, topic: str, message: str) -> None:
        """Publish to an SNS topic."""
        arn = topic if topic.startswith("arn:") else f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}"
        await self.form(
            "sns", {"Action": "Publish", "Version": "2010-03-31", "TopicArn": arn, "Message": message}
        )

    async def form(self, service: str, members: Mapping[str, str]) -> None:
        """Call a service that takes forms."""
        headers = (("content-type", "application/x-www-form-urlencoded"),)
        await self._send(service, HttpRequest("POST", "/", headers, urlencode(members).encode()))

    async def sqs(self, verb: str, queue: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call SQS ``verb`` on ``queue``."""
        url = f"http://{self._host}/{ACCOUNT}/{_name(queue)}"
        return await self.json("sqs", verb, {"QueueUrl": url, **members})

    async def put_secret(self, name: str, value: str) -> None:
        """Make secret ``name`` hold ``value``, whether it exists or not; an equal value writes nothing."""
        try:
            found = await self.json("secretsmanager", "GetSecretValue", {"SecretId": name})
        except CallFailedError:
            await self._set_secret(name, value)
        else:
            if found.get("SecretString") != value:
                await self.json("secretsmanager", "PutSecretValue", {"SecretId": name, "SecretString": value})

    async def _set_secret(self, name: str, value: str) -> None:
        try:
            await self.json("secretsmanager", "CreateSecret", {"Name": name, "SecretString": value})
        except CallFailedError:  # it exists, without a value yet
            await self.json("secretsmanager", "PutSecretValue", {"SecretId": name, "SecretString": value})

    async def json(
        self, service: str, verb: str, members: Mapping[str, Any], extra: tuple[tuple[str, str], ...] = ()
    ) -> Mapping[str, Any]:
        """Call a service that takes JSON."""
        headers = (
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", f"{_TARGETS[service]}.{verb}"),
            *extra,
        )
        response = await self._send(service, HttpRequest("POST", "/", headers, json.dumps(members).encode()))
        parsed: Mapping[str, Any] = json.loads(response.body or b"{}")
        return parsed

    async def _send(self, service: str, request: HttpRequest) -> HttpResponse:
        # moto routes by the credential scope
        scope = f"AWS4-HMAC-SHA256 Credential=platform/20260101/{REGION}/{service}/aws4_request"
        signed = (("host", self._host), ("authorization", f"{scope}, SignedHeaders=host, Signature=0"))
        request = HttpRequest(request.method, request.target, signed + request.headers, request.body)
        action = actions.classify(request, service, REGION)
        response = await self._proxy.perform(action, request)
        if response.status >= 300:  # noqa: PLR2004 - no redirects here
            raise CallFailedError(action.name, response)
        return response


def _name(resource: str) -> str:
    return (
        resource.rpartition(":")[2].rpartition("/")[2] if resource.startswith(("arn:", "http")) else resource
    )
