"""A finding in the terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from signals.research.caveats import DISCLAIMER
from signals.research.finding import Finding
from signals.research.report import words


def show(finding: Finding, console: Console) -> None:
    """Print setup, figures, months, folds, trials and caveats."""
    console.print(f"\n[bold]{finding.title}[/]  {finding.study.strategy}")
    for name, value in words.setup(finding):
        console.print(f"  [dim]{name:<13}[/] {value}")
    console.print(_figures(finding))
    console.print(_months(finding))
    if finding.choices:
        console.print(_folds(finding))
    if len(finding.tried) > 1:
        console.print(_trials(finding))
    for reason, count in words.skipped(finding.skipped):
        console.print(f"  {count} not traded: {reason}", style="dim")
    for one in finding.caveats:
        console.print(f"  [yellow]*[/] {one}")
    console.print(f"  {DISCLAIMER}", style="dim")


def _figures(finding: Finding) -> Table:
    table = Table(show_header=False, title="figures", title_justify="left", box=SIMPLE_HEAD)
    every = [*words.headline(finding), *words.details(finding)]
    half = -(-len(every) // 2)
    right = [*every[half:], words.Figure("", "")]
    for left, other in zip(every[:half], right, strict=False):
        table.add_row(left.name, left.value, other.name, other.value)
    return table


def _months(finding: Finding) -> Table:
    table = Table(title="month by month, in per cent", title_justify="left", box=SIMPLE_HEAD, padding=0)
    table.pad_edge = False
    for name in ("", *words.MONTHS, "year"):
        table.add_column(name, justify="right", min_width=4)
    for year, months, whole in words.calendar(finding):
        cells = ["" if value is None else words.month(value) for value in months]
        table.add_row(str(year), *cells, words.month(whole))
    return table


def _folds(finding: Finding) -> Table:
    table = Table("chosen on", "judged until", "parameters", "chosen", "judged", "trades", box=SIMPLE_HEAD)
    table.title, table.title_justify = "walk-forward: Sharpe ratios", "left"
    for one in finding.choices:
        table.add_row(
            f"{one.fold.train_from:%Y-%m-%d} to {one.fold.test_from:%Y-%m-%d}",
            f"{one.fold.test_to:%Y-%m-%d}",
            words.parameters(one.params),
            words.ratio(one.trained),
            words.ratio(one.tested),
            str(one.tested_trades),
        )
    return table


def _trials(finding: Finding) -> Table:
    table = Table("parameters", "Sharpe", "return", "trades", box=SIMPLE_HEAD)
    table.title, table.title_justify = "everything that was tried", "left"
    for one in finding.tried:
        table.add_row(
            words.parameters(one.params),
            words.ratio(one.sharpe),
            words.percent(one.net_return),
            str(one.trades),
        )
    return table
