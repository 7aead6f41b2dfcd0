"""Invoices, credit notes and receipts: one contract in memory and in PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from builders.orders import NOW, course, person, top_up
from builders.papers import HOME, US, Office, issued, office_on, profile
from fixtures.database import Databases
from kit import ids
from payments.errors.papers import BooksDisagree, CreditExceeded, NotCaptured
from payments.model.due import DueRow
from payments.model.ledger import Book
from payments.model.paper import Original, Paper, PaperCause, PaperId, Party, Series
from payments.model.payment import PaymentId
from payments.ports.papers import Print


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def office(request: pytest.FixtureRequest) -> Office:
    if request.param == "memory":
        return Office()
    databases: Databases = request.getfixturevalue("database")
    db = databases("payments", "ledger")
    return office_on(db)


def test_a_captured_sale_has_one_invoice_with_everything_the_rules_ask_for(office: Office) -> None:
    who = person()
    office.profiles.put(profile(who, state="KA", gstin="29AAPFU0939F1ZR"))
    one = office.sold(who, state="KA")
    office.clock.forward(seconds=2)

    paper = office.invoicing.invoice(one.id)

    assert (paper.kind, paper.serial, paper.sac, paper.rate_percent) == (
        "invoice", "TC/2627/00000001", "999293", 18,
    )  # fmt: skip
    assert (paper.title, paper.sale, paper.place) == ("Options from the ground up", one.sale, "KA")
    assert (paper.seller, paper.buyer) == (US, Party("Asha Kulkarni", "KA", HOME, "29AAPFU0939F1ZR"))
    assert (paper.booked_at, paper.issued_at) == (NOW, NOW + timedelta(seconds=2))
    assert office.invoicing.invoice(one.id) == paper
    assert office.papers.find(paper.id) == office.papers.of_cause(PaperCause(one.id)) == paper
    assert office.told("invoice.issued") == 1


def test_each_line_has_its_series_and_each_series_counts_by_itself(office: Office) -> None:
    research = replace(course(person()), line=Book.RESEARCH)
    sold = [office.sold(person()), office.captured(research), office.sold(person())]
    assert [office.invoicing.invoice(one.id).serial for one in sold] == [
        "TC/2627/00000001", "TR/2627/00000001", "TC/2627/00000002",
    ]  # fmt: skip


def test_money_into_a_wallet_gets_a_receipt_without_tax_and_tells_nothing(office: Office) -> None:
    one = office.captured(top_up(person(), 500_00))
    paper = office.invoicing.invoice(one.id)
    assert (paper.kind, paper.serial, paper.sac, paper.rate_percent) == (
        "receipt", "RW/2627/00000001", None, 0,
    )  # fmt: skip
    assert (paper.sale.gross, paper.sale.taxes) == (500_00, ())
    assert office.told("invoice.issued") == 0
    assert office.invoicing.credit_note(ids.uuid7(), one, one.sale, NOW) is None


def test_what_was_not_paid_has_no_paper(office: Office) -> None:
    one = course(person())
    office.payments.put(one, 0)
    for unpaid in (one.id, PaymentId(ids.uuid7())):
        with pytest.raises(NotCaptured):
            office.invoicing.invoice(unpaid)


def test_what_the_books_do_not_hold_has_no_paper(office: Office) -> None:
    one = replace(course(person()), status="captured", captured_at=NOW)
    office.payments.put(one, 0)
    with pytest.raises(BooksDisagree):
        office.invoicing.invoice(one.id)


def test_a_number_of_another_state_than_the_place_of_supply_is_not_on_the_paper(office: Office) -> None:
    who = person()
    office.profiles.put(profile(who, state="KA", gstin="29AAPFU0939F1ZR"))
    moved, unknown = office.sold(who, state="MH"), office.sold(person(), state="GJ")
    assert office.invoicing.invoice(moved.id).buyer == Party("Asha Kulkarni", "MH")
    assert office.invoicing.invoice(unknown.id).buyer == Party("Customer", "GJ")


def test_the_financial_year_changes_at_midnight_in_india(office: Office) -> None:
    midnight = datetime(2027, 3, 31, 18, 30, tzinfo=UTC)
    serials = []
    for moment in (midnight - timedelta(microseconds=1), midnight, midnight + timedelta(days=1)):
        office.clock.at = moment
        serials.append(office.invoicing.invoice(office.sold(person()).id).serial)
    assert serials == ["TC/2627/00000001", "TC/2728/00000001", "TC/2728/00000002"]


def test_dates_never_run_against_numbers(office: Office) -> None:
    first, second = course(person()), course(person())
    for one in (first, second):
        office.payments.put(one, 0)
    later = issued(office.papers, first, at=NOW + timedelta(seconds=5))
    earlier = issued(office.papers, second, at=NOW)
    assert (earlier.number, earlier.issued_at) == (2, later.issued_at)


def test_a_credit_note_names_its_invoice_and_is_issued_once(office: Office) -> None:
    one = office.sold(person())
    invoice = office.invoicing.invoice(one.id)
    back = one.sale.share(1_000_00)
    refund, receipt = office.given_back(one, back)
    office.clock.forward(seconds=3)

    note = office.invoicing.credit_note(refund, one, back, receipt.recorded_at)

    assert note is not None
    assert note == office.invoicing.credit_note(refund, one, back, receipt.recorded_at)
    assert (note.kind, note.serial, note.sale, note.booked_at) == (
        "credit_note", "NC/2627/00000001", back, NOW,
    )  # fmt: skip
    assert note.original == Original(invoice.id, invoice.serial, invoice.issued_at)
    assert office.papers.of_cause(PaperCause(refund)) == note
    assert office.papers.credited(invoice.id) == 1_000_00
    assert office.told("credit_note.issued") == 1
    planned = office.due.take(NOW + timedelta(hours=1), 9)
    assert DueRow("invoice.issue", refund, NOW + timedelta(seconds=63), 1) in planned


def test_a_refund_before_the_invoice_issues_the_invoice_first(office: Office) -> None:
    one = office.sold(person())
    refund, receipt = office.given_back(one, one.sale)
    note = office.invoicing.credit_note(refund, one, one.sale, receipt.recorded_at)
    invoice = office.papers.of_cause(PaperCause(one.id))
    assert note is not None
    assert note.original is not None
    assert invoice is not None
    assert note.original.id == invoice.id
    assert office.told("invoice.issued") == 1


def test_credit_notes_never_exceed_their_invoice(office: Office) -> None:
    one = office.sold(person())
    first = one.sale.share(1_499_00)
    assert office.invoicing.credit_note(ids.uuid7(), one, first, NOW) is not None
    for excess in (one.sale.share(1_000_01), replace(one.sale, net=one.sale.net - first.net + 1, taxes=())):
        with pytest.raises(CreditExceeded):
            office.invoicing.credit_note(ids.uuid7(), one, excess, NOW)
    rest = one.sale.less(first)
    last = office.invoicing.credit_note(ids.uuid7(), one, rest, NOW)
    assert last is not None
    assert last.number == 2, "what was refused took no number"


def test_a_person_reads_their_papers_newest_first_page_by_page(office: Office) -> None:
    who = person()
    one = office.sold(who)
    made: list[Paper] = [office.invoicing.invoice(one.id)]
    office.clock.forward(minutes=1)
    note = office.invoicing.credit_note(ids.uuid7(), one, one.sale.share(100), NOW)
    assert note is not None
    made.append(note)
    office.clock.forward(minutes=1)
    made.append(office.invoicing.invoice(office.captured(top_up(who)).id))
    office.invoicing.invoice(office.sold(person()).id)

    assert office.papers.of_person(who, None, None, 9) == made[::-1]
    assert office.papers.of_person(who, "credit_note", None, 9) == [note]
    assert office.papers.of_person(who, None, (note.issued_at, note.id), 9) == made[:1]
    assert office.papers.of_person(who, None, None, 1) == made[2:]


def test_a_print_is_noted_once(office: Office) -> None:
    paper = office.invoicing.invoice(office.sold(person()).id)
    first = Print(paper.id, "a" * 64, 9, NOW)
    assert office.prints.find(paper.id) is None
    assert office.prints.keep(first) == first
    assert office.prints.keep(Print(paper.id, "b" * 64, 8, NOW)) == first
    assert office.prints.find(paper.id) == first


def test_a_paper_that_contradicts_itself_cannot_be_made() -> None:
    papers = Office().papers
    one = course(person())
    for wrong in (
        {"number": 0},
        {"number": 1_000_000_000},
        {"kind": "credit_note"},
        {"original": Original(PaperId(ids.uuid7()), "TC/2627/00000001", NOW)},
        {"series": Series("TC", 2025)},
        {"issued_at": datetime(2027, 4, 1, tzinfo=UTC)},
    ):
        with pytest.raises(ValueError, match=r"number|names an invoice|series"):
            issued(papers, one, changed=lambda paper, wrong=wrong: replace(paper, **wrong))  # type: ignore[misc]
