"""Problem documents (RFC 9457): the one shape of every answer that is not a success."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from kit.errors import FieldError, Invalid, LimitExceeded, Malformed, Rejected, Retryable, TreumError

MEDIA_TYPE = "application/problem+json"
_LONGEST_LIST = 50


def document(error: TreumError, *, instance: str, request_id: str) -> dict[str, Any]:
    """Return the problem document of ``error`` at the path ``instance``."""
    found: dict[str, Any] = {
        "type": type_of(error.code),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "code": error.code,
        "request_id": request_id,
    }
    if isinstance(error, Invalid) and error.errors:
        found["errors"] = [
            {"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in error.errors
        ]
    return {**error.members, **found} if isinstance(error, Rejected) else found


def type_of(code: str) -> str:
    """Return the stable URI that names a kind of problem."""
    return "urn:treum:problem:" + code.lower().replace("_", "-")


def encode(error: TreumError, *, instance: str, request_id: str) -> str:
    """Return the problem document as JSON text."""
    found = document(error, instance=instance, request_id=request_id)
    return to_json(found, inf_nan_mode="null").decode()


def headers(error: TreumError) -> dict[str, str]:
    """Return the headers that ``error`` adds to its answer."""
    found = {"Content-Type": MEDIA_TYPE}
    if isinstance(error, (LimitExceeded, Retryable)):
        found["Retry-After"] = str(error.retry_after_s)
    if error.status == 401:  # noqa: PLR2004 - RFC 9110: 401 names a scheme
        found["WWW-Authenticate"] = "Bearer"
    elif error.status == 409 and error.code == "IDEMPOTENCY_IN_PROGRESS":  # noqa: PLR2004 - a conflict that passes
        found["Retry-After"] = "1"
    return found


def from_validation(error: ValidationError, *, query: bool = False) -> TreumError:
    """Return what a failed parse means: unreadable JSON is 400, wrong values are 422 with a pointer each."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    if details[0]["type"] == "json_invalid":
        return Malformed("The body is not valid JSON")
    errors = tuple(
        FieldError(_pointer(one["loc"], query=query), one["type"].upper(), one["msg"])
        for one in details[:_LONGEST_LIST]
    )
    return Invalid("", errors)


def _pointer(path: tuple[int | str, ...], *, query: bool) -> str:
    if query:
        return "?" + ".".join(str(part) for part in path)
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
