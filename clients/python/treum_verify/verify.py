"""Everything together: proofs, chains, ends and the win rate of one or more records."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from treum_verify import chain, outcome
from treum_verify.outcome import Market
from treum_verify.proof import Proof, canonical, payload_of, verify_document, verify_proof
from treum_verify.rate import Rate, rate_of

Head = tuple[int, str]


@dataclass
class Report:
    """What was looked at, what is wrong, and what the record comes to.

    ``checked`` numbers, how many were ``revealed``, outcomes by status, ``findings`` in words; ``walked`` is
    how many ends were made anew from candles, ``missed`` how many signals went live after their own stop,
    ``overtaken`` how many numbers a rule voided after it.
    """

    checked: int = 0
    revealed: int = 0
    walked: int = 0
    missed: int = 0
    overtaken: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    rates: dict[str, Rate] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify_record(
    proofs: Iterable[Proof],
    *,
    head: Head | None = None,
    held: Iterable[Proof] = (),
    market: Market | None = None,
) -> Report:
    """Return the report on the whole record of one or more analysts, in any order.

    ``head`` is a number and its link that somebody wrote down, ``held`` proofs that somebody kept,
    ``market`` candles to make every end anew.
    """
    report, records = Report(), dict[str, list[Proof]]()
    for proof in proofs:
        report.checked += 1
        report.revealed += proof.get("payload") is not None
        status = str(proof.get("status"))
        report.outcomes[status] = report.outcomes.get(status, 0) + 1
        report.findings += verify_proof(proof)
        if isinstance(proof.get("number"), int) and isinstance(proof.get("analyst"), str):
            records.setdefault(proof["analyst"], []).append(proof)
    for analyst, record in records.items():
        wrong = [*chain.broken(record), *(chain.unpinned(record, *head) if head else ())]
        report.findings += [f"{analyst}: {found}" for found in wrong]
        report.rates[analyst] = rate_of(_once(record))
        _add_ends(report, record, market)
    everything = [one for record in records.values() for one in record]
    report.findings += chain.contradicted(everything, held)
    return report


def _add_ends(report: Report, record: Sequence[Proof], market: Market | None) -> None:
    revisions: dict[str, list[Proof]] = {}
    for proof in record:
        if proof.get("revision"):
            revisions.setdefault(str(proof.get("signal_id")), []).append(proof)
    for proof in record:
        name = f"number {proof['number']} of {proof['analyst']}"
        own = revisions.get(str(proof.get("signal_id")), [])
        try:
            found = list(_ends(report, proof, own, market))
        except (KeyError, ValueError, TypeError, ArithmeticError) as error:
            found = [f"its end cannot be read: {error!r}"]
        report.findings += [f"{name}: {one}" for one in found]


def _ends(report: Report, proof: Proof, revisions: Sequence[Proof], market: Market | None) -> Iterator[str]:
    if payload_of(proof) is None:
        return
    yield from _unlinked(proof, revisions)
    yield from outcome.misstated(proof, revisions)
    report.overtaken += outcome.overtaken(proof)
    if market is not None:
        found, told = outcome.contradicted(proof, revisions, market)
        report.walked += told
        early = outcome.missed(proof, market)
        report.missed += early is not None and early[0] == "stopped"
        yield from found


def _unlinked(proof: Proof, revisions: Sequence[Proof]) -> Iterator[str]:
    """Yield revisions whose promise does not name the promise it revises."""
    before = proof["hash"]
    for one in sorted(revisions, key=lambda one: int(one["revision"])):
        if one.get("payload") is None:
            continue
        if json.loads(one["payload"]).get("revises") != before:
            yield f"its revision {one['revision']} does not name the promise it revises"
        if one.get("published_at") is not None:
            before = one["hash"]


def _once(record: Iterable[Proof]) -> Iterable[Proof]:
    """Return each number once: the same one twice must not count twice."""
    found: Mapping[int, Proof] = {one["number"]: one for one in record}
    return found.values()


__all__ = ["Head", "Report", "canonical", "verify_document", "verify_proof", "verify_record"]
