"""The reconciler: the gateway's books, ours, and who may use what, held against one another all the time.

Two streams meet in pairs: entries of the gateway's books, and postings of our clearing accounts, each read
once from where the last look stopped. Each pair is about one thing of the gateway's, money and fees apart, so
one paisa too much or little is one pair that differs. What is on its way is no difference until it is a
minute old.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock, events, telemetry
from kit.events import Event
from kit.events.payment_events import BooksDiffered
from payments.model.ledger import Book
from payments.model.ledger_books import StatementLine
from payments.model.ledger_chart import clearing
from payments.model.reconciliation import FIRST, ON_ITS_WAY, BookEntry, Finding, Posting, Run, differing
from payments.ports.ledger import Ledger
from payments.ports.reconciling import AccessBook, Findings, GatewayBooks, Matching

PAGE: Final = 100
MOST_PAGES: Final = 10
MOST: Final = 1000
SETTLES: Final = timedelta(seconds=30)
"""A statement as of so long ago is final: whoever took that time has committed, or never will (ADR 91)."""
RECENT: Final = timedelta(minutes=10)
_BANK: Final = "payout"


@dataclass(frozen=True, slots=True)
class Reconciling:
    """One look a call; calls beside one another do no harm."""

    gateway: GatewayBooks
    ledger: Ledger
    matching: Matching
    findings: Findings
    access: AccessBook
    now: Callable[[], datetime] = clock.now

    def run(self) -> Run:
        """Read what is new on both sides, judge, tell what differs newly, clear what is mended."""
        at = self.now()
        entries = self._read_gateway(at)
        postings = sum(self._read_ledger(line, at) for line in Book)
        known = self.findings.open()
        causes, looked_to = self._causes(known, at)
        pairs = self.matching.differing(at - ON_ITS_WAY, MOST)
        found = [one for one in map(differing, pairs) if one is not None]
        found += map(_does_not_add_up, self.matching.unsound(MOST))
        found += self.access.judge(causes, at, at - ON_ITS_WAY)
        opened, cleared = _changes(known, found)
        run = Run(at, entries, postings, len(causes), len(opened), len(cleared), looked_to)
        self.findings.note([(one, _differed(one, at)) for one in opened], cleared, run)
        telemetry.count("BooksDiffer", len(known) + len(opened) - len(cleared))
        for one in opened:
            telemetry.warning("the books differ", what=one.what, about=one.about)
        return run

    def _read_gateway(self, at: datetime) -> int:
        new = 0
        for _ in range(MOST_PAGES):
            entries = self.gateway.entries(self.matching.last_entry(), PAGE)
            if not entries:
                break
            new += self.matching.keep_entries(entries, at)
        return new

    def _read_ledger(self, line: Book, at: datetime) -> int:
        new = 0
        for _ in range(MOST_PAGES):
            was = self.matching.read_to(line)
            lines = self.ledger.statement(clearing(line), at - SETTLES, was, PAGE)
            if not lines:
                break
            last = (lines[-1].recorded_at, lines[-1].seq)
            if not self.matching.keep_postings(line, was, last, self._postings(line, lines), at):
                break  # somebody else is at it
            new += len(lines)
        return new

    def _postings(self, book: Book, lines: Iterable[StatementLine]) -> list[Posting]:
        """Return what the lines are about in the gateway's words; a payout moves between it and our bank."""
        read = [one for one in lines if one.reason != _BANK]
        names = self.matching.names({one.reference for one in read})
        return [
            Posting(
                names.get(one.reference) or _gateways_own(one.reference),
                "fee" if one.reason == "fee" else "money",
                book,
                one.amount,
            )
            for one in read
        ]

    def _causes(self, known: Iterable[Finding], at: datetime) -> tuple[list[str], str]:
        """Return whose access to look at: a part of all, what changed lately, and what was wrong before."""
        last = self.findings.last_run()
        causes = self.access.causes(last.looked_to if last else FIRST, at - RECENT, PAGE)
        wrong = [one.about for one in known if one.what.startswith(("charged", "entitled"))]
        return sorted({*causes, *wrong}), causes[-1] if len(causes) >= PAGE else FIRST


def _gateways_own(reference: str) -> str:
    """Return the gateway's id in a reference that names it, such as ``dispute:dp_1``, else the reference."""
    kind, _, ref = reference.partition(":")
    return ref if kind in {"dispute", "gateway"} else reference


def _does_not_add_up(one: BookEntry) -> Finding:
    return Finding("an entry does not add up", one.ref, one.amount - one.fee, one.net)


def _changes(known: list[Finding], found: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Return what is new, and what is mended: nothing, where more differs than is looked at."""
    before = {(one.what, one.about) for one in known}
    now = {(one.what, one.about) for one in found}
    opened = [one for one in found if (one.what, one.about) not in before]
    cleared = [one for one in known if (one.what, one.about) not in now]
    return opened, cleared if len(found) < MOST else []


def _differed(one: Finding, at: datetime) -> Event[BooksDiffered]:
    data = BooksDiffered(what=one.what, about=one.about, expected=one.expected, found=one.found, found_at=at)
    return events.new(data, subject=one.about, version=int(at.timestamp() * 1000))
