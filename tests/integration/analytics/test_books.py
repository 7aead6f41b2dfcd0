"""A year of payments' own doing: analytics says what the books say, and what the subscriptions are."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from msgspec.structs import replace as changed

from analytics.adapters.memory import MemoryEventStore, MemoryFigures
from analytics.model.counting import RULES, counted
from analytics.model.days import INDIA, months, next_month
from analytics.model.reports import Revenue, Waterfall
from analytics.service.answering import Answering, Span
from analytics.service.keeping import FIRST
from analytics.service.projecting import Projector
from builders.orders import Desk, course, person, top_up
from builders.subscriptions import Office
from kit import events
from kit.events import Event
from kit.events.payment_events import RefundCompleted
from kit.ids import uuid7
from payments.model.ledger import AccountCode, Book
from payments.model.ledger_chart import refunds, revenue
from payments.model.payment import CURRENCY, Payment
from payments.model.sale import Sale
from payments.service import ledger_chains
from payments.service.capturing import reference_of
from payments.service.facts import parts_of

FIRST_DAY, LAST_DAY = date(2026, 11, 1), date(2027, 12, 31)


def figures_of(told: Iterable[Event[Any]]) -> Answering:
    store, figures = MemoryEventStore(), MemoryFigures()
    for event in told:
        store.tell(event, hash(event.subject) % 3)
    figures.begin(FIRST, RULES, datetime(2026, 1, 1, tzinfo=UTC))
    projector = Projector(store, figures)
    while not projector.step(FIRST).done:
        pass
    assert figures.consumers()[0].unread == 0
    assert figures.discrepancies(FIRST, counted) == []
    return Answering(figures)


def refund(desk: Desk, paid: Payment, back: Sale) -> Event[Any]:
    """Give ``back`` of a payment through the books, and tell it as the saga does."""
    refund_id = uuid7()
    chain = ledger_chains.refunded(f"refund:{refund_id}", paid.line, reference_of(paid), back)
    desk.ledger.post(chain, desk.clock.at)
    data = RefundCompleted(
        refund_id=refund_id,
        payment_id=paid.id,
        user_id=paid.person,
        sku=paid.sku,
        line=paid.line.value,
        amount=parts_of(back),
        currency=CURRENCY,
        completed_at=desk.clock.at,
    )
    return events.new(data, subject=refund_id, version=5)


def booked(desk: Desk, book: Book, month: date) -> tuple[int, int]:
    """Revenue and refunds of a month (India) as the ledger has them."""

    def at(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=INDIA) - timedelta(microseconds=1)

    def posted(account: AccountCode, moment: datetime) -> int:
        found = desk.ledger.balance(account, moment)
        assert found is not None
        return abs(found.credits_posted - found.debits_posted)

    before, after = at(month), at(next_month(month))
    earned, given = revenue(book), refunds(book)
    return posted(earned, after) - posted(earned, before), posted(given, after) - posted(given, before)


def of_month(rows: Iterable[Revenue], month: date, book: Book) -> tuple[int, int]:
    found = [one for one in rows if one.line == book.value and one.day.replace(day=1) == month]
    return sum(one.net for one in found), sum(one.refunds for one in found)


def test_revenue_of_each_month_is_what_the_books_say() -> None:
    desk = Desk()
    told: list[Event[Any]] = []
    for number in range(100):
        desk.clock.forward(days=3, hours=5 * (number % 4))
        paid = course(person(), state=("MH", "KA", "DL")[number % 3])
        desk.capturing.capture(paid, at=desk.clock.at)
        desk.capturing.capture(top_up(paid.person, 50_000 + number), at=desk.clock.at)
        if number % 4 == 0:
            desk.clock.forward(days=2)
            part = paid.sale.gross // (1 + number % 3)
            first = paid.sale.share(part)
            told.append(refund(desk, paid, first))
            if part < paid.sale.gross // 2:
                told.append(refund(desk, paid, paid.sale.less(first).share(part)))
    answering = figures_of([*desk.payments.told, *told])
    rows = answering.revenue(Span(FIRST_DAY, LAST_DAY), None)
    compared = [
        (of_month(rows, month, Book.COURSES), booked(desk, Book.COURSES, month))
        for month in months(FIRST_DAY, LAST_DAY)
    ]
    assert [ours for ours, _ in compared] == [books for _, books in compared]
    assert sum(net > 0 for (net, _), _ in compared) >= 12
    assert sum(given > 0 for (_, given), _ in compared) >= 10
    wallet = answering.events_behind("wallet-in", Span(FIRST_DAY, LAST_DAY), None, None, 1000)
    assert sum(one.amount for one in wallet) == sum(50_000 + number for number in range(100))


def test_a_year_of_subscriptions_is_the_waterfall_and_the_books() -> None:
    office = Office()
    clock = office.desk.clock
    monthly = office.begun(person())
    yearly = office.begun(person(), "premium-yearly")
    leaves = office.begun(person(), "enterprise-monthly")
    for month in range(12):
        for one in (monthly, leaves):
            now = office.now_of(one)
            if now.life in {"active", "trialing", "running_out"}:
                office.renewed(now)
                office.work()
        if month == 5:
            office.changing.cancel(leaves.person, leaves.id)
            office.work()
    yearly = office.renewed(office.now_of(yearly))
    told = [*office.subscriptions.told, *office.desk.payments.told, *office.desk.entitlements.told]
    answering = figures_of(told)
    found = answering.waterfall(Span(FIRST_DAY, clock.at.date()))
    live = [one for one in map(office.now_of, (monthly, yearly, leaves)) if one.life == "active"]
    assert found[-1].closing == sum(one.terms.monthly for one in live) > 0
    assert found[-1].customers_closing == len(live)
    adds_up(found)
    assert sum(row.churn for row in found) == -leaves.terms.monthly
    rows = answering.revenue(Span(FIRST_DAY, clock.at.date()), None)
    for book in (Book.COURSES, Book.RESEARCH):
        for each in months(FIRST_DAY, clock.at.date()):
            assert of_month(rows, each, book) == booked(office.desk, book, each)


def adds_up(rows: list[Waterfall]) -> None:
    for earlier, later in pairwise(rows):
        assert earlier.closing == later.opening


def test_an_analytics_that_counted_tax_as_revenue_would_be_seen() -> None:
    desk = Desk()
    desk.capturing.capture(course(person()), at=desk.clock.at)
    [paid] = [one for one in desk.payments.told if one.type == "payment.captured"]
    wrong = changed(paid.data.amount, net=paid.data.amount.gross, cgst=0, sgst=0, igst=0)
    answering = figures_of([changed(paid, data=changed(paid.data, amount=wrong))])
    rows = answering.revenue(Span(FIRST_DAY, LAST_DAY), None)
    assert of_month(rows, FIRST_DAY, Book.COURSES) != booked(desk, Book.COURSES, FIRST_DAY)
