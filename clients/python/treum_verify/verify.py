"""Verify what TREUM promised, alone and offline: copy this one file, it needs Python 3.11 and nothing else.

    python verify.py proof.json record-page-1.json record-page-2.json …

A file holds one proof (``GET /signals/{id}/proof``), a list of them, or a page of an analyst's public
record (``GET /commitments/{analyst}``). Everything is checked together:

- the hash of each revealed proof: SHA-256 over the bytes of ``payload`` followed by those of ``nonce``;
- the payload is in canonical form (RFC 8785) and speaks of this signal and this analyst;
- the promise was made before the publication, and a closed signal is revealed;
- of a record: numbers without a gap from 1, none twice, each naming the hash of the one before, times in
  order. ``--documents DIR`` also compares with the locked documents (``<number>.json``), if you have them.

Exit code 0: everything holds; 1: something does not, one line each; 2: a file cannot be read.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

ALGORITHM = "sha256(rfc8785(payload) || nonce)"
GENESIS = "0" * 64
NONCE_BYTES = 32
CLOSED = {"target_hit", "stopped", "expired", "cancelled"}
LARGEST_INTEGER = 2**53 - 1
FIELDS = ("signal_id", "analyst", "number", "hash", "previous", "committed_at", "status")
Proof = Mapping[str, Any]


@dataclass
class Report:
    """``checked`` proofs, how many of them were ``revealed``, outcomes by status, and what is wrong."""

    checked: int = 0
    revealed: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify_proof(proof: Proof) -> list[str]:
    """Return what is wrong with one proof, empty when it holds. Raises nothing on malformed input."""
    missing = [name for name in FIELDS if proof.get(name) is None]
    if missing:
        return [f"a proof lacks {', '.join(missing)}"]
    name = f"number {proof['number']} of {proof['analyst']}"
    try:
        return [f"{name}: {found}" for found in _wrong(proof)]
    except (ValueError, TypeError, AttributeError) as error:
        return [f"{name}: cannot be read: {error}"]


def verify_record(proofs: Iterable[Proof]) -> Report:
    """Return the report on the whole record of one or more analysts, in any order."""
    report, records = Report(), dict[str, list[Proof]]()
    for proof in proofs:
        report.checked += 1
        report.revealed += proof.get("payload") is not None
        status = str(proof.get("status"))
        report.outcomes[status] = report.outcomes.get(status, 0) + 1
        wrong = verify_proof(proof)
        report.findings += wrong
        if isinstance(proof.get("number"), int) and isinstance(proof.get("analyst"), str):
            records.setdefault(proof["analyst"], []).append(proof)
    for analyst, record in records.items():
        report.findings += [f"{analyst}: {found}" for found in _broken(record)]
    return report


def verify_document(proof: Proof, document: Mapping[str, Any]) -> list[str]:
    """Return where the locked ``document`` says something else than ``proof``."""
    names = ("analyst", "number", "hash", "previous", "algorithm")
    wrong = [name for name in names if document.get(name) != proof.get(name)]
    if "T" in str(document.get("committed_at")) and _at(document["committed_at"]) != _at(
        proof["committed_at"]
    ):
        wrong.append("committed_at")
    return [f"number {proof.get('number')}: the locked document has another {name}" for name in wrong]


def canonical(value: Any) -> str:
    """Return the RFC 8785 text of ``value``: objects, lists, strings, booleans, null, integers below 2^53."""
    if isinstance(value, dict):
        ordered = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(one) for one in value) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
        raise ValueError("a payload holds no fractions and no integers above 2^53")
    return json.dumps(value, ensure_ascii=False)


def _wrong(proof: Proof) -> Iterator[str]:
    if proof.get("algorithm", ALGORITHM) != ALGORITHM:
        yield f"the algorithm {proof['algorithm']} is not known here"
    published = proof.get("published_at")
    if published is not None and _at(proof["committed_at"]) > _at(published):
        yield "was committed after it was published"
    if proof.get("payload") is not None:
        yield from _opened(proof)
    elif proof["status"] in CLOSED:
        yield "is closed and was not revealed"


def _opened(proof: Proof) -> Iterator[str]:
    text, nonce = proof["payload"], bytes.fromhex(proof["nonce"])
    if len(nonce) != NONCE_BYTES:
        yield f"the nonce has {len(nonce)} bytes instead of {NONCE_BYTES}"
    if hashlib.sha256(text.encode() + nonce).hexdigest() != proof["hash"]:
        yield "payload and nonce do not give the hash: this is not what was promised"
    payload = json.loads(text)
    if canonical(payload) != text:
        yield "the payload is not in canonical form"
    for name in ("signal_id", "analyst"):
        if payload.get(name) != proof[name]:
            yield f"the payload speaks of another {name}"


def _broken(record: Sequence[Proof]) -> Iterator[str]:
    """Yield what is wrong with the order of one analyst's whole record."""
    expected, before = 1, GENESIS
    last: datetime | None = None
    for proof in sorted(record, key=lambda one: one["number"]):
        number = proof["number"]
        if number < expected:
            yield f"number {number} is there twice"
            continue
        if number > expected:
            gap = f"number {expected}" if number == expected + 1 else f"numbers {expected} to {number - 1}"
            yield f"{gap} missing"
        elif proof.get("previous") != before:
            yield f"number {number} does not follow the one before"
        at = _time_of(proof)
        if last is not None and at is not None and at < last:
            yield f"number {number} was committed before the number it follows"
        expected, before, last = number + 1, str(proof.get("hash")), at or last


def _time_of(proof: Proof) -> datetime | None:
    try:
        return _at(proof["committed_at"])
    except (KeyError, ValueError, TypeError):
        return None  # said already where the proof itself was checked


def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"the time {text} has no zone")
    return at


def _proofs(path: Path) -> list[Proof]:
    found = json.loads(path.read_text())
    if isinstance(found, dict):
        found = found.get("items", [found])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("neither a proof nor a list of proofs")
    return found


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="treum_verify", description="Verify TREUM's promises offline.")
    parser.add_argument("files", nargs="+", type=Path, help="proofs or pages of a public record, as JSON")
    parser.add_argument("--single", action="store_true", help="the proofs are no whole record: no gap check")
    parser.add_argument("--documents", type=Path, help="a folder of locked documents, <number>.json")
    asked = parser.parse_args(arguments)
    try:
        proofs = [proof for path in asked.files for proof in _proofs(path)]
        documents = _documents(asked.documents, proofs) if asked.documents else []
    except (OSError, ValueError) as error:
        print(f"cannot read: {error}", file=sys.stderr)  # noqa: T201 - a command line tool
        return 2
    report = verify_record(proofs)
    if asked.single or len(proofs) == 1:
        report.findings = [found for proof in proofs for found in verify_proof(proof)]
    report.findings += documents
    for found in report.findings:
        print(f"WRONG  {found}")  # noqa: T201 - as above
    outcomes = ", ".join(f"{many} {status}" for status, many in sorted(report.outcomes.items()))
    verdict = "everything holds" if report.holds else f"{len(report.findings)} findings"
    print(f"{report.checked} proofs, {report.revealed} revealed ({outcomes}): {verdict}")  # noqa: T201 - as above
    return 0 if report.holds else 1


def _documents(folder: Path, proofs: Iterable[Proof]) -> list[str]:
    found: list[str] = []
    for proof in proofs:
        path = folder / f"{int(proof['number']):09d}.json"
        if path.exists():
            found += verify_document(proof, json.loads(path.read_text()))
        else:
            found.append(f"number {proof['number']}: its locked document is not in {folder}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
