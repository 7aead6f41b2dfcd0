"""What the gateway says, in any order and any number of times, becomes what is ours exactly once."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from builders.checkouts import Counter
from builders.orders import course, person
from kit.errors import Poison, Retryable
from kit.events.payment_events import BooksDiffered
from kit.money import Money
from payments.model import ledger_chart as chart
from payments.model.gateway import CheckoutRef
from payments.model.ledger import AccountCode, Book, PersonId
from payments.model.notice import GatewayState, PaymentState
from payments.model.offer import Sku
from payments.model.payment import AMOUNT_DIFFERS
from payments.model.quote import Order

COURSE = Order(Sku("course-options-basics"))
FEE = 58_98  # 2 % of ₹2,499 and 18 % on them, half up


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def asha(counter: Counter) -> PersonId:
    return counter.enrol(person())


def opened(counter: Counter, who: PersonId, key: str = "k", order: Order = COURSE) -> str:
    return counter.checking_out.open(who, order, key, counter.confirm).id


def balance(counter: Counter, account: AccountCode) -> int:
    found = counter.desk.ledger.balance(account)
    return found.debits_posted - found.credits_posted if found else 0


def paid(counter: Counter, payment_id: str) -> tuple[GatewayState, ...]:
    page = counter.page_of(payment_id)
    counter.office.gateway.pay(page)
    return counter.read(page)


def told(counter: Counter, kind: str) -> int:
    return sum(each.type == kind for each in counter.desk.payments.told)


def test_what_is_paid_is_captured_granted_and_its_fee_posted(counter: Counter, asha: PersonId) -> None:
    one = opened(counter, asha)
    counter.hear(*paid(counter, one), *counter.read(counter.page_of(one)))
    kept = counter.payment(one)
    assert (kept.status, kept.decline) == ("captured", None)
    assert balance(counter, chart.clearing(Book.COURSES)) == 2_499_00 - FEE
    assert balance(counter, chart.fees(Book.COURSES)) == FEE
    assert counter.quoting.owns(asha, kept.sku)
    assert [kind for kind, _ in counter.desk.due.rows] == ["invoice.issue"]
    assert told(counter, "payment.captured") == 1


def test_a_refused_card_is_shown_until_another_pays(counter: Counter, asha: PersonId) -> None:
    one = opened(counter, asha)
    page = counter.page_of(one)
    counter.office.gateway.pay(page, "declined")
    counter.hear(*counter.read(page))
    version = counter.payment(one).version
    counter.hear(*counter.read(page))
    assert (counter.payment(one).decline, counter.payment(one).version) == ("generic_decline", version)
    counter.hear(*paid(counter, one))
    assert (counter.payment(one).status, counter.payment(one).decline) == ("captured", None)


def test_every_order_of_what_the_gateway_says_ends_alike(asha: PersonId) -> None:
    """A decline, the payment and the closed page, each twice, in all 90 orders."""
    ends = set()
    for order in sorted(set(itertools.permutations([0, 0, 1, 1, 2, 2]))):
        counter = Counter()
        counter.enrol(asha)
        one = opened(counter, asha)
        page = counter.page_of(one)
        counter.office.gateway.pay(page, "declined")
        declined = counter.read(page)[1]
        closed, captured = paid(counter, one)
        for place in order:
            counter.applying.apply((declined, captured, closed)[place])
        kept = counter.payment(one)
        ends.add((kept.status, kept.decline, balance(counter, chart.clearing(Book.COURSES))))
        assert told(counter, "payment.captured") == 1
    assert ends == {("captured", None, 2_499_00)}


def test_a_page_that_closed_unpaid_lapses_and_its_late_money_is_honoured(
    counter: Counter, asha: PersonId
) -> None:
    one = opened(counter, asha)
    page = counter.page_of(one)
    states = paid(counter, one)
    closed = replace(counter.office.gateway.checkouts[page], status="expired", address=None)
    counter.hear(closed, closed)
    assert counter.payment(one).status == "lapsed"
    assert told(counter, "payment.lapsed") == 1
    counter.hear(*states)
    assert counter.payment(one).status == "captured"
    counter.hear(closed)
    assert counter.payment(one).status == "captured"


def test_a_fee_that_comes_later_is_posted_later(counter: Counter, asha: PersonId) -> None:
    one = opened(counter, asha)
    closed, captured = paid(counter, one)
    assert isinstance(captured, PaymentState)
    feeless = PaymentState(replace(captured.payment, fee=None))
    counter.hear(closed, feeless)
    assert balance(counter, chart.fees(Book.COURSES)) == 0
    for _ in range(2):
        counter.hear(captured)
    assert balance(counter, chart.fees(Book.COURSES)) == FEE


def test_the_fee_of_a_subscriptions_payment_follows_its_capture(counter: Counter, asha: PersonId) -> None:
    period = replace(course(asha), purpose="subscription", line=Book.RESEARCH, sku=Sku("premium-monthly"))
    ref = counter.office.gateway.paid(
        None, counter.paging.customers.of(counter.office.profiles.kept[asha]), Money(2_499_00), "captured"
    )
    state = PaymentState(counter.office.gateway.payments[ref])
    counter.hear(state)  # before the subscription's own reading: nobody knows it yet
    counter.desk.payments.put(replace(period, ref=ref), 0)
    counter.hear(state)
    assert balance(counter, chart.fees(Book.RESEARCH)) == 0
    counter.desk.capturing.capture(period, ref)
    counter.hear(state)
    assert balance(counter, chart.fees(Book.RESEARCH)) == FEE


@pytest.mark.parametrize("paise", [2_498_99, 2_499_01])
def test_another_amount_than_agreed_is_an_alarm_and_the_payers_own(
    counter: Counter, asha: PersonId, paise: int
) -> None:
    one = opened(counter, asha)
    closed, captured = paid(counter, one)
    assert isinstance(captured, PaymentState)
    other = PaymentState(replace(captured.payment, amount=Money(paise), captured=Money(paise)))
    for _ in range(2):
        counter.hear(closed, other)
    kept = counter.payment(one)
    assert (kept.status, kept.decline, kept.ref) == ("lapsed", AMOUNT_DIFFERS, captured.payment.ref)
    assert balance(counter, chart.wallet(asha)) == -paise
    assert balance(counter, chart.clearing(Book.WALLET)) == paise - FEE
    assert balance(counter, chart.revenue(Book.COURSES)) == 0
    assert not counter.quoting.owns(asha, kept.sku)
    alarms = [each.data for each in counter.desk.payments.told if isinstance(each.data, BooksDiffered)]
    assert [(each.about, each.expected, each.found) for each in alarms] == [(one, 2_499_00, paise)]
    assert told(counter, "payment.lapsed") == 1


def test_another_amount_for_what_was_paid_already_is_the_payers_own(counter: Counter, asha: PersonId) -> None:
    """The agreed amount a second time is refunding's: a payment of its own that is given back."""
    one = opened(counter, asha)
    closed, captured = paid(counter, one)
    assert isinstance(captured, PaymentState)
    counter.hear(closed, captured)
    customer = counter.paging.customers.of(counter.office.profiles.kept[asha])
    for paise, mine in ((2_499_00, 0), (1_00, -1_00)):
        second = counter.office.gateway.paid(one, customer, Money(paise), "captured")
        for _ in range(2):
            counter.hear(PaymentState(counter.office.gateway.payments[second]))
        assert balance(counter, chart.wallet(asha)) == mine
    assert (counter.payment(one).status, counter.payment(one).ref) == ("captured", captured.payment.ref)
    assert told(counter, "books.differed") == 1


def test_money_in_a_currency_without_books_is_set_aside(counter: Counter, asha: PersonId) -> None:
    one = opened(counter, asha)
    _, captured = paid(counter, one)
    assert isinstance(captured, PaymentState)
    with pytest.raises(Poison):
        counter.following.payment(PaymentState(replace(captured.payment, captured=Money(2_499_00, "USD"))))


def test_what_is_not_ours_or_unpaid_changes_nothing(counter: Counter, asha: PersonId) -> None:
    one = opened(counter, asha)
    _, captured = paid(counter, one)
    assert isinstance(captured, PaymentState)
    page = counter.office.gateway.checkouts[counter.page_of(one)]
    for name in (None, "e2e-1", one.upper(), person()):
        counter.following.payment(PaymentState(replace(captured.payment, payment_id=name)))
    counter.following.payment(PaymentState(replace(captured.payment, status="cancelled")))
    counter.following.page(replace(page, reference="", status="expired"))
    counter.following.page(page)
    assert counter.payment(one).status == "opened"


def test_what_changes_meanwhile_is_tried_again(counter: Counter, asha: PersonId) -> None:
    one = counter.payment(opened(counter, asha))
    counter.desk.payments.put(replace(one, version=one.version + 1), one.version)
    with pytest.raises(Retryable):
        counter.following.lapse(one)


# ---- the end of a page's time ----


def test_a_page_nobody_paid_on_is_closed_before_the_payment_is_given_up(
    counter: Counter, asha: PersonId
) -> None:
    one = counter.payment(opened(counter, asha))
    counter.desk.clock.forward(days=1)
    for _ in range(2):
        counter.lapsing.lapse(one.id)
    assert counter.payment(one.id).status == "lapsed"
    assert counter.office.gateway.checkouts[counter.page_of(one.id)].status == "expired"
    assert counter.desk.due.rows == {}
    counter.lapsing.lapse(course(asha).id)


def test_what_was_kept_but_never_paged_is_given_up(counter: Counter, asha: PersonId) -> None:
    kept = counter.paging.keep(asha, "k", counter.quoting.quote(asha, COURSE))
    counter.lapsing.lapse(kept.id)
    assert counter.payment(kept.id).status == "lapsed"


def test_a_page_that_was_paid_is_looked_at_instead_of_given_up(counter: Counter, asha: PersonId) -> None:
    """The webhook was lost for good: the schedule reads the page back as the worker would."""
    one = opened(counter, asha)
    counter.office.gateway.pay(counter.page_of(one))
    counter.lapsing.lapse(counter.payment(one).id)
    assert counter.payment(one).status == "captured"


def test_a_paid_page_whose_money_is_not_there_yet_is_looked_at_again(
    counter: Counter, asha: PersonId
) -> None:
    one = opened(counter, asha)
    page: CheckoutRef = counter.page_of(one)
    counter.office.gateway.pay(page)
    ref = counter.office.gateway.checkouts[page].payment
    assert ref is not None
    money = counter.office.gateway.payments.pop(ref)
    counter.lapsing.lapse(counter.payment(one).id)
    row = counter.desk.due.rows["payment.lapse", one]
    assert row.due_at == counter.desk.clock.now() + timedelta(hours=1)
    counter.office.gateway.payments[ref] = money
    counter.lapsing.lapse(counter.payment(one).id)
    assert counter.payment(one).status == "captured"
