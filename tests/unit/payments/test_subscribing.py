"""Beginning a subscription: one page a key, one live subscription a line, resumable after a crash."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from builders.orders import offer, person
from builders.subscriptions import Office, profile
from payments.errors.subscriptions import AlreadySubscribed, KeyMeantAnother
from payments.model.gateway import SubscriptionOrder
from payments.model.subscription import terms_of


def test_the_same_key_is_the_same_page() -> None:
    office, who = Office(), person()
    office.profiles.put(profile(who))
    first = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    again = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    assert again == first
    assert first.address is not None
    assert len(office.gateway.checkouts) == 1
    known = office.profiles.find(who)
    assert known is not None
    assert known.customer == first.customer
    with pytest.raises(KeyMeantAnother):
        office.subscribing.begin(who, offer("premium-yearly"), profile(who), "k")


def test_another_key_closes_the_page_nobody_paid_on() -> None:
    office, who = Office(), person()
    first = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    second = office.subscribing.begin(who, offer("premium-yearly"), profile(who), "k2")
    assert first.page is not None
    assert office.gateway.checkouts[first.page].status == "expired"
    left = office.subscriptions.find(first.id)
    assert left is not None
    assert (left.life, left.address, second.life) == ("abandoned", None, "pending")


def test_a_page_just_paid_on_is_not_begun_twice() -> None:
    office, who = Office(), person()
    first = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    assert first.page is not None
    office.hand.subscribe(first.page)
    with pytest.raises(AlreadySubscribed):
        office.subscribing.begin(who, offer("premium-yearly"), profile(who), "k2")


def test_a_page_that_closed_leaves_nothing_behind() -> None:
    office, who = Office(), person()
    one = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    assert one.page is not None
    office.pages.follow(office.gateway.checkouts[one.page])
    assert office.subscriptions.live(who, one.line) is not None
    office.pages.follow(office.gateway.expire_checkout(one.page, key="x"))
    assert office.subscriptions.live(who, one.line) is None


def test_a_trial_is_for_the_first_subscription_of_a_line() -> None:
    office, who = Office(), person()
    one = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    assert one.page is not None
    order = office.gateway.orders[one.page]
    assert isinstance(order, SubscriptionOrder)
    assert order.trial_days == 7


@dataclass
class Crash(Exception):  # noqa: N818 - it is what happens, not an error of ours
    """The process ends here."""


@pytest.mark.parametrize("step", ["customer", "price", "open_subscription"])
def test_a_crash_after_any_call_to_the_gateway_is_resumed_by_the_same_key(step: str) -> None:
    office, who = Office(), person()
    subscribing = office.subscribing
    target = office.gateway if step == "customer" else office.hand

    class Dying:
        """Does one call and dies."""

        def __getattr__(self, name: str) -> Callable[..., Any]:
            real: Callable[..., Any] = getattr(target, name)

            def call(*args: object, **named: object) -> object:
                answer = real(*args, **named)
                if name == step:
                    raise Crash
                return answer

            return call

    dying: Any = Dying()
    crashing = replace(
        subscribing,
        customers=replace(subscribing.customers, gateway=dying)
        if step == "customer"
        else subscribing.customers,
        gateway=dying if step != "customer" else subscribing.gateway,
        pricing=replace(subscribing.pricing, gateway=dying) if step != "customer" else subscribing.pricing,
    )
    with pytest.raises(Crash):
        crashing.begin(who, offer("premium-monthly"), profile(who), "k")
    one = office.subscribing.begin(who, offer("premium-monthly"), profile(who), "k")
    assert one.address is not None
    assert (len(office.gateway.checkouts), len(office.gateway.customers)) == (1, 1)


def test_a_year_brings_a_twelfth_a_month() -> None:
    assert terms_of(offer("premium-yearly"), "MH", "KA").monthly == round(999900 * 100 / 118 / 12)
    assert terms_of(offer("premium-monthly"), "MH", "KA").monthly == 99900 - round(99900 * 18 / 118)
    with pytest.raises(ValueError, match="no subscription"):
        terms_of(offer("course-first-trades"), "MH", "KA")
