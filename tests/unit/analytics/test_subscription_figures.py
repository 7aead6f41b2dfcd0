"""What subscriptions add to recurring revenue, told as stories and held against a plain count."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analytics.model.counting import counted
from analytics.model.days import day_of, months, next_month
from analytics.model.facts import Subscribed
from analytics.model.reports import Total, Waterfall, standings, waterfall
from analytics.service.facts import fact_of
from builders.figures import ENTERPRISE, MONTH, PREMIUM, START, Life, lives, seeded, shuffled
from kit.events import Event
from kit.ids import uuid7

USER = uuid7()


def facts(*told: Event[Any]) -> list[Subscribed]:
    found = [fact_of(one, place) for place, one in enumerate(told)]
    return [one for one in found if isinstance(one, Subscribed)]


def moved(*told: Event[Any]) -> dict[str, int]:
    """The movements by name, over all time."""
    sums: dict[str, int] = defaultdict(int)
    for key, amount in counted(facts(*told)).items():
        sums[key.measure] += amount
    return {
        name: amount for name, amount in sums.items() if name.startswith(("mrr-", "customers-")) and amount
    }


def totals(told: list[Event[Any]], first: date) -> list[Total]:
    sums: dict[tuple[date | None, Any, str], int] = defaultdict(int)
    by_user: dict[str, list[Subscribed]] = defaultdict(list)
    for fact in facts(*told):
        by_user[fact.subject].append(fact)
    for one in by_user.values():
        for key, amount in counted(one).items():
            since = key.day.replace(day=1) if key.day >= first else None
            sums[since, key.measure, key.label] += amount
    return [Total(*key, amount) for key, amount in sums.items()]


def rows(told: list[Event[Any]], first: date, last: date) -> list[Waterfall]:
    return [*waterfall(totals(told, first), first, last)]


def test_a_paid_start_is_new_and_its_end_is_churn() -> None:
    one = Life(USER)
    assert moved(one.started(START), one.ended(START + MONTH)) == {
        "mrr-new": PREMIUM,
        "customers-new": 1,
        "mrr-churn": -PREMIUM,
        "customers-churned": 1,
    }


def test_a_trial_counts_from_its_first_paid_period() -> None:
    one = Life(USER)
    begun = one.started(START, trial=True)
    assert moved(begun) == {}
    paid = one.renewed(START + MONTH, from_trial=True)
    assert moved(begun, paid) == {"mrr-new": PREMIUM, "customers-new": 1}
    assert {key.day for key in counted(facts(begun, paid)) if key.measure == "mrr-new"} == {
        day_of(START + MONTH)
    }


def test_a_trial_that_ends_unpaid_never_was_revenue() -> None:
    one = Life(USER)
    told = (one.started(START, trial=True), one.late(START + MONTH), one.ended(START + MONTH, "unpaid"))
    assert moved(*told) == {}
    assert sum(amount for key, amount in counted(facts(*told)).items() if key.label == "premium") == 0


def test_another_offer_expands_or_contracts_by_the_difference() -> None:
    one = Life(USER)
    told = [one.started(START), one.repriced(START + MONTH, "enterprise", ENTERPRISE)]
    assert moved(*told)["mrr-expansion"] == ENTERPRISE - PREMIUM
    told.append(one.repriced(START + 2 * MONTH, "premium", PREMIUM))
    assert moved(*told)["mrr-contraction"] == PREMIUM - ENTERPRISE


def test_another_offer_within_the_trial_changes_nothing_yet() -> None:
    one = Life(USER)
    told = [one.started(START, trial=True), one.repriced(START + MONTH, "enterprise", ENTERPRISE)]
    assert moved(*told) == {}
    told.append(one.renewed(START + 2 * MONTH, from_trial=True))
    assert moved(*told) == {"mrr-new": ENTERPRISE, "customers-new": 1}


def test_a_late_payer_counts_until_it_is_over_and_comes_back_by_paying() -> None:
    one = Life(USER)
    told = [one.started(START), one.late(START + MONTH)]
    assert moved(*told) == {"mrr-new": PREMIUM, "customers-new": 1}
    told.append(one.ended(START + MONTH + timedelta(days=7), "unpaid"))
    assert moved(*told)["mrr-churn"] == -PREMIUM
    told.append(one.recovered(START + MONTH + timedelta(days=9), reactivated=True))
    assert moved(*told)["mrr-reactivation"] == PREMIUM
    assert moved(*told)["customers-reactivated"] == 1


def test_who_comes_back_with_another_subscription_is_reactivated_in_any_order_of_the_facts() -> None:
    first, second = Life(USER), Life(USER)
    told = [first.started(START), first.ended(START + MONTH), second.started(START + 2 * MONTH)]
    wanted = {
        "mrr-new": PREMIUM,
        "customers-new": 1,
        "mrr-churn": -PREMIUM,
        "customers-churned": 1,
        "mrr-reactivation": PREMIUM,
        "customers-reactivated": 1,
    }
    for order in permutations(told):
        assert moved(*order) == wanted


def test_one_subscription_replaced_by_another_in_the_same_instant_is_no_churn() -> None:
    small, large = Life(USER), Life(USER, plan="enterprise", monthly=ENTERPRISE)
    at = START + MONTH
    assert moved(small.started(START), small.ended(at), large.started(at)) == {
        "mrr-new": PREMIUM,
        "customers-new": 1,
        "mrr-expansion": ENTERPRISE - PREMIUM,
    }


def test_what_began_and_ended_in_one_instant_is_nothing() -> None:
    one = Life(USER)
    assert moved(one.started(START), one.ended(START)) == {}


def test_what_is_over_is_not_changed_by_a_late_word() -> None:
    one = Life(USER)
    told = [one.started(START), one.ended(START + MONTH)]
    after = [one.late(START + 2 * MONTH), one.repriced(START + 3 * MONTH, "enterprise", ENTERPRISE)]
    assert moved(*told, *after) == moved(*told)


def test_the_time_of_a_subscription_never_runs_backwards() -> None:
    one = Life(USER)
    told = [one.started(START + MONTH), one.ended(START)]
    assert moved(*told) == {}


def test_facts_of_one_version_are_in_the_order_they_were_told() -> None:
    for _ in range(20):  # ids of one millisecond are in no order
        one = Life(USER)
        told = [one.started(START), one.ended(START + MONTH, "unpaid")]
        told.append(one.recovered(START + MONTH, reactivated=True))
        same = [replace(event, version=1) for event in told]
        assert sum(amount for name, amount in moved(*same).items() if name.startswith("mrr-")) == PREMIUM


def test_a_yearly_plan_counts_what_its_event_says_a_month() -> None:
    one = Life(USER, interval="year", monthly=83_250)
    assert moved(one.started(START))["mrr-new"] == 83_250


def test_a_day_is_that_of_india() -> None:
    late = datetime(2026, 1, 31, 18, 30, tzinfo=UTC)
    keys = counted(facts(Life(USER).started(late)))
    assert {key.day for key in keys} == {date(2026, 2, 1)}


def level_at(told: list[Event[Any]], end: date) -> tuple[int, int]:
    """Recurring revenue and paying people at the end of a day, by a plain look at each subscription."""
    by_user: dict[str, int] = defaultdict(int)
    by_life: dict[str, list[Any]] = defaultdict(list)
    for one in told:
        by_life[one.data.subscription_id].append(one)
    for life in by_life.values():
        monthly, paid, over, latest = 0, False, False, None
        for one in sorted(life, key=lambda each: each.version):
            at = next(getattr(one.data, name) for name in TIMES if hasattr(one.data, name))
            latest = at if latest is None else max(latest, at)
            if day_of(latest) > end:
                break
            kind = one.type.removeprefix("subscription.")
            if kind in {"renewed", "recovered"} or (kind == "started" and not one.data.trial):
                paid, over, monthly = True, False, one.data.monthly
            elif kind == "ended":
                over = True
            elif not over:
                monthly = one.data.monthly
        by_user[life[0].data.user_id] += monthly if paid and not over else 0
    return sum(by_user.values()), sum(level > 0 for level in by_user.values())


TIMES = ("started_at", "renewed_at", "repriced_at", "failed_at", "recovered_at", "ended_at")


@given(st.integers(0, 2**32))
def test_opening_and_changes_make_closing_which_is_what_a_plain_count_finds(seed: int) -> None:
    chance = seeded(seed)
    streams = [one for one in lives(chance, 4) if one[0].type.startswith("subscription.")]
    told = [event for _, event in shuffled(chance, streams)]
    first, last = date(2026, 3, 1), date(2027, 6, 1)
    found = rows(told, first, last)
    assert len(found) == 16
    before = level_at(told, first - timedelta(days=1))
    assert (found[0].opening, found[0].customers_opening) == before
    for month, row in zip(months(first, last), found, strict=True):
        changes = row.new + row.expansion + row.contraction + row.churn + row.reactivation
        assert row.opening + changes == row.closing
        closing = level_at(told, next_month(month) - timedelta(days=1))
        assert (row.closing, row.customers_closing) == closing
        assert row.new >= 0
        assert row.reactivation >= 0
        assert row.expansion >= 0
        assert row.contraction <= 0
        assert row.churn <= 0
    for earlier, later in pairwise(found):
        assert earlier.closing == later.opening
        assert earlier.customers_closing == later.customers_opening


@given(st.integers(0, 2**32))
def test_any_order_of_facts_counts_the_same(seed: int) -> None:
    chance = seeded(seed)
    known = facts(*(event for stream in lives(chance, 1) for event in stream))
    wanted = counted(known)
    chance.shuffle(known)
    assert counted(known) == wanted


@given(st.integers(0, 2**32))
def test_subscriptions_by_plan_are_never_below_nothing(seed: int) -> None:
    chance = seeded(seed)
    streams = [one for one in lives(chance, 3) if one[0].type.startswith("subscription.")]
    told = [event for stream in streams for event in stream]
    by_day: dict[tuple[date, Any, str], int] = defaultdict(int)
    by_user: dict[str, list[Subscribed]] = defaultdict(list)
    for fact in facts(*told):
        by_user[fact.subject].append(fact)
    for one in by_user.values():
        for key, amount in counted(one).items():
            if key.measure.startswith("subscriptions-"):
                by_day[key.day, key.measure, key.label] += amount
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(800)]
    for row in standings((Total(*key, amount) for key, amount in by_day.items()), days):
        assert row.active >= 0
        assert row.trialing >= 0
        assert 0 <= row.past_due <= row.active + row.trialing


def test_rates_divide_by_those_who_paid_when_the_month_began() -> None:
    stays, leaves = Life(uuid7()), Life(uuid7())
    told = [stays.started(START), leaves.started(START), leaves.ended(datetime(2026, 2, 20, tzinfo=UTC))]
    january, february = rows(told, date(2026, 1, 1), date(2026, 2, 1))
    assert january.customer_churn_rate is None
    assert january.net_revenue_retention is None
    assert february.customer_churn_rate == pytest.approx(0.5)
    assert february.net_revenue_retention == pytest.approx(0.5)
