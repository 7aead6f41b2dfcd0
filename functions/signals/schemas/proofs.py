"""Promises, and what opens them."""

from datetime import datetime

from kit.http import View
from signals.model.commitment import ALGORITHM
from signals.model.signal import Status
from signals.service.reading import Proof


class ProofView(View):
    """A promise, and what it hid once that may be shown: verify it with ``python -m treum_verify``.

    ``hash`` is SHA-256 over the bytes of ``payload`` followed by the bytes of ``nonce`` (hex). ``document``
    is where the hash was written under Object Lock before the signal was published.
    """

    signal_id: str
    analyst: str
    number: int
    algorithm: str
    hash: str
    previous: str
    committed_at: datetime
    document: str
    status: Status
    published_at: datetime | None
    payload: str | None
    nonce: str | None


def proof_view(proof: Proof) -> ProofView:
    """Return the public form of ``proof``: payload and nonce only where they are revealed."""
    commitment, sealed = proof.commitment, proof.commitment.sealed
    return ProofView(
        signal_id=sealed.signal_id,
        analyst=sealed.analyst,
        number=commitment.number,
        algorithm=ALGORITHM,
        hash=sealed.hash,
        previous=commitment.previous,
        committed_at=commitment.committed_at,
        document=proof.address,
        status=proof.signal.status,
        published_at=proof.signal.published_at,
        payload=sealed.canonical if proof.revealed else None,
        nonce=sealed.nonce.hex() if proof.revealed else None,
    )
