"""After the money: a paper is issued, printed and mailed; what a crash left is driven again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

from kit import clock, failpoint, telemetry
from payments.errors.papers import PaperNotFound
from payments.model.due import DueRow
from payments.model.letter import Letter
from payments.model.paper import PATIENCE, Paper, PaperCause, PaperId, PaperKind
from payments.model.payment import PaymentId
from payments.model.words import figures
from payments.ports.due import DueRows
from payments.ports.notifying import Notifier
from payments.ports.papers import PaperBooks, Papers, PaperStore, PaperWorkflow, Print, Printer, Prints
from payments.ports.payments import Profiles
from payments.service.invoicing import Invoicing

LINK_S: Final = 24 * 3600
"""How long the link in a mail opens; it ends earlier where the credentials that signed it do."""
GIVEN_UP: Final = timedelta(days=7)
OVERDUE: Final = timedelta(minutes=3)
"""A captured payment without a paper after so long is a defect: the metric's alarm says so."""
_BATCH: Final = 100
_SLOWEST: Final = timedelta(hours=6)
_NAMES: Final[dict[PaperKind, str]] = {
    "invoice": "Tax invoice",
    "credit_note": "Credit note",
    "receipt": "Receipt",
}
_TEXT: Final = """Dear {name},

{what} {serial} for {title}: Rs. {amount}.

Open it within a day: {link}
After that you find it in your account, under invoices.

TREUM
"""
Verdict = Literal["mailed", "mailed before", "nobody to mail"]


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """The three tasks of the workflow. Each may be done again, and then finds what it did."""

    invoicing: Invoicing
    papers: Papers
    prints: Prints
    profiles: Profiles
    store: PaperStore
    printer: Printer
    notifier: Notifier
    now: Callable[[], datetime] = clock.now

    def issue(self, cause: PaperCause) -> Paper:
        """Return the paper about a payment, issued now unless it was, or the credit note of a refund."""
        return self.papers.of_cause(cause) or self.invoicing.invoice(PaymentId(cause))

    def print_(self, paper_id: PaperId) -> Print:
        """Make the PDF and keep it, unless that was done. Raises ``PaperNotFound``."""
        known = self.prints.find(paper_id)
        if known is not None:
            return known
        paper = self._paper(paper_id)
        document = self.printer(paper)
        self.store.keep(paper, document)
        failpoint.hit("papers.printed")
        made = Print(paper_id, sha256(document).hexdigest(), len(document), self.now())
        return self.prints.keep(made)

    def mail(self, paper_id: PaperId) -> Verdict:
        """Mail the link, once a paper. Raises ``PaperNotFound``, and what the notifier raises."""
        paper = self._paper(paper_id)
        who = self.profiles.find(paper.person)
        if who is None:
            return "nobody to mail"
        text = _TEXT.format(
            name=paper.buyer.name,
            what=_NAMES[paper.kind],
            serial=paper.serial,
            title=paper.title,
            amount=figures(paper.sale.gross),
            link=self.store.link(paper, LINK_S),
        )
        letter = Letter(letter_key(paper), who.email, f"{_NAMES[paper.kind]} {paper.serial}", text)
        return "mailed" if self.notifier.tell(letter) else "mailed before"

    def _paper(self, paper_id: PaperId) -> Paper:
        found = self.papers.find(paper_id)
        if found is None:
            raise PaperNotFound
        return found


@dataclass(frozen=True, slots=True)
class Driving:
    """Starts the workflow: by its event at first, by its due row while something is missing."""

    workflow: PaperWorkflow
    papers: Papers
    books: PaperBooks
    prints: Prints
    profiles: Profiles
    notifier: Notifier
    due: DueRows
    now: Callable[[], datetime] = clock.now

    def begin(self, cause: PaperCause) -> bool:
        """Start it under the name of the payment or refund; False when that runs or ran already."""
        return self.workflow.start(cause)

    def drive(self, row: DueRow) -> None:
        """Start it again unless all is done, and look again later: ever later, and not for ever."""
        cause = PaperCause(row.subject)
        paper = self.papers.of_cause(cause)
        if paper is not None and self._done(paper):
            return
        since = paper.issued_at if paper else row.due_at - PATIENCE
        age = self.now() - since
        if paper is not None and age > GIVEN_UP:
            telemetry.count("PapersGivenUp")
            telemetry.warning("a paper could not be printed or mailed", paper=paper.id)
            return
        # the plain name is free where the event was lost; else the row's own moment makes another
        if not self.workflow.start(cause):
            self.workflow.start(cause, f"{row.due_at:%Y%m%dT%H%M%S}")
        telemetry.count("PapersDriven")
        self.due.plan("invoice.issue", cause, self.now() + min(max(age, PATIENCE), _SLOWEST))

    def look_over(self) -> int:
        """Let every payment of the last week without a paper be driven now; return how many there are."""
        now = self.now()
        missing = self.books.missing(now - GIVEN_UP, now - OVERDUE, _BATCH)
        for payment in missing:
            self.due.plan("invoice.issue", payment, now)
        telemetry.count("PaymentsWithoutPaper", len(missing))
        return len(missing)

    def _done(self, paper: Paper) -> bool:
        if self.prints.find(paper.id) is None:
            return False
        return self.notifier.sent(letter_key(paper)) or self.profiles.find(paper.person) is None


def letter_key(paper: Paper) -> str:
    """Return the key of the letter that brings ``paper``."""
    return f"paper:{paper.id}"
