"""A fact as a row: its kind, and its body as MessagePack."""

from typing import Final, TypeVar

import msgspec

from analytics.model.facts import Chose, Entitled, Fact, Moved, Subscribed, Turned

_KINDS: Final[dict[str, type[Fact]]] = {
    "moved": Moved,
    "subscribed": Subscribed,
    "entitled": Entitled,
    "chose": Chose,
    "turned": Turned,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = {name: msgspec.msgpack.Decoder(kind).decode for name, kind in _KINDS.items()}
F = TypeVar("F", bound=Fact)


def packed(fact: Fact) -> tuple[str, bytes]:
    """Return the kind and body of ``fact``."""
    return _NAMES[type(fact)], _encode(fact)


def unpacked(kind: str, body: bytes) -> Fact:
    """Return the fact of a row."""
    return _decode[kind](body)
