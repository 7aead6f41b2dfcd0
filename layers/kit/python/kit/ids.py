"""Identifiers: UUIDv7 (RFC 9562), so that they sort by the time they were made."""

import os
import uuid

from kit import clock


def uuid7() -> str:
    """Return a new UUIDv7: 48 bits of Unix milliseconds from the clock port, then 74 random bits."""
    ms = int(clock.now().timestamp() * 1000)
    return uuid7_at(ms, os.urandom(10))


def uuid7_at(ms: int, entropy: bytes) -> str:
    """Return the UUIDv7 for ``ms`` (Unix milliseconds) and ten bytes of ``entropy``."""
    tail = int.from_bytes(entropy, "big")
    value = (ms & (2**48 - 1)) << 80 | 7 << 76 | (tail >> 62 & 0xFFF) << 64 | 0b10 << 62 | tail & (2**62 - 1)
    return str(uuid.UUID(int=value))


def uuid7_ms(value: str) -> int:
    """Return the Unix milliseconds inside a UUIDv7. Raises ``ValueError`` for anything else."""
    parsed = uuid.UUID(value)
    if parsed.version != 7:  # noqa: PLR2004 - the version number is the name of the format
        raise ValueError(f"not a UUIDv7: {value}")
    return parsed.int >> 80
