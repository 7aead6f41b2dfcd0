"""Entry: the tasks of ``statemachines/backtest.asl.yaml``, and the schedule that drives lost ones again."""

import msgspec

from kit import failpoint, telemetry
from kit.task import Tasks
from signals import bootstrap
from signals.model.backtest import BacktestId
from signals.service.backtesting import Verdict


class Order(msgspec.Struct, frozen=True):
    """The backtest a task works on."""

    backtest_id: str


class Part(msgspec.Struct, frozen=True):
    """One slice of it."""

    backtest_id: str
    number: int


class Planned(msgspec.Struct, frozen=True):
    """The slices to decide; none where the backtest has ended."""

    backtest_id: str
    verdict: Verdict
    slices: list[int]


class Answer(msgspec.Struct, frozen=True):
    """How the machine goes on."""

    backtest_id: str
    verdict: Verdict


class Nothing(msgspec.Struct, frozen=True):
    """The schedule says nothing."""


class Resumed(msgspec.Struct, frozen=True):
    """How many were driven again."""

    started: int


def plan(order: Order) -> Planned:
    """Lay out the slices."""
    slices = bootstrap.research_tasks.backtesting().plan(BacktestId(order.backtest_id))
    return Planned(order.backtest_id, "go" if slices else "ended", slices)


def decide(part: Part) -> None:
    """Decide one."""
    failpoint.hit("backtest.before.decide")
    bootstrap.research_tasks.backtesting().decide(BacktestId(part.backtest_id), part.number)


def conclude(order: Order) -> Answer:
    """Put them together."""
    verdict = bootstrap.research_tasks.backtesting().conclude(BacktestId(order.backtest_id))
    return Answer(order.backtest_id, verdict)


def report(order: Order) -> Answer:
    """Write page and paper."""
    verdict = bootstrap.research_tasks.backtesting().report(BacktestId(order.backtest_id))
    telemetry.count("BacktestsReported", 1)
    return Answer(order.backtest_id, verdict)


def resume(_nothing: Nothing) -> Resumed:
    """Drive again what broke off."""
    return Resumed(bootstrap.research_tasks.backtesting().resume())


tasks = Tasks(
    {
        "plan": (Order, plan),
        "decide": (Part, decide),
        "conclude": (Order, conclude),
        "report": (Order, report),
        "resume": (Nothing, resume),
    }
)
handler = tasks.handler
