"""What a function behind the REST API may answer: the proxy response, checked as API Gateway checks it."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from local.gateway.events import is_binary
from local.gateway.messages import HttpResponse

_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_NAME = re.compile(r"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$")
_LOWEST, _HIGHEST = 100, 599


class MalformedProxyResponseError(Exception):
    """The function's answer is not a proxy response; API Gateway makes it a 502."""


def read_response(payload: bytes, binary: Iterable[str], accept: str) -> HttpResponse:
    """Return the HTTP response that ``payload`` describes. Raises :class:`MalformedProxyResponseError`."""
    try:
        answer = msgspec.json.decode(payload)
    except msgspec.DecodeError as error:
        raise MalformedProxyResponseError("not JSON") from error
    if not isinstance(answer, dict) or not answer.keys() <= _KEYS:
        raise MalformedProxyResponseError("not an object of a proxy response's keys")
    status = _status(answer.get("statusCode"))
    headers = list(_headers(answer))
    body = answer.get("body")
    if body is not None and not isinstance(body, str):
        raise MalformedProxyResponseError("the body is not a string")
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    if not content_type:
        content_type = "application/json"
        headers.append(("Content-Type", content_type))
    raw = (body or "").encode()
    if answer.get("isBase64Encoded") and (is_binary(content_type, binary) or is_binary(accept, binary)):
        try:
            raw = base64.b64decode(raw, validate=True)
        except binascii.Error as error:
            raise MalformedProxyResponseError("the body is not base64") from error
    return HttpResponse(status, headers, raw)


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise MalformedProxyResponseError("statusCode is not a number") from error
    if isinstance(value, bool) or not _LOWEST <= status <= _HIGHEST:
        raise MalformedProxyResponseError(f"statusCode {value} is out of range")
    return status


def _headers(answer: dict[str, Any]) -> Iterable[tuple[str, str]]:
    many, one = answer.get("multiValueHeaders"), answer.get("headers")
    many, one = {} if many is None else many, {} if one is None else one
    if not isinstance(many, dict) or not isinstance(one, dict):
        raise MalformedProxyResponseError("headers are not an object")
    taken = {name.lower() for name in many}
    for name, value in one.items():
        if name.lower() not in taken:
            yield _header(name, value)
    for name, values in many.items():
        if not isinstance(values, list):
            raise MalformedProxyResponseError(f"multiValueHeaders {name} is not a list")
        for value in values:
            yield _header(name, value)


def _header(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, str | int | float) or not _NAME.match(name):
        raise MalformedProxyResponseError(f"header {name} is not a name with one value")
    text = str(value)
    if "\r" in text or "\n" in text or "\0" in text:
        raise MalformedProxyResponseError(f"header {name} breaks the line")
    return name, text
