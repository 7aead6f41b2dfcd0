"""What the reconciler reads, and where it keeps what it has read and found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from kit.events import Event
from kit.events.payment_events import BooksDiffered
from payments.model.ledger import Book
from payments.model.reconciliation import BookEntry, Finding, Pair, Posting, Run, Settlement


class GatewayBooks(Protocol):
    """The gateway's own books."""

    def entries(self, after: str | None, limit: int) -> Sequence[BookEntry]:
        """Return up to ``limit`` entries made after the one named ``after``, the oldest first."""


class Matching(Protocol):
    """Both books beside one another, each read from where it was left."""

    def last_entry(self) -> str | None:
        """Return the name of the newest entry that was kept."""

    def keep_entries(self, entries: Sequence[BookEntry], at: datetime) -> int:
        """Keep what the gateway says, each entry once; return how many were new. One command."""

    def read_to(self, line: Book) -> tuple[datetime, int] | None:
        """Return the posting of a clearing account up to which it was kept."""

    def keep_postings(
        self,
        line: Book,
        was: tuple[datetime, int] | None,
        now: tuple[datetime, int],
        postings: Sequence[Posting],
        at: datetime,
    ) -> bool:
        """Keep what our books say from ``was`` to ``now``; False when somebody else did. One command."""

    def names(self, references: Collection[str]) -> Mapping[str, str]:
        """Return the gateway's id of what our books call ``payment:<id>…`` and ``refund:<id>…``.

        What the gateway never had is left out.
        """

    def differing(self, before: datetime, limit: int) -> list[Pair]:
        """Return pairs that differ and did not change since ``before``."""

    def unsound(self, limit: int) -> list[BookEntry]:
        """Return entries whose parts do not add up."""

    def settlements(self, since: date) -> list[Settlement]:
        """Return the days from ``since`` on, by product line, as of the gateway's entries."""


class Findings(Protocol):
    """What differs now, each finding once."""

    def open(self) -> list[Finding]:
        """Return what is not mended, the oldest first; at most a thousand."""

    def note(
        self, opened: Sequence[tuple[Finding, Event[BooksDiffered]]], cleared: Sequence[Finding], run: Run
    ) -> None:
        """Open what is new and tell of it, clear what is mended, and note the run. One command."""

    def last_run(self) -> Run | None:
        """Return the newest run."""


class AccessBook(Protocol):
    """Who is charged and who is entitled, by the cause of the entitlement (a payment or a subscription)."""

    def causes(self, after: str, since: datetime, limit: int) -> list[str]:
        """Return up to ``limit`` causes beyond ``after`` by name, and those that changed since ``since``."""

    def judge(self, causes: Sequence[str], now: datetime, before: datetime) -> list[Finding]:
        """Return what is wrong with ``causes``, as far as nothing about it changed since ``before``."""
