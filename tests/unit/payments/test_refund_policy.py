"""What goes back by the rules: days, progress, the unused part, never more than is left."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.orders import NOW, course, person, top_up
from payments import policies
from payments.model.ledger import Book
from payments.model.payment import Payment, Period
from payments.model.sale import Sale, sold_within
from payments.policies.refunding import Circumstances, Quote, quote

POLICY = policies.load().on(date(2026, 11, 21))


def quoted(one: Payment, later: timedelta, progress: int | None = None, unspent: int = 0) -> Quote:
    paid = replace(one, status="captured", captured_at=NOW)
    return quote(POLICY, paid, Circumstances(one.sale, progress, unspent), NOW + later)


@pytest.mark.parametrize(
    ("days", "progress", "percent"),
    [
        (0, 0, 100), (7, 19, 100), (7, None, 100), (7, 20, 50), (8, 0, 50), (30, 49, 50), (30, 50, 0),
        (30.01, 0, 0), (0, 100, 0),
    ],
)  # fmt: skip
def test_a_course_by_days_and_progress(days: float, progress: int | None, percent: int) -> None:
    one = course(person())
    assert quoted(one, timedelta(days=days), progress).paise == one.sale.gross * percent // 100


@pytest.mark.parametrize(
    ("used", "unused_days"),
    [(timedelta(0), 30), (timedelta(seconds=1), 29), (timedelta(days=10), 20), (timedelta(days=29, hours=1), 0),
     (timedelta(days=31), 0), (timedelta(days=-1), 30)],
)  # fmt: skip
def test_a_subscription_by_the_days_that_have_not_begun(used: timedelta, unused_days: int) -> None:
    one = replace(
        course(person()),
        purpose="subscription",
        line=Book.RESEARCH,
        sale=sold_within(999_00, "MH", "KA"),
        period=Period(NOW, NOW + timedelta(days=30)),
    )
    assert quoted(one, used).paise == 999_00 * unused_days // 30


def test_a_wallet_gives_back_what_is_unspent() -> None:
    one = top_up(person(), 1_000_00)
    assert quoted(one, timedelta(days=1), unspent=250_00).paise == 250_00
    assert quoted(one, timedelta(days=1), unspent=5_000_00).paise == 1_000_00
    assert quoted(one, timedelta(days=181), unspent=250_00).rule == "WALLET_TOO_LATE"


def test_what_is_not_paid_disputed_or_gone_is_worth_nothing() -> None:
    one = course(person())
    assert quote(POLICY, one, Circumstances(one.sale), NOW).rule == "NOT_PAID"
    paid = replace(one, captured_at=NOW)
    assert quote(POLICY, paid, Circumstances(Sale(0)), NOW).rule == "NOTHING_LEFT"
    for state in ("open", "lost"):
        disputed = replace(paid, dispute=state)
        assert quote(POLICY, disputed, Circumstances(one.sale), NOW) == Quote(
            0, one.sale.gross, "DISPUTED", "refunds-1"
        )
    assert quote(POLICY, replace(paid, dispute="won"), Circumstances(one.sale), NOW).paise == one.sale.gross


@given(left=st.integers(0, 1_499_00), hours=st.integers(0, 2000), progress=st.none() | st.integers(0, 100))
def test_never_more_than_is_left(left: int, hours: int, progress: int | None) -> None:
    one = replace(course(person(), sku="course-first-trades"), captured_at=NOW)
    known = Circumstances(Sale(left), progress)
    found = quote(POLICY, one, known, NOW + timedelta(hours=hours))
    assert 0 <= found.paise <= left


def test_policies_have_days_and_the_newest_in_force_counts(tmp_path: Path) -> None:
    first = (policies.HERE / "refunds-2026-04-01.json").read_text()
    (tmp_path / "refunds-2026-04-01.json").write_text(first)
    newer = first.replace("refunds-1", "refunds-2").replace("2026-04-01", "2027-01-01")
    (tmp_path / "refunds-2027-01-01.json").write_text(newer)
    known = policies.load(tmp_path)
    assert known.on(date(2026, 12, 31)).version == "refunds-1"
    assert known.on(date(2027, 1, 1)).version == "refunds-2"
    with pytest.raises(LookupError):
        known.on(date(2026, 3, 31))


def test_a_policy_that_cannot_be_read_names_its_file(tmp_path: Path) -> None:
    text = (policies.HERE / "refunds-2026-04-01.json").read_text()
    (tmp_path / "refunds-2026-04-01.json").write_text(text.replace('"percent": 50', '"percent": 500'))
    with pytest.raises(ValueError, match=r"refunds-2026-04-01\.json"):
        policies.load(tmp_path)


def test_the_file_is_named_by_its_day() -> None:
    for each in policies.load().all:
        assert (policies.HERE / f"refunds-{each.since}.json").exists()
