"""Uploads by a signed form, as browsers send them: S3's POST Object, judged by its policy, done as a put.

Source: "Browser-Based Uploads Using POST (AWS Signature Version 4)", Amazon S3 API Reference. Known of its
conditions: exact values, ``eq``, ``starts-with`` and ``content-length-range``; a field that no condition
names is refused, as S3 does.
"""

import base64
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from local.aws import signature
from local.aws.signature import BadSignatureError, Signed
from local.aws.wire import HttpRequest

_MEDIA = "multipart/form-data"
_UNNAMED = {"x-amz-signature", "policy", "file"}


class FormRefusedError(Exception):
    """The form may not do that; ``status`` and ``code`` as S3 would answer."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """``fields`` by lower-case name; ``content`` is the file."""

    bucket: str
    fields: Mapping[str, str]
    content: bytes

    def signed(self) -> Signed:
        """Return what the form claims of its signature. Raises :class:`FormRefusedError`."""
        try:
            key, date, region, service, _ = self.fields["x-amz-credential"].split("/")
            stamp, sign = self.fields["x-amz-date"], self.fields["x-amz-signature"]
            _ = self.fields["policy"], self.fields["key"]
        except (KeyError, ValueError) as error:
            raise FormRefusedError("AccessDenied", "The form is not signed, or names no key") from error
        return Signed(key, date, region, service, (), sign, stamp)

    def verify(self, secret_key: str, now: Callable[[], datetime]) -> None:
        """Return when its owner signed this policy and the form keeps to it. Raises what it breaks."""
        signed, text = self.signed(), self.fields["policy"]
        if not hmac.compare_digest(signature.signed_text(signed, secret_key, text), signed.signature):
            raise BadSignatureError("SignatureDoesNotMatch", "The policy is not what the key's owner signed")
        try:
            policy = json.loads(base64.b64decode(text))
            until = datetime.fromisoformat(policy["expiration"]).astimezone(UTC)
            conditions = policy["conditions"]
        except (ValueError, KeyError, TypeError) as error:
            raise FormRefusedError("InvalidPolicyDocument", "The policy cannot be read", 400) from error
        if now() > until:
            raise FormRefusedError("AccessDenied", "Invalid according to Policy: Policy expired.")
        named = {name for condition in conditions for name in self._hold(condition)}
        extra = sorted(self.fields.keys() - named - _UNNAMED)
        if extra:
            raise FormRefusedError(
                "AccessDenied", f"Invalid according to Policy: Extra input fields: {extra[0]}"
            )

    def _hold(self, condition: Any) -> Iterator[str]:
        """Yield the fields that ``condition`` names. Raises when it does not hold."""
        for kind, name, wanted in _read(condition):
            if kind == "content-length-range":
                self._in_range(int(name), int(wanted))
                continue
            given = self.bucket if name == "bucket" else self.fields.get(name, "")
            if given != wanted if kind == "eq" else not given.startswith(wanted):
                failed = f'["{kind}", "${name}", "{wanted}"]'
                raise FormRefusedError(
                    "AccessDenied", f"Invalid according to Policy: Policy Condition failed: {failed}"
                )
            yield name

    def _in_range(self, least: int, most: int) -> None:
        if len(self.content) > most:
            raise FormRefusedError("EntityTooLarge", "Your proposed upload exceeds the maximum size", 400)
        if len(self.content) < least:
            raise FormRefusedError("EntityTooSmall", "Your proposed upload is smaller than the minimum", 400)

    def as_put(self, host: str) -> HttpRequest:
        """Return the PutObject that the form stands for, as the emulator takes it."""
        scope = self.fields["x-amz-credential"]
        headers = [
            ("host", host),
            ("authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=form"),
            ("content-type", self.fields.get("content-type", "binary/octet-stream")),
        ]
        headers += [(name, value) for name, value in self.fields.items() if name.startswith("x-amz-meta-")]
        path = f"/{quote(self.bucket)}/{quote(self.fields['key'])}"
        return HttpRequest("PUT", path, tuple(headers), self.content)


def is_form(request: HttpRequest) -> bool:
    """Whether this is an upload by a form: nothing else is sent so."""
    return request.method == "POST" and request.header("content-type").startswith(_MEDIA)


def read(request: HttpRequest) -> Form:
    """Return the form in ``request``. Raises :class:`FormRefusedError` when it cannot be read."""
    bucket = unquote(request.path.strip("/"))
    _, found, boundary = request.header("content-type").partition("boundary=")
    mark = b"\r\n--" + boundary.strip('"').encode("latin-1")
    fields: dict[str, str] = {}
    for part in (b"\r\n" + request.body).split(mark)[1:]:
        head, ends, content = part.partition(b"\r\n\r\n")
        if not ends:
            continue
        name = _name(head.decode("utf-8", "replace"))
        if name == "file":  # S3 reads nothing behind the file
            return Form(bucket, fields, content)
        fields[name.lower()] = content.decode("utf-8", "replace")
    raise FormRefusedError("MalformedPOSTRequest", f"The form holds no file ({found or 'no boundary'})", 400)


def _name(head: str) -> str:
    return head.partition(' name="')[2].partition('"')[0]


def _read(condition: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, field, value) of a condition in either of its spellings."""
    if isinstance(condition, dict):
        yield from (("eq", str(name).lower(), str(value)) for name, value in condition.items())
    else:
        kind, name, value = condition
        yield str(kind), str(name).removeprefix("$").lower(), str(value)
