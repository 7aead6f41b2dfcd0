"""The command line: what to check, and in words what was checked and what came out."""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from treum_verify.proof import Proof, verify_document, verify_proof
from treum_verify.rate import Rate
from treum_verify.reading import market_in, proofs_in
from treum_verify.verify import Head, Report, verify_record


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code: 0 all holds, 1 something does not, 2 a file cannot be read."""
    asked = _parser().parse_args(arguments)
    try:
        proofs = [proof for path in asked.files for proof in proofs_in(path)]
        held = [proof for path in asked.held for proof in proofs_in(path)]
        market = market_in(asked.candles, asked.splits) if asked.candles else None
        documents = _documents(asked.documents, proofs) if asked.documents else []
    except (OSError, ValueError, KeyError) as error:
        print(f"cannot read: {error}", file=sys.stderr)  # noqa: T201 - a command line tool
        return 2
    report = verify_record(proofs, head=asked.head, held=held, market=market)
    alone = asked.single or (len(proofs) == 1 and asked.head is None)
    if alone:
        report.findings = [found for proof in proofs for found in verify_proof(proof)]
    report.findings += documents
    for line in _told(report, asked, alone=alone):
        print(line)  # noqa: T201 - as above
    return 0 if report.holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treum_verify", description="Verify TREUM's promises offline.")
    add = parser.add_argument
    add("files", nargs="+", type=Path, help="proofs, pages of a record, or its export (JSON or JSON lines)")
    add("--single", action="store_true", help="the proofs are no whole record: only each by itself")
    add("--head", type=_head, metavar="NUMBER:LINK", help="a head of the chain that you wrote down earlier")
    add("--held", nargs="*", type=Path, default=[], help="proofs you kept when signals were published")
    add("--documents", type=Path, help="a folder of locked documents, <number>.json")
    add("--candles", nargs="*", default=[], metavar="[TIMEFRAME=]CSV", help="to make every end anew")
    add("--splits", type=Path, help='JSON: [{"symbol", "effective", "ratio"}], for unadjusted candles')
    return parser


def _head(text: str) -> Head:
    found = re.fullmatch(r"(\d{1,9}):([0-9a-fA-F]{64})", text)
    if found is None:
        raise argparse.ArgumentTypeError("a head is NUMBER:LINK, the link 64 hexadecimal digits")
    return int(found[1]), found[2].lower()


def _told(report: Report, asked: argparse.Namespace, *, alone: bool) -> Iterator[str]:
    yield from (f"WRONG  {found}" for found in report.findings)
    outcomes = ", ".join(f"{many} {status}" for status, many in sorted(report.outcomes.items()))
    verdict = "everything holds" if report.holds else f"{len(report.findings)} findings"
    yield f"{report.checked} proofs, {report.revealed} revealed ({outcomes}): {verdict}"
    yield from (f"checked: {line}" for line in _checks(report, asked, alone=alone))
    if not alone:
        yield from (_rate(analyst, rate) for analyst, rate in sorted(report.rates.items()))


def _checks(report: Report, asked: argparse.Namespace, *, alone: bool) -> Iterator[str]:
    yield f"{report.revealed} revealed promises give the hash that was fixed before publication"
    yield "no promise was fixed after it was published, and none revealed after its own end"
    if alone:
        return
    yield "numbers run from 1 without a gap, none twice, times in order, each with the digest of all before"
    yield "every end is one that the revealed terms allow; voided numbers were never published"
    told = (
        "the record still holds the head you wrote down" if asked.head else "NOT against a head: give --head"
    )
    yield told
    yield (
        f"{report.walked} ends and voids were made anew from your candles"
        if asked.candles
        else "ends as the record states them, NOT against prices: give --candles"
    )
    if report.missed:
        yield f"NOTE {report.missed} signals went live only after candles that had met their stop"
    if report.overtaken:
        yield (
            f"NOTE {report.overtaken} numbers were voided because the market met their stop before they were"
            " published: they count, not as won"
        )
    if asked.held:
        yield "the proofs you kept say the same as the record"


def _rate(analyst: str, rate: Rate) -> str:
    """Return the win rate in words; what is still open bounds it."""
    if rate.win_rate is None or rate.interval is None or rate.bounds is None:
        return f"{analyst}: nothing has ended yet, {rate.open} open"
    (low, high), (worst, best) = rate.interval, rate.bounds
    average = f", {rate.average_r:+.3f} R on average" if rate.average_r is not None else ""
    return (
        f"{analyst}: {rate.won} won of {rate.counted} settled ({rate.ended} ended, {rate.voided} voided):"
        f" win rate {rate.win_rate:.1%}, 95 % interval {low:.1%} to {high:.1%}{average}; {rate.open} open,"
        f" so between {worst:.1%} and {best:.1%} in the end"
    )


def _documents(folder: Path, proofs: Iterable[Proof]) -> list[str]:
    found: list[str] = []
    for proof in proofs:
        path = folder / f"{int(proof['number']):09d}.json"
        if path.exists():
            found += verify_document(proof, json.loads(path.read_text()))
        else:
            found.append(f"number {proof['number']}: its locked document is not in {folder}")
    return found
