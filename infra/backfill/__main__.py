"""Command line of the backfill: a bar a tape on a terminal, a line a step elsewhere.

    python -m backfill                      every tape, into the platform that runs in this checkout
    python -m backfill spx-1d --again       one tape from its first row: what is there already stays
    python -m backfill --function NAME      through a deployed function of the account that is signed in
    python -m backfill --here               in this process, into the stores that the settings name

It may be killed at any moment and started again: the position moves after what was stored.
"""

import argparse
import gzip
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backfill.steps import Step, Stepper, here, through
from local.model import LocalError
from local.up.checkout import State

ROOT = Path(__file__).resolve().parents[2]
TAPES = ROOT / "infra" / "local" / "tapes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill every tape asked for; 0 when all have ended."""
    options = _options(arguments)
    console = Console(stderr=True)
    try:
        step = _stepper(options)
        total = sum(_fill(step, tape, options, console) for tape in options.tapes or _tapes(options.folder))
    except LocalError as error:
        console.print(f"backfill: {error}", style="red", highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("backfill: stopped; start it again to go on", highlight=False)
        return 130
    console.print(f"backfill: {total} candles are there that were not", highlight=False)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m backfill", description="Fill the store with the past.")
    parser.add_argument("tapes", nargs="*", help="tapes such as spx-1d; all of the folder by default")
    parser.add_argument("--rows", type=int, default=2000, help="rows a step (at most 20000)")
    parser.add_argument("--again", action="store_true", help="from the first row, after a change of data")
    parser.add_argument("--folder", type=Path, default=TAPES, help="where the tapes are, for their lengths")
    parser.add_argument("--state", type=Path, default=ROOT / ".local", help="folder of the running platform")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--function", default="", help="name of the deployed function")
    way.add_argument("--here", action="store_true", help="in this process, as the settings say")
    return parser.parse_args(arguments)


def _stepper(options: argparse.Namespace) -> Stepper:
    if options.here:
        return here
    if options.function:
        return through(options.function, None)
    running = State(options.state.absolute()).running()
    if running is None:
        raise LocalError("no platform runs in this checkout: make up, or name a --function, or fill --here")
    return through("treum-local-signals-backfill", str(running["api"]))


def _tapes(folder: Path) -> list[str]:
    return sorted(path.name.removesuffix(".csv.gz") for path in folder.glob("*.csv.gz"))


def _fill(step: Stepper, tape: str, options: argparse.Namespace, console: Console) -> int:
    """Step to the end of ``tape``; return how many candles were stored."""
    rows, began, read, stored, again = _rows(options.folder, tape), time.monotonic(), 0, 0, options.again
    with _progress(console) as progress:
        bar = progress.add_task(tape, total=rows)
        while True:
            done = step(tape, options.rows, again=again)
            again, read, stored = False, read + done.read, stored + done.stored
            progress.update(bar, completed=done.row)
            pace = read / max(time.monotonic() - began, 1e-6)
            if not console.is_terminal or done.ended:
                progress.console.print(_line(done, rows, pace), highlight=False, soft_wrap=True)
            if done.ended:
                return stored


def _line(done: Step, rows: int | None, pace: float) -> str:
    of = f" of {rows}" if rows else ""
    return (
        f"backfill: {done.tape} row {done.row}{of}, {done.stored} new, {done.duplicates} known, "
        f"{done.corrupt} corrupt, {pace:,.0f} rows/s"
    )


def _rows(folder: Path, tape: str) -> int | None:
    """Return how long the tape is, where it lies here too."""
    path = folder / f"{tape}.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rb") as file:
        return sum(1 for _ in file) - 1


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


if __name__ == "__main__":
    sys.exit(main())
