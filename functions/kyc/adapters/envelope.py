"""Envelope encryption of one document: a data key of its own, wrapped by KMS under what the document is.

    "TKD1" | length of the wrapped key (2 bytes) | wrapped key | nonce (12) | AES-256-GCM ciphertext and tag

The encryption context is given to KMS and, in one unambiguous spelling, is the associated data of the cipher:
bytes moved to another document, person or class of retention do not open. The AWS Encryption SDK does the
same in its own format, at three seconds of CPU for its import (ADR 181).
"""

import json
import os
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.sealing import SealBroken

Context = Mapping[str, str]
MakeKey = Callable[[Context], tuple[bytes, bytes]]
"""Returns a new 256-bit key in the clear, and wrapped."""
OpenKey = Callable[[bytes, Context], bytes]
_MAGIC: Final = b"TKD1"
_LENGTH: Final = 2
_NONCE: Final = 12


def seal(content: bytes, context: Context, make: MakeKey) -> bytes:
    """Return ``content`` encrypted under a new key. Raises what ``make`` raises."""
    plain, wrapped = make(context)
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(plain).encrypt(nonce, content, _bound(context))
    return _MAGIC + len(wrapped).to_bytes(_LENGTH, "big") + wrapped + nonce + sealed


def unseal(sealed: bytes, context: Context, open_key: OpenKey) -> bytes:
    """Return the content. Raises ``SealBroken`` for what was not sealed so, and what ``open_key`` raises."""
    if not sealed.startswith(_MAGIC):
        raise SealBroken("this is not an encrypted document")
    begins = len(_MAGIC) + _LENGTH
    ends = begins + int.from_bytes(sealed[len(_MAGIC) : begins], "big")
    wrapped, nonce, rest = sealed[begins:ends], sealed[ends : ends + _NONCE], sealed[ends + _NONCE :]
    try:
        return AESGCM(open_key(wrapped, context)).decrypt(nonce, rest, _bound(context))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the document was encrypted as another one, or was changed") from error


def _bound(context: Context) -> bytes:
    return json.dumps(dict(context), sort_keys=True, separators=(",", ":")).encode()
