"""Ed25519 keys and signatures. A key's id is the first 16 hex digits of the SHA-256 of its public part."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.model.checkpoint import PublicKey, TreeHead
from kit.errors import Retryable


class Secret(Protocol):
    """Where the private key lies: ``{"pem": …, "valid_from": RFC 3339}``."""

    def read(self) -> Mapping[str, str]:
        """Return it, empty when there is none."""

    def write(self, value: dict[str, str], /) -> None:
        """Replace it."""


class Ed25519Keys:
    """See :class:`audit.ports.SigningKeys`."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def current(self) -> PublicKey | None:
        """Read the public part of what signs."""
        found = self._secret.read()
        if "pem" not in found:
            return None
        return _public(_private(found["pem"]), datetime.fromisoformat(found["valid_from"]))

    def make(self, at: datetime) -> tuple[PublicKey, str]:
        """Make a new one."""
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return _public(key, at), pem.decode()

    def take_up(self, key: PublicKey, pem: str) -> None:
        """Write it."""
        self._secret.write({"pem": pem, "valid_from": key.valid_from.isoformat()})


class Ed25519Signer:
    """See :class:`audit.ports.Signer`."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def sign(self, head: TreeHead) -> tuple[str, bytes]:
        """Sign with the current key."""
        found = self._secret.read()
        if "pem" not in found:
            raise Retryable("There is no signing key yet: the bootstrap makes one")
        key = _private(found["pem"])
        return _public(key, head.at).key_id, key.sign(head.signed_bytes())

    def verify(self, key: PublicKey, head: TreeHead, signature: bytes) -> bool:
        """Check it; a head from before the key was valid is none of its."""
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, head.signed_bytes())
        except (InvalidSignature, ValueError):
            return False
        return head.at >= key.valid_from


def _private(pem: str) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, Ed25519PrivateKey), "heads are signed by Ed25519"
    return key


def _public(key: Ed25519PrivateKey, at: datetime) -> PublicKey:
    raw = key.public_key().public_bytes_raw()
    return PublicKey(hashlib.sha256(raw).hexdigest()[:16], raw, at)
