"""Backtests over HTTP and PostgreSQL: who may order, what is bounded, whose they are, how they end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from builders.proxy import ask, event
from builders.research import REFERENCE
from builders.signals import DESK, NOW, walk
from fixtures.database import Databases
from kit.identity import Caller
from signals import bootstrap, policies
from signals.adapters.memory import MemoryCandleStore
from signals.adapters.memory.research import MemoryBacktestMachine, MemoryReportArchive
from signals.adapters.postgres.research import PostgresBacktestBook
from signals.api import api
from signals.model.backtest import BacktestId
from signals.research.wanted import study_of
from signals.service.backtesting import Backtesting
from signals.service.researching import Researching
from signals.strategies import ALL

pytestmark = pytest.mark.stores
OWNER: Final = Caller("owner", frozenset({"user"}), plan="enterprise")
OTHER: Final = Caller("other", frozenset({"user"}), plan="enterprise")
STAFF: Final = Caller("staff", frozenset({"analyst"}))
PREMIUM: Final = Caller("premium", frozenset({"user"}), plan="premium")
CANDLES: Final = walk(500, 21)
BODY: Final[dict[str, Any]] = {
    "strategy": ALL[0].name,
    "symbols": ["AAPL"],
    "first": CANDLES[210].closed_at.isoformat(),
    "last": CANDLES[-1].closed_at.isoformat(),
    "search": {"stop": [0.8, 1.2]},
    "walk_forward": {"folds": 2},
}
Work = Callable[[str], None]


@pytest.fixture
def work(database: Databases, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Wire the API to a fresh database; return what does the machine's work on an order."""
    db = database("signals")
    book, archive, machine = PostgresBacktestBook(db), MemoryReportArchive(), MemoryBacktestMachine()
    candles = MemoryCandleStore()
    candles.save(CANDLES)
    front = Researching(
        book, machine, archive, lambda wanted: study_of(wanted, REFERENCE), db.on_commit, lambda: NOW
    )
    back = Backtesting(
        book=book,
        candles=candles,
        reference=REFERENCE,
        policies=policies.load(),
        desk=DESK,
        archive=archive,
        machine=machine,
        patience=timedelta(minutes=3),
        slice_of=100,
        now=lambda: NOW,
    )
    monkeypatch.setattr(bootstrap.backtests, "researching", lambda: front)
    monkeypatch.setattr(bootstrap.stores, "database", lambda: db)

    def run(backtest_id: str) -> None:
        assert machine.started == [backtest_id], "the order started the machine after its commit"
        one = BacktestId(backtest_id)
        for number in back.plan(one):
            back.decide(one, number)
        back.conclude(one)
        back.report(one)

    return run


def call(
    method: str, caller: Caller, of: str = "", what: str = "", *, body: Any = None, key: str = ""
) -> tuple[int, Any]:
    resource = f"/api/v1/backtests{'/{id}' if of else ''}{what}"
    headers = {"Idempotency-Key": key} if key else {}
    sent = event(method, resource, caller=caller, body=body, headers=headers, path={"id": of} if of else None)
    status, found, _ = ask(api, sent)
    return status, found


def test_an_order_becomes_a_report_of_its_owners(work: Work) -> None:
    status, ordered = call("POST", OWNER, body=BODY, key="once")
    assert (status, ordered["status"], ordered["percent"]) == (202, "queued", 0)
    assert call("POST", OWNER, body=BODY, key="once") == (202, ordered)
    assert call("GET", OWNER, ordered["id"], "/report")[1]["code"] == "REPORT_NOT_READY"

    work(ordered["id"])

    status, done = call("GET", OWNER, ordered["id"])
    assert (status, done["status"], done["percent"]) == (200, "done", 100)
    status, report = call("GET", OWNER, ordered["id"], "/report")
    assert status == 200
    assert report["finding"]["study"]["strategy"] == ALL[0].name
    assert len(report["finding"]["choices"]) == 2
    assert len(report["finding"]["tried"]) == 2
    for kind in ("html", "pdf"):
        status, link = call("GET", OWNER, ordered["id"], f"/report.{kind}")
        assert status == 200
        assert link["url"].startswith(f"memory://{ordered['id']}.{kind}")
    assert call("POST", OWNER, ordered["id"], "/cancel")[1]["code"] == "BACKTEST_ENDED"


def test_what_is_somebody_elses_is_absent(work: Work) -> None:
    del work
    ordered = call("POST", OWNER, body=BODY)[1]
    nobodys = "01890000-0000-7000-8000-000000000000"
    for what in ("", "/report", "/report.html", "/report.pdf"):
        for caller in (OTHER, STAFF):
            status, theirs = call("GET", caller, ordered["id"], what)
            absent = call("GET", caller, nobodys, what)[1]
            assert status == 404
            assert {**theirs, "instance": "", "request_id": ""} == {
                **absent,
                "instance": "",
                "request_id": "",
            }
    assert call("POST", OTHER, ordered["id"], "/cancel")[0] == 404
    assert call("GET", OTHER)[1] == {"items": [], "next_cursor": None}
    assert [one["id"] for one in call("GET", OWNER)[1]["items"]] == [ordered["id"]]


def test_staff_and_the_enterprise_plan_may_and_others_may_not(work: Work) -> None:
    del work
    assert call("POST", STAFF, body=BODY)[0] == 202
    for method, of, what in (
        ("POST", "", ""),
        ("GET", "", ""),
        ("GET", "01890000-0000-7000-8000-000000000000", "/report"),
    ):
        status, refused = call(method, PREMIUM, of, what, body=BODY if method == "POST" else None)
        assert (status, refused["code"]) == (403, "PLAN_REQUIRED")


def test_a_cancelled_order_stays_cancelled(work: Work) -> None:
    ordered = call("POST", OWNER, body=BODY)[1]
    assert call("POST", OWNER, ordered["id"], "/cancel")[1]["status"] == "cancelled"
    work(ordered["id"])
    assert call("GET", OWNER, ordered["id"])[1]["status"] == "cancelled"


def test_the_fourth_order_at_once_is_refused(work: Work) -> None:
    del work
    assert [call("POST", OWNER, body=BODY)[0] for _ in range(4)] == [202, 202, 202, 409]


REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"strategy": "tea-leaves-1"}, "UNFIT_BACKTEST"),
    ({"symbols": ["ZZZ"]}, "UNFIT_BACKTEST"),
    ({"search": {"colour": [1]}}, "BAD_GRID"),
    ({"symbols": ["AAPL"] * 2}, "INVALID"),
    ({"symbols": [f"S{at}" for at in range(11)]}, "INVALID"),
    ({"last": BODY["first"]}, "INVALID"),
    ({"first": "1900-01-01T00:00:00Z"}, "INVALID"),
    ({"search": {"stop": [1] * 11}}, "INVALID"),
    ({"search": {"Stop!": [1]}}, "INVALID"),
    ({"sizing": {"kind": "risk", "value": 2}}, "INVALID"),
    ({"costs": {"fee_bps": -1}}, "INVALID"),
    ({"walk_forward": {"folds": 1}}, "INVALID"),
    ({"leverage": 0}, "INVALID"),
    ({"surprise": 1}, "INVALID"),
]


def test_an_order_is_bounded_and_refused_in_words(work: Work) -> None:
    del work
    for changed, code in REFUSED:
        status, refused = call("POST", OWNER, body={**BODY, **changed})
        assert (status, refused["code"]) == (422, code), changed
        assert refused["detail"] or refused["errors"]
