"""The objects of one account, and the events their changes make."""

import copy
import json
import secrets
import string
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from local.stripe.errors import invalid, missing
from local.stripe.params import Params
from local.stripe.records import Body, Records

API_VERSION = "2026-10-28.endive"
_LETTERS = string.ascii_letters + string.digits
_LONGEST_LIST = 100
_NAMES = {
    "cus": "customer",
    "pi": "payment_intent",
    "re": "refund",
    "cs": "checkout.session",
    "sub": "subscription",
    "in": "invoice",
    "price": "price",
    "prod": "product",
    "ch": "charge",
    "dp": "dispute",
    "pm": "PaymentMethod",
}


class World:
    """``now`` is the platform's clock in Unix seconds; ``base_url`` is where the hosted pages are."""

    def __init__(self, records: Records, now: Callable[[], float], base_url: str = "") -> None:
        self.records = records
        self.now = now
        self.base_url = base_url
        self._pinned: int | None = None

    def at(self) -> int:
        """Return the present second, or the moment that is being caught up with."""
        return int(self.now()) if self._pinned is None else self._pinned

    @contextmanager
    def pinned(self, at: int) -> Iterator[None]:
        """Let what is made inside carry the moment when it was due."""
        self._pinned = at
        try:
            yield
        finally:
            self._pinned = None

    def new_id(self, prefix: str) -> str:
        """Return a new id such as ``pi_3…``."""
        return f"{prefix}_" + "".join(secrets.choice(_LETTERS) for _ in range(24))

    def make(self, kind: str, prefix: str, members: Body, owner: str | None = None) -> Body:
        """Keep a new object; ``owner`` (a customer, a payment) is what lists are narrowed by."""
        body = {"id": self.new_id(prefix), "object": kind, "created": self.at(), "livemode": False, **members}
        self.records.put(body, owner or "")
        return body

    def keep(self, body: Body) -> Body:
        """Keep a changed object."""
        self.records.put(body)
        return body

    def find(self, object_id: str, prefix: str, param: str = "id") -> Body:
        """Return the object; 404 as Stripe says it when there is none of that kind."""
        found = self.records.get(object_id) if object_id.startswith(f"{prefix}_") else None
        if found is None:
            raise missing(_NAMES.get(prefix, prefix), object_id, param)
        return found

    def known(self, params: Params, name: str, prefix: str) -> str | None:
        """Return a parameter that names an object; 400 where it names none."""
        object_id = params.text(name)
        if object_id is not None and (
            not object_id.startswith(f"{prefix}_") or not self.records.get(object_id)
        ):
            raise invalid(
                f"No such {_NAMES.get(prefix, prefix)}: '{object_id[:80]}'",
                params.name(name),
                "resource_missing",
            )
        return object_id

    def emit(self, kind: str, body: Body) -> Body:
        """Make an event of ``body`` as it is now and put it on its way."""
        event = self.make(
            "event",
            "evt",
            {
                "api_version": API_VERSION,
                "type": kind,
                "data": {"object": shown(body)},
                "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": None},
            },
        )
        self.records.deliver(event["id"], self.now())
        return event

    def listed(self, params: Params, found: Iterable[Body], url: str) -> Body:
        """Return one page: ``limit`` 1 to 100, older or newer than an id (docs.stripe.com/api/pagination)."""
        limit = params.integer("limit", least=1) or 10
        after, before = params.text("starting_after"), params.text("ending_before")
        if limit > _LONGEST_LIST or (after is not None and before is not None):
            raise invalid("A list has a limit of at most 100 and goes on in one direction", "limit")
        rest = list(found)
        if before is not None:
            newer = rest[: _place(rest, before, "ending_before")]
            page = newer[-limit:]  # those next to it, still the newest first
            return {"object": "list", "url": url, "has_more": len(newer) > limit, "data": page}
        if after is not None:
            rest = rest[_place(rest, after, "starting_after") + 1 :]
        return {"object": "list", "url": url, "has_more": len(rest) > limit, "data": rest[:limit]}

    def render(self, body: Body, expand: Iterable[str]) -> Body:
        """Return ``body`` as it is answered: without what is ours alone, with ids in ``expand`` opened."""
        answer = copy.deepcopy(body)
        for path in expand:
            self._open(answer, path.split("."))
        cleaned: Body = _clean(answer, {path.rpartition(".")[2] for path in expand})
        return cleaned

    def _open(self, at: Any, path: list[str]) -> None:
        if isinstance(at, list):
            for each in at:
                self._open(each, path)
            return
        if not isinstance(at, dict) or path[0] not in at:
            return
        if isinstance(at[path[0]], str):
            at[path[0]] = self.records.get(at[path[0]]) or at[path[0]]
        if len(path) > 1:
            self._open(at[path[0]], path[1:])


def _place(found: list[Body], object_id: str, param: str) -> int:
    places = [place for place, each in enumerate(found) if each["id"] == object_id]
    if not places:
        raise missing("object", object_id, param)
    return places[0]


_INCLUDABLE = frozenset({"payments", "line_items"})


def shown(body: Body) -> Body:
    """Return ``body`` as an event carries it."""
    found: Body = _clean(json.loads(json.dumps(body)), set())
    return found


def _clean(value: Any, wanted: set[str]) -> Any:
    """Drop members that begin with ``_``, and those that Stripe includes only on demand."""
    if isinstance(value, list):
        return [_clean(each, wanted) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _clean(each, wanted)
        for name, each in value.items()
        if not name.startswith("_") and (name not in _INCLUDABLE or name in wanted)
    }
