"""Entries, heads and proofs as views."""

import json
from typing import Any

from audit.model.checkpoint import Checkpoint, Proof, SignedHead
from audit.model.entry import Entry
from audit.model.upkeep import Verification
from audit.schemas import (
    CheckpointView,
    DifferenceView,
    HeadView,
    MarkView,
    ProofView,
    VerificationView,
)
from audit.service.documents import closing_document, entry_document, head_document, marks_document
from kit.http import role

STAFF = role("auditor", "compliance")


def entry_fields(entry: Entry) -> dict[str, Any]:
    """Return the fields of an entry's view."""
    facts = entry.facts
    return {
        "id": entry.id,
        "topic": entry.chain.topic,
        "partition": entry.chain.partition,
        "index": entry.index,
        "offset": entry.offset,
        "kind": entry.kind.name.lower(),
        "recorded_at": entry.recorded_at,
        "event_id": facts.event_id,
        "type": facts.type,
        "subject": facts.subject,
        "actor": facts.actor,
        "happened_at": facts.happened_at,
        "content": entry.content.hex(),
        "hash": entry.hash.hex(),
        "event": _json(entry.value),
    }


def head_view(signed: SignedHead) -> HeadView:
    """Return a signed head."""
    return HeadView(**head_document(signed))


def checkpoint_view(one: Checkpoint) -> CheckpointView:
    """Return a checkpoint."""
    marks = tuple(MarkView(**mark) for mark in marks_document(one.marks))
    return CheckpointView(**head_document(one.signed), marks=marks)


def proof_view(proof: Proof) -> ProofView:
    """Return a proof."""
    chain = proof.entry.chain
    return ProofView.model_validate(
        closing_document(proof)
        | {
            "topic": chain.topic,
            "partition": chain.partition,
            "previous": proof.previous.hex(),
            "entry": entry_document(proof.entry),
        }
    )


def verification_view(found: Verification | None) -> VerificationView | None:
    """Return a run of the verification."""
    if found is None:
        return None
    return VerificationView(
        began_at=found.began_at,
        ended_at=found.ended_at,
        checked=found.checked,
        number=found.number,
        differences=tuple(DifferenceView.model_validate(one) for one in found.differences),
    )


def _json(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
