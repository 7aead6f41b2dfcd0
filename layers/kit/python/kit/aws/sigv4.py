"""AWS Signature Version 4: pure, and equal byte for byte to botocore's signature.

Source: "Create a signed AWS API request", AWS IAM User Guide. The signing key of a day is derived once
per (access key, date, region, service): four HMACs that would otherwise cost more than the rest.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_SHA256 = sha256(b"").hexdigest()
_UNSIGNED = frozenset({"expect", "transfer-encoding", "user-agent", "x-amzn-trace-id", "authorization"})
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_UNRESERVED_OR_SLASH = _UNRESERVED | {ord("/")}
_CACHED_KEYS = 64

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """An AWS key pair; ``expires_at`` in Unix seconds, infinite for a pair that does not expire."""

    access_key: str
    secret_key: str
    token: str = ""
    expires_at: float = float("inf")


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed: ``path`` as it goes over the wire (percent-encoded), ``query`` as plain pairs."""

    method: str
    host: str
    path: str
    query: Pairs = ()
    headers: Pairs = ()
    body: bytes = b""


def quote(text: str, *, slash: bool = False) -> str:
    """Percent-encode ``text`` as RFC 3986 says, leaving ``/`` alone when ``slash``."""
    keep = _UNRESERVED_OR_SLASH if slash else _UNRESERVED
    return "".join(chr(byte) if byte in keep else f"%{byte:02X}" for byte in text.encode())


def query_string(query: Pairs) -> str:
    """Return ``query`` in canonical form, which is also fit for the wire."""
    return "&".join(f"{key}={value}" for key, value in sorted((quote(k), quote(v)) for k, v in query))


def sign(
    request: Request, credentials: Credentials, *, service: str, region: str, now: datetime
) -> list[tuple[str, str]]:
    """Return every header to send: ``Host``, the request's own, the date, the token and ``Authorization``.

    ``now`` is in UTC. For ``s3`` the hash of the payload is sent too, and the path is signed as it is.
    """
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    payload = sha256(request.body).hexdigest() if request.body else EMPTY_SHA256
    headers = [("Host", request.host), *request.headers, ("X-Amz-Date", stamp)]
    if credentials.token:
        headers.append(("X-Amz-Security-Token", credentials.token))
    if service == "s3":
        headers.append(("X-Amz-Content-SHA256", payload))
    canonical, signed = _canonical(request, headers, payload, raw_path=service == "s3")
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"{ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = signing_key(credentials, stamp[:8], region, service)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    grant = f"{ALGORITHM} Credential={credentials.access_key}/{scope}"
    headers.append(("Authorization", f"{grant}, SignedHeaders={signed}, Signature={signature}"))
    return headers


_keys: dict[tuple[str, str, str, str], tuple[str, bytes]] = {}


def signing_key(credentials: Credentials, date: str, region: str, service: str) -> bytes:
    """Return the key of the day ``date`` (``YYYYMMDD``), derived once per access key, region and service."""
    name = (credentials.access_key, date, region, service)
    cached = _keys.get(name)
    if cached is not None and cached[0] == credentials.secret_key:
        return cached[1]
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    if len(_keys) >= _CACHED_KEYS:  # one a day and service: this bounds a container that never dies
        _keys.clear()
    _keys[name] = (credentials.secret_key, key)
    return key


def canonical_path(path: str) -> str:
    """Return the path as every service but S3 signs it: dots and doubled slashes gone, encoded once more."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in {"", "."}:
            kept.append(part)
    lead = "/" if not path or path.startswith("/") else ""
    tail = "/" if kept and path.endswith("/") else ""
    return quote(lead + "/".join(kept) + tail, slash=True)


def _canonical(request: Request, headers: Pairs, payload: str, *, raw_path: bool) -> tuple[str, str]:
    named: dict[str, list[str]] = {}
    for name, value in headers:
        lower = name.lower()
        if lower not in _UNSIGNED:
            named.setdefault(lower, []).append(" ".join(value.split()))
    names = sorted(named)
    lines = "".join(f"{name}:{','.join(named[name])}\n" for name in names)
    signed = ";".join(names)
    path = request.path if raw_path else canonical_path(request.path)
    query = query_string(request.query)
    return f"{request.method.upper()}\n{path}\n{query}\n{lines}\n{signed}\n{payload}", signed
