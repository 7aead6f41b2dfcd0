"""The vault and its wrapping in memory, for tests: the same answers as PostgreSQL's and KMS's."""

import hashlib
import os
from datetime import datetime

from kit.sealing import DataKey, Erased, SealBroken

_MASK_BYTES = 32


class MemoryVault:
    """See :class:`kit.sealing.KeyVault`."""

    def __init__(self) -> None:
        self.keys: dict[str, bytes | None] = {}

    def wrapped(self, subject: str) -> bytes | None:
        """Look it up."""
        if subject in self.keys and self.keys[subject] is None:
            raise Erased
        return self.keys.get(subject)

    def keep(self, subject: str, wrapped: bytes, at: datetime) -> bytes:
        """Keep the first."""
        del at
        found = self.wrapped(subject)
        if found is None:
            self.keys[subject] = found = wrapped
        return found

    def destroy(self, subject: str) -> bool:
        """Leave a mark."""
        destroyed = subject in self.keys and self.keys[subject] is None
        self.keys[subject] = None
        return not destroyed


class MemoryWrapping:
    """See :class:`kit.sealing.KeyWrapping`: a mask bound to the subject."""

    def make(self, subject: str) -> DataKey:
        """Return random bytes and their mask."""
        plain = os.urandom(_MASK_BYTES)
        return DataKey(plain, _masked(subject, plain) + hashlib.sha256(plain).digest())

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        """Take the mask off."""
        plain = _masked(subject, wrapped[:_MASK_BYTES])
        if hashlib.sha256(plain).digest() != wrapped[_MASK_BYTES:]:
            raise SealBroken("wrapped for another subject")
        return plain


def _masked(subject: str, raw: bytes) -> bytes:
    mask = hashlib.sha256(b"memory wrapping " + subject.encode()).digest()
    return bytes(one ^ other for one, other in zip(raw, mask, strict=True))
