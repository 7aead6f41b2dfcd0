"""Checks AWS Signature Version 4, in the Authorization header or in a presigned query.

Source: AWS General Reference, "Create a signed AWS API request". Written apart from ``kit``'s signer and
from botocore on purpose, so that it proves both.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from local.aws.wire import HttpRequest

ALGORITHM = "AWS4-HMAC-SHA256"
_SKIPPED_PAYLOADS = ("UNSIGNED-PAYLOAD", "STREAMING-")


class BadSignatureError(Exception):
    """The request is not what its key's owner signed; ``code`` is the AWS error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature's own claims. ``expires_s`` is set on presigned requests only."""

    access_key: str
    date: str
    region: str
    service: str
    headers: tuple[str, ...]
    signature: str
    timestamp: str
    expires_s: int | None = None


def read(request: HttpRequest) -> Signed:
    """Return what the request claims; raises :class:`BadSignatureError` when it has no signature."""
    try:
        if request.header("authorization").startswith(ALGORITHM):
            return _from_header(request)
        if f"X-Amz-Algorithm={ALGORITHM}" in request.query:
            return _from_query(request)
    except (KeyError, ValueError) as error:
        raise BadSignatureError("IncompleteSignature", "The signature cannot be read") from error
    raise BadSignatureError("MissingAuthenticationToken", "The request is not signed")


def _from_header(request: HttpRequest) -> Signed:
    _, _, rest = request.header("authorization").partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key, date, region, service, _ = parts["Credential"].split("/")
    headers = tuple(parts["SignedHeaders"].split(";"))
    if "host" not in headers:
        raise BadSignatureError("IncompleteSignature", "The host header must be signed")
    return Signed(key, date, region, service, headers, parts["Signature"], request.header("x-amz-date"))


def _from_query(request: HttpRequest) -> Signed:
    query = dict(_pairs(request.query))
    key, date, region, service, _ = query["X-Amz-Credential"].split("/")
    headers = tuple(query["X-Amz-SignedHeaders"].split(";"))
    expires = int(query["X-Amz-Expires"])
    return Signed(key, date, region, service, headers, query["X-Amz-Signature"], query["X-Amz-Date"], expires)


def verify(request: HttpRequest, signed: Signed, secret_key: str, now: Callable[[], datetime]) -> None:
    """Return when ``secret_key`` made the signature; raises :class:`BadSignatureError` otherwise.

    The age of a header signature is not judged, because tests move the functions' clock; a presigned
    request expires by ``now``, which is that clock.
    """
    payload = request.header("x-amz-content-sha256") or _payload_hash(request, signed)
    if not payload.startswith(_SKIPPED_PAYLOADS) and payload != hashlib.sha256(request.body).hexdigest():
        raise BadSignatureError("XAmzContentSHA256Mismatch", "The body is not the one that was signed")
    text = _string_to_sign(request, signed, payload)
    if not hmac.compare_digest(_sign(signed, secret_key, text), signed.signature):
        raise BadSignatureError(
            "SignatureDoesNotMatch",
            "The signature does not match: check the secret key and the signing method",
        )
    if signed.expires_s is not None:
        made = datetime.strptime(signed.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if (now() - made).total_seconds() > signed.expires_s:
            raise BadSignatureError("AccessDenied", "Request has expired")


def signed_text(signed: Signed, secret_key: str, text: str) -> str:
    """Return the signature, in hex, that ``secret_key`` gives ``text`` under the scope of ``signed``."""
    return _sign(signed, secret_key, text)


def _payload_hash(request: HttpRequest, signed: Signed) -> str:
    if signed.expires_s is not None and signed.service == "s3":
        return "UNSIGNED-PAYLOAD"
    return hashlib.sha256(request.body).hexdigest()


def _string_to_sign(request: HttpRequest, signed: Signed, payload: str) -> str:
    path = _canonical_path(request.path, signed.service)
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in _pairs(request.query)
        if name != "X-Amz-Signature"
    )
    query = "&".join(f"{name}={value}" for name, value in pairs)
    headers = "".join(f"{name}:{_values(request, name)}\n" for name in signed.headers)
    canonical = "\n".join([request.method, path, query, headers, ";".join(signed.headers), payload])
    scope = f"{signed.date}/{signed.region}/{signed.service}/aws4_request"
    return "\n".join([ALGORITHM, signed.timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])


def _canonical_path(path: str, service: str) -> str:
    # S3 signs the path as sent, every other service signs it encoded once more.
    return path or "/" if service == "s3" else quote(path or "/", safe="/-_.~")


def _values(request: HttpRequest, name: str) -> str:
    return ",".join(" ".join(value.split()) for key, value in request.headers if key == name)


def _pairs(query: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(unquote(name), unquote(value)) for name, _, value in parts]


def _sign(signed: Signed, secret_key: str, text: str) -> str:
    key = b"AWS4" + secret_key.encode()
    for part in (signed.date, signed.region, signed.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
