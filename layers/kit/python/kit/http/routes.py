"""The vocabulary of a route table: routes, what they are given, what they answer, and the models' bases."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from kit.errors import Rejected
from kit.http import etag as etags
from kit.http.access import Access
from kit.identity import Caller
from kit.limits import Rate

BASE_PATH = "/api/v1"
_PARAMETER = re.compile(r"{(\w+)\+?}")
T = TypeVar("T")


class Body(BaseModel):
    """Base of what comes in: frozen, unknown names refused, texts bounded, compiled on first use."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        str_max_length=10_000,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class View(BaseModel):
    """Base of what goes out: made from entities by attribute, never the entity itself."""

    model_config = ConfigDict(frozen=True, defer_build=True, from_attributes=True, hide_input_in_errors=True)


class Page(View, Generic[T]):
    """One page of a list; ``next_cursor`` is null on the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Compile ``Page[X]`` on its first use, and never ``Page`` itself: naming one would compile both."""
        return None if cls is Page else super().model_rebuild(**options)


class PageQuery(Body):
    """The query of a list; a domain adds its filters by inheriting."""

    limit: int = Field(default=20, ge=1, le=100, description="Items on a page")
    cursor: str | None = Field(default=None, max_length=512, description="`next_cursor` of the page before")


class Idempotency(Enum):
    """Whether a route takes an ``Idempotency-Key``."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Request(msgspec.Struct, frozen=True):  # a frozen dataclass takes ten times as long to make
    """One request, parsed. ``path`` holds the path's parameters, ``query`` and ``body`` the route's models.

    ``caller`` is None on public routes only. ``headers`` have lower-case names. ``raw`` is the body's text,
    as webhooks need it to verify a signature.
    """

    id: str
    caller: Caller | None
    path: Mapping[str, str]
    query: Any
    body: Any
    ip: str
    user_agent: str
    headers: Mapping[str, str]
    if_match: str | None
    raw: str = ""

    @property
    def user(self) -> Caller:
        """The caller of a route that is not public."""
        assert self.caller is not None, "public routes have no caller"
        return self.caller

    def expected_version(self) -> int:
        """Return the version ``If-Match`` names; raises 428 without one, 412 for a foreign one."""
        return etags.expected_version(self.if_match)


class Text(msgspec.Struct, frozen=True):
    """A body that is sent as it stands, for a media type other than JSON."""

    text: str


class Reply(msgspec.Struct, frozen=True):
    """What a handler answers: a model, anything JSON or a :class:`Text`, and what differs from the defaults.

    ``etag`` is a tag as :func:`kit.http.etag.of_version` makes it; a ``body`` of None is an empty answer.
    """

    body: Any
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: what it is called, takes, answers, demands and may refuse.

    ``path`` is below ``/api/v1`` (``/signals/{id}``), except well-known addresses, which stand at the root.
    Path parameters named ``id`` or ``…_id`` are UUIDs: anything else is 404. ``run`` takes the
    :class:`Request` and returns a :class:`Reply`, a model, or None. ``rate`` counts per caller, on public
    routes per address.
    """

    method: str
    path: str
    run: Callable[[Request], Any]
    id: str = field(kw_only=True)
    summary: str = field(kw_only=True)
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    reply: Any = None
    status: int = 200
    access: Access = field(kw_only=True)
    idempotency: Idempotency = Idempotency.NONE
    rate: Rate | None = None
    errors: tuple[type[Rejected], ...] = ()
    etag: bool = False
    max_body: int = 65_536
    media_type: str = "application/json"

    @property
    def address(self) -> str:
        """The whole path, as API Gateway's ``resource`` names it."""
        return self.path if self.path.startswith("/.well-known/") else BASE_PATH + self.path

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path's parameters, in order."""
        return tuple(_PARAMETER.findall(self.path))
