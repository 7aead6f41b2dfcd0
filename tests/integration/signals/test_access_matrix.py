"""Who sees what: every plan, state, age and route of signals, against one table."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from builders.facts import closed, published
from builders.proxy import ask, event
from builders.signals import NOW
from builders.signals_api import Desk
from kit.identity import Caller
from realtime.errors import NotEntitled
from realtime.model import channel_for
from signals.api import api
from signals.model import access
from signals.model.signal import Signal, Status
from signals.service.publication import Publication

pytestmark = pytest.mark.stores
AGES: Final = {
    "fresh": timedelta(minutes=1),
    "20 minutes": timedelta(minutes=20),
    "40 days": timedelta(days=40),
    "400 days": timedelta(days=400),
}
CALLERS: Final = {
    "free": Caller("f", frozenset({"user"})),
    "premium": Caller("p", frozenset({"user"}), plan="premium"),
    "enterprise": Caller("e", frozenset({"user"}), plan="enterprise"),
    "staff": Caller("s", frozenset({"analyst"})),
}
PAID: Final = {"premium", "enterprise", "staff"}
EVERYBODY: Final = PAID | {"free"}
SEEN: Final = {
    **{(state, age): {"staff"} for state in ("draft", "approved", "voided") for age in AGES},
    **{("live", age): EVERYBODY for age in AGES},
    ("live", "fresh"): PAID,
    **{("live, sixth", age): PAID for age in AGES},
    **{(state, age): EVERYBODY for state in ("target_hit", "cancelled") for age in ("fresh", "20 minutes")},
    **{(state, "40 days"): PAID for state in ("target_hit", "cancelled")},
    **{(state, "400 days"): {"enterprise", "staff"} for state in ("target_hit", "cancelled")},
}
ARCHIVE: Final = {"enterprise", "staff"}
LISTS: Final = {"list": "", "live": "/live", "history": "/history", "export": "/export?format=ndjson"}
CLOSED: Final[set[Status]] = {"target_hit", "cancelled"}
PROMISED: Final = {"approved", "live", "live, sixth", "target_hit", "cancelled", "voided"}
SOCKET: Final = {
    "signals": {"premium", "enterprise"},
    "signals-delayed": {"free", "premium", "enterprise", "staff"},
}


@dataclass(frozen=True)
class Cell:
    """One signal of the matrix."""

    state: str
    age: str
    signal: Signal


def matrix(desk: Desk) -> list[Cell]:
    """Return a signal of every state and age, the oldest made first."""
    cells: list[Cell] = []
    for age, length in reversed(AGES.items()):
        desk.world.at = NOW - length
        made = {
            state: live(desk, f"{state}-{age}")
            for state in ("live", "target_hit", "cancelled", "b", "c", "live, sixth")
        }
        for state in sorted(CLOSED):
            made[state] = end(desk, made[state], state)
        made["draft"] = desk.world.drafted(strategy=f"draft-{age}".replace(" ", "-"))
        made["approved"], made["voided"] = (
            committed(desk, f"{name}-{age}") for name in ("approved", "voided")
        )
        desk.record.voiding.void(made["voided"].id, "OUTAGE", by="person")
        cells += [Cell(state, age, one) for state, one in made.items() if state not in {"b", "c"}]
    desk.world.at = NOW
    return cells


def live(desk: Desk, name: str) -> Signal:
    return desk.record.live(strategy=name.replace(" ", "-").replace(",", ""))


def committed(desk: Desk, name: str) -> Signal:
    made = desk.world.drafted(strategy=name.replace(" ", "-"))
    desk.world.book.save(made.to("approved"), published(made.id))
    Publication.commit(desk.world.publication, made.id)
    return made


def end(desk: Desk, one: Signal, state: Status) -> Signal:
    ended = replace(
        one.to(state), closed_at=one.terms.candle_at, exit_price=Decimal(110), mfe=Decimal(10), mae=Decimal(0)
    )
    desk.world.book.save(ended, closed(published(one.id), "110"))
    return ended


def wrong(desk: Desk, cells: list[Cell], plan: str) -> list[str]:
    """Return where what a caller of ``plan`` gets is not what the table says."""
    caller, archive = CALLERS[plan], plan in ARCHIVE
    lists = {name: listed(desk, caller, route) for name, route in LISTS.items()}
    found: list[str] = []
    for cell in cells:
        sees, base = plan in SEEN[cell.state, cell.age], f"/signals/{cell.signal.id}"
        got: dict[str, object] = {
            "one": desk.ask("GET", base, caller).status,
            "proof": desk.ask("GET", f"{base}/proof", caller).status,
            "feedback": desk.ask("POST", f"{base}/feedback", caller, {"action": "ignored"}).status,
            **{name: None if ids is None else cell.signal.id in ids for name, ids in lists.items()},
        }
        wanted: dict[str, object] = {
            "one": 200 if sees else 404,
            "proof": 200 if sees and cell.state in PROMISED else 404,
            "feedback": 200 if sees else 404,
            "list": sees,
            "live": sees and cell.state.startswith("live"),
            "history": cell.state in CLOSED if archive else None,
            "export": cell.state in CLOSED if archive else None,
        }
        name = f"{plan}, {cell.state}, {cell.age}"
        found += [
            f"{name}, {one}: {got[one]}, not {wanted[one]}" for one in wanted if got[one] != wanted[one]
        ]
    return found


def test_every_plan_state_age_and_route_answers_as_the_table_says(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = matrix(desk)
    assert len(cells) == len(SEEN)

    assert [one for plan in CALLERS for one in wrong(desk, cells, plan)] == []

    figures = {
        plan: desk.ask("GET", "/signals/performance", caller).status for plan, caller in CALLERS.items()
    }
    assert figures == {"free": 403, "premium": 403, "enterprise": 403, "staff": 200}
    monkeypatch.setitem(access.PLANS, "free", access.Access(reach=timedelta(days=30)))
    assert len(wrong(desk, cells, "free")) > len(AGES), "a plan that shows too much must be seen"


def listed(desk: Desk, caller: Caller, route: str) -> set[str] | None:
    """Return the ids that a list shows, None where the plan has no such list."""
    answer = desk.ask("GET", f"/signals{route}{'&' if '?' in route else '?'}limit=100", caller)
    if answer.status == 403:
        assert answer.json["code"] == "PLAN_REQUIRED"
        return None
    assert answer.status == 200, answer.text
    return {one["id"] for one in (answer.lines if "export" in route else answer.json["items"])}


def test_what_is_not_yours_answers_like_absent(desk: Desk) -> None:
    desk.world.at = NOW
    hidden = desk.world.published()
    absent = "018f0000-0000-7000-8000-000000000000"
    for route in ("", "/proof", "/feedback"):
        answers = [desk.ask("GET", f"/signals/{one}{route}", CALLERS["free"]) for one in (hidden.id, absent)]
        bodies = [
            {k: v for k, v in one.json.items() if k not in {"instance", "request_id"}} for one in answers
        ]
        assert bodies[0] == bodies[1]
        assert {one.status for one in answers} == {404}


@pytest.mark.parametrize("plan", CALLERS)
def test_the_socket_follows_the_same_table(plan: str) -> None:
    for channel, plans in SOCKET.items():
        if plan in plans:
            assert channel_for(channel, CALLERS[plan]).exact
        else:
            with pytest.raises(NotEntitled):
                channel_for(channel, CALLERS[plan])


def test_nobody_signed_out_gets_anything() -> None:
    routes = [one for one in api.routes if not one.access.public]
    assert {ask(api, event(one.method, one.address))[0] for one in routes} == {401}
    assert {one.id for one in api.routes if one.access.public} >= {
        "export_commitments",
        "get_head",
        "list_commitments",
    }
