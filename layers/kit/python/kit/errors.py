"""The one error tree. Every edge (HTTP, Kafka, task, socket) knows these classes and nothing else.

    TreumError
    ├── Rejected                what the caller can mend; becomes a problem document
    │   ├── Malformed     400   the request cannot be read
    │   │   ├── TooLarge          413  longer or deeper than the route takes
    │   │   └── UnsupportedMedia  415  not in a format the route reads
    │   ├── Unauthenticated 401 nobody is known
    │   ├── Forbidden     403   known, but not allowed
    │   ├── NotFound      404   absent, or somebody else's: the same answer
    │   │   └── NoSuchRoute       404  nothing is at this address
    │   ├── Conflict      409   the state does not allow it now
    │   ├── PreconditionFailed 412  If-Match names an older version
    │   ├── Invalid       422   readable, but a value is wrong
    │   └── LimitExceeded 429   too often; carries when to come back
    ├── Retryable         503   a dependency is away; the same call may succeed later
    └── Poison                  a record that can never succeed; goes to the dead letters

A business error is a subclass with its own ``code`` (stable, UPPER_SNAKE) and ``title``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar


class TreumError(Exception):
    """Root of everything this code raises on purpose."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class Rejected(TreumError):  # noqa: N818 - the tree is named for what happened
    """The caller's to mend: says what happened and what to do.

    ``members`` stand in the problem document beside the usual ones (RFC 9457, section 3.2): what the next
    request needs to name.
    """

    members: Mapping[str, str] = MappingProxyType({})


class Malformed(Rejected):
    """The request cannot be read (400)."""

    status = 400
    code = "MALFORMED"
    title = "The request could not be read"


class UnsupportedMedia(Malformed):
    """The body is not in a format the route reads (415)."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    title = "Send the body as application/json"


class TooLarge(Malformed):
    """The body is longer or deeper than the route takes (413)."""

    status = 413
    code = "TOO_LARGE"
    title = "The body is too large"


class Unauthenticated(Rejected):
    """Nobody is known (401)."""

    status = 401
    code = "UNAUTHENTICATED"
    title = "Sign in first"


class Forbidden(Rejected):
    """Known, but not allowed (403)."""

    status = 403
    code = "FORBIDDEN"
    title = "Your account may not do this"


class NotFound(Rejected):
    """Absent, or somebody else's (404): the same body for both."""

    status = 404
    code = "NOT_FOUND"
    title = "There is no such thing here"


class NoSuchRoute(NotFound):
    """No route has this method and path (404)."""

    code = "NO_SUCH_ROUTE"
    title = "There is nothing at this address"


class Conflict(Rejected):
    """The present state does not allow it (409)."""

    status = 409
    code = "CONFLICT"
    title = "The present state does not allow this"


class PreconditionFailed(Rejected):
    """``If-Match`` names a version that is no longer the newest (412)."""

    status = 412
    code = "PRECONDITION_FAILED"
    title = "This was changed by somebody else: read it again"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong value: ``pointer`` is an RFC 6901 JSON pointer into the body, or ``?name`` of the query."""

    pointer: str
    code: str
    detail: str


class Invalid(Rejected):
    """Readable, but values are wrong (422)."""

    status = 422
    code = "INVALID"
    title = "Some values are not acceptable"

    def __init__(self, detail: str = "", errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.errors = errors


class LimitExceeded(Rejected):
    """Too often (429); ``retry_after_s`` whole seconds until the next try can succeed."""

    status = 429
    code = "LIMIT_EXCEEDED"
    title = "Too many requests"

    def __init__(self, detail: str = "", *, retry_after_s: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_s = max(1, retry_after_s)


class Retryable(TreumError):  # noqa: N818 - as above
    """A dependency is away or busy (503); nothing was lost, the same call may succeed later."""

    status = 503
    code = "TEMPORARILY_UNAVAILABLE"
    title = "A part of the service is away for a moment"

    def __init__(self, detail: str = "", *, retry_after_s: int = 2) -> None:
        super().__init__(detail)
        self.retry_after_s = max(1, retry_after_s)


class Poison(TreumError):  # noqa: N818 - as above
    """A record that can never succeed, however often it is tried."""

    code = "POISON"
    title = "The record can never be processed"
