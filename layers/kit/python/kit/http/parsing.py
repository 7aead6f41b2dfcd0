"""From API Gateway's proxy event to a parsed request: bounds first, then pydantic, nothing trusted."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from kit.errors import FieldError, Invalid, Malformed, NotFound, TooLarge, UnsupportedMedia
from kit.http import problem
from kit.http.routes import Route

_DEEPEST = 32
_LONGEST_PARAMETER = 256
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # an escape whose backslash is not itself escaped
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"')
_JSON = re.compile(r"application/(?:[\w.-]+\+)?json\s*(?:;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)


class BadText(Malformed):
    """A text holds what no store can keep: NUL or half a surrogate pair (400)."""

    code = "BAD_TEXT"
    title = "Texts must be valid Unicode without NUL characters"


def body_text(event: Mapping[str, Any], most: int) -> str:
    """Return the body as text of at most ``most`` UTF-8 bytes; empty when there is none."""
    body: str = event.get("body") or ""
    if len(body) > most * 2:  # base64 and escapes are longer than what they carry, never twice
        raise TooLarge
    try:
        if event.get("isBase64Encoded"):
            body = base64.b64decode(body, validate=True).decode()
        size = len(body) if body.isascii() else len(body.encode())
    except (binascii.Error, UnicodeError) as error:
        raise Malformed("The body is not UTF-8 text") from error
    if size > most:
        raise TooLarge(f"The body is longer than {most} bytes")
    return body


def parse_body(route: Route, text: str, content_type: str) -> Any:
    """Return the route's body model from ``text``, or None for a route that takes none."""
    if route.body is None:
        return None
    if not _JSON.fullmatch(content_type):
        raise UnsupportedMedia
    _check_depth(text)
    if "\\u0000" in text and _NUL.search(text):
        raise BadText
    try:
        return route.body.model_validate_json(text)
    except ValidationError as error:
        raise problem.from_validation(error) from None


def parse_query(model: type[BaseModel] | None, event: Mapping[str, Any]) -> Any:
    """Return the query as ``model``; a name that no model knows is refused like an unknown field."""
    values = event.get("multiValueQueryStringParameters")
    if values is None:
        values = {name: [one] for name, one in (event.get("queryStringParameters") or {}).items()}
    if model is None:
        if values:
            raise _unknown(values)
        return None
    raw: dict[str, Any] = {}
    for name, given in values.items():
        _check_text(name)
        for one in given:
            _check_text(one)
        raw[name] = given if len(given) != 1 or _is_list(model, name) else given[0]
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise problem.from_validation(error, query=True) from None


def _unknown(values: Mapping[str, Any]) -> Invalid:
    """Return the refusal of query parameters on a route that takes none."""
    errors = tuple(
        FieldError(f"?{name[:64]}", "EXTRA_FORBIDDEN", "This route takes no such parameter")
        for name in list(values)[:10]
        if _is_text(name)
    )
    return Invalid("This route takes no query parameters", errors)


def parse_path(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the path's parameters. What cannot name anything is 404, the same answer as for the absent."""
    parameters: Mapping[str, str] = event.get("pathParameters") or {}
    for name, value in parameters.items():
        if len(value) > _LONGEST_PARAMETER or not value.isprintable() or not _is_text(value):
            raise NotFound
        if (name == "id" or name.endswith("_id")) and not _UUID.fullmatch(value):
            raise NotFound
    return parameters


def _is_list(model: type[BaseModel], name: str) -> bool:
    known = model.model_fields.get(name)
    return known is not None and get_origin(known.annotation) in {list, tuple, set, frozenset}


def _check_text(value: str) -> None:
    if "\x00" in value or not _is_text(value):
        raise BadText


def _is_text(value: str) -> bool:
    """Whether ``value`` can be written as UTF-8: half a surrogate pair cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= _DEEPEST:
        return
    depth = 0
    for mark in re.sub(r"[^{}\[\]]", "", _TEXTS.sub("", text)):
        depth += 1 if mark in "{[" else -1
        if depth > _DEEPEST:
            raise TooLarge(f"The body is nested deeper than {_DEEPEST} levels")
