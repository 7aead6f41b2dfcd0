"""Heads, entries and proofs as JSON: what lies in the locked store, what an export holds, what people keep.

Bytes are hex; a record's key and value are text where they are UTF-8, else base64. What reads them elsewhere,
``clients/python/treum_audit``, was written apart.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from audit.model.checkpoint import Checkpoint, Proof, SignedHead
from audit.model.entry import Entry, Head, microseconds

EXPORT, HEAD = "treum-audit-export/1", "treum-audit-head/1"


def head_document(signed: SignedHead) -> dict[str, Any]:
    """Return a signed tree head."""
    head = signed.head
    return {
        "format": HEAD,
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "at_us": microseconds(head.at),
        "key_id": signed.key_id,
        "signature": signed.signature.hex(),
    }


def marks_document(marks: Sequence[Head]) -> list[dict[str, Any]]:
    """Return the marks of a leaf."""
    return [
        {
            "topic": one.chain.topic,
            "partition": one.chain.partition,
            "length": one.length,
            "hash": one.hash.hex(),
        }
        for one in marks
    ]


def anchor_document(checkpoint: Checkpoint) -> bytes:
    """Return what is written to the locked store: the head, and the marks of its leaf."""
    found = head_document(checkpoint.signed) | {"marks": marks_document(checkpoint.marks)}
    return line(found)


def anchor_name(number: int) -> str:
    """Return the name of a head in the locked store."""
    return f"heads/{number:016d}.json"


def link_document(entry: Entry) -> dict[str, Any]:
    """Return what the hash of an entry covers, without the value itself."""
    return {
        "index": entry.index,
        "offset": entry.offset,
        "kind": int(entry.kind),
        "timestamp_ms": entry.timestamp_ms,
        "recorded_us": microseconds(entry.recorded_at),
        "key": _bytes(entry.key),
        "content": entry.content.hex(),
    }


def entry_document(entry: Entry) -> dict[str, Any]:
    """Return an entry whole."""
    return link_document(entry) | {"value": _bytes(entry.value), "hash": entry.hash.hex()}


def closing_document(proof: Proof) -> dict[str, Any]:
    """Return how an entry, the last of an export, is proved."""
    return {
        "links": [link_document(one) for one in proof.links],
        "marks": marks_document(proof.marks),
        "leaf": proof.leaf,
        "path": [one.hex() for one in proof.path],
        "head": head_document(proof.signed),
    }


def line(document: Mapping[str, Any]) -> bytes:
    """Return one line of JSON, the same for the same document."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _bytes(raw: bytes | None) -> dict[str, str] | None:
    if raw is None:
        return None
    try:
        return {"text": raw.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(raw).decode()}


__all__ = [
    "EXPORT",
    "HEAD",
    "anchor_document",
    "anchor_name",
    "closing_document",
    "entry_document",
    "head_document",
    "line",
    "link_document",
    "marks_document",
]
