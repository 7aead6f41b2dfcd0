"""Personal data sealed under its subject's own key: destroy the key, and it is unreadable for ever.

Each subject has one 256-bit data key, wrapped by KMS under a context that names the subject; the wrapped keys
lie in the schema ``vault`` (:mod:`kit.stores.vault`). A sealed field is text::

    "s1." base64url( nonce (12) | AES-256-GCM ciphertext and tag )

whose associated data are the subject and the field's name: a sealed value moved to another person or field
does not open. Hashes are made over the sealed text, so they verify after the erasure too.

A container keeps a data key for a minute at most: that long an erasure takes to reach all of them.
"""

import binascii
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit import clock
from kit.aws import kms
from kit.errors import NotFound, TreumError

KEEP_S: Final = 60.0
_PREFIX: Final = "s1."
_NONCE_BYTES: Final = 12
_KEPT: Final = 1_000


class Erased(NotFound):
    """The subject's key was destroyed: what it sealed is gone (404)."""

    code = "ERASED"
    title = "This personal data was erased"


class SealBroken(TreumError):  # noqa: N818 - the tree's classes are named for what happened
    """The text was not sealed for this subject and field, or was changed since."""

    code = "SEAL_BROKEN"
    title = "Sealed data does not open"


@dataclass(frozen=True, slots=True)
class DataKey:
    """One subject's key in the clear, and as it is kept."""

    plain: bytes
    wrapped: bytes


class KeyVault(Protocol):
    """Where wrapped keys lie; of a destroyed one nothing but that it was."""

    def wrapped(self, subject: str) -> bytes | None:
        """Return the subject's wrapped key, None when it has none yet. Raises :class:`Erased`."""

    def keep(self, subject: str, wrapped: bytes, at: datetime) -> bytes:
        """Keep ``wrapped`` unless the subject has a key; return the one it has. Raises :class:`Erased`."""


class KeyWrapping(Protocol):
    """What makes and opens data keys; the wrapping is bound to the subject."""

    def make(self, subject: str) -> DataKey:
        """Return a new key."""

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        """Return the key in the clear."""


class KmsWrapping:
    """Data keys of the symmetric KMS key ``key_id``, one encryption context a subject."""

    def __init__(self, key_id: str) -> None:
        self._key_id = key_id

    def make(self, subject: str) -> DataKey:
        """Return a new key. Raises ``Retryable``."""
        return DataKey(*kms.generate_data_key(self._key_id, _context(subject)))

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        """Return the key in the clear. Raises ``Retryable``."""
        return kms.decrypt(self._key_id, wrapped, _context(subject))


class Sealer:
    """Seals and opens fields; keeps at most a thousand data keys, each for ``keep_s`` seconds."""

    def __init__(
        self,
        vault: KeyVault,
        wrapping: KeyWrapping,
        *,
        keep_s: float = KEEP_S,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._vault = vault
        self._wrapping = wrapping
        self._keep_s = keep_s
        self._entropy = entropy
        self._kept: dict[str, tuple[float, AESGCM]] = {}

    def seal(self, subject: str, field: str, text: str) -> str:
        """Return ``text`` sealed for ``subject`` and ``field``; the subject's key is made when it has none.

        Raises :class:`Erased` when the key was destroyed, ``Retryable``.
        """
        nonce = self._entropy(_NONCE_BYTES)
        sealed = self._key(subject, make=True).encrypt(nonce, text.encode(), _bound(subject, field))
        return _PREFIX + urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()

    def open(self, subject: str, field: str, sealed: str) -> str:
        """Return the text. Raises :class:`Erased`, :class:`SealBroken`, ``Retryable``."""
        raw = _raw(sealed)
        key = self._key(subject, make=False)
        try:
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(subject, field)).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{field} was not sealed for this subject, or was changed") from error

    def forget(self, subject: str) -> None:
        """Drop the subject's key from this container at once."""
        self._kept.pop(subject, None)

    def _key(self, subject: str, *, make: bool) -> AESGCM:
        now = clock.monotonic()
        known = self._kept.get(subject)
        if known is not None and now < known[0]:
            return known[1]
        self.forget(subject)
        key = AESGCM(self._plain(subject, make=make))
        if len(self._kept) >= _KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[subject] = (now + self._keep_s, key)
        return key

    def _plain(self, subject: str, *, make: bool) -> bytes:
        wrapped = self._vault.wrapped(subject)
        if wrapped is not None:
            return self._wrapping.unwrap(subject, wrapped)
        if not make:
            raise SealBroken("this subject never had a key")
        made = self._wrapping.make(subject)
        kept = self._vault.keep(subject, made.wrapped, clock.now())
        return made.plain if kept == made.wrapped else self._wrapping.unwrap(subject, kept)


def _context(subject: str) -> dict[str, str]:
    return {"treum:purpose": "personal-data", "treum:subject": subject}


def _bound(subject: str, field: str) -> bytes:
    """Return the associated data: unambiguous, whatever characters the two hold."""
    parts = [part.encode() for part in (subject, field)]
    return b"treum-seal/1\x00" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _raw(sealed: str) -> bytes:
    text = sealed.removeprefix(_PREFIX)
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise SealBroken("this is not a sealed text") from error
    if text == sealed or len(raw) <= _NONCE_BYTES:
        raise SealBroken("this is not a sealed text")
    return raw
