"""``make bench``: every measurement in turn, a table, and ``benchmarks/results/latest.json``.

A module of this package with ``measure() -> list[Result]`` is a benchmark; ``python -m benchmarks NAME`` runs
only those named. The exit status is 0 when all were measured, met or not: times never gate.
"""

import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.measure import Result

LATEST = Path(__file__).parent / "results" / "latest.json"


def main(argv: list[str]) -> int:
    """Run the benchmarks that ``argv`` names, or all."""
    names = argv or sorted(one.name for one in pkgutil.iter_modules(benchmarks.__path__))
    console = Console()
    results: list[Result] = []
    for name in names:
        measure = getattr(importlib.import_module(f"benchmarks.{name}"), "measure", None)
        if measure is None:
            continue
        began = time.monotonic()
        console.print(f"bench: {name} …", style="dim")
        results += measure()
        console.print(f"bench: {name} done in {time.monotonic() - began:.1f} s", style="dim")
    console.print(_table(results))
    if not argv:
        LATEST.parent.mkdir(exist_ok=True)
        LATEST.write_text(json.dumps([one.as_json() for one in results], indent=1) + "\n")
    return 0


def _table(results: list[Result]) -> Table:
    table = Table(title="ours beside a peer, medians of one run")
    for column in ("what", "ours", "peer", "unit", "peer is", "ratio", "goal", ""):
        table.add_column(column, overflow="fold")
    for one in results:
        verdict = "[green]met[/]" if one.met else "[red]missed[/]"
        table.add_row(
            one.name,
            f"{one.ours:.4g}",
            f"{one.peer:.4g}",
            one.unit,
            one.peer_name,
            f"{one.ratio:.3g}",
            one.goal,
            verdict,
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
