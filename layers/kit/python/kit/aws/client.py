"""One client per service: endpoint, signature, keep-alive, deadline, and the errors in our words."""

import json
from collections.abc import Mapping

from kit import clock, settings
from kit.aws import credentials, sigv4
from kit.aws.errors import AwsError
from kit.aws.sigv4 import Pairs
from kit.aws.wire import Connection, Endpoint, Response, parse
from kit.errors import Retryable

_REFUSED_FROM = 300
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_BUSY_CODES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "SlowDown",
        "RequestTimeout",
    }
)
_EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
# service -> (name in AWS_ENDPOINT_URL_<NAME>, host prefix, signing name)
_SERVICES: Mapping[str, tuple[str, str, str]] = {
    "lambda": ("LAMBDA", "lambda", "lambda"),
    "stepfunctions": ("SFN", "states", "states"),
    "s3": ("S3", "s3", "s3"),
    "ses": ("SESV2", "email", "ses"),
    "sns": ("SNS", "sns", "sns"),
    "secretsmanager": ("SECRETS_MANAGER", "secretsmanager", "secretsmanager"),
    "kms": ("KMS", "kms", "kms"),
    "ssm": ("SSM", "ssm", "ssm"),
    "execute-api": ("APIGATEWAYMANAGEMENTAPI", "execute-api", "execute-api"),
}


def region() -> str:
    """Return the function's region; Lambda always sets it."""
    return settings.optional("AWS_REGION") or settings.optional("AWS_DEFAULT_REGION", "ap-south-1")


def endpoint(service: str) -> Endpoint:
    """Return ``AWS_ENDPOINT_URL_<SERVICE>``, else ``AWS_ENDPOINT_URL``, else the regional https endpoint."""
    variable, prefix, _ = _SERVICES[service]
    url = settings.optional(f"AWS_ENDPOINT_URL_{variable}") or settings.optional("AWS_ENDPOINT_URL")
    return parse(url or f"https://{prefix}.{region()}.amazonaws.com")


class AwsClient:
    """Calls to one ``service`` (a name of ``_SERVICES``). Not for threads; one per container is enough."""

    def __init__(self, service: str, *, at: Endpoint | None = None, timeout_s: float = 5.0) -> None:
        self.service = service
        self._endpoint = at or endpoint(service)
        self._signing_name = _SERVICES[service][2]
        self._region = region()
        self._timeout_s = timeout_s
        self._connection = Connection(self._endpoint)

    def request(
        self, method: str, path: str, *, query: Pairs = (), headers: Pairs = (), body: bytes = b""
    ) -> Response:
        """Return the answer of a signed request; ``path`` is percent-encoded already (``sigv4.quote``).

        Raises ``Retryable`` when AWS is away, busy or did not answer in time (a call that changes
        something may have been done), and :class:`AwsError` when it refused.
        """
        answer = self._once(method, path, query, headers, body)
        if answer.status < _REFUSED_FROM:
            return answer
        code, message = reason(answer)
        if code in _EXPIRED_CODES:
            credentials.forget()
            raise Retryable(f"{self.service}: the credentials expired")
        if answer.status in _BUSY or code in _BUSY_CODES:
            raise Retryable(f"{self.service} is busy: {answer.status} {code}")
        raise AwsError(self.service, answer.status, code, message)

    def json_call(self, target: str, version: str, payload: Mapping[str, object]) -> dict[str, object]:
        """Return the answer of an AWS JSON protocol operation (``target`` is ``Service.Operation``)."""
        headers = (("Content-Type", f"application/x-amz-json-{version}"), ("X-Amz-Target", target))
        body = json.dumps(payload, separators=(",", ":")).encode()
        answer = self.request("POST", "/", headers=headers, body=body)
        found: dict[str, object] = json.loads(answer.body) if answer.body else {}
        return found

    def _once(self, method: str, path: str, query: Pairs, headers: Pairs, body: bytes) -> Response:
        full = self._endpoint.base + path
        request = sigv4.Request(method, self._endpoint.authority, full, query, headers, body)
        signed = sigv4.sign(
            request,
            credentials.current(),
            service=self._signing_name,
            region=self._region,
            now=clock.now(),
        )
        asked = f"{full}?{sigv4.query_string(query)}" if query else full
        head = [f"{method} {asked} HTTP/1.1", f"Content-Length: {len(body)}"]
        for name, value in signed:
            if "\r" in value or "\n" in value:
                raise ValueError(f"the header {name} holds a line break")
            head.append(f"{name}: {value}")
        raw = "\r\n".join([*head, "", ""]).encode() + body
        return self._connection.exchange(method, raw, self._timeout_s)


def reason(answer: Response) -> tuple[str, str]:
    """Return AWS's own error name and sentence from a JSON or XML answer; empty where it gives none."""
    header = answer.headers.get("x-amzn-errortype", "").split(":")[0]
    text = answer.body.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except ValueError:
            return header, text[:200]
        code = str(found.get("__type") or found.get("code") or "").rpartition("#")[2]
        return header or code, str(found.get("message") or found.get("Message") or "")
    return header or _tag(text, "Code"), _tag(text, "Message") or text[:200]


def _tag(xml: str, name: str) -> str:
    return xml.partition(f"<{name}>")[2].partition(f"</{name}>")[0]
