"""The promise: a hash written where nobody can change it, before anybody is told what it hides.

``hash = SHA-256(canonical || nonce)``: ``canonical`` is the RFC 8785 form of the payload (UTF-8 bytes),
``nonce`` 32 random bytes. Numbers run 1, 2, 3, … per analyst; each document names the SHA-256 of the whole
document before, so whoever wrote down the newest digest can tell if anything earlier was changed since.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from signals.model.signal import AnalystId, Revision, Signal, SignalId

ALGORITHM = "sha256(rfc8785(payload) || nonce)"
GENESIS = "0" * 64
NONCE_BYTES = 32
_LARGEST_INTEGER = 2**53 - 1
Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload and its nonce, ready to be numbered. ``canonical`` is text, ``nonce`` raw bytes.

    ``revision`` is 0 for the signal itself, else the number of its revision.
    """

    signal_id: SignalId
    analyst: AnalystId
    canonical: str
    nonce: bytes
    sealed_at: datetime
    revision: int = 0

    @property
    def hash(self) -> str:
        """SHA-256 in hex over the canonical bytes followed by the nonce."""
        return sha256(self.canonical.encode() + self.nonce).hexdigest()

    def numbered(self, last: "Head") -> "Commitment":
        """Return the commitment that follows ``last``; its time is never earlier than the one before."""
        at = self.sealed_at if last.committed_at is None else max(self.sealed_at, last.committed_at)
        return Commitment(self, last.number + 1, last.hash, at)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest number of an analyst and the digest of its document; 0 and zeros before the first."""

    number: int = 0
    hash: str = GENESIS
    committed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """A numbered promise. ``kept_at`` is when the locked store acknowledged its document."""

    sealed: Sealed
    number: int
    previous: str
    committed_at: datetime
    kept_at: datetime | None = None

    @property
    def key(self) -> str:
        """Where its document lies in the locked store."""
        return f"commitments/{self.sealed.analyst}/{self.number:09d}.json"

    @property
    def link(self) -> str:
        """SHA-256 in hex over its document: what the next one names, and what pins all before."""
        return sha256(self.document()).hexdigest()

    def document(self) -> bytes:
        """Return what the locked store keeps: the hash and its place, nothing of the signal."""
        return canonical(
            {
                "algorithm": ALGORITHM,
                "analyst": self.sealed.analyst,
                "committed_at": rfc3339(self.committed_at),
                "hash": self.sealed.hash,
                "number": self.number,
                "previous": self.previous,
            }
        ).encode()


def payload_of(signal: Signal) -> dict[str, Json]:
    """Return what is promised: every term of ``signal`` as JSON without floats (prices are strings)."""
    terms = signal.terms
    return {
        "signal_id": signal.id,
        "analyst": terms.analyst,
        "symbol": terms.symbol,
        "timeframe": terms.timeframe,
        "strategy": terms.strategy,
        "candle_at": rfc3339(terms.candle_at),
        "side": terms.side,
        "entry": str(terms.entry),
        "stop": str(terms.stop),
        "targets": [str(price) for price in terms.targets],
        "currency": terms.currency,
        "tick": str(terms.tick),
        "confidence": terms.confidence,
        "horizon": terms.horizon,
        "expires_at": rfc3339(terms.expires_at),
        "rationale": terms.rationale,
        "disclaimer": terms.disclaimer,
        "ai_generated": terms.ai_generated,
        "warnings": list(terms.warnings),
    }


def payload_of_revision(signal: Signal, revision: Revision, revises: str) -> dict[str, Json]:
    """Return what a revision promises; ``revises`` is the hash of the signal's promise before it."""
    return {
        "signal_id": signal.id,
        "analyst": signal.terms.analyst,
        "revision": revision.number,
        "revises": revises,
        "stop": str(revision.stop),
        "targets": [str(price) for price in revision.targets],
        "expires_at": rfc3339(revision.expires_at),
        "reason": revision.reason,
        "made_at": rfc3339(revision.made_at),
    }


def canonical(value: Mapping[str, Json]) -> str:
    """Return the RFC 8785 (JCS) text of ``value``: ASCII keys; strings, booleans, null, integers below 2^53.

    For these Python's own encoder writes the canonical form. Raises ``ValueError`` for anything else.
    """
    _check(dict(value))
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rfc3339(instant: datetime) -> str:
    """Return ``instant`` as RFC 3339 in UTC with ``Z``, microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _check(value: Json) -> None:
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise ValueError("keys of a canonical payload are ASCII")
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            _check(one)
    else:
        _check_scalar(value)


def _check_scalar(value: Json) -> None:
    if isinstance(value, str):
        value.encode()  # a lone surrogate has no UTF-8: UnicodeEncodeError is a ValueError
    elif value is not None and not isinstance(value, int):
        raise ValueError(f"a canonical payload holds no {type(value).__name__}")
    elif isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        raise ValueError("integers of a canonical payload are below 2^53")
