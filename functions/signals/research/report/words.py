"""How figures are said in a report: the same rows on the page and on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from signals.research.finding import Finding
from signals.research.search import Params

NONE: Final = "\u2013"
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Mood = Literal["good", "bad", "plain"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its name, and what it means in a few words."""

    name: str
    value: str
    note: str = ""
    mood: Mood = "plain"


def percent(value: float | None, digits: int = 1) -> str:
    """Return ``value`` as a signed percentage."""
    return NONE if value is None else f"{value:+.{digits}%}"


def share(value: float | None) -> str:
    """Return ``value`` as a percentage without a sign."""
    return NONE if value is None else f"{value:.1%}"


def ratio(value: float | None) -> str:
    """Return ``value`` with two decimals."""
    return NONE if value is None else f"{value:.2f}"


def multiple(value: float | None) -> str:
    """Return ``value`` in multiples of the risk."""
    return NONE if value is None else f"{value:+.2f} R"


def month(value: float) -> str:
    """Return a month's return in per cent, without the unit."""
    shown = f"{value * 100:+.1f}"
    return "0.0" if shown[1:] == "0.0" else shown


def money(value: float, currency: str) -> str:
    """Return an amount without its fraction."""
    return f"{value:,.0f} {currency}"


def parameters(params: Params) -> str:
    """Return ``params`` in one line."""
    return ", ".join(f"{name} {value:g}" for name, value in params.items()) or "as shipped"


def headline(finding: Finding) -> list[Figure]:
    """Return the six figures that stand first."""
    curve, trading = finding.curve, finding.trading
    return [
        Figure("Net return", percent(curve.net_return), _held(finding), _mood(curve.net_return)),
        Figure("A year", percent(curve.cagr), "compound growth, 252 days"),
        Figure("Sharpe ratio", ratio(curve.sharpe), "a year, no risk-free rate"),
        Figure("Deepest fall", share(curve.drawdown.depth), _fall(finding), "bad"),
        Figure("Trades won", share(trading.win_rate), f"of {trading.count} closed"),
        Figure("Better than luck", share(finding.deflated), f"after {_trials(finding)}"),
    ]


def details(finding: Finding) -> list[Figure]:
    """Return the rest, in reading order."""
    curve, trading = finding.curve, finding.trading
    return [
        Figure("Gross return", percent(curve.gross_return), "without fees and slippage"),
        Figure("Fees and slippage", money(finding.costs, finding.currency)),
        Figure("Volatility", share(curve.volatility), "a year"),
        Figure("Sortino ratio", ratio(curve.sortino), "a year"),
        Figure("Calmar ratio", ratio(curve.calmar), "growth over the deepest fall"),
        Figure("Sharpe above 0", share(curve.probable), "probability, single trial"),
        Figure("Longest under water", f"{curve.drawdown.longest_days} days"),
        Figure("Exposure", share(curve.exposure), "of the time"),
        Figure("Turnover", ratio(curve.turnover), "times equity a year"),
        Figure("Profit factor", ratio(trading.profit_factor), "won over lost"),
        Figure("Expectancy", multiple(trading.expectancy_r), "a trade"),
        Figure("Average win", multiple(trading.average_win_r)),
        Figure("Average loss", multiple(trading.average_loss_r)),
        Figure("Ran for, on average", _way(trading.average_mfe_r), "best moment (MFE)"),
        Figure("Ran against", _way(trading.average_mae_r), "worst moment (MAE)"),
        Figure(
            "Held", NONE if trading.average_candles is None else f"{trading.average_candles:.1f}", "candles"
        ),
    ]


def setup(finding: Finding) -> list[tuple[str, str]]:
    """Return what was asked, as names and values."""
    study, costs, sizing = finding.study, finding.study.account.costs, finding.study.account.sizing
    size = {
        "risk": f"{sizing.value:.2%} of equity at risk",
        "notional": f"{money(sizing.value, finding.currency)} a position",
        "equity": f"{sizing.value:.0%} of equity a position",
    }[sizing.kind]
    rows = [
        ("Strategy", study.strategy),
        ("Instruments", f"{', '.join(study.symbols)} ({study.timeframe})"),
        ("Period", f"{study.first:%d %b %Y} to {study.last:%d %b %Y}"),
        ("Account", f"{money(study.account.cash, finding.currency)}, leverage {study.account.leverage:g}"),
        ("Size", f"{size}, {study.account.at_once} at a time in an instrument"),
        ("Costs", _costs(costs.fee_bps, costs.fee_per_order, costs.slippage_bps, costs.slippage_atr)),
        ("Screening", "as live" if study.screened else "off"),
        ("Parameters", parameters(finding.params) + (", as the last fold chose" if finding.choices else "")),
    ]
    if study.plan is not None:
        how = "expanding" if study.plan.expanding else "rolling"
        rows.append(("Walk-forward", f"{study.plan.folds} folds, {how}; out-of-sample figures only"))
    return rows


def calendar(finding: Finding) -> list[tuple[int, list[float | None], float]]:
    """Return a row a year: its twelve months (None outside the run) and the whole year."""
    years: dict[int, list[float | None]] = {}
    for year, month, value in finding.curve.months:
        years.setdefault(year, [None] * 12)[month - 1] = value
    return [(year, months, _compound(months)) for year, months in years.items()]


def skipped(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return reasons with their counts, most frequent first."""
    return sorted(counts.items(), key=lambda one: -one[1])


def _compound(months: Sequence[float | None]) -> float:
    product = 1.0
    for value in months:
        product *= 1.0 + (value or 0.0)
    return product - 1.0


def _costs(fee_bps: float, fee: float, slip_bps: float, slip_atr: float) -> str:
    parts = [
        f"{fee_bps:g} bps fee" if fee_bps else "",
        f"{fee:g} an order" if fee else "",
        f"{slip_bps:g} bps slippage" if slip_bps else "",
        f"{slip_atr:g} ATR slippage" if slip_atr else "",
    ]
    return ", ".join(one for one in parts if one) or "none"


def _held(finding: Finding) -> str:
    each = [one.held_return for one in finding.held]
    return f"holding them: {percent(sum(each) / len(each))}"


def _fall(finding: Finding) -> str:
    found = finding.curve.drawdown
    return "none" if found.trough is None else f"lowest {found.trough:%d %b %Y}"


def _trials(finding: Finding) -> str:
    count = len(finding.tried)
    return f"{count} trials (deflated)" if count > 1 else "one trial"


def _way(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f} R"


def _mood(value: float) -> Mood:
    return "good" if value > 0 else "bad"
