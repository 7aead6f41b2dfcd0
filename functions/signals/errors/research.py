"""What research refuses."""

from kit.errors import Conflict, Invalid, NotFound


class BacktestNotFound(NotFound):
    """No such backtest, or somebody else's: the same answer."""

    code = "BACKTEST_NOT_FOUND"
    title = "You have no such backtest"


class ReportNotReady(Conflict):
    """The backtest has not ended well (yet)."""

    code = "REPORT_NOT_READY"
    title = "This backtest has no report: see its status"


class BacktestEnded(Conflict):
    """What has ended cannot be cancelled."""

    code = "BACKTEST_ENDED"
    title = "This backtest has ended already"


class TooManyBacktests(Conflict):
    """The caller's backtests at work fill their allowance."""

    code = "TOO_MANY_BACKTESTS"
    title = "Your earlier backtests are still at work: wait for one to end, or cancel it"


class BadGrid(Invalid):
    """The search is too large, or names what the strategy does not have."""

    code = "BAD_GRID"
    title = "This search cannot be run"


class UnfitBacktest(Invalid):
    """The strategy, instruments and period do not make a backtest; says why."""

    code = "UNFIT_BACKTEST"
    title = "This backtest cannot be run"
