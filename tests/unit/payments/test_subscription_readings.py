"""Any order, repetition and loss of readings ends where the last one does: random lives, random interleavings."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.orders import offer, person
from builders.subscriptions import Office, profile
from kit.errors import TreumError
from payments.model.entitlement import Entitlement
from payments.model.gateway import SubscriptionRef
from payments.model.ledger import Book
from payments.model.ledger_chart import clearing
from payments.model.notice import SubscriptionState
from payments.model.subscription import Subscription, terms_of

Move = Callable[[Office, SubscriptionRef], None]


def _renew(office: Office, ref: SubscriptionRef) -> None:
    known = office.gateway.subscriptions[ref]
    if known.status != "ended":
        office.desk.clock.at = max(office.desk.clock.at, known.period_end)
        office.hand.renew(ref)


def _card(kind: str) -> Move:
    def turn(office: Office, ref: SubscriptionRef) -> None:
        customer = office.gateway.subscriptions[ref].customer
        office.gateway.keep(customer, "good" if kind == "good" else "fails_later")

    return turn


def _pay(office: Office, ref: SubscriptionRef) -> None:
    for bill in office.gateway.invoices(ref):
        if bill.status == "open":
            office.hand.settle(bill.ref)


def _cancel(office: Office, ref: SubscriptionRef) -> None:
    office.hand.end_subscription(ref, at_once=False, key="c")


def _end(office: Office, ref: SubscriptionRef) -> None:
    office.hand.end_subscription(ref, at_once=True, key="e")


def _resume(office: Office, ref: SubscriptionRef) -> None:
    office.hand.resume_subscription(ref, key="r")


def _change(sku: str, *, anew: bool) -> Move:
    def turn(office: Office, ref: SubscriptionRef) -> None:
        known = office.gateway.subscriptions[ref]
        if known.status in {"active", "trialing"}:
            price = office.subscribing.pricing.price(terms_of(offer(sku), "MH", "MH"))
            office.hand.change_price(ref, price, "anew" if anew else "none", key=sku)

    return turn


def _wait(office: Office, _ref: SubscriptionRef) -> None:
    office.desk.clock.forward(days=3)


def _fail(office: Office, ref: SubscriptionRef) -> None:
    _card("bad")(office, ref)
    _renew(office, ref)


def _recover(office: Office, ref: SubscriptionRef) -> None:
    _pay(office, ref)
    _card("good")(office, ref)


MOVES: dict[str, Move] = {
    "fail": _fail,
    "recover": _recover,
    "renew": _renew,
    "bad card": _card("bad"),
    "good card": _card("good"),
    "pay": _pay,
    "cancel": _cancel,
    "resume": _resume,
    "end": _end,
    "upgrade": _change("enterprise-monthly", anew=True),
    "downgrade": _change("premium-monthly", anew=False),
    "yearly": _change("premium-yearly", anew=True),
    "wait": _wait,
}


def lived(moves: list[str], sku: str) -> tuple[Office, Subscription, list[SubscriptionState]]:
    """Live at the gateway only; return the readings that somebody could have had."""
    office, who = Office(), person()
    office.profiles.put(profile(who))
    one = office.subscribing.begin(who, offer(sku), profile(who), "k")
    assert one.page is not None
    office.hand.subscribe(one.page)
    ref = office.gateway.checkouts[one.page].subscription
    assert ref is not None
    readings = [SubscriptionState(office.gateway.subscriptions[ref], office.gateway.invoices(ref))]
    for move in moves:
        try:
            MOVES[move](office, ref)
        except TreumError:
            continue  # a declined change changes nothing
        readings.append(SubscriptionState(office.gateway.subscriptions[ref], office.gateway.invoices(ref)))
    return office, one, readings


def told(
    office: Office, one: Subscription, readings: list[tuple[int, SubscriptionState]]
) -> tuple[Subscription, list[Entitlement], list[str], tuple[int, int]]:
    """Follow ``readings``, each with its number, from where ``one`` was begun; return what became of it."""
    fresh = Office(names=office.names, profiles=office.profiles)
    fresh.desk.clock.at = office.desk.clock.at
    fresh.subscriptions.kept[one.id] = one
    for number, state in readings:
        if fresh.states.keep(state, number):
            fresh.following.follow(state)
    found = fresh.now_of(one)
    paid = fresh.desk.payments.of_subscription(one.id)
    books = fresh.desk.ledger.balance(clearing(Book.RESEARCH))
    assert books is not None
    newest = max(readings, key=lambda each: each[0])[1]
    assert books.debits_posted == sum(bill.paid.amount for bill in newest.invoices)
    captured = [each.data.payment_id for each in fresh.desk.payments.told]
    assert len(captured) == len(set(captured)) == len(paid)
    summary = sorted(f"{each.id} {each.sale.gross} {each.sku} {each.period}" for each in paid)
    arrears = (
        replace(found.arrears, since=found.opened_at, grace_until=found.opened_at) if found.arrears else None
    )
    shown = replace(found, version=0, arrears=arrears)
    return shown, fresh.desk.entitlements.of(one.person), summary, (books.debits_posted, books.credits_posted)


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(sorted(MOVES)), max_size=12),
    st.sampled_from(["premium-monthly", "premium-plus-monthly", "enterprise-monthly", "premium-yearly"]),
    st.data(),
)
def test_the_last_reading_decides_whatever_came_before(
    moves: list[str], sku: str, data: st.DataObject
) -> None:
    office, one, readings = lived(moves, sku)
    numbered = list(enumerate(readings, 1))
    direct = told(office, one, numbered[-1:])
    some = data.draw(st.lists(st.sampled_from(numbered), max_size=2 * len(numbered)))
    mixed = data.draw(st.permutations([*some, numbered[-1]]))
    assert told(office, one, mixed) == direct
    assert told(office, one, numbered) == direct


def test_nobody_is_charged_without_a_plan_and_no_plan_outlives_what_was_paid() -> None:
    """A life with everything in it, seen only at its end: one payment an invoice, the plan to the last day."""
    moves = [
        "renew",
        "bad card",
        "renew",
        "wait",
        "pay",
        "good card",
        "upgrade",
        "downgrade",
        "renew",
        "cancel",
    ]
    office, one, readings = lived(moves, "premium-plus-monthly")
    found, facts, paid, _ = told(office, one, [(1, readings[-1])])
    assert len(paid) == len([bill for bill in readings[-1].invoices if bill.paid.amount])
    assert found.period is not None
    assert [fact.ends_at for fact in facts] == [found.period.end]
    assert found.period.end - office.desk.clock.at <= timedelta(days=31)
