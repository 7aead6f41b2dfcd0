"""Command line of the demo: a live table on a terminal, plain lines elsewhere, then one line of JSON."""

import argparse
import asyncio
import random
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.live import Live
from rich.table import Table

from demo.identity import IdentityJob
from demo.identity_report import IdentityReport
from demo.job import Job
from demo.money import MoneyJob
from demo.money_report import MoneyReport
from demo.people import RefusedError
from demo.report import Report, line
from demo.session import ROOT, Addresses, platform
from local.model import LocalError

R = TypeVar("R")


class Stepping(Protocol):
    """What says at each moment what it is doing."""

    step: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; 0 only when all of it held."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="The main job, as clients do it.")
    parser.add_argument("--signals", type=int, default=12, help="how many published signals to wait for")
    parser.add_argument("--seconds", type=float, default=90.0, help="how long to play at most")
    parser.add_argument(
        "--speed",
        type=float,
        default=120.0,
        help="candles a second, at most: the market waits for drafts",
    )
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="replays the drops")  # noqa: S311
    parser.add_argument(
        "--soon", type=float, default=2.0, help="seconds within which a socket hears of what was paid"
    )
    parser.add_argument("--state", type=Path, default=ROOT / ".local", help="folder of the platform to use")
    options = parser.parse_args(arguments)
    console = Console(stderr=True)

    def say(text: str) -> None:
        console.print(f"demo: {text}", highlight=False)

    say(f"seed {options.seed}")
    try:
        with platform(say, options.state.absolute()) as at:
            signals, identity, money = asyncio.run(_show(at, options, console))
    except (LocalError, RefusedError, TimeoutError) as error:
        say(str(error))
        return 1
    failures = signals.failures() + identity.failures() + money.failures(options.soon * 1000)
    for words in failures:
        say(f"did not hold: {words}")
    print(line(signals, identity, money), flush=True)
    return 1 if failures else 0


async def _show(
    at: Addresses, options: argparse.Namespace, console: Console
) -> tuple[Report, IdentityReport, MoneyReport]:
    job = Job(at, options.signals, options.seconds, options.speed, options.seed)
    signals = await _follow(job, job.run(), lambda: _table(job), console)
    who = IdentityJob(at)
    identity = await _follow(who, who.run(), lambda: _identity_table(who), console)
    money = MoneyJob(at, year=at.own)
    return signals, identity, await _follow(money, money.run(), lambda: _money_table(money), console)


async def _follow(
    job: Stepping, run: Coroutine[Any, Any, R], table: Callable[[], Table], console: Console
) -> R:
    doing = asyncio.create_task(run)
    if not console.is_terminal:
        return await _lines(job, doing, console)
    with Live(table(), console=console, refresh_per_second=8) as live:
        while not doing.done():
            await asyncio.wait({doing}, timeout=0.125)
            live.update(table())
    return doing.result()


async def _lines(job: Stepping, doing: asyncio.Task[R], console: Console) -> R:
    said = ""
    while not doing.done():
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(doing), 1.0)
        if job.step != said:
            said = job.step
            console.print(f"demo: {said}", highlight=False)
    return doing.result()


def _table(job: Job) -> Table:
    report = job.report()
    table = Table(title=f"TREUM, the main job: {job.step}", title_justify="left", caption_justify="left")
    for column in ("subscriber", "frames", "signals", "cut off", "gaps told", "missing", "doubled"):
        table.add_column(column, justify="left" if column == "subscriber" else "right")
    for one in job.subscribers:
        cells = (len(one.offsets), len(one.signals), one.drops, len(one.gaps), one.missing(), one.doubled())
        table.add_row(one.person.email, *(str(cell) for cell in cells))
    table.caption = (
        f"signals: {report.signals_generated} generated, {report.signals_screened_out} screened out, "
        f"{report.signals_published} published\n"
        f"a frame {report.publish_to_frame_ms_p50} ms after its signal (p50), "
        f"{report.publish_to_frame_ms_p99} ms (p99)\n"
        f"proofs: {report.proofs_verified} verified, {report.proofs_failed} failed"
    )
    return table


def _identity_table(job: IdentityJob) -> Table:
    report = job.report()
    cells = {
        "by an app": str(report.second_factors),
        "by a provider": str(max(0, report.provider_sign_ins)),
        "KYC by rule": str(report.kyc_auto_approved),
        "KYC by two": str(report.kyc_reviewed),
        "beyond a quota": "" if report.limit_overshoot < 0 else str(report.limit_overshoot),
        "replayed": str(report.webhooks_replayed),
        "forged": str(report.forged_tokens_tried),
        "let in": str(report.forged_tokens_accepted),
    }
    return _one_row(f"TREUM, who may come in: {job.step}", cells)


def _money_table(job: MoneyJob) -> Table:
    report = job.report()
    cells = {
        "refunds": str(report.refunds),
        "renewals": str(report.renewals),
        "recovered": str(report.dunning_recovered),
        "payment to socket": f"{report.payment_to_socket_ms:g} ms",
        "trial balance": "" if report.trial_balance_paise < 0 else f"{report.trial_balance_paise} paise",
        "audited events": str(report.audit_events),
    }
    return _one_row(f"TREUM, the money: {job.step}", cells)


def _one_row(title: str, cells: Mapping[str, str]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in cells:
        table.add_column(column, justify="right")
    table.add_row(*cells.values())
    return table


if __name__ == "__main__":
    sys.exit(main())
