"""One number of a record: what it must have, what its hash hides, and whether it was promised in time."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

ALGORITHM = "sha256(rfc8785(payload) || nonce)"
NONCE_BYTES = 32
ENDED = {"target_hit", "stopped", "expired", "cancelled"}
KNOWN = ENDED | {"approved", "live", "voided", "lapsed"}
LARGEST_INTEGER = 2**53 - 1
FIELDS = ("signal_id", "analyst", "number", "hash", "previous", "committed_at", "status")
TERMS = (
    "symbol",
    "timeframe",
    "strategy",
    "side",
    "entry",
    "stop",
    "targets",
    "tick",
    "expires_at",
    "candle_at",
)
Proof = Mapping[str, Any]


def verify_proof(proof: Proof) -> list[str]:
    """Return what is wrong with one proof, empty when it holds. Raises nothing on malformed input."""
    missing = [name for name in FIELDS if proof.get(name) is None]
    if missing:
        return [f"a proof lacks {', '.join(missing)}"]
    name = f"number {proof['number']} of {proof['analyst']}"
    try:
        return [f"{name}: {found}" for found in _wrong(proof)]
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        return [f"{name}: cannot be read: {error}"]


def payload_of(proof: Proof) -> Mapping[str, Any] | None:
    """Return the revealed terms of a signal, None for a revision, a hidden or an unreadable one."""
    try:
        payload = json.loads(proof["payload"])
    except (KeyError, ValueError, TypeError):
        return None
    whole = isinstance(payload, dict) and all(name in payload for name in TERMS)
    return payload if whole and not proof.get("revision") else None


def link_of(proof: Proof) -> str:
    """Return SHA-256 over its document, which the next one names. Raises ``ValueError``, ``KeyError``."""
    document = {name: proof[name] for name in ("analyst", "hash", "number", "previous")}
    document["algorithm"] = proof.get("algorithm", ALGORITHM)
    document["committed_at"] = at(proof["committed_at"]).astimezone(UTC).isoformat().replace("+00:00", "Z")
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def verify_document(proof: Proof, document: Mapping[str, Any]) -> list[str]:
    """Return where the locked ``document`` says something else than ``proof``."""
    names = ("analyst", "number", "hash", "previous", "algorithm")
    wrong = [name for name in names if document.get(name) != proof.get(name)]
    if "T" in str(document.get("committed_at")) and at(document["committed_at"]) != at(proof["committed_at"]):
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


def at(text: str) -> datetime:
    """Return the instant; one without a zone is refused."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"the time {text} has no zone")
    return instant


def _wrong(proof: Proof) -> Iterator[str]:
    if proof.get("algorithm", ALGORITHM) != ALGORITHM:
        yield f"the algorithm {proof['algorithm']} is not known here"
    if proof["status"] not in KNOWN:
        yield f"is {proof['status']}: neither open, nor revealed, nor voided"
    yield from _timely(proof)
    yield from _expired(proof)
    if proof.get("payload") is not None:
        yield from _opened(proof)
    elif proof["status"] in ENDED:
        yield "is closed and was not revealed"
    elif proof["status"] == "voided":
        yield "is voided and was not revealed"


def _timely(proof: Proof) -> Iterator[str]:
    published = proof.get("published_at")
    if published is None:
        if proof["status"] in ENDED and not proof.get("revision"):
            yield "ended and was never published"
    elif proof["status"] == "voided":
        yield "is voided, and was published: what was published counts as it ended"
    elif at(proof["committed_at"]) > at(published):
        yield "was committed after it was published"


def _expired(proof: Proof) -> Iterator[str]:
    """Yield where a signal went live, by the market's time, at its own end or later: its result was known."""
    payload, live_from = payload_of(proof), proof.get("live_from")
    if payload is not None and live_from is not None and at(live_from) >= at(payload["expires_at"]):
        yield f"was published after it had expired: live from {live_from}, until {payload['expires_at']}"


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
