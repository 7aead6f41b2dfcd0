"""Papers and books say the same, to the paisa: random sales and refunds, months that end between two steps."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.orders import SELLER, course, person, top_up
from builders.papers import Office, office_on, profile
from fixtures.database import Databases
from payments.adapters.memory.paper_books import MemoryPaperBooks
from payments.adapters.memory.papers import MemoryPapers
from payments.adapters.memory.payments import MemoryPayments
from payments.adapters.postgres.paper_books import PostgresPaperBooks
from payments.model.ledger import Book
from payments.model.paper_return import Return
from payments.model.sale import Gst, sold_within
from payments.ports.papers import PaperBooks
from payments.service.paper_reading import Returning

STATES = (SELLER, "KA", "DL")


@dataclass
class House:
    """An office with its books."""

    office: Office
    books: PaperBooks

    def month(self, year: int, month: int) -> Return:
        return Returning(self.books, self.office.ledger).month(year, month)


def in_memory() -> House:
    papers, payments = MemoryPapers(), MemoryPayments()
    return House(Office(papers=papers, payments=payments), MemoryPaperBooks(papers, payments))


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "memory":
        return in_memory()
    databases: Databases = request.getfixturevalue("database")
    db = databases("payments", "ledger")
    return House(office_on(db), PostgresPaperBooks(db))


@dataclass(frozen=True)
class Deal:
    """A sale of ``gross`` paise and what is given back of it, one after another."""

    gross: int
    state: str
    line: Book
    parts: list[float] = field(default_factory=list)


DEALS = st.lists(
    st.builds(
        Deal,
        st.integers(1, 2_00_000_00),
        st.sampled_from(STATES),
        st.sampled_from([Book.COURSES, Book.RESEARCH]),
        st.lists(st.floats(0.0, 1.0), max_size=4),
    ),
    max_size=8,
)


def strike(house: House, deal: Deal) -> None:
    """Sell, invoice, and give back with a credit note each."""
    office = house.office
    sale = sold_within(deal.gross, SELLER, deal.state)
    one = office.captured(replace(course(person(), state=deal.state), sale=sale, line=deal.line))
    office.invoicing.invoice(one.id)
    left = sale
    for part in deal.parts:
        paise = round(left.gross * part)
        if paise:
            back = left.share(paise)
            refund, receipt = office.given_back(one, back)
            assert office.invoicing.credit_note(refund, one, back, receipt.recorded_at) is not None
            left = left.less(back)


@settings(max_examples=60)
@given(DEALS)
def test_papers_less_credit_notes_are_the_tax_in_the_books(deals: list[Deal]) -> None:
    house = in_memory()
    for deal in deals:
        strike(house, deal)
    found = house.month(2026, 11)
    assert [one.difference for one in found.taxes] == [0, 0, 0]
    assert [one.declared for one in found.taxes] == [one.booked for one in found.taxes]
    assert all(run.unbroken for run in found.runs)


def test_a_month_of_both_lines_and_three_states(house: House) -> None:
    for number, deal in enumerate(
        Deal(gross, state, line, [0.5, 1.0][: gross % 3])
        for gross in (1, 99_900, 2_49_901)
        for state in STATES
        for line in (Book.COURSES, Book.RESEARCH)
    ):
        strike(house, deal)
        house.office.clock.forward(seconds=number)
    who = person()
    house.office.profiles.put(profile(who, state="KA", gstin="29AAPFU0939F1ZR"))
    house.office.invoicing.invoice(house.office.sold(who, state="KA").id)
    house.office.invoicing.invoice(house.office.captured(top_up(who)).id)

    found = house.month(2026, 11)

    assert [one.difference for one in found.taxes] == [0, 0, 0]
    assert all(one.booked > 0 for one in found.taxes)
    assert found.missing == 0
    assert {one.place for one in found.supplies} == set(STATES)
    assert [one for one in found.supplies if one.registered] == [
        one for one in found.supplies if (one.place, one.registered, one.count) == ("KA", True, 1)
    ]
    assert [run.series.code for run in found.runs] == ["NC", "NR", "RW", "TC", "TR"]
    assert all(run.unbroken and run.first == 1 for run in found.runs)
    assert house.month(2026, 10).supplies == []
    assert house.month(2026, 12).runs == []


def test_a_payment_without_a_paper_shows_as_a_difference(house: House) -> None:
    one = house.office.sold(person())
    found = house.month(2026, 11)
    assert found.missing == 1
    taxes = {each.kind: each.difference for each in found.taxes}
    assert taxes[Gst.CGST] == -one.sale.tax(Gst.CGST)
    house.office.invoicing.invoice(one.id)
    assert house.month(2026, 11).missing == 0


def test_what_is_invoiced_after_the_months_end_belongs_to_the_month_it_was_paid_in(house: House) -> None:
    midnight = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    house.office.clock.at = midnight - timedelta(seconds=1)
    one = house.office.sold(person())
    house.office.clock.at = midnight + timedelta(seconds=1)
    house.office.invoicing.invoice(one.id)
    november, december = house.month(2026, 11), house.month(2026, 12)
    assert (november.supplies[0].count, december.supplies) == (1, [])
    assert (november.runs, december.runs[0].count) == ([], 1)
    assert {each.difference for each in (*november.taxes, *december.taxes)} == {0}


def test_a_credit_note_belongs_to_the_month_it_is_issued_in_and_the_books_explain_it(house: House) -> None:
    midnight = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    house.office.clock.at = midnight - timedelta(hours=1)
    one = house.office.sold(person())
    house.office.invoicing.invoice(one.id)
    house.office.clock.at = midnight - timedelta(seconds=1)
    refund, receipt = house.office.given_back(one, one.sale)
    house.office.clock.at = midnight
    house.office.invoicing.credit_note(refund, one, one.sale, receipt.recorded_at)
    november, december = house.month(2026, 11), house.month(2026, 12)
    half = one.sale.tax(Gst.CGST)
    assert [(each.declared, each.carried, each.booked) for each in november.taxes[:1]] == [(half, half, 0)]
    assert [(each.declared, each.carried, each.booked) for each in december.taxes[:1]] == [(-half, -half, 0)]
    assert {each.difference for each in (*november.taxes, *december.taxes)} == {0}
