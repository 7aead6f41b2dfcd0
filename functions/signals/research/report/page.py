"""The report as one HTML page: no script, nothing loaded, every value escaped."""

from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from signals.research.caveats import DISCLAIMER
from signals.research.finding import Finding
from signals.research.report import charts, words
from signals.research.report.shapes import svg

FULL = 0.08
"""A month of 8 % has the full colour."""


def page(finding: Finding) -> str:
    """Return the page."""
    drawings = {
        "equity": charts.equity(finding),
        "underwater": charts.underwater(finding),
        "results": charts.results(finding),
    }
    # ours, escaped where they hold a word of somebody else's
    painted = {name: Markup(svg(one)) for name, one in drawings.items()}  # noqa: S704 - as above
    return _template().render(
        finding=finding,
        disclaimer=DISCLAIMER,
        headline=words.headline(finding),
        details=words.details(finding),
        setup=words.setup(finding),
        calendar=words.calendar(finding),
        skipped=words.skipped(finding.skipped),
        months=words.MONTHS,
        month=words.month,
        parameters=words.parameters,
        percent=words.percent,
        ratio=words.ratio,
        shade=shade,
        day=day,
        **painted,
    )


def shade(value: float) -> str:
    """Return the background of a month: green for gains, red for losses, stronger with size."""
    depth = min(abs(value) / FULL, 1.0) * 0.38
    return f"rgb({'44 122 82' if value >= 0 else '179 64 46'} / {depth:.2f})"


def day(at: datetime) -> str:
    """Return the day of ``at``."""
    return at.strftime("%Y-%m-%d")


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined).get_template("page.html.j2")
