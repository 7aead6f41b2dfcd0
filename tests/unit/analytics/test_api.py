"""The analytics API: who may ask what, in which range, as JSON or as a file, and from a figure to its events."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from analytics.model.days import day_of
from builders.analytics_api import ADMIN, AUDITOR, SOMEBODY, Office, office_over
from builders.facts import closed, published
from builders.figures import MONTH, PREMIUM, START, Life, captured, chose, disputed, entitled, refunded
from kit import clock
from kit.events import Event
from kit.identity import Caller
from kit.ids import uuid7

YEAR = "from=2026-01-01&to=2026-12-31"
ADMIN_PATHS = (
    "/admin/revenue",
    "/admin/mrr",
    "/admin/subscriptions",
    "/admin/cohorts",
    "/admin/signals",
    "/admin/freshness",
    "/admin/revenue/events",
)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    return office_over(monkeypatch)


def test_revenue_by_day_and_line_with_what_went_back(office: Office) -> None:
    course, research = captured(uuid7(), 100_000, START), captured(uuid7(), 50_000, START, "research")
    office.tell(course, research, captured(uuid7(), 70_000, START, "wallet"))
    office.tell(refunded(course, 40_000, START + MONTH), disputed(research, "lost", START + 2 * MONTH))
    found = office.ask(f"/admin/revenue?{YEAR}").json
    assert found["total"] == {
        "net": 150_000,
        "tax": 27_000,
        "refunds": 40_000,
        "refunds_tax": 7_200,
        "chargebacks": 50_000,
        "chargebacks_tax": 9_000,
        "kept": 51_000,
    }
    assert [(row["day"], row["line"], row["kept"]) for row in found["rows"]] == [
        ("2026-01-10", "courses", 100_000),
        ("2026-01-10", "research", 50_000),
        ("2026-02-09", "courses", -40_000),
        ("2026-03-11", "research", -59_000),
    ]
    only = office.ask(f"/admin/revenue?{YEAR}&line=courses").json
    assert {row["line"] for row in only["rows"]} == {"courses"}


def test_the_waterfall_of_whole_months(office: Office) -> None:
    one = Life(uuid7())
    office.tell(one.started(START), one.ended(START + MONTH))
    found = office.ask("/admin/mrr?from=2026-01-20&to=2026-03-02").json["months"]
    assert [(row["month"], row["opening"], row["new"], row["churn"], row["closing"]) for row in found] == [
        ("2026-01", 0, PREMIUM, 0, PREMIUM),
        ("2026-02", PREMIUM, 0, -PREMIUM, 0),
        ("2026-03", 0, 0, 0, 0),
    ]
    assert [row["customer_churn_rate"] for row in found] == [None, 1.0, None]


@pytest.mark.parametrize("path", ["/admin/revenue", "/admin/mrr"])
@pytest.mark.parametrize(
    ("query", "accept", "as_file"),
    [
        ("", "", False),
        ("", "*/*", False),
        ("", "application/json, text/csv", False),
        ("", "text/csv", True),
        ("", "text/csv;q=0.9, application/json;q=0.1", True),
        ("&format=csv", "application/json", True),
        ("&format=json", "text/csv", False),
    ],
)
def test_a_file_is_given_by_format_or_by_what_is_accepted(
    office: Office, path: str, query: str, accept: str, *, as_file: bool
) -> None:
    office.tell(captured(uuid7(), 100, START), Life(uuid7()).started(START))
    found = office.ask(f"{path}?{YEAR}{query}", accept=accept)
    assert found.headers["Content-Type"].startswith(
        "text/csv; charset=utf-8" if as_file else "application/json"
    )
    if as_file:
        rows = [*csv.DictReader(StringIO(found.text))]
        wanted = office.ask(f"{path}?{YEAR}").json
        shown = wanted.get("rows", wanted.get("months"))
        assert [
            {name: "" if value is None else str(value) for name, value in row.items()} for row in shown
        ] == rows


def test_subscriptions_at_the_end_of_each_day(office: Office) -> None:
    one, trial = Life(uuid7()), Life(uuid7(), plan="enterprise")
    office.tell(one.started(START), trial.started(START + timedelta(days=1), trial=True))
    office.tell(one.late(START + timedelta(days=2)))
    found = office.ask("/admin/subscriptions?from=2026-01-10&to=2026-01-12").json["rows"]
    assert [
        (row["day"][-2:], row["plan"], row["active"], row["trialing"], row["past_due"]) for row in found
    ] == [
        ("10", "premium", 1, 0, 0),
        ("11", "enterprise", 0, 1, 0),
        ("11", "premium", 1, 0, 0),
        ("12", "enterprise", 0, 1, 0),
        ("12", "premium", 1, 0, 1),
    ]


def test_a_cohort_is_who_began_to_pay_in_a_month(office: Office) -> None:
    stays, leaves, later = Life(uuid7()), Life(uuid7()), Life(uuid7())
    office.tell(stays.started(START), leaves.started(START), leaves.ended(START + MONTH))
    office.tell(later.started(START + 2 * MONTH))
    found = office.ask("/admin/cohorts?from=2026-01-01&to=2026-03-31").json["cohorts"]
    assert found == [
        {
            "month": "2026-01",
            "size": 2,
            "retained": [
                {"after": 0, "customers": 2, "mrr": 2 * PREMIUM},
                {"after": 1, "customers": 1, "mrr": PREMIUM},
                {"after": 2, "customers": 1, "mrr": PREMIUM},
            ],
        },
        {"month": "2026-03", "size": 1, "retained": [{"after": 0, "customers": 1, "mrr": PREMIUM}]},
    ]


def test_accuracy_is_told_to_staff_as_unverified(office: Office) -> None:
    told = published(published_at=START)
    office.tell(told, closed(told, "110"), published(published_at=START, strategy="other-1"))
    found = office.ask(f"/admin/signals?{YEAR}").json
    assert (found["verified"], found["notice"][:12]) == (False, "NOT VERIFIED")
    assert [(row["strategy"], row["won"], row["open"], row["average_r"]) for row in found["rows"]] == [
        ("ema-trend-1", 1, 0, 2.0),
        ("other-1", 0, 1, None),
    ]
    assert len(office.ask(f"/admin/signals?{YEAR}&strategy=other-1").json["rows"]) == 1


def test_from_a_figure_to_its_events_page_by_page(office: Office) -> None:
    told = [captured(uuid7(), number + 1, START) for number in range(5)]
    office.tell(*told, Life(uuid7()).started(START))
    seen: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = office.ask(f"/admin/revenue-net/events?{YEAR}&limit=2{cursor}").json
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(one["event_id"] for one in seen) == sorted(one.id for one in told)
    assert sum(one["amount"] for one in seen) == office.ask(f"/admin/revenue?{YEAR}").json["total"]["net"]
    assert all(one["entry"] == f"/api/v1/audit/entries/{one['event_id']}" for one in seen)
    assert {one["measure"] for one in office.ask(f"/admin/mrr/events?{YEAR}").json["items"]} == {"mrr-new"}
    assert office.ask(f"/admin/revenue/events?{YEAR}&label=research").json["items"] == []


@pytest.mark.parametrize("path", ["/admin/profit/events", "/admin/%00/events"])
def test_an_unknown_figure_is_absent(office: Office, path: str) -> None:
    assert office.ask(path).status == 404


def test_my_summary_is_mine_alone(office: Office) -> None:
    me = Caller(uuid7(), frozenset({"user"}))
    paid = captured(me.subject, 100_000, START)
    mine: list[Event[Any]] = [paid, refunded(paid, 10_000, START), entitled(me.subject, "premium", START)]
    office.tell(*mine, chose(me.subject, START), captured(uuid7(), 777, START))
    found = office.ask("/me/summary", me).json
    assert found == {
        "bought": {"amount": 118_000, "currency": "INR"},
        "purchases": 1,
        "refunded": {"amount": 11_800, "currency": "INR"},
        "charged_back": {"amount": 0, "currency": "INR"},
        "topped_up": {"amount": 0, "currency": "INR"},
        "plan": {"name": "premium", "since": "2026-01-10T09:30:00Z", "until": "2026-02-09T09:30:00Z"},
        "following": {"symbols": ["AAPL"], "strategies": ["ema-trend-1"], "since": "2026-01-10T09:30:00Z"},
    }
    other = office.ask("/me/summary", SOMEBODY).json
    assert (other["purchases"], other["following"], other["plan"]["name"]) == (0, None, "free")


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_figures_of_the_company_are_for_its_staff(office: Office, path: str) -> None:
    assert office.ask(path, None).status == 401
    assert office.ask(path, SOMEBODY).status == 403
    assert office.ask(path, Caller(uuid7(), frozenset({"analyst", "editor", "approver"}))).status == 403
    assert office.ask(path, AUDITOR).status == 200
    assert office.ask(path, ADMIN).status == 200


@pytest.mark.parametrize("path", [one for one in ADMIN_PATHS if one != "/admin/freshness"])
@pytest.mark.parametrize(
    "query",
    [
        "from=2024-01-01&to=2026-12-31",
        "from=2026-02-01&to=2026-01-01",
        "from=1900-01-01",
        "to=9999-12-31",
        "from=yesterday",
        "since=2026-01-01",
    ],
)
def test_a_range_is_bounded(office: Office, path: str, query: str) -> None:
    found = office.ask(f"{path}?{query}")
    assert (found.status, found.headers["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJtcnItbmV3IiwiMjAyNi0wMS0wMSIsIiIsImEiXQ"])
def test_a_foreign_cursor_is_refused(office: Office, cursor: str) -> None:
    assert office.ask(f"/admin/mrr/events?{YEAR}&cursor={cursor}").status == 422


def test_a_tag_changes_when_the_figure_does(office: Office) -> None:
    office.tell(captured(uuid7(), 100, START))
    tag = office.ask(f"/admin/revenue?{YEAR}").headers["ETag"]
    assert office.ask(f"/admin/revenue?{YEAR}", if_none_match=tag).status == 304
    assert office.ask(f"/admin/revenue?{YEAR}&format=csv", if_none_match=tag).status == 200
    office.tell(captured(uuid7(), 100, START))
    assert office.ask(f"/admin/revenue?{YEAR}", if_none_match=tag).status == 200


def test_without_a_range_the_last_thirty_days_are_meant(office: Office) -> None:
    found = office.ask("/admin/revenue").json
    today = day_of(clock.now())
    assert (found["first"], found["last"]) == ((today - timedelta(days=29)).isoformat(), today.isoformat())


def test_freshness_tells_lag_and_progress(office: Office) -> None:
    assert office.ask("/admin/freshness").json == {"consumers": []}
    office.tell(captured(uuid7(), 100, START))
    office.store.tell(captured(uuid7(), 100, START))
    [one] = office.ask("/admin/freshness").json["consumers"]
    assert (one["state"], one["events"], one["behind"], one["progress"], one["facts"]) == (
        "active",
        2,
        1,
        0.5,
        1,
    )
    assert 0 <= one["lag_s"] < 60
