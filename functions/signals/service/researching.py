"""Ordering backtests and reading what became of them; every question names the owner."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock, ids
from signals.errors import BacktestEnded, BacktestNotFound, ReportNotReady
from signals.model.backtest import Backtest, BacktestId, Wanted
from signals.ports.research import BacktestBook, BacktestMachine, Paper, ReportArchive

AT_ONCE: Final = 3
LINK_S: Final = 300
After = Callable[[Callable[[], None]], object]


@dataclass(frozen=True, slots=True)
class ReportLink:
    """Where a report opens until ``expires_at``."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Researching:
    """What the API does. ``check`` refuses what cannot be tested; ``after`` runs what waits for the commit.

    The order's row starts the machine, at once and, should that be lost, by the schedule: no event is needed.
    """

    book: BacktestBook
    machine: BacktestMachine
    archive: ReportArchive
    check: Callable[[Wanted], object]
    after: After
    now: Callable[[], datetime] = clock.now

    def order(self, owner: str, wanted: Wanted) -> Backtest:
        """Take an order. Raises what ``check`` raises, and ``TooManyBacktests``."""
        self.check(wanted)
        now = self.now()
        made = Backtest(BacktestId(ids.uuid7()), owner, wanted, created_at=now, updated_at=now)
        self.book.add(made, AT_ONCE)
        self.after(lambda: self._start(made.id))
        return made

    def backtest(self, owner: str, backtest_id: BacktestId) -> Backtest:
        """Return one of ``owner``'s. Raises :class:`BacktestNotFound`."""
        found = self.book.of(owner, backtest_id)
        if found is None:
            raise BacktestNotFound
        return found

    def backtests(self, owner: str, limit: int, after: tuple[datetime, BacktestId] | None) -> list[Backtest]:
        """Return ``owner``'s, newest first."""
        return self.book.page(owner, limit, after)

    def cancel(self, owner: str, backtest_id: BacktestId) -> Backtest:
        """Stop it; the workers notice at their next step. Cancelled twice is cancelled.

        Raises :class:`BacktestNotFound`, :class:`BacktestEnded`.
        """
        found = self.backtest(owner, backtest_id)
        if found.status != "cancelled" and not self.book.end(found.id, "cancelled", "", self.now()):
            raise BacktestEnded
        return self.backtest(owner, backtest_id)

    def finding(self, owner: str, backtest_id: BacktestId) -> str:
        """Return the finding as JSON. Raises :class:`BacktestNotFound`, :class:`ReportNotReady`."""
        found = self.book.finding(self._done(owner, backtest_id).id)
        assert found is not None, "what is done has a finding"
        return found

    def link(self, owner: str, backtest_id: BacktestId, kind: Paper) -> ReportLink:
        """Return where the report opens for five minutes. Raises as :meth:`finding`."""
        done = self._done(owner, backtest_id)
        url = self.archive.link(done.id, kind, LINK_S)
        return ReportLink(url, self.now() + timedelta(seconds=LINK_S))

    def _done(self, owner: str, backtest_id: BacktestId) -> Backtest:
        found = self.backtest(owner, backtest_id)
        if found.status != "done":
            raise ReportNotReady(f"It is {found.status}")
        return found

    def _start(self, backtest_id: BacktestId) -> None:
        self.machine.start(backtest_id)
