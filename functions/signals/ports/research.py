"""What backtests need: the book of orders, where reports are kept, and the machine that works them off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from signals.model.backtest import Backtest, BacktestId, Slice, Step

Paper = Literal["html", "pdf"]


class BacktestBook(Protocol):
    """Orders and their progress. What ended is never changed: a late worker's write is dropped."""

    def add(self, backtest: Backtest, most: int) -> None:
        """Add an order. Raises ``TooManyBacktests`` where its owner has ``most`` at work."""

    def find(self, backtest_id: BacktestId) -> Backtest | None:
        """Return the order whoever owns it: for the workers."""

    def of(self, owner: str, backtest_id: BacktestId) -> Backtest | None:
        """Return the order of ``owner``."""

    def page(self, owner: str, limit: int, after: tuple[datetime, BacktestId] | None) -> list[Backtest]:
        """Return the orders of ``owner``, newest first."""

    def end(
        self,
        backtest_id: BacktestId,
        status: Literal["done", "failed", "cancelled"],
        reason: str,
        at: datetime,
    ) -> bool:
        """End an order that is at work; False when it is not (any more)."""

    def advance(self, backtest_id: BacktestId, step: Step, share: float, at: datetime) -> bool:
        """Note how far it is, never backwards; False when it is not at work any more."""

    def plan(self, backtest_id: BacktestId, works: Sequence[str], at: datetime) -> None:
        """Lay out the slices; those that are laid out already stay."""

    def slices(self, backtest_id: BacktestId) -> list[Slice]:
        """Return all slices in order."""

    def slice(self, backtest_id: BacktestId, number: int) -> Slice | None:
        """Return one slice."""

    def decide(self, backtest_id: BacktestId, number: int, decided: str, at: datetime) -> None:
        """Keep what a slice came to; the first answer stands."""

    def conclude(self, backtest_id: BacktestId, finding: str, at: datetime) -> None:
        """Keep the finding (JSON)."""

    def finding(self, backtest_id: BacktestId) -> str | None:
        """Return the finding."""

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[BacktestId, int]]:
        """Return orders at work that nobody touched since ``before``, and the number of this new attempt."""

    def forget(self, slices_before: datetime, orders_before: datetime) -> int:
        """Delete slices and orders of what ended before these times; return how many orders."""


class ReportArchive(Protocol):
    """Where the reports lie."""

    def keep(self, backtest_id: BacktestId, kind: Paper, document: bytes) -> None:
        """Write a report, over an earlier one of the same order. Raises ``Retryable``."""

    def link(self, backtest_id: BacktestId, kind: Paper, seconds: int) -> str:
        """Return an address that opens the report for ``seconds``."""


class BacktestMachine(Protocol):
    """The state machine that works an order off."""

    def start(self, backtest_id: BacktestId, attempt: int = 0) -> bool:
        """Start the execution named by the order (and the attempt after the first); False when it exists."""
