"""A letter to somebody, by mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """``key`` names what it tells of, such as ``paper:<id>``: one key is sent once. Plain text."""

    key: str
    to: str
    subject: str
    text: str
