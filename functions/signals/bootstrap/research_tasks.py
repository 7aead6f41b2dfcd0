"""The backtest's tasks: the only function that carries strategies, charts and a PDF writer together."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from kit import settings
from signals.adapters.postgres.research import PostgresBacktestBook
from signals.adapters.reports import BacktestStateMachine, ReportBucket
from signals.bootstrap import stores
from signals.model.signal import AnalystId
from signals.research.caveats import DISCLAIMER
from signals.service.backtesting import Backtesting
from signals.service.drafting import Desk


@dataclass(frozen=True, slots=True)
class ResearchSettings:
    """``patience_s`` is how long a backtest may rest before it is driven again."""

    report_bucket: str
    backtest_machine: str
    patience_s: int = 180


@cache
def backtesting() -> Backtesting:
    """Return the workers' use cases; nothing they draft is published, so nobody signs it."""
    found = settings.load(ResearchSettings)
    return Backtesting(
        book=PostgresBacktestBook(stores.database()),
        candles=stores.candles(),
        reference=stores.reference(),
        policies=stores.rules(),
        desk=Desk(AnalystId("backtest"), DISCLAIMER, ai_generated=False),
        archive=ReportBucket(found.report_bucket),
        machine=BacktestStateMachine(found.backtest_machine),
        patience=timedelta(seconds=found.patience_s),
    )
