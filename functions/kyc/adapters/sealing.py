"""What a person said, sealed under a key of their KYC record; and the keyed digest of a PAN."""

import hmac
from collections.abc import Callable
from datetime import date
from typing import Final

import msgspec

from kit.sealing import Sealer
from kyc.model.details import Details
from kyc.model.tier import PersonId

_FIELD: Final = "kyc-details"


class _Kept(msgspec.Struct, frozen=True):
    name: str
    born: date
    pan: str
    aadhaar_last4: str
    aadhaar_reference: str
    email: str


class SealedDetails:
    """See :class:`kyc.ports.sealing.DetailsSeal`. The subject is not the person's own: see ADR 182."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, person: PersonId, details: Details) -> str:
        """Seal them as JSON."""
        kept = _Kept(**{name: getattr(details, name) for name in _Kept.__struct_fields__})
        return self._sealer.seal(_subject(person), _FIELD, msgspec.json.encode(kept).decode())

    def open(self, person: PersonId, sealed: str) -> Details:
        """Open and read."""
        kept = msgspec.json.decode(self._sealer.open(_subject(person), _FIELD, sealed), type=_Kept)
        return Details(**msgspec.structs.asdict(kept))


class HmacIndex:
    """See :class:`kyc.ports.sealing.Indexing`: HMAC-SHA-256 under a key that never leaves its secret."""

    def __init__(self, read_key: Callable[[], str]) -> None:
        self._read_key = read_key

    def of(self, pan: str) -> bytes:
        """Return 32 bytes."""
        return hmac.digest(self._read_key().encode(), b"treum-kyc-pan\x00" + pan.encode(), "sha256")


def _subject(person: PersonId) -> str:
    return f"kyc:{person}"
