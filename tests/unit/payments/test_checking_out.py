"""From a choice to a page: who may buy, under which key, and what a retry after a crash finds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.checkouts import HOME, Counter
from builders.orders import NOW, course, person, top_up
from kit import failpoint
from kit.idempotency import InProgress, KeyReused
from payments.adapters.kyc import SettledKyc
from payments.errors.gateway import GatewayAtWork, OutcomeUnknown
from payments.errors.orders import (
    AlreadyOwned,
    FeeCapReached,
    KycRequired,
    NotFromWallet,
    OfferUnknown,
    ProfileMissing,
    WalletShort,
)
from payments.model.gateway import Checkout, CheckoutOrder
from payments.model.ledger import Book, PersonId
from payments.model.ledger_chart import wallet
from payments.model.offer import Sku
from payments.model.quote import Order
from payments.model.sale import sold_within

COURSE = Order(Sku("course-options-basics"))
DEAR = Order(top_up=50_001_00)


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def asha(counter: Counter) -> PersonId:
    return counter.enrol(person())


def refuse(level: int) -> None:
    raise AssertionError(f"nobody is asked to confirm here, least of all by {level}")


def test_an_order_names_one_thing_within_bounds() -> None:
    for wrong in ({}, {"sku": Sku("x"), "top_up": 100_00}, {"top_up": 99_99}, {"top_up": 10_00_000_01}):
        with pytest.raises(ValueError, match=r"order|wallet"):
            Order(**wrong)
    assert Order(top_up=10_00_000_00).top_up == 10_00_000_00


def test_a_course_is_kept_told_and_given_a_page(counter: Counter, asha: PersonId) -> None:
    opened = counter.checking_out.open(asha, COURSE, "k", refuse)
    one = counter.payment(opened.id)
    assert (one.status, one.sale, one.state) == ("opened", sold_within(2_499_00, "MH", "KA"), "KA")
    assert (opened.price, opened.address, opened.resumed) == (2_499_00, one.address, False)
    assert [each.type for each in counter.desk.payments.told] == ["payment.opened"]
    order = counter.office.gateway.orders[counter.page_of(one.id)]
    assert isinstance(order, CheckoutOrder)
    assert (order.payment_id, order.description) == (one.id, "Options from the ground up")
    assert order.success_url.startswith(f"{HOME}/payments/{one.id}")
    row = counter.desk.due.rows["payment.lapse", one.id]
    assert row.due_at == one.expires_at == NOW + timedelta(days=1)


def test_the_same_key_is_the_same_page_and_another_order_under_it_is_refused(
    counter: Counter, asha: PersonId
) -> None:
    first = counter.checking_out.open(asha, COURSE, "k", refuse)
    again = counter.checking_out.open(asha, COURSE, "k", refuse)
    assert again == replace(first, resumed=True)
    for other in (Order(Sku("course-backtesting")), Order(top_up=100_00), Order(Sku("premium-monthly"))):
        with pytest.raises(KeyReused):
            counter.checking_out.open(asha, other, "k", refuse)
    assert len(counter.office.gateway.checkouts) == 1
    ravi = counter.enrol(person())
    assert counter.checking_out.open(ravi, COURSE, "k", refuse).id != first.id


def test_a_subscription_has_a_page_of_its_own_under_its_own_key(counter: Counter, asha: PersonId) -> None:
    wanted = Order(Sku("premium-monthly"))
    opened = counter.checking_out.open(asha, wanted, "k", refuse)
    assert (opened.purpose, opened.status, opened.price) == ("subscription", "pending", 999_00)
    assert opened.address is not None
    again = counter.checking_out.open(asha, wanted, "k", refuse)
    assert again == replace(opened, resumed=True)
    for other in (COURSE, Order(Sku("premium-yearly")), Order(top_up=100_00)):
        with pytest.raises(KeyReused):
            counter.checking_out.open(asha, other, "k", refuse)


def test_a_large_amount_asks_for_a_second_factor_once(counter: Counter, asha: PersonId) -> None:
    for order in (Order(top_up=5_000_00), Order(top_up=5_000_01), DEAR):
        counter.checking_out.open(asha, order, str(order.top_up), counter.confirm)
    assert counter.confirmed == [1, 2]
    counter.checking_out.open(asha, DEAR, str(DEAR.top_up), refuse)


def test_who_does_not_confirm_leaves_nothing_behind(counter: Counter, asha: PersonId) -> None:
    with pytest.raises(AssertionError):
        counter.checking_out.open(asha, DEAR, "k", refuse)
    assert counter.desk.payments.kept == {}
    assert counter.office.gateway.checkouts == {}


def test_nothing_is_sold_without_a_profile_or_under_an_unknown_name(counter: Counter, asha: PersonId) -> None:
    with pytest.raises(ProfileMissing):
        counter.checking_out.open(person(), COURSE, "k", refuse)
    with pytest.raises(OfferUnknown):
        counter.checking_out.open(asha, Order(Sku("course-none")), "k", refuse)


def test_research_needs_a_known_client(counter: Counter, asha: PersonId) -> None:
    counter.kyc = SettledKyc("awaited")
    with pytest.raises(KycRequired):
        counter.checking_out.open(asha, Order(Sku("premium-monthly")), "k", refuse)
    counter.checking_out.open(asha, COURSE, "k", refuse)


def test_the_fee_cap_bounds_a_year_of_research_without_tax(counter: Counter, asha: PersonId) -> None:
    paid = replace(course(asha), line=Book.RESEARCH, purpose="subscription")
    yearly = sold_within(9_999_00, "MH", "KA").net
    last = replace(paid, sale=replace(paid.sale, net=1_51_000_00 - yearly + 1, taxes=()))
    counter.desk.capturing.capture(last)
    wanted = Order(Sku("premium-yearly"))
    quote = counter.quoting.quote(asha, wanted)
    assert (quote.cap_left, quote.within_cap) == (yearly - 1, False)
    with pytest.raises(FeeCapReached):
        counter.checking_out.open(asha, wanted, "k", counter.confirm)
    counter.desk.clock.forward(days=365)
    assert counter.quoting.quote(asha, wanted).cap_left == 1_51_000_00
    counter.checking_out.open(asha, wanted, "k", counter.confirm)


def test_nobody_buys_what_they_have(counter: Counter, asha: PersonId) -> None:
    counter.desk.capturing.capture(course(asha))
    assert counter.quoting.quote(asha, COURSE).owned
    with pytest.raises(AlreadyOwned):
        counter.checking_out.open(asha, COURSE, "k", refuse)


def test_a_quote_is_of_the_state_that_is_named_and_changes_nothing(counter: Counter) -> None:
    nobody = person()
    with pytest.raises(ProfileMissing):
        counter.quoting.quote(nobody, COURSE)
    quote = counter.quoting.quote(nobody, COURSE, "MH")
    assert quote.sale == sold_within(2_499_00, "MH", "MH")
    assert (quote.step_up, quote.kyc, quote.cap_left, quote.trial_days) == (0, "not_needed", None, 0)
    assert counter.quoting.quote(nobody, Order(Sku("premium-monthly")), "MH").trial_days == 7
    assert counter.quoting.quote(nobody, Order(top_up=100_00), "MH").sale.net == 100_00


def test_what_is_for_sale_is_sorted_by_price(counter: Counter) -> None:
    plans = counter.quoting.offers("subscription")
    assert [one.sku for one in plans][:2] == ["premium-monthly", "premium-plus-monthly"]
    assert [one.price for one in plans] == sorted(one.price for one in plans)
    assert all(one.purpose == "course" for one in counter.quoting.offers("course"))


# ---- crashes and twins ----


class Crashed(Exception):  # noqa: N818 - it is what happened
    """The process ended there."""


@pytest.mark.parametrize("place", ["checkout.kept", "checkout.paged", "checkout.stored"])
def test_a_crash_anywhere_is_resumed_by_the_same_key(
    counter: Counter, asha: PersonId, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hit(name: str) -> None:
        if name == place:
            raise Crashed

    with monkeypatch.context() as crashing:
        crashing.setattr(failpoint, "hit", hit)
        with pytest.raises(Crashed):
            counter.checking_out.open(asha, COURSE, "k", refuse)
    opened = counter.checking_out.open(asha, COURSE, "k", refuse)
    assert opened.address is not None
    assert len(counter.desk.payments.kept) == len(counter.office.gateway.checkouts) == 1
    assert [each.type for each in counter.desk.payments.told] == ["payment.opened"]


def test_a_silent_gateway_leaves_a_payment_that_the_same_key_goes_on_with(
    counter: Counter, asha: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_order: CheckoutOrder, *, key: str) -> Checkout:
        raise OutcomeUnknown(key)

    with monkeypatch.context() as away:
        away.setattr(counter.office.gateway, "open_checkout", silent)
        with pytest.raises(OutcomeUnknown):
            counter.checking_out.open(asha, COURSE, "k", refuse)
    assert counter.checking_out.open(asha, COURSE, "k", refuse).address is not None


def test_a_twin_whose_page_is_being_made_is_told_to_wait_or_given_it(
    counter: Counter, asha: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_order: CheckoutOrder, *, key: str) -> Checkout:
        raise GatewayAtWork(key)

    with monkeypatch.context() as twin:
        twin.setattr(counter.office.gateway, "open_checkout", busy)
        with pytest.raises(InProgress):
            counter.checking_out.open(asha, COURSE, "k", refuse)
    (half,) = counter.desk.payments.kept.values()
    done = counter.checking_out.open(asha, COURSE, "k", refuse)
    profile = counter.office.profiles.kept[asha]
    monkeypatch.setattr(counter.office.gateway, "open_checkout", busy)
    assert counter.paging.with_page(half, "x", profile) == counter.payment(done.id)


def test_a_twin_that_wants_something_else_under_the_key_is_refused(
    counter: Counter, asha: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both found the key free; the slower one meets what the faster one kept."""
    monkeypatch.setattr(
        type(counter.paging),
        "keep",
        lambda paging, *_: next(iter(paging.payments.kept.values())),
    )
    counter.desk.payments.put(top_up(asha), 0)
    with pytest.raises(KeyReused):
        counter.checking_out.open(asha, COURSE, "k", refuse)


def test_a_page_for_what_was_given_up_meanwhile_is_closed(counter: Counter, asha: PersonId) -> None:
    quote = counter.quoting.quote(asha, COURSE)
    kept = counter.paging.keep(asha, "k", quote)
    counter.following.lapse(kept)
    late = counter.paging.with_page(kept, quote.title, counter.office.profiles.kept[asha])
    assert late.status == "lapsed"
    assert [page.status for page in counter.office.gateway.checkouts.values()] == ["expired"]
    again = counter.checking_out.open(asha, COURSE, "k", refuse)
    assert (again.status, again.address) == ("lapsed", None)


# ---- the wallet ----


def test_a_course_is_bought_from_the_wallet_in_one_go(counter: Counter, asha: PersonId) -> None:
    counter.desk.capturing.capture(top_up(asha, 3_000_00))
    one = counter.paying.buy(asha, Sku("course-options-basics"), refuse)
    assert (one.status, one.source, one.sale.gross) == ("captured", "wallet", 2_499_00)
    balance = counter.desk.ledger.balance(wallet(asha))
    assert balance is not None
    assert balance.available.amount == 501_00
    assert counter.quoting.owns(asha, one.sku)
    with pytest.raises(AlreadyOwned):
        counter.paying.buy(asha, Sku("course-options-basics"), refuse)


def test_a_wallet_that_holds_too_little_says_how_much(counter: Counter, asha: PersonId) -> None:
    with pytest.raises(WalletShort, match=r"holds ₹0.00 and this costs ₹2,499.00"):
        counter.paying.buy(asha, Sku("course-options-basics"), refuse)
    counter.desk.capturing.capture(top_up(asha, 2_498_99))
    with pytest.raises(WalletShort, match=r"holds ₹2,498.99"):
        counter.paying.buy(asha, Sku("course-options-basics"), refuse)
    with pytest.raises(NotFromWallet):
        counter.paying.buy(asha, Sku("premium-monthly"), refuse)
    with pytest.raises(ProfileMissing):
        counter.paying.buy(person(), Sku("course-options-basics"), refuse)
