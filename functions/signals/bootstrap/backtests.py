"""Backtests as the API sees them: orders, progress, links. What tests them is another function's."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from signals.adapters.postgres.research import PostgresBacktestBook
from signals.adapters.reports import BacktestStateMachine, ReportBucket
from signals.bootstrap import stores
from signals.model.backtest import Wanted
from signals.service.researching import Researching


@dataclass(frozen=True, slots=True)
class BacktestSettings:
    """``report_bucket`` holds pages and papers; ``backtest_machine`` works the orders off."""

    report_bucket: str
    backtest_machine: str


@cache
def researching() -> Researching:
    """Return the use cases."""
    found = settings.load(BacktestSettings)
    return Researching(
        book=PostgresBacktestBook(stores.database()),
        machine=BacktestStateMachine(found.backtest_machine),
        archive=ReportBucket(found.report_bucket),
        check=_check,
        after=stores.database().on_commit,
    )


def _check(wanted: Wanted) -> object:
    from signals.research.wanted import study_of  # noqa: PLC0415 - TA-Lib, which only an order pays for

    return study_of(wanted, stores.reference())
