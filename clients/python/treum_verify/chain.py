"""All numbers of one analyst: none missing, none twice, each carrying the digest of all before it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from treum_verify.proof import Proof, at, link_of

GENESIS = "0" * 64


def broken(record: Sequence[Proof]) -> Iterator[str]:
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
        moment = _time_of(proof, "committed_at")
        if last is not None and moment is not None and moment < last:
            yield f"number {number} was committed before the number it follows"
        expected, before, last = number + 1, _link(proof), moment or last


def unpinned(record: Sequence[Proof], number: int, link: str) -> list[str]:
    """Return where ``record`` contradicts a head that somebody wrote down: the ``link`` of ``number``."""
    found = [one for one in record if one["number"] == number]
    if not found:
        return [f"number {number} was written down as the head, and is not in the record"]
    if _link(found[0]) != link.lower():
        return [f"number {number} is not the one written down: the record before it was changed since"]
    return []


def contradicted(record: Iterable[Proof], held: Iterable[Proof]) -> list[str]:
    """Return where proofs that somebody kept (``held``) say otherwise than the record says now."""
    now = {str((one["analyst"], one["number"])): one for one in record}
    found: list[str] = []
    for kept in held:
        name = f"number {kept.get('number')} of {kept.get('analyst')}"
        said = now.get(str((kept.get("analyst"), kept.get("number"))))
        if said is None:
            found.append(f"{name}: you hold a proof of it, and it is not in the record")
            continue
        if said.get("hash") != kept.get("hash") or said.get("signal_id") != kept.get("signal_id"):
            found.append(f"{name}: the proof you hold promises something else")
        found += [f"{name}: {told}" for told in _retold(kept, said)]
    return found


def _retold(kept: Proof, said: Proof) -> Iterator[str]:
    published = kept.get("published_at")
    if published is None:
        return
    if said["status"] == "voided":
        yield f"is voided as never published, but your proof shows it published at {published}"
    elif _time_of(said, "published_at") != _time_of(kept, "published_at"):
        yield f"says another time of publication than {published} in the proof you hold"


def _link(proof: Proof) -> str:
    try:
        return link_of(proof)
    except (KeyError, ValueError, TypeError):
        return ""  # said already where the proof itself was checked


def _time_of(proof: Proof, name: str) -> datetime | None:
    try:
        return at(proof[name])
    except (KeyError, ValueError, TypeError):
        return None  # as above
