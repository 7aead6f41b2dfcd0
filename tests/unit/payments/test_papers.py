"""What papers say, look like and set going."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builders.orders import NOW, course, person, top_up
from builders.papers import Office, profile
from kit import ids
from kit.due.memory import MemoryDueRows
from kit.errors import Retryable
from payments.adapters.memory.notifying import MemoryNotifier
from payments.adapters.memory.paper_books import MemoryPaperBooks
from payments.adapters.memory.papers import MemoryPapers, MemoryPaperStore, MemoryWorkflow
from payments.adapters.memory.payments import MemoryPayments
from payments.adapters.pdf import printed
from payments.adapters.pdf import words as said
from payments.errors.papers import PaperNotFound
from payments.fulfilment_tasks import tasks
from payments.model.due import DueKind, DueRow
from payments.model.ledger import Book, PersonId
from payments.model.letter import Letter
from payments.model.paper import Paper, PaperCause, PaperId, financial_year, kept_until, series_of
from payments.model.payment import Payment, Period
from payments.model.places import NAMES
from payments.model.sale import STATES
from payments.model.words import figures, in_words
from payments.service.fulfilment import Driving, Fulfilment, letter_key

MACHINE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "statemachines/fulfilment.asl.yaml").read_text()
)


@pytest.mark.parametrize(
    ("paise", "shown", "words"),
    [
        (1, "0.01", "One paise only"),
        (100, "1.00", "Rupees one only"),
        (0, "0.00", "Rupees zero only"),
        (2_499_00, "2,499.00", "Rupees two thousand four hundred ninety-nine only"),
        (1_51_000_50, "1,51,000.50", "Rupees one lakh fifty-one thousand and fifty paise only"),
        (10_00_000_00, "10,00,000.00", "Rupees ten lakh only"),
        (
            12_34_56_700_12,
            "12,34,56,700.12",
            "Rupees twelve crore thirty-four lakh fifty-six thousand seven hundred and twelve paise only",
        ),
        (1_00_00_00_000_00, "1,00,00,00,000.00", "Rupees one hundred crore only"),
    ],
)
def test_amounts_are_written_as_in_india(paise: int, shown: str, words: str) -> None:
    assert (figures(paise), in_words(paise)) == (shown, words)


@given(st.integers(0, 10**14))
def test_figures_hold_every_paisa(paise: int) -> None:
    assert int(figures(paise).replace(",", "").replace(".", "")) == paise


def test_every_state_has_a_name() -> None:
    assert NAMES.keys() == STATES.keys()


def test_a_financial_year_runs_from_april_to_march_in_india() -> None:
    midnight = datetime(2027, 3, 31, 18, 30, tzinfo=UTC)
    assert financial_year(midnight - timedelta(microseconds=1)) == 2026
    assert financial_year(midnight) == financial_year(datetime(2027, 12, 31, tzinfo=UTC)) == 2027


def test_a_serial_has_sixteen_characters_to_the_last_of_a_century() -> None:
    series = series_of("invoice", Book.COURSES, datetime(2099, 5, 1, tzinfo=UTC))
    assert series.serial(99_999_999) == "TC/9900/99999999"


def test_a_paper_is_kept_for_72_months_after_its_years_return() -> None:
    assert kept_until(_paper()).isoformat() == "2034-01-01T00:00:00+05:30"


class Rig:
    """A payment from capture to letter, in memory."""

    def __init__(self) -> None:
        self.payments, self.papers = MemoryPayments(), MemoryPapers()
        self.due, self.store = MemoryDueRows[DueKind](), MemoryPaperStore()
        self.notifier, self.workflow = MemoryNotifier(), MemoryWorkflow()
        self.office = Office(papers=self.papers, payments=self.payments, due=self.due)
        self.who: PersonId = person()
        self.office.profiles.put(profile(self.who))
        self.drawn: list[Paper] = []

    def sold(self) -> Payment:
        return self.office.sold(self.who)

    def draw(self, paper: Paper) -> bytes:
        self.drawn.append(paper)
        return paper.serial.encode()

    @property
    def work(self) -> Fulfilment:
        office = self.office
        return Fulfilment(
            office.invoicing,
            self.papers,
            office.prints,
            office.profiles,
            self.store,
            self.draw,
            self.notifier,
            office.clock.now,
        )

    @property
    def driving(self) -> Driving:
        office = self.office
        books = MemoryPaperBooks(self.papers, self.payments)
        return Driving(
            self.workflow,
            self.papers,
            books,
            office.prints,
            office.profiles,
            self.notifier,
            self.due,
            office.clock.now,
        )

    def finish(self, cause: str) -> Paper:
        paper = self.work.issue(PaperCause(cause))
        self.work.print_(paper.id)
        self.work.mail(paper.id)
        return paper

    def tick(self) -> list[DueRow]:
        rows = [row for row in self.due.take(self.office.clock.now(), 9) if row.kind == "invoice.issue"]
        for row in rows:
            self.driving.drive(row)
            self.due.done(row)
        return rows


def _paper(**changed: Any) -> Paper:
    office, who = Office(), person()
    office.profiles.put(profile(who))
    return replace(office.invoicing.invoice(office.sold(who).id), **changed)


def test_each_task_done_again_finds_what_it_did() -> None:
    rig = Rig()
    one = rig.sold()
    first, second = rig.finish(one.id), rig.finish(one.id)
    assert first == second
    assert (len(rig.drawn), len(rig.papers.kept), list(rig.store.kept)) == (1, 1, [first.id])
    assert rig.work.mail(first.id) == "mailed before"
    made = rig.office.prints.find(first.id)
    assert made is not None
    assert (made.digest, made.size) == (sha256(first.serial.encode()).hexdigest(), len(first.serial))


def test_the_letter_names_the_paper_and_links_to_it() -> None:
    rig = Rig()
    paper = rig.finish(rig.sold().id)
    letter = rig.notifier.letters[letter_key(paper)]
    assert (letter.to, letter.subject) == ("asha@example.com", "Tax invoice TC/2627/00000001")
    for part in (paper.serial, "2,499.00", "Asha Kulkarni", f"memory://papers/{paper.id}"):
        assert part in letter.text


def test_a_refund_is_fulfilled_by_its_credit_note() -> None:
    rig = Rig()
    one = rig.sold()
    note = rig.office.invoicing.credit_note(refund := ids.uuid7(), one, one.sale.share(500), NOW)
    assert rig.finish(refund) == note
    assert note is not None
    assert rig.notifier.letters[letter_key(note)].subject == "Credit note NC/2627/00000001"


def test_what_is_not_there_is_neither_printed_nor_mailed() -> None:
    rig = Rig()
    for task in (rig.work.print_, rig.work.mail):
        with pytest.raises(PaperNotFound):
            task(PaperId(ids.uuid7()))


def test_whoever_left_no_address_gets_no_letter_and_is_not_driven_for_it() -> None:
    rig = Rig()
    rig.who = person()
    one = rig.sold()
    paper = rig.work.issue(PaperCause(one.id))
    rig.work.print_(paper.id)
    assert rig.work.mail(paper.id) == "nobody to mail"
    rig.office.clock.forward(minutes=2)
    rig.tick()
    assert (rig.workflow.started, rig.due.rows) == ([], {})


def test_a_capture_plans_its_paper_and_a_finished_one_is_driven_no_more() -> None:
    rig = Rig()
    one = rig.sold()
    assert rig.tick() == []
    rig.finish(one.id)
    rig.office.clock.forward(minutes=1)
    assert [row.subject for row in rig.tick()] == [one.id]
    assert (rig.workflow.started, rig.due.rows) == ([], {})


def test_a_lost_event_and_a_dead_execution_are_driven_by_the_due_row() -> None:
    rig = Rig()
    one = rig.sold()
    rig.office.clock.forward(minutes=1)
    rig.tick()
    assert rig.workflow.started == [(PaperCause(one.id), "")], "the event was lost: the plain name was free"
    rig.office.clock.forward(minutes=1)
    rig.tick()
    rig.office.clock.forward(minutes=2)
    rig.tick()
    names = [name for _, name in rig.workflow.started]
    assert len(set(names)) == len(names) == 3


def test_a_letter_that_cannot_be_sent_is_tried_ever_later_and_not_for_ever() -> None:
    rig = Rig()
    paper = rig.work.issue(PaperCause(rig.sold().id))
    rig.work.print_(paper.id)
    tries = 0
    while rig.due.rows and tries < 99:
        rig.office.clock.at = next(iter(rig.due.rows.values())).due_at
        tries += len(rig.tick())
    assert 20 < tries < 50
    assert rig.office.clock.at - NOW > timedelta(days=7)


def test_a_payment_that_nobody_planned_is_found_and_driven() -> None:
    rig = Rig()
    one = rig.sold()
    rig.due.rows.clear()
    assert rig.driving.look_over() == 0, "not overdue yet"
    rig.office.clock.forward(minutes=4)
    assert rig.driving.look_over() == 1
    rig.tick()
    assert rig.workflow.started == [(PaperCause(one.id), "")]
    rig.finish(one.id)
    assert rig.driving.look_over() == 0


def test_the_same_paper_is_the_same_bytes_on_one_page() -> None:
    paper = _paper()
    first, second = printed(paper), printed(paper)
    assert first == second
    assert len(re.findall(rb"/Type /Page\b", first)) == 1
    assert printed(replace(paper, title="Another")) != first


@pytest.mark.parametrize("who", ["आशा कुलकर्णी", "M" * 120, "<b>&amp;", "\u202e\x07"])
def test_any_name_is_printed(who: str) -> None:
    paper = _paper()
    assert printed(replace(paper, buyer=replace(paper.buyer, name=who))).startswith(b"%PDF-")


def test_a_paper_says_what_the_rules_ask_for() -> None:
    rig = Rig()
    business = person()
    rig.office.profiles.put(profile(business, state="KA", gstin="29AAPFU0939F1ZR"))
    paper = rig.office.invoicing.invoice(rig.office.captured(course(business, state="KA")).id)
    assert dict(said.facts(paper)) == {
        "Number": "TC/2627/00000001",
        "Date": "21 November 2026",
        "Place of supply": "Karnataka (29)",
        "Reverse charge": "No",
    }
    assert said.party(paper.buyer)[-1] == "GSTIN: 29AAPFU0939F1ZR"
    assert said.party(paper.seller) == [
        "7 Marine Drive, Mumbai 400020", "State: Maharashtra (27)", "GSTIN: 27AAPFU0939F1ZV",
    ]  # fmt: skip
    assert [label for label, _ in said.sums(paper)] == ["Taxable value", "IGST at 18 %"]


def test_the_sums_on_a_paper_add_up_to_its_total() -> None:
    paper = _paper()
    assert [label for label, _ in said.sums(paper)] == ["Taxable value", "CGST at 9 %", "SGST at 9 %"]
    shown = [int(re.sub(r"\D", "", value)) for _, value in said.sums(paper)]
    assert sum(shown) == paper.sale.gross


def test_papers_of_each_kind_say_what_they_are() -> None:
    office, who = Office(), person()
    one = office.sold(who)
    invoice = office.invoicing.invoice(one.id)
    note = office.invoicing.credit_note(ids.uuid7(), one, one.sale.share(100), NOW)
    receipt = office.invoicing.invoice(office.captured(top_up(who)).id)
    assert note is not None
    assert ("For invoice", invoice.serial) in said.facts(note)
    assert said.detail(replace(invoice, period=Period(NOW, NOW + timedelta(days=30)))) == (
        "21 November 2026 to 21 December 2026"
    )
    assert ("Paid on", "20 November 2026") in said.facts(replace(invoice, booked_at=NOW - timedelta(days=1)))
    assert said.sums(receipt) == []
    assert "no tax invoice" in said.closing(receipt)[0]
    assert [said.total(each) for each in (invoice, note, receipt)] == [
        "Total paid", "Total credited", "Received",
    ]  # fmt: skip
    for each in (note, receipt):
        assert printed(each).startswith(b"%PDF-")


def test_the_machine_and_the_code_agree() -> None:
    states = MACHINE["States"]
    work = {name: state for name, state in states.items() if state["Type"] == "Task"}
    assert {state["Parameters"]["Payload"]["task"] for state in work.values()} == tasks.names
    assert {MACHINE["StartAt"], *(state["Next"] for state in work.values())} == set(states)
    for state in work.values():
        assert Retryable.__name__ in state["Retry"][0]["ErrorEquals"]


def test_a_letter_is_sent_once_a_key() -> None:
    notifier = MemoryNotifier()
    letter = Letter("paper:1", "a@example.com", "s", "t")
    assert (notifier.sent("paper:1"), notifier.tell(letter), notifier.tell(replace(letter))) == (
        False, True, False,
    )  # fmt: skip
    assert notifier.sent("paper:1")
