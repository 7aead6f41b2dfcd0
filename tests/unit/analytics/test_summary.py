"""What one person sees of themselves."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from analytics.model.counting import counted
from analytics.model.facts import Fact
from analytics.model.figures import changed
from analytics.model.summary import Summary, summary_of
from analytics.service.facts import fact_of
from builders.figures import MONTH, START, captured, chose, disputed, entitled, refunded
from kit.errors import Poison
from kit.events import Event
from kit.ids import uuid7

ME = uuid7()


def facts(*told: Event[Any]) -> list[Fact]:
    return [fact for one in told if (fact := fact_of(one))]


def test_who_did_nothing_is_on_the_free_plan() -> None:
    assert summary_of([]) == Summary()


def test_amounts_are_with_tax_and_deposits_are_no_purchase() -> None:
    course, deposit = captured(ME, 100_000, START), captured(ME, 50_000, START, "wallet")
    second = captured(ME, 10_000, START, "research")
    found = summary_of(
        facts(
            course, deposit, second, refunded(course, 50_000, START + MONTH), disputed(second, "lost", START)
        )
    )
    assert (found.bought, found.purchases, found.topped_up) == (129_800, 2, 50_000)
    assert (found.refunded, found.charged_back) == (59_000, 11_800)


def test_a_lost_dispute_takes_what_no_refund_had_given_back() -> None:
    course = captured(ME, 100_000, START)
    found = summary_of(
        facts(course, refunded(course, 40_000, START), disputed(course, "lost", START + MONTH, 60_000))
    )
    assert (found.bought, found.refunded, found.charged_back) == (118_000, 47_200, 70_800)


def test_a_dispute_that_was_won_leaves_everything_as_it_was() -> None:
    paid = captured(ME, 100, START)
    assert facts(disputed(paid, "won", START)) == []


def test_a_plan_is_since_it_last_began_however_often_it_was_confirmed() -> None:
    hours = [START + timedelta(hours=number) for number in range(4)]
    told = [
        entitled(ME, plan, at, version)
        for version, (plan, at) in enumerate(
            zip(("premium", "free", "premium", "premium"), hours, strict=True), 1
        )
    ]
    found = summary_of(facts(*reversed(told)))
    assert (found.plan, found.plan_since, found.plan_until) == ("premium", hours[2], hours[3] + MONTH)


def test_the_last_choice_is_what_is_followed() -> None:
    found = summary_of(facts(chose(ME, START + MONTH, 2), chose(ME, START, 1)))
    assert (found.symbols, found.following_since) == (("AAPL",), START + MONTH)


def test_revenue_is_without_tax_and_deposits_are_their_own_measure() -> None:
    course, deposit = captured(ME, 100_000, START), captured(ME, 50_000, START, "wallet")
    known = facts(course, deposit, refunded(course, 40_000, START), refunded(deposit, 10_000, START))
    assert {(key.measure, key.label): amount for key, amount in counted(known).items()} == {
        ("revenue-net", "courses"): 100_000,
        ("revenue-tax", "courses"): 18_000,
        ("refunds-net", "courses"): 40_000,
        ("refunds-tax", "courses"): 7_200,
        ("wallet-in", "wallet"): 50_000,
        ("wallet-out", "wallet"): 10_000,
    }


def test_other_money_than_rupees_cannot_be_added_up() -> None:
    paid = captured(ME, 100, START)

    with pytest.raises(Poison, match="INR"):
        fact_of(replace(paid, data=replace(paid.data, currency="USD")))


def test_what_stays_is_neither_taken_back_nor_added() -> None:
    keys = counted(facts(captured(ME, 100, START)))
    assert changed(keys, keys).by_total() == {}
    assert changed(keys, keys).new == ()
