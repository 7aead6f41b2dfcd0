"""Ports of the track record: numbered promises and the store that locks them."""

from datetime import datetime
from typing import Protocol

from signals.model.commitment import Commitment, Sealed
from signals.model.signal import AnalystId, SignalId


class CommitmentLog(Protocol):
    """Numbered promises, without gaps per analyst."""

    def append(self, sealed: Sealed) -> Commitment:
        """Number ``sealed`` under the analyst's lock; return the earlier one when its revision has one.

        Raises ``SignalChanged`` when others screened the signal out, or withdrew it, at this moment.
        """

    def kept(self, commitment: Commitment, at: datetime) -> Commitment:
        """Note that the locked store has its document."""

    def find(self, signal_id: SignalId, revision: int = 0) -> Commitment | None:
        """Return the commitment of a signal (0) or of one of its revisions."""

    def page(self, analyst: AnalystId, after: int, limit: int) -> list[Commitment]:
        """Return commitments with a number above ``after``, in order."""


class Vault(Protocol):
    """The locked store: what is written there cannot be changed or deleted."""

    def keep(self, key: str, document: bytes, until: datetime) -> None:
        """Write ``document`` under ``key``, locked until ``until``. Raises ``Retryable``."""

    def address(self, key: str) -> str:
        """Return where ``key`` lies, for people and proofs."""
