"""Promises, what opens them, and what became of them."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from kit.http import Body, View
from signals.model.commitment import ALGORITHM
from signals.model.record import EntryStatus, VoidReason
from signals.service.reading import Proof


class RecordQueryIn(Body):
    """Which part of a record; numbers have no gaps, so the last one seen tells where to go on."""

    after: int = Field(default=0, ge=0, le=2**31 - 1, description="Numbers above this one")
    limit: int = Field(default=500, ge=1, le=1000, description="Lines on a page")


class VoidIn(Body):
    """Why a number will never be published."""

    reason: VoidReason
    note: str = Field(default="", max_length=1000)


class HeadView(View):
    """The newest number of an analyst and what pins all before: write it down to notice any change.

    ``link`` is SHA-256 in hex over the newest document; each document names the link of the one before.
    """

    analyst: str
    number: int
    link: str
    committed_at: datetime | None


class ProofView(View):
    """A promise, and what it hid once that may be shown: verify it with ``python -m treum_verify``.

    ``hash`` is SHA-256 over the bytes of ``payload`` followed by the bytes of ``nonce`` (hex), ``previous``
    SHA-256 over the document before. ``document`` is where hash and number were written under Object Lock
    before the signal was published. ``revision`` is 0 for a signal, else the number of its revision. How it
    ended stands in ``closed_at`` (market time), ``exit_price``, ``mfe`` and ``mae``; why it was never
    published in ``void_reason``, with ``market_at``, the newest candle then known.
    """

    signal_id: str
    analyst: str
    number: int
    revision: int
    algorithm: str
    hash: str
    previous: str
    committed_at: datetime
    document: str
    status: EntryStatus
    published_at: datetime | None
    live_from: datetime | None
    payload: str | None
    nonce: str | None
    closed_at: datetime | None
    exit_price: Decimal | None
    mfe: Decimal | None
    mae: Decimal | None
    void_reason: str | None
    voided_at: datetime | None
    market_at: datetime | None


def proof_view(proof: Proof) -> ProofView:
    """Return the public form of ``proof``: payload and nonce only where they are revealed."""
    entry, commitment = proof.entry, proof.entry.commitment
    sealed, signal, void = commitment.sealed, entry.signal, entry.void
    return ProofView(
        signal_id=sealed.signal_id,
        analyst=sealed.analyst,
        number=commitment.number,
        revision=sealed.revision,
        algorithm=ALGORITHM,
        hash=sealed.hash,
        previous=commitment.previous,
        committed_at=commitment.committed_at,
        document=proof.address,
        status=entry.status,
        published_at=entry.published_at,
        live_from=entry.live_from,
        payload=sealed.canonical if proof.revealed else None,
        nonce=sealed.nonce.hex() if proof.revealed else None,
        closed_at=signal.closed_at,
        exit_price=signal.exit_price,
        mfe=signal.mfe,
        mae=signal.mae,
        void_reason=void.reason if void else None,
        voided_at=void.voided_at if void else None,
        market_at=void.market_at if void else None,
    )
