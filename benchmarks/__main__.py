"""``make bench``: every measurement in turn, a table, and ``benchmarks/results/latest.json``.

A module of this package with ``measure() -> list[Result]`` is a benchmark; ``python -m benchmarks NAME`` runs
only those named. The exit status is 0 when all were measured, met or not: times never gate. Where one could
not be measured, the others are shown, the file stays as it was, and the status is 1.
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
    measures = [(name, importlib.import_module(f"benchmarks.{name}")) for name in names if name != "__main__"]
    chosen = [(name, module.measure) for name, module in measures if hasattr(module, "measure")]
    results: list[Result] = []
    failed: list[str] = []
    for place, (name, measure) in enumerate(chosen, 1):
        console.print(f"bench {place}/{len(chosen)}: {name} …", style="dim")
        began = time.monotonic()
        try:
            results += measure()
        except Exception as error:  # noqa: BLE001 - the edge: the other measurements are worth having
            failed.append(f"{name}: {type(error).__name__}: {error}")
        console.print(
            f"bench {place}/{len(chosen)}: {name} took {time.monotonic() - began:.1f} s", style="dim"
        )
    console.print(_table(results))
    for line in failed:
        console.print(f"not measured: {line}", style="red", markup=False)
    if not argv and not failed:
        LATEST.parent.mkdir(exist_ok=True)
        LATEST.write_text(json.dumps([one.as_json() for one in results], indent=1, ensure_ascii=False) + "\n")
    return 1 if failed else 0


def _table(results: list[Result]) -> Table:
    met = sum(one.met for one in results)
    table = Table(title=f"ours beside a peer, medians of one run: {met} of {len(results)} goals met")
    table.add_column("what, beside which peer", ratio=1)
    for column in ("ours", "peer", "unit", "ratio", "goal"):
        table.add_column(column, no_wrap=True, justify="right")
    for one in results:
        style = "green" if one.met else "red"
        table.add_row(
            f"{one.name}\n[dim]{one.peer_name}[/]",
            f"{one.ours:.4g}",
            f"{one.peer:.4g}",
            one.unit,
            f"[{style}]{one.ratio:.3g}[/]",
            f"{one.goal}\n[{style}]{'met' if one.met else 'missed'}[/]",
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
