"""The record over HTTP: lists and files, tags, figures, voids, the public export."""

import csv
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

import treum_verify
from builders.facts import cancelled, closed, published
from builders.signals import CANDLE_AT, NOW, candle
from builders.signals_api import ANALYST, APPROVER, ENTERPRISE, FREE, PREMIUM, Desk
from kit import events
from kit.events import Event
from kit.kafka import Consumer
from signals import performance_tasks
from signals.model.signal import Signal
from signals.service.performance import FACTS, Verification

pytestmark = pytest.mark.stores


def close_all(desk: Desk, made: list[Signal]) -> None:
    for one in made:
        ended = replace(
            one.to("target_hit"),
            closed_at=CANDLE_AT,
            exit_price=one.terms.targets[0],
            mfe=one.terms.tick,
            mae=one.terms.tick,
        )
        desk.world.book.save(ended, closed(published(one.id), "110"))


def test_a_list_is_searched_and_paged_and_not_sent_twice(desk: Desk) -> None:
    made = desk.many()

    first = desk.ask("GET", "/signals?strategy=s-1&limit=4", PREMIUM)
    rest = desk.ask("GET", f"/signals?strategy=s-1&limit=4&cursor={first.json['next_cursor']}", PREMIUM)
    again = desk.ask("GET", "/signals?strategy=s-1&limit=4", PREMIUM, if_none_match=first.headers["ETag"])

    ids = [one["id"] for page in (first, rest) for one in page.json["items"]]
    assert ids == [one.id for one in reversed(made) if one.terms.strategy == "s-1"]
    assert rest.json["next_cursor"] is None
    assert (again.status, again.text) == (304, "")
    close_all(desk, made[-1:])
    changed = desk.ask("GET", "/signals?strategy=s-1&limit=4", PREMIUM, if_none_match=first.headers["ETag"])
    assert (changed.status, changed.headers["ETag"] == first.headers["ETag"]) == (200, False)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("symbol=AAPL&timeframe=1d&side=buy&analyst=treum-house", 4),
        ("confidence=80", 2),
        ("text=number 7", 1),
        ("from=2026-03-02T09:33:00Z&to=2026-03-02T15:05:00+05:30", 2),
        ("status=expired", 0),
    ],
)
def test_filters_of_the_address_are_those_of_the_list(desk: Desk, query: str, count: int) -> None:
    desk.many()

    assert len(desk.ask("GET", f"/signals?{query}", PREMIUM).json["items"]) == count


def test_bad_filters_are_refused_in_words(desk: Desk) -> None:
    for query in (
        "confidence=0",
        "from=yesterday",
        "text=x",
        "symbol=a b",
        "limit=101",
        "cursor=abc",
        "colour=red",
    ):
        answer = desk.ask("GET", f"/signals?{query}", PREMIUM)
        assert (answer.status, answer.json["code"]) == (422, "INVALID"), query


def test_history_is_exported_as_a_table_that_no_spreadsheet_runs(desk: Desk) -> None:
    made = desk.many()
    close_all(desk, made)

    first = desk.ask("GET", "/signals/export?limit=10", ENTERPRISE)
    cursor = first.headers["X-Next-Cursor"]
    second = desk.ask("GET", f"/signals/export?limit=10&cursor={cursor}", ENTERPRISE)

    rows = [row for page in (first, second) for row in csv.DictReader(StringIO(page.text))]
    assert [row["id"] for row in rows] == [one.id for one in reversed(made)]
    assert "X-Next-Cursor" not in second.headers
    assert first.headers["Content-Type"].startswith("text/csv")
    assert rows[0]["rationale"].startswith("'=")
    assert rows[0]["targets"] == "110.00 120.00"
    again = desk.ask("GET", "/signals/export?limit=10", ENTERPRISE, if_none_match=first.headers["ETag"])
    assert again.status == 304
    lines = desk.ask("GET", "/signals/export?format=ndjson&symbol=SPX", ENTERPRISE)
    assert [one["terms"]["symbol"] for one in lines.lines] == ["SPX"] * 4
    assert lines.headers["ETag"] != first.headers["ETag"]
    assert desk.ask("GET", "/signals/history?status=expired", ENTERPRISE).json["items"] == []
    assert desk.ask("GET", "/signals/history?status=live", ENTERPRISE).status == 422


class Patient:
    """A Lambda context with time left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return half a minute."""
        return 30_000


def kafka(offset: int, fact: Event[Any]) -> dict[str, Any]:
    """Return the Lambda event that brings ``fact``."""
    key, value = (b64encode(one).decode() for one in (fact.subject.encode(), events.encode(fact)))
    place = {"topic": "trading-signals", "partition": 0, "offset": offset, "timestamp": 0}
    return {"records": {"trading-signals-0": [{**place, "key": key, "value": value, "headers": []}]}}


def test_figures_come_from_the_bus_and_only_verified_ones_are_public(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = published(strategy="s-1"), published(strategy="s-2")
    told = [one, two, closed(one, "110"), cancelled(two, "97.5")]
    effects = dict.fromkeys(FACTS, lambda fact: desk.performance().take(fact))
    consumer = Consumer("signals-performance", effects, lambda: desk.db)
    for offset, fact in enumerate(told):
        for _ in range(2):
            assert consumer.handler(kafka(offset, fact), Patient()) == {"batchItemFailures": []}

    unseen = desk.ask("GET", "/signals/performance", PREMIUM)
    staff = desk.ask("GET", "/signals/performance?by=strategy&period=30d", ANALYST)

    assert (unseen.status, unseen.json["code"]) == (403, "PERFORMANCE_NOT_VERIFIED")
    assert "PaRRVA" in unseen.json["title"] + unseen.json["detail"]
    assert (staff.json["verified"], staff.json["verified_by"]) == (False, None)
    assert "NOT VERIFIED" in staff.json["disclaimers"][0]
    figures = {group["key"]: group["figures"] for group in staff.json["groups"]}
    assert (figures["s-1"]["average_r"], figures["s-2"]["average_r"]) == (2.0, -0.5)
    assert desk.ask("GET", "/signals/performance?period=7d", ANALYST).status == 422

    desk.verification = Verification("an agency", NOW - timedelta(days=1))
    seen = desk.ask("GET", "/signals/performance", FREE).json
    assert (seen["verified"], seen["verified_by"], seen["groups"][0]["figures"]["won"]) == (
        True,
        "an agency",
        1,
    )
    assert "Past performance is not indicative" in seen["disclaimers"][0]
    desk.db.run("DELETE FROM performance_trades", ())
    monkeypatch.setattr(performance_tasks, "performance", desk.performance)
    assert performance_tasks.handler({"task": "rebuild_performance", "input": {}}, None) == {"trades": 2}
    assert desk.ask("GET", "/signals/performance", FREE).json["groups"] == seen["groups"]


def test_a_promise_is_voided_over_http_and_the_export_verifies_alone(desk: Desk) -> None:
    live = desk.world.published()
    never = desk.record.committed(symbol="MSFT")
    path = f"/signals/{never.id}/void"
    assert desk.ask("POST", path, PREMIUM, {"reason": "OUTAGE"}).status == 403
    assert desk.ask("POST", path, APPROVER, {"reason": "BORED"}).status == 422
    before = desk.ask("GET", "/commitments/treum-house/head")

    voided = desk.ask("POST", path, APPROVER, {"reason": "OUTAGE", "note": "the bus was away"})
    again = desk.ask("POST", path, APPROVER, {"reason": "OUTAGE"})
    refused = desk.ask("POST", f"/signals/{live.id}/void", APPROVER, {"reason": "OUTAGE"})

    assert (voided.status, voided.json["status"], voided.json["void_reason"]) == (200, "voided", "OUTAGE")
    assert again.json == voided.json
    assert (refused.status, refused.json["code"]) == (409, "ALREADY_PUBLISHED")
    desk.world.take([candle(1, 99, 104), candle(2, 103, 111)])
    first = desk.ask("GET", "/commitments/treum-house/export?limit=1")
    rest = desk.ask("GET", f"/commitments/treum-house/export?after={first.headers['X-Next-After']}")
    assert "X-Next-After" not in rest.headers
    head = before.json["number"], before.json["link"]
    report = treum_verify.verify_record([*first.lines, *rest.lines], head=head)
    assert (report.findings, report.outcomes) == ([], {"target_hit": 1, "voided": 1})
    assert report.rates["treum-house"].win_rate == 0.5
    tag = rest.headers["ETag"]
    assert desk.ask("GET", "/commitments/treum-house/export?after=1", if_none_match=tag).status == 304
    page = desk.ask("GET", "/commitments/treum-house?limit=1").json
    assert page["items"][0] == first.lines[0]
    assert desk.ask("GET", "/commitments/nobody-at-all/head").status == 404
    assert desk.ask("GET", "/commitments/nobody-at-all/export").text == ""
    assert desk.ask("GET", "/commitments/No body/export").json["code"] == "ANALYST_NOT_FOUND"
