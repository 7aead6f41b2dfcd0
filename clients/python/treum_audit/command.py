"""The command line: what to check, and in words what was checked and what came out."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from treum_audit.reading import Head, Wrong, head_of, keys_of, lines_of, unhex
from treum_audit.verify import Report, verify


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code: 0 all holds, 1 something does not, 2 a file cannot be read."""
    asked = _parser().parse_args(arguments)
    try:
        kept = head_of(_document(asked.head)) if asked.head else None
        keys = keys_of(_document(asked.keys)) if asked.keys else {}
        exports = [list(lines_of(path)) for path in asked.files]
    except (OSError, ValueError, Wrong) as error:
        print(f"cannot read: {error}", file=sys.stderr)  # noqa: T201 - a command line tool
        return 2
    if asked.key:
        keys = {name: raw for name, raw in keys.items() if raw == asked.key} or _named(asked.key, exports)
    try:
        report = verify(exports, kept=kept, keys=keys, complete=asked.complete)
    except Wrong as wrong:
        print(f"WRONG  {wrong}")  # noqa: T201 - as above
        return 1
    for line in _told(report, kept, asked):
        print(line)  # noqa: T201 - as above
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treum_audit", description="Verify TREUM's event store offline.")
    add = parser.add_argument
    add("files", nargs="+", type=Path, help="exports or archived segments (JSON lines, .gz or not)")
    add("--head", type=Path, help="a signed tree head you kept (an answer of /audit/checkpoints will do)")
    add("--keys", type=Path, help="an answer of /audit/keys: signatures must be by one of these")
    add("--key", type=_key, metavar="HEX", help="the one public key you trust, 64 hexadecimal digits")
    add("--complete", action="store_true", help="the files are the whole store: every chain, to its end")
    return parser


def _key(given: str) -> bytes:
    try:
        raw = unhex(given)
    except Wrong as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong
    if len(raw) != 32:  # noqa: PLR2004 - an Ed25519 key
        raise argparse.ArgumentTypeError("a key has 64 hexadecimal digits")
    return raw


def _document(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise Wrong(f"{path} holds no JSON object")
    return found


def _named(key: bytes, exports: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """Take the trusted key for whichever key the heads name: if another signed, the signature fails."""
    closings = [json.loads(lines[-1]) for lines in exports if lines]
    return {str(one.get("head", {}).get("key_id")): key for one in closings if isinstance(one, dict)}


def _told(report: Report, kept: Head | None, asked: argparse.Namespace) -> Iterator[str]:
    for one in report.sections:
        end = "" if one.ends is None else ", the end of its chain"
        yield f"{one.chain.topic}/{one.chain.partition}: entries {one.first} to {one.last}{end}"
    head = max((one.head for one in report.sections), key=lambda found: found.size)
    at = datetime.fromtimestamp(head.at_us / 1_000_000, UTC).isoformat(timespec="seconds")
    yield f"{report.entries} entries: everything holds, in the tree of size {head.size} of {at}"
    yield "checked: every content, every link, every leaf, every root"
    yield (
        f"checked: the head of size {kept.size} you kept"
        if kept
        else "NOT against a head you kept: give --head"
    )
    signed = (
        "checked: the signatures"
        if asked.keys or asked.key
        else "signatures NOT checked: give --keys or --key"
    )
    yield signed
    if asked.complete:
        yield "checked: every chain is here from its first entry to its end"
    if report.elsewhere:
        yield f"NOTE {report.elsewhere} repeated records name contents that lie in other exports"
