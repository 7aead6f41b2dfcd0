"""Ports of a signal's life: the book of signals, the workflow that publishes, the announcer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from kit.events import Event
from signals.model.access import Access
from signals.model.market import Timeframe
from signals.model.protection import Past
from signals.model.signal import AnalystId, Decision, Revision, Side, Signal, SignalId, Status
from signals.model.subscription import Subscriptions

Deed = Event[Any] | None
"""What a person with a right did, told with the effect; None where nobody did."""


@dataclass(frozen=True, slots=True)
class SignalQuery:
    """Which signals to list, newest publication first. ``after`` is the (time, id) the last page ended at.

    ``since`` (inclusive) and ``until`` (exclusive) bound the time shown: the publication, of an unpublished
    one its draft. ``confidence`` is the least, ``text`` is looked for in the rationale, word by word.
    """

    access: Access
    now: datetime
    limit: int
    statuses: tuple[Status, ...] = ()
    symbol: str | None = None
    after: tuple[datetime, SignalId] | None = None
    timeframe: Timeframe | None = None
    strategy: str | None = None
    analyst: str | None = None
    side: Side | None = None
    since: datetime | None = None
    until: datetime | None = None
    confidence: int | None = None
    text: str | None = None
    mine: Subscriptions | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A workflow that waits for a person: its task token, and until when somebody may decide."""

    signal_id: SignalId
    token: str
    due_at: datetime


class SignalBook(Protocol):
    """Signals, the decisions about them and the events they cause, always written together."""

    def draft(self, signal: Signal, event: Event[Any]) -> bool:
        """Add a draft and its event; False when it exists already."""

    def find(self, signal_id: SignalId) -> Signal | None:
        """Return the signal whoever asks: the use case decides who may see it."""

    def find_all(self, signal_ids: Sequence[SignalId]) -> list[Signal]:
        """Return those of the signals that exist, in no particular order."""

    def page(self, query: SignalQuery) -> list[Signal]:
        """Return what ``query`` asks and its access allows."""

    def related(self, symbol: str, timeframe: Timeframe, limit: int) -> list[Signal]:
        """Return signals past screening of one instrument and timeframe, newest candle first.

        A draft is past it as soon as its screening is decided, what was screened out or withdrawn is not.
        """

    def recent(self, since: datetime, until: datetime) -> list[Past]:
        """Return signals past screening, of any instrument, with a candle after ``since`` up to ``until``.

        Oldest candle first.
        """

    def live(self, symbol: str, timeframe: Timeframe) -> list[Signal]:
        """Return every live signal of one instrument and timeframe."""

    def save(
        self, signal: Signal, event: Event[Any], decision: Decision | None = None, deed: Deed = None
    ) -> None:
        """Replace version ``signal.version - 1``; ``deed`` tells which person with a right did it.

        Raises ``SignalChanged`` when it is not the newest.
        """

    def publish(self, signal: Signal, day: date, event: Event[Any]) -> Signal:
        """Do as :meth:`save` and give the signal its rank of ``day``; return it with the rank."""

    def pass_screening(self, judge: Callable[[], Decision]) -> Decision:
        """Let ``judge`` decide while no other signal is screened; keep what lets its signal pass; return it.

        Whatever passed before is among :meth:`related` and :meth:`recent` then: of many drafts of one idea
        judged at once exactly one passes, and no daily limit is passed twice. ``judge`` only reads.
        """

    def record(self, decision: Decision) -> None:
        """Keep a decision that lets the signal pass; the first one for a step stands."""

    def decisions(self, signal_id: SignalId) -> list[Decision]:
        """Return the decisions about a signal, oldest first."""

    def wait(self, waiting: Waiting, moved: Signal | None = None, event: Event[Any] | None = None) -> None:
        """Keep the token and until when; with ``moved``, replace its version before and write ``event`` too.

        Raises ``SignalChanged``.
        """

    def waiting(self, signal_id: SignalId) -> Waiting | None:
        """Return the newest token that waits for a decision."""

    def overdue(self, now: datetime, limit: int) -> list[Signal]:
        """Return signals that nobody decided about in time."""

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[SignalId, int]]:
        """Return unfinished signals last driven before ``before`` and the number of this new attempt."""

    def take_waiting(self, now: datetime, limit: int) -> list[Signal]:
        """Return signals that wait for a person, those first that were looked at longest ago.

        What was looked at ``now`` is not taken again then, whoever asks.
        """

    def counts(self) -> Mapping[Status, int]:
        """Return how many signals are in each status."""


class RevisionBook(Protocol):
    """Revisions of live signals: one open at a time, content written once."""

    def propose(self, signal_id: SignalId, revision: Revision) -> Revision:
        """Add it under the next number. Raises ``RevisionPending`` while another one is open."""

    def of(self, signal_id: SignalId) -> list[Revision]:
        """Return every revision of a signal, in order."""

    def settle(
        self, signal_id: SignalId, number: int, state: Literal["approved", "declined", "lapsed"], by: str
    ) -> bool:
        """Decide about an open one; False when it is settled already (an approved one can only lapse)."""

    def publish(self, signal: Signal, event: Event[Any]) -> None:
        """Publish the newest revision of ``signal`` with version and ``event``. Raises ``SignalChanged``."""

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[SignalId, int, int]]:
        """Return approved ones last driven before ``before``: signal, number, number of this attempt."""


class Signers(Protocol):
    """Which account signs as which registered analyst, one for one."""

    def analyst_of(self, user: str) -> AnalystId | None:
        """Return the analyst that ``user`` signs as."""

    def assign(self, analyst: AnalystId, user: str, *, by: str, at: datetime) -> None:
        """Let ``user`` sign as ``analyst`` from now on, and nobody else; ``user`` signs for nobody else."""


class PublicationWorkflow(Protocol):
    """The state machine that takes a draft to its publication."""

    def start(self, signal_id: SignalId, attempt: str = "") -> bool:
        """Start the execution named by the signal (and the attempt after the first); False when it exists."""

    def answer(self, token: str, output: Mapping[str, str]) -> bool:
        """Resume the task that waits on ``token``; False when it waits no longer."""


class Announcer(Protocol):
    """Sends what the outbox holds at once, on the signal path."""

    def announce(self, signal_id: SignalId) -> None:
        """Publish the signal's unpublished events in order."""
