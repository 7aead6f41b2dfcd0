"""``python -m research --tape us-equities-1d --symbols AAPL,MSFT --strategy NAME [--search stop=0.8,1,1.5]``.

``make backtest ARGS="…"`` does the same. It runs what the backtest job runs, on a tape instead of the candle
store: the strategy is checked for look-ahead and for recursion first, and the finding is printed and, with
``--out``, written as page, PDF and JSON.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress

from kit.errors import Rejected
from research.show import show
from signals import policies
from signals.adapters.files import FileReference, RecordedTape
from signals.errors import BadGrid, UnfitBacktest
from signals.model.backtest import Wanted
from signals.model.signal import AnalystId
from signals.research.caveats import DISCLAIMER
from signals.research.checks import looks_ahead, never_settles
from signals.research.deciding import Decided, Market, decide, spans
from signals.research.engine import Rules
from signals.research.finding import Finding, Study
from signals.research.report.page import page
from signals.research.report.paper import paper
from signals.research.study import Material, conclude, variants
from signals.research.wanted import study_of
from signals.service.drafting import Desk
from signals.strategies import ALL, Strategy

TAPES = Path(__file__).parents[1] / "local" / "tapes"
CHECKED = 600
SLICE = 500


def main(argv: Sequence[str]) -> int:
    """Run one backtest; return the exit status, 1 when a check or the order failed."""
    asked, console = _parser().parse_args(argv), Console()
    try:
        return _run(asked, console)
    except Rejected as error:
        console.print(f"[red]{error}[/]")
        return 1


def _run(asked: argparse.Namespace, console: Console) -> int:
    markets = _markets(asked)
    study, strategy = study_of(_wanted(asked, markets), FileReference())
    if not asked.unchecked and not _sound(strategy, markets[0], console):
        return 1
    began = time.perf_counter()
    finding, candles = _find(study, strategy, markets, console, max_seconds=asked.max_seconds)
    took = time.perf_counter() - began
    show(finding, console)
    console.print(
        f"{candles:,} decisions in {took:.1f} s, {candles / took:,.0f} candles a second", style="dim"
    )
    if asked.out:
        _write(finding, Path(asked.out), console)
    return 0


def _find(
    study: Study, strategy: Strategy, markets: Sequence[Market], console: Console, *, max_seconds: float
) -> tuple[Finding, int]:
    today = datetime.now(UTC).date()
    known = policies.load()
    screening = known.screening_on(today) if study.screened else None
    desk = Desk(AnalystId("backtest"), DISCLAIMER, ai_generated=False)
    rules = Rules(desk, known.compliance_on(today), screening)
    asked, _ = variants(strategy, study)
    work = [
        (place, one, market, span)
        for place, one in enumerate(asked)
        for market in markets
        for span in spans([candle.closed_at for candle in market.candles], study.first, study.last, SLICE)
    ]
    decided: list[list[Decided]] = [[] for _ in asked]
    with Progress(console=console, transient=True) as bar:
        deciding = bar.add_task("deciding", total=len(work))
        for place, one, market, span in work:
            decided[place] += decide(one, market, span.first, span.last)
            bar.advance(deciding)
        concluding = bar.add_task("concluding", total=1.0)
        until = time.monotonic() + max_seconds
        material = Material(strategy, markets, decided, rules, lambda: time.monotonic() < until)
        finding = conclude(study, material, lambda share: bar.update(concluding, completed=share))
    return finding, len(asked) * sum(len(market.candles) for market in markets)


def _sound(strategy: Strategy, market: Market, console: Console) -> bool:
    part = replace(market, candles=market.candles[:CHECKED])
    for name, found in (
        ("looks ahead", looks_ahead(lambda: strategy, part)),
        ("depends on where the record starts", never_settles(strategy, part)),
    ):
        if found:
            console.print(f"[red]{strategy.name} {name}: {len(found)} times, first at {found[0].at}[/]")
            return False
    console.print(f"{strategy.name}: no look-ahead, no recursion beyond its window", style="green")
    return True


def _markets(asked: argparse.Namespace) -> list[Market]:
    reference, path = FileReference(), TAPES / f"{asked.tape}.csv.gz"
    if not path.exists():
        names = ", ".join(sorted(one.name.removesuffix(".csv.gz") for one in TAPES.glob("*.csv.gz")))
        raise UnfitBacktest(f"there is no tape {asked.tape!r}: one of {names}")
    read = RecordedTape(path, reference).read(0, sys.maxsize)
    symbols = asked.symbols.split(",") if asked.symbols else sorted({one.symbol for one in read})
    found = []
    for symbol in symbols:
        instrument = reference.instrument(symbol)
        candles = [one for one in read if one.symbol == symbol]
        if instrument is None or not candles:
            raise UnfitBacktest(f"the tape {asked.tape} has no candles of {symbol}")
        moved = reference.adjustments(symbol)
        found.append(Market(instrument, candles, reference.splits(symbol), moved))
    return found


def _wanted(asked: argparse.Namespace, markets: Sequence[Market]) -> Wanted:
    return Wanted(
        strategy=asked.strategy,
        symbols=tuple(one.symbol for one in markets),
        timeframe=markets[0].candles[0].timeframe,
        first=_day(asked.first) or min(one.candles[0].closed_at for one in markets),
        last=_day(asked.last) or max(one.candles[-1].closed_at for one in markets),
        cash=asked.cash,
        fee_bps=asked.fee_bps,
        slippage_bps=asked.slippage_bps,
        size=asked.risk,
        screened=not asked.unscreened,
        space=dict(_values(one) for one in asked.search),
        folds=asked.folds,
        expanding=asked.expanding,
    )


def _day(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def _values(text: str) -> tuple[str, tuple[float, ...]]:
    name, _, values = text.partition("=")
    try:
        return name, tuple(float(one) for one in values.split(","))
    except ValueError as error:
        raise BadGrid(f"--search {text}: write it as stop=0.8,1,1.5") from error


def _write(finding: Finding, folder: Path, console: Console) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text(page(finding))
    (folder / "report.pdf").write_bytes(paper(finding))
    (folder / "report.json").write_bytes(msgspec.json.encode(finding))
    console.print(f"written: {folder}/report.html, report.pdf, report.json")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("research", description=f"Strategies: {', '.join(s.name for s in ALL)}.")
    parser.add_argument("--tape", default="us-equities-1d")
    parser.add_argument("--symbols", default="", help="separated by commas; all of the tape without")
    parser.add_argument("--strategy", default=ALL[0].name)
    parser.add_argument("--first", default="", help="first day, 2001-01-31")
    parser.add_argument("--last", default="", help="last day")
    parser.add_argument("--cash", type=float, default=1_000_000.0)
    parser.add_argument("--risk", type=float, default=0.01, help="fraction of equity at the stop")
    parser.add_argument("--fee-bps", type=float, default=5.0)
    parser.add_argument("--slippage-bps", type=float, default=5.0)
    parser.add_argument("--search", action="append", default=[], help="NAME=VALUE,VALUE; may be repeated")
    parser.add_argument("--max-seconds", type=float, default=300.0, help="no more trials after that")
    parser.add_argument("--folds", type=int, default=0, help="of a walk-forward; 0 for none")
    parser.add_argument("--expanding", action="store_true", help="choose on everything before a fold")
    parser.add_argument("--unscreened", action="store_true", help="trade what screening would keep back")
    parser.add_argument("--unchecked", action="store_true", help="skip the look-ahead and recursion checks")
    parser.add_argument("--out", default="", help="folder for report.html, report.pdf and report.json")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
