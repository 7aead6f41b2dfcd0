"""What a KYC tier lets somebody pay in: what counts, who is refused and how, and what is told instead."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders.limits import ALLOWANCE, BASIC, Bank
from builders.orders import NOW, course, offer, person, top_up
from builders.subscriptions import profile
from kit.errors import Retryable
from kyc import policies as kyc_policies
from kyc.model.tier import TIERS as KYC_TIERS
from payments.errors.gateway import PaymentDeclined
from payments.errors.limits import TierTooLow
from payments.errors.orders import KycRequired
from payments.errors.subscriptions import SubscriptionNotOpen
from payments.model.kyc import TIERS
from payments.model.ledger import Book, PersonId
from payments.model.limit import Room, charges, coming, price_of, year_of
from payments.model.offer import Sku
from payments.model.paper import IST
from payments.model.quote import Order
from payments.model.subscription import Ordered, Subscription
from payments.policies import limits
from payments.policies.limits import HERE

POLICY = limits.load().on(NOW.date())
DEAR, CHEAP = Order(Sku("enterprise-monthly")), Order(Sku("premium-monthly"))
CHARGES = 5
"""Of a month from 21 November on, before 1 April."""


@pytest.fixture
def bank() -> Bank:
    return Bank()


def money(paise: int) -> Order:
    return Order(top_up=paise)


def refused(act: Callable[[], object]) -> TierTooLow:
    with pytest.raises(TierTooLow) as found:
        act()
    return found.value


def passed(bank: Bank) -> list[tuple[str, int, int]]:
    """Return what was told of payments beyond a limit."""
    told = [one.data for one in bank.counter.desk.payments.told if one.type == "books.differed"]
    return [(one.what, one.expected, one.found) for one in told]


# ---- the policy ----


def test_the_limits_are_those_that_kyc_shows() -> None:
    """Both domains have files of their own: they may not drift apart on any day."""
    ours, theirs = limits.load(), kyc_policies.load()
    assert TIERS == KYC_TIERS
    for day in {*(one.since for one in ours.all), *(one.since for one in theirs.all)}:
        shown = {rule.tier: rule.limit for rule in theirs.on(day).tiers}
        held = dict(ours.on(day).limits)
        del held["none"]
        assert held == shown, f"limits that hold on {day}"


def test_the_first_policy_holds_before_it_and_the_newest_from_its_day_on(tmp_path: Path) -> None:
    first = json.loads((HERE / "limits-2026-10-01.json").read_text())
    later = first | {"version": "limits-2", "since": "2027-04-01", "without_tier": 5_000_00}
    for one in (later, first):
        (tmp_path / f"limits-{one['since']}.json").write_text(json.dumps(one))
    found = limits.load(tmp_path)
    for day, version in (("2026-04-01", 1), ("2027-03-31", 1), ("2027-04-01", 2)):
        assert found.on(date.fromisoformat(day)).version == f"limits-{version}"


@pytest.mark.parametrize(
    "changed",
    [
        {"tiers": {"standard": 1, "basic": 2, "unlimited": None}},
        {"tiers": {"basic": 2_000_000, "unlimited": None}},
        {"tiers": {"basic": 5_000_000, "standard": 5_000_000, "unlimited": None}},
        {"tiers": {"basic": 5_000_000, "standard": 4_000_000, "unlimited": None}},
        {"tiers": {"basic": 5_000_000, "standard": None, "unlimited": None}},
        {"tiers": {"basic": 5_000_000, "standard": 6_000_000, "unlimited": 7_000_000}},
        {"without_tier": 5_000_001},
        {"without_tier": "1000000"},
        {"since": "soon"},
        {"surprise": 1},
    ],
)
def test_a_policy_that_is_none_is_refused_by_name(tmp_path: Path, changed: dict[str, Any]) -> None:
    first = json.loads((HERE / "limits-2026-10-01.json").read_text())
    (tmp_path / "limits-x.json").write_text(json.dumps(first | changed))
    with pytest.raises(ValueError, match=r"limits-x.json cannot be read"):
        limits.load(tmp_path)


def test_the_lowest_tier_that_would_do_is_named() -> None:
    asked = (ALLOWANCE, ALLOWANCE + 1, BASIC, BASIC + 1, 5_00_000_00, 5_00_000_01)
    assert [POLICY.enough_for(paise) for paise in asked] == [
        *("none", "basic", "basic", "standard", "standard", "unlimited"),
    ]


# ---- the year, and what is still to come in it ----


def test_a_year_begins_on_the_first_of_april_in_india() -> None:
    last = datetime(2027, 3, 31, 18, 29, 59, tzinfo=UTC)
    assert year_of(last).start == datetime(2026, 4, 1, tzinfo=IST)
    assert year_of(last + timedelta(seconds=1)).start == year_of(last).end == datetime(2027, 4, 1, tzinfo=IST)


@pytest.mark.parametrize(
    ("first", "interval", "count"),
    [
        ("2026-11-21", "month", 5), ("2027-03-31", "month", 1), ("2027-04-01", "month", 0),
        ("2026-04-01", "month", 12), ("2026-08-31", "month", 8),  # 30 September and 28 February are charged too
        ("2026-03-31", "year", 2), ("2026-11-21", "year", 1), ("2028-02-29", "year", 0),
    ],
)  # fmt: skip
def test_charges_are_counted_to_the_end_of_the_year(first: str, interval: Any, count: int) -> None:
    at = datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert charges(at, interval, datetime(2027, 3, 31, 18, 30, tzinfo=UTC)) == count


def test_a_charge_at_the_very_end_of_the_year_is_of_the_next() -> None:
    end = year_of(NOW).end
    assert charges(end, "month", end) == 0
    assert charges(end - timedelta(microseconds=1), "month", end) == 1


def test_an_offer_weighs_all_it_charges_until_then() -> None:
    assert price_of(offer("course-backtesting"), NOW) == 4_999_00
    assert price_of(offer("enterprise-monthly"), NOW) == CHARGES * 9_999_00
    assert price_of(offer("premium-yearly"), NOW) == 9_999_00
    trial_over_next_year = datetime(2027, 3, 25, 12, tzinfo=UTC)
    assert price_of(offer("premium-monthly"), trial_over_next_year) == 0


def test_research_takes_the_place_of_what_the_running_subscription_would_charge() -> None:
    room = Room("basic", 100, year_of(NOW), paid=10, waiting=20, coming=30)
    assert (room.used, room.left_for(Book.WALLET), room.left_for(Book.RESEARCH)) == (60, 40, 70)
    assert room.left_for(Book.COURSES) is None
    assert replace(room, paid=1000).left_for(Book.WALLET) == 0
    assert replace(room, limit=None).left_for(Book.WALLET) is None


def test_a_subscription_weighs_what_it_will_charge(bank: Bank) -> None:
    office, who = bank.counter.office, bank.customer("unlimited")
    one = office.begun(who, "enterprise-monthly")
    assert coming(one, NOW) == (CHARGES - 1) * 9_999_00
    assert coming(replace(one, credit=500_00), NOW) == (CHARGES - 1) * 9_999_00 - 500_00
    assert coming(replace(one, credit=99_999_00), NOW) == 0
    cheaper = replace(one.terms, price=999_00)
    assert coming(replace(one, following=cheaper), NOW) == (CHARGES - 1) * 999_00
    for gone in (
        replace(one, ends_at=NOW),
        replace(one, life="ended"),
        replace(one, life="running_out"),
        None,
    ):
        assert coming(gone, NOW) == 0
    assert coming(replace(one, ends_at=NOW, ordered=Ordered("x", 7)), NOW) == 7
    assert coming(replace(one, ordered=Ordered("x", 7)), NOW) == (CHARGES - 1) * 9_999_00
    assert coming(replace(one, life="past_due"), NOW + timedelta(days=35)) == (CHARGES - 1) * 9_999_00


def test_a_page_of_a_subscription_weighs_from_the_end_of_its_trial_on(bank: Bank) -> None:
    office, who = bank.counter.office, bank.customer()
    one = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    assert one.trial_days == 7
    assert coming(one, NOW) == CHARGES * 999_00
    assert coming(one, NOW + timedelta(days=4)) == (CHARGES - 1) * 999_00


# ---- who is refused ----


def test_money_for_the_wallet_is_taken_up_to_the_limit_and_not_a_paisa_more(bank: Bank) -> None:
    who = bank.customer()
    bank.open(who, money(20_000_00), "a")
    bank.pay(bank.open(who, money(20_000_00), "b").id)
    error = refused(lambda: bank.open(who, money(10_000_01), "c"))
    assert (error.code, error.status) == ("KYC_TIER_TOO_LOW", 403)
    assert error.detail == (
        "Your verification leaves ₹10,000.00 until 31 March, and this counts as ₹10,000.01: "
        "be verified for the tier standard by POST /kyc/applications"
    )
    assert error.members == {"left": "1000000", "tier": "standard"}
    assert len(bank.counter.desk.payments.kept) == 2, "what is refused leaves nothing behind"
    bank.open(who, money(10_000_00), "d")
    assert refused(lambda: bank.open(who, money(100_00), "e")).members["left"] == "0"


def test_who_is_refused_is_not_asked_for_a_second_factor(bank: Bank) -> None:
    refused(lambda: bank.open(bank.customer("none"), money(ALLOWANCE + 1), "a"))
    assert bank.counter.confirmed == []


def test_without_a_tier_there_is_a_small_wallet_and_no_research(bank: Bank) -> None:
    who = bank.customer("none")
    with pytest.raises(KycRequired):
        bank.open(who, CHEAP, "a")
    assert refused(lambda: bank.open(who, money(ALLOWANCE + 1), "b")).members["tier"] == "basic"
    bank.open(who, money(ALLOWANCE), "c")


def test_a_tier_that_ended_counts_as_none(bank: Bank) -> None:
    who = bank.customer("none")
    bank.tell(who, "standard", timedelta(days=30))
    bank.pay(bank.open(who, money(ALLOWANCE), "a").id)
    assert bank.counter.limiting.room(who).limit == 5_00_000_00
    bank.counter.desk.clock.forward(days=30)
    assert bank.counter.limiting.room(who).tier == "none"
    refused(lambda: bank.open(who, money(100_00), "b"))


def test_a_higher_tier_makes_room_and_the_highest_has_no_limit(bank: Bank) -> None:
    who = bank.customer()
    bank.open(who, money(BASIC), "a")
    refused(lambda: bank.open(who, money(100_00), "b"))
    bank.tell(who, "standard")
    bank.open(who, money(4_50_000_00), "b")
    bank.tell(who, "unlimited")
    bank.open(who, money(10_00_000_00), "c")
    assert bank.counter.quoting.quote(who, money(100_00)).limit_left is None


def test_who_a_laptop_vouches_for_has_its_tier(bank: Bank) -> None:
    bank.kyc.otherwise = "local_grant"
    room = bank.counter.limiting.room(person())
    assert (room.tier, room.limit) == ("standard", 5_00_000_00)


def test_courses_count_nowhere(bank: Bank) -> None:
    who = bank.customer("none")
    bank.pay(bank.open(who, money(ALLOWANCE), "a").id)
    bank.counter.desk.capturing.capture(course(who))
    bank.open(who, Order(Sku("course-backtesting")), "b")
    bank.counter.paying.buy(who, Sku("course-first-trades"), bank.counter.confirm)
    assert bank.counter.limiting.room(who).used == ALLOWANCE


def test_what_lapsed_or_went_back_or_was_last_years_is_free_again(bank: Bank) -> None:
    who = bank.customer()
    opened, paid = bank.open(who, money(BASIC // 2), "a"), bank.open(who, money(BASIC // 2), "b")
    bank.counter.following.lapse(bank.counter.payment(opened.id))
    assert bank.counter.limiting.room(who).waiting == BASIC // 2
    bank.pay(paid.id)
    for status in ("requested", "declined", "approved", "reversing", "compensated"):
        bank.give_back(paid.id, 1_000_00, status)
        assert bank.counter.limiting.room(who).paid == BASIC // 2, f"a refund that is {status} is none yet"
    bank.give_back(paid.id, 1_000_00)
    assert bank.counter.limiting.room(who).paid == BASIC // 2 - 1_000_00
    bank.counter.desk.clock.at = year_of(NOW).end
    assert bank.counter.limiting.room(who).used == 0


def test_nobody_elses_money_counts(bank: Bank) -> None:
    bank.open(bank.customer(), money(BASIC), "a")
    assert bank.counter.limiting.room(bank.customer()).used == 0


def test_a_quote_says_early_what_would_be_refused(bank: Bank) -> None:
    who, quoting = bank.customer(), bank.counter.quoting
    bank.open(who, money(1_000_00), "a")
    fits, exceeds = quoting.quote(who, CHEAP), quoting.quote(who, DEAR)
    assert (fits.weight, fits.limit_left, fits.within_limit) == (CHARGES * 999_00, BASIC - 1_000_00, True)
    assert (exceeds.weight, exceeds.within_limit) == (CHARGES * 9_999_00, False)
    bought = quoting.quote(who, Order(Sku("course-backtesting")))
    assert (bought.weight, bought.limit_left, bought.within_limit) == (0, None, True)
    top = quoting.quote(who, money(BASIC - 1_000_00))
    assert (top.weight, top.within_limit) == (BASIC - 1_000_00, True)
    assert not quoting.quote(who, money(BASIC - 999_99)).within_limit


def test_the_same_key_finds_its_page_though_no_room_is_left(bank: Bank) -> None:
    who = bank.customer()
    first = bank.open(who, money(BASIC), "a")
    assert bank.open(who, money(BASIC), "a") == replace(first, resumed=True)


def test_what_was_quoted_binds_nobody(bank: Bank) -> None:
    """Between the quote and the lock, another page took the room."""
    who = bank.customer()
    quote = bank.counter.quoting.quote(who, money(BASIC))
    bank.open(who, money(100_00), "a")
    refused(lambda: bank.counter.paging.keep(who, "k", quote))
    assert len(bank.counter.desk.payments.kept) == 1


def test_a_twin_that_was_faster_is_no_reason_to_refuse(bank: Bank) -> None:
    """Between the look for the key and the lock, the same order was kept by somebody else."""
    who = bank.customer()
    quote = bank.counter.quoting.quote(who, money(BASIC))
    first = bank.counter.paging.keep(who, "k", quote)
    assert bank.counter.paging.keep(who, "k", quote) == first


# ---- subscriptions ----


def test_a_subscription_needs_room_for_all_its_charges_of_the_year(bank: Bank) -> None:
    who = bank.customer()
    bank.open(who, money(1_000_00), "a")
    error = refused(lambda: bank.open(who, DEAR, "b"))
    assert error.members == {"left": str(BASIC - 1_000_00), "tier": "standard"}
    bank.open(who, CHEAP, "c")
    assert bank.counter.limiting.room(who).coming == CHARGES * 999_00


def test_the_page_of_another_subscription_takes_the_place_of_the_first(bank: Bank) -> None:
    who = bank.customer()
    bank.open(who, DEAR, "a")
    bank.open(who, Order(Sku("premium-plus-monthly")), "b")
    assert bank.counter.limiting.room(who).coming == CHARGES * 2_999_00


def test_who_had_a_trial_is_weighed_without_one(bank: Bank) -> None:
    """The quote takes the trial for granted; what binds is what will be charged."""
    office, who = bank.counter.office, bank.customer()
    bank.counter.desk.clock.at = datetime(2026, 11, 26, 12, tzinfo=UTC)
    begun = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    office.profiles.put(profile(who))
    office.pages.close(begun.id)
    left = office.now_of(begun)
    assert office.subscriptions.put(replace(left, started_at=NOW, version=left.version + 1), left.version)
    bank.open(who, money(BASIC - 4 * 999_00), "a")
    assert bank.counter.quoting.quote(who, CHEAP).within_limit, "a trial of seven days, then four charges"
    assert refused(lambda: bank.open(who, CHEAP, "b")).members["left"] == str(4 * 999_00)


def subscribed(bank: Bank, who: PersonId, sku: str = "premium-plus-monthly") -> Subscription:
    return bank.counter.office.begun(who, sku)


def test_a_dearer_plan_is_weighed_before_anything_is_charged(bank: Bank) -> None:
    office, who = bank.counter.office, bank.customer()
    one = subscribed(bank, who)
    bank.open(who, money(10_000_00), "a")
    quote = office.changing.quote(who, one.id, "enterprise-monthly")
    assert (quote.weight, quote.limit_left, quote.within_limit) == (
        quote.due_now + (CHARGES - 1) * 9_999_00,
        BASIC - 10_000_00 - 2_999_00,
        False,
    )
    refused(lambda: office.changing.change(who, one.id, "enterprise-monthly", "k", bank.counter.confirm))
    assert office.now_of(one) == one
    bank.tell(who, "standard")
    after = office.changing.change(who, one.id, "enterprise-monthly", "k", bank.counter.confirm)
    assert (after.terms.sku, after.ordered) == ("enterprise-monthly", None)
    assert bank.counter.limiting.room(who).coming == (CHARGES - 1) * 9_999_00


def test_a_cheaper_plan_is_never_refused(bank: Bank) -> None:
    office, who = bank.counter.office, bank.customer("standard")
    one = subscribed(bank, who)
    bank.open(who, money(1_00_000_00), "a")
    bank.tell(who, "basic")
    quote = office.changing.quote(who, one.id, "premium-monthly")
    assert (quote.weight, quote.limit_left) == ((CHARGES - 1) * 999_00, (CHARGES - 1) * 2_999_00)
    after = office.changing.change(who, one.id, "premium-monthly", "k", bank.counter.confirm)
    assert after.following is not None


def test_what_is_ordered_and_not_read_back_takes_its_room(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway does not answer: whether it charged is not known, so the room is taken until it is."""
    office, who = bank.counter.office, bank.customer("standard")
    one = subscribed(bank, who)
    weight = office.changing.quote(who, one.id, "enterprise-monthly").weight

    def silent(*_: object, **__: object) -> None:
        raise Retryable

    with monkeypatch.context() as away:
        away.setattr(office.hand, "change_price", silent)
        with pytest.raises(Retryable):
            office.changing.change(who, one.id, "enterprise-monthly", "k", bank.counter.confirm)
    assert office.now_of(one).ordered == Ordered("enterprise-monthly@999900", weight)
    assert bank.counter.limiting.room(who).coming == weight
    assert one.ref is not None
    office.looking.look(one.ref)
    assert office.now_of(one).ordered is not None, "a reading that does not show it proves nothing"
    bank.tell(who, "none")  # what may have been charged is not refused afterwards
    after = office.changing.change(who, one.id, "enterprise-monthly", "k", bank.counter.confirm)
    assert (after.terms.sku, after.ordered) == ("enterprise-monthly", None)


def test_what_the_gateway_refused_gives_its_room_back(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    office, who = bank.counter.office, bank.customer("standard")
    one = subscribed(bank, who)

    def declined(*_: object, **__: object) -> None:
        raise PaymentDeclined

    monkeypatch.setattr(office.hand, "change_price", declined)
    with pytest.raises(PaymentDeclined):
        office.changing.change(who, one.id, "enterprise-monthly", "k", bank.counter.confirm)
    assert office.now_of(one).ordered is None
    assert bank.counter.limiting.room(who).coming == (CHARGES - 1) * 2_999_00


def test_a_refusal_gives_no_room_back_of_another_order_without_an_answer(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, who = bank.counter.office, bank.customer("standard")
    one, answers = subscribed(bank, who), [Retryable(), PaymentDeclined()]

    def in_turn(*_: object, **__: object) -> None:
        raise answers.pop(0)

    monkeypatch.setattr(office.hand, "change_price", in_turn)
    with pytest.raises(Retryable):
        office.changing.change(who, one.id, "enterprise-monthly", "k", bank.counter.confirm)
    with pytest.raises(PaymentDeclined):
        office.changing.change(who, one.id, "premium-yearly", "l", bank.counter.confirm)
    ordered = office.now_of(one).ordered
    assert ordered is not None
    assert ordered.name == "enterprise-monthly@999900"


def test_an_order_that_never_landed_is_forgotten_with_the_next_period(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, who = bank.counter.office, bank.customer("standard")
    one = subscribed(bank, who)

    def silent(*_: object, **__: object) -> None:
        raise Retryable

    with monkeypatch.context() as away:
        away.setattr(office.hand, "change_price", silent)
        with pytest.raises(Retryable):
            office.changing.change(who, one.id, "enterprise-monthly", "k", bank.counter.confirm)
    assert office.renewed(one).ordered is None


def test_who_cancelled_and_filled_the_room_does_not_resume(bank: Bank) -> None:
    office, who = bank.counter.office, bank.customer()
    one = subscribed(bank, who)
    office.changing.cancel(who, one.id)
    bank.open(who, money(BASIC - 2_999_00), "a")
    error = refused(lambda: office.changing.resume(who, one.id))
    assert error.members["left"] == "0"
    assert office.now_of(one).ends_at is not None
    bank.tell(who, "standard")
    after = office.changing.resume(who, one.id)
    assert (after.ends_at, after.ordered) == (None, None)


def test_a_resumption_that_came_too_late_takes_no_room(bank: Bank) -> None:
    office, who = bank.counter.office, bank.customer()
    one = subscribed(bank, who)
    office.changing.cancel(who, one.id)
    assert one.ref is not None
    office.gateway.subscriptions[one.ref] = replace(office.gateway.subscriptions[one.ref], status="ended")
    with pytest.raises(SubscriptionNotOpen):
        office.changing.resume(who, one.id)
    assert office.now_of(one).ordered is None


# ---- money that came ----


def test_a_renewal_beyond_the_limit_is_taken_and_told(bank: Bank) -> None:
    """Bought with room for all its charges of the year; in the next year there are more of them."""
    office, who = bank.counter.office, bank.customer()
    one = office.begun(who, "enterprise-monthly")
    assert bank.counter.limiting.room(who).used == CHARGES * 9_999_00
    for _ in range(CHARGES - 1):
        one = office.renewed(one)
    assert (office.desk.clock.at.month, passed(bank)) == (3, [])
    for _ in range(6):
        one = office.renewed(one)
    assert passed(bank) == [("kyc.limit", BASIC, 6 * 9_999_00)]
    assert (one.life, bank.counter.limiting.room(who).paid) == ("active", 6 * 9_999_00)


def test_a_renewal_after_the_tier_ended_is_told_too(bank: Bank) -> None:
    office, who = bank.counter.office, bank.customer("none")
    bank.tell(who, "basic", timedelta(days=3))
    one = office.begun(who, "enterprise-monthly")
    office.renewed(one)
    assert passed(bank) == [("kyc.limit", ALLOWANCE, 2 * 9_999_00)]


def test_a_page_paid_late_is_honoured_and_told_when_it_passes(bank: Bank) -> None:
    who = bank.customer()
    late = bank.open(who, money(BASIC), "a")
    bank.counter.following.lapse(bank.counter.payment(late.id))
    bank.pay(bank.open(who, money(BASIC), "b").id)
    assert passed(bank) == []
    bank.pay(late.id)
    assert bank.counter.payment(late.id).status == "captured"
    assert passed(bank) == [("kyc.limit", BASIC, 2 * BASIC)]


def test_nothing_is_told_of_what_is_free_of_limits(bank: Bank) -> None:
    who, large = bank.customer("unlimited"), top_up(person(), 9_00_000_00)
    bank.counter.capturing.capture(replace(large, person=who))
    bank.counter.capturing.capture(course(bank.customer("none"), sku="course-backtesting"))
    from_wallet = replace(large, status="captured", captured_at=NOW, source="wallet", line=Book.RESEARCH)
    assert bank.counter.limiting.beyond(from_wallet) == (), "it counted when it came into the wallet"
    assert passed(bank) == []
