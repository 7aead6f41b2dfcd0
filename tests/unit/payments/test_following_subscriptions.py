"""What follows from the gateway's readings: periods, payments, entitlement, events, due rows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.orders import NOW, offer, person
from builders.subscriptions import Office, profile
from kit.errors import Poison
from payments.adapters.kyc import SettledKyc
from payments.model.entitlement import Cause, Standing
from payments.model.notice import SubscriptionState
from payments.model.subscription import Subscription
from payments.model.subscription_course import GRACE, LEEWAY


@pytest.fixture
def office() -> Office:
    return Office()


def paid(office: Office, one: Subscription) -> list[int]:
    """Return what was captured, the oldest first."""
    return [each.sale.gross for each in office.desk.payments.of_subscription(one.id) if each.captured_at]


def standing(office: Office, one: Subscription) -> Standing:
    """Return what the person was told last."""
    return office.desk.entitlements.standings.get(one.person, (0, Standing()))[1]


def test_a_trial_begins_without_a_payment_and_with_the_plan(office: Office) -> None:
    one = office.begun(person())
    assert (one.life, paid(office, one)) == ("trialing", [])
    assert one.period is not None
    assert standing(office, one) == Standing("premium", one.period.end + LEEWAY)
    (started,) = office.told("subscription.started")
    assert (started.trial, started.monthly) == (True, 84662)


def test_each_paid_period_is_one_payment_and_one_event(office: Office) -> None:
    one = office.begun(person())
    for _ in range(3):
        one = office.renewed(one)
        assert one.ref is not None
        office.looking.look(one.ref)
    assert paid(office, one) == [99900] * 3
    assert [each.from_trial for each in office.told("subscription.renewed")] == [True, False, False]
    assert len(office.told("payment.captured")) == 3
    assert len(office.told("entitlement.changed")) == 4
    assert office.desk.entitlements.find(Cause(one.id)) is not None
    assert all(each.subscription_id == one.id and each.period_end for each in office.told("payment.captured"))


def test_a_dear_subscription_without_a_trial_is_paid_at_once(office: Office) -> None:
    one = office.begun(person(), "enterprise-monthly")
    assert (one.life, paid(office, one)) == ("active", [999900])
    (started,) = office.told("subscription.started")
    assert not started.trial


def test_a_client_who_is_not_known_has_no_plan_yet(office: Office) -> None:
    """Their tier ends while the page is open."""
    who = person()
    one = office.subscribing.begin(who, offer("enterprise-monthly"), profile(who), "k")
    office.kyc = SettledKyc("awaited")
    assert one.page is not None
    office.hand.subscribe(one.page)
    ref = office.gateway.checkouts[one.page].subscription
    assert ref is not None
    office.looking.look(ref)
    assert paid(office, one) == [999900]
    assert standing(office, one) == Standing()
    office.kyc = SettledKyc("verified")
    office.looking.look(ref)
    assert standing(office, one).plan == "enterprise"


def test_a_client_whose_tier_ends_keeps_what_runs(office: Office) -> None:
    one = office.begun(person(), "enterprise-monthly")
    office.kyc = SettledKyc("awaited")
    assert one.ref is not None
    office.looking.look(one.ref)
    one = office.renewed(one)
    assert paid(office, one) == [999900, 999900]
    assert standing(office, one).plan == "enterprise"


def test_a_renewal_that_fails_keeps_the_plan_for_the_grace_and_then_takes_it(office: Office) -> None:
    one = office.begun(person(), "enterprise-monthly", "fails_later")
    one = office.renewed(one)
    assert one.arrears is not None
    failed_at = office.desk.clock.at
    assert (one.life, one.arrears.next_try_at) == ("past_due", failed_at + timedelta(days=1))
    assert standing(office, one) == Standing("enterprise", failed_at + GRACE)
    for _ in range(9):
        office.work()
        office.desk.clock.forward(days=1)
    office.work()
    one = office.now_of(one)
    assert (one.life, one.reason, standing(office, one)) == ("ended", "unpaid", Standing())
    assert [each.tries for each in office.told("subscription.past_due")] == [1, 2, 3, 4, 5]
    assert [each.next_try_at is None for each in office.told("subscription.past_due")] == [False] * 4 + [True]
    subjects = [letter.subject for letter in office.notifier.letters.values()]
    assert sum("Please pay" in subject for subject in subjects) == 5
    assert sum("has ended" in subject for subject in subjects) == 1
    assert paid(office, one) == [999900]
    assert office.desk.due.rows == {}


def test_a_later_try_that_succeeds_recovers_within_the_grace(office: Office) -> None:
    one = office.renewed(office.begun(person(), "enterprise-monthly", "fails_later"))
    office.work()
    office.desk.clock.forward(days=1, hours=1)
    office.work()
    assert one.customer is not None
    office.gateway.keep(one.customer, "good")
    office.desk.clock.forward(days=2)
    office.work()
    one = office.now_of(one)
    assert (one.life, one.arrears, paid(office, one)) == ("active", None, [999900, 999900])
    (recovered,) = office.told("subscription.recovered")
    assert not recovered.reactivated
    assert one.period is not None
    assert standing(office, one) == Standing("enterprise", one.period.end + LEEWAY)


def test_money_that_comes_after_the_end_gives_the_plan_for_as_long_as_a_period_has_left(
    office: Office,
) -> None:
    one = office.renewed(office.begun(person(), "enterprise-monthly", "fails_later"))
    assert one.arrears is not None
    invoice, failed_at = one.arrears.invoice, office.desk.clock.at
    for _ in range(10):
        office.work()
        office.desk.clock.forward(days=1)
    assert office.now_of(one).life == "ended"
    ended_at = office.now_of(one).ended_at
    assert ended_at is not None
    office.hand.settle(invoice)
    assert one.ref is not None
    office.looking.look(one.ref)
    late = office.now_of(one)
    assert (late.life, paid(office, late)) == ("running_out", [999900, 999900])
    assert late.period is not None
    assert late.covered_until == late.period.end + (office.desk.clock.at - ended_at)
    assert late.period.start == failed_at
    assert standing(office, late) == Standing("enterprise", late.covered_until)
    assert [each.reactivated for each in office.told("subscription.recovered")] == [True]
    office.desk.clock.at = late.covered_until
    office.work()
    assert (office.now_of(one).life, standing(office, one)) == ("ended", Standing())
    assert len(office.told("subscription.ended")) == 2


def test_what_is_cancelled_ends_with_its_period_and_can_be_resumed_before(office: Office) -> None:
    who = person()
    one = office.begun(who, "enterprise-monthly")
    assert one.period is not None
    end = one.period.end
    ending = office.changing.cancel(who, one.id)
    assert (ending.ends_at, ending.covered_until) == (end, end)
    assert standing(office, one) == Standing("enterprise", end)
    resumed = office.changing.resume(who, one.id)
    assert (resumed.ends_at, resumed.covered_until) == (None, end + LEEWAY)
    assert [each.resumed for each in office.told("subscription.ending")] == [False, True]
    office.changing.cancel(who, one.id)
    over = office.renewed(one)
    office.work()
    assert (over.life, over.reason, over.ended_at) == ("ended", "cancelled", end)
    assert standing(office, one) == Standing()
    assert paid(office, one) == [999900]


def test_a_plan_that_a_refund_took_stays_taken_until_the_next_payment(office: Office) -> None:
    one = office.begun(person(), "enterprise-monthly")
    office.desk.entitling.revoke(Cause(one.id), "refund:1")
    assert one.ref is not None
    office.looking.look(one.ref)
    assert standing(office, one) == Standing()
    office.renewed(one)
    assert standing(office, one).plan == "enterprise"


def test_an_end_after_a_refund_says_so(office: Office) -> None:
    one = office.begun(person(), "enterprise-monthly")
    office.desk.entitling.revoke(Cause(one.id), "dispute:1")
    assert one.ref is not None
    office.hand.end_subscription(one.ref, at_once=True, key="x")
    office.looking.look(one.ref)
    assert [each.reason for each in office.told("subscription.ended")] == ["disputed"]


def test_a_notice_is_sent_once_a_period_and_two_days_before(office: Office) -> None:
    one = office.begun(person())
    assert one.period is not None
    office.desk.clock.at = one.period.end - timedelta(days=2, minutes=1)
    office.work()
    assert office.notifier.letters == {}
    office.desk.clock.forward(minutes=1)
    office.work()
    office.work()
    (letter,) = office.notifier.letters.values()
    assert "₹999.00" in letter.subject
    assert "cancel before 28 November 2026" in letter.text
    office.renewed(one)
    assert len(office.notifier.letters) == 1


def test_what_is_not_ours_is_left_alone_and_a_strange_price_is_set_aside(office: Office) -> None:
    one = office.begun(person())
    assert one.ref is not None
    found = office.gateway.subscriptions[one.ref]
    office.following.follow(
        SubscriptionState(replace(found, ref=type(found.ref)("sub_x"), subscription_id="x"))
    )
    with pytest.raises(Poison):
        office.following.follow(SubscriptionState(replace(found, price=type(found.price)("price_x"))))


def test_a_renewal_nobody_told_us_of_is_looked_up_before_the_plan_lapses(office: Office) -> None:
    one = office.begun(person(), "enterprise-monthly")
    assert one.ref is not None
    office.desk.clock.at = office.gateway.subscriptions[one.ref].period_end
    office.hand.renew(one.ref)
    office.desk.clock.forward(days=1, hours=1)
    office.work()
    assert paid(office, one) == [999900, 999900]
    assert standing(office, one).plan == "enterprise"


def test_an_upgrade_begins_now_and_costs_less_by_what_was_unused(office: Office) -> None:
    who = person()
    one = office.begun(who, "premium-plus-monthly")
    office.desk.clock.forward(days=15)
    quote = office.changing.quote(who, one.id, "enterprise-monthly")
    asked: list[int] = []
    changed = office.changing.change(who, one.id, "enterprise-monthly", "k", asked.append)
    assert (changed.terms.sku, standing(office, one).plan) == ("enterprise-monthly", "enterprise")
    assert quote.due_now == 999900 - 299900 // 2
    assert paid(office, one) == [299900, quote.due_now]
    assert asked == [1]
    assert changed.period is not None
    assert changed.period.start == office.desk.clock.at
    (repriced,) = office.told("subscription.repriced")
    assert (repriced.previous_sku, repriced.sku) == ("premium-plus-monthly", "enterprise-monthly")
    assert office.told("subscription.renewed") == []


def test_a_downgrade_waits_for_the_end_of_what_is_paid(office: Office) -> None:
    who = person()
    one = office.begun(who, "enterprise-monthly")
    quote = office.changing.quote(who, one.id, "premium-monthly")
    assert one.period is not None
    assert (quote.due_now, quote.at, quote.next_charge) == (0, one.period.end, 99900)
    waiting = office.changing.change(who, one.id, "premium-monthly", "k", lambda _level: None)
    assert waiting.following is not None
    assert (waiting.terms.sku, waiting.following.sku) == ("enterprise-monthly", "premium-monthly")
    assert standing(office, one).plan == "enterprise"
    after = office.renewed(one)
    assert (after.terms.sku, after.following, standing(office, one).plan) == (
        "premium-monthly",
        None,
        "premium",
    )
    assert paid(office, one) == [999900, 99900]
    assert [each.sku for each in office.told("subscription.repriced")] == ["premium-monthly"]


def test_what_is_left_over_pays_the_next_periods_and_posts_nothing(office: Office) -> None:
    who = person()
    one = office.begun(who, "premium-yearly")
    office.desk.clock.forward(days=30)
    changed = office.changing.change(who, one.id, "premium-plus-monthly", "k", lambda _level: None)
    assert changed.credit > 299900
    assert changed.terms.sku == "premium-plus-monthly"
    for _ in range(2):
        changed = office.renewed(changed)
    assert paid(office, one) == [999900]
    assert changed.period is not None
    assert standing(office, one) == Standing("premium", changed.period.end + LEEWAY)
    changed = office.renewed(changed)
    spent = 999900 - round(999900 * 335 / 365)
    assert sum(paid(office, one)) == pytest.approx(999900 + 4 * 299900 - (999900 - spent), abs=2)
    assert changed.credit == 0


def test_begins_on_the_clock_of_the_gateway(office: Office) -> None:
    assert office.begun(person()).started_at == NOW
