"""Reads exports, heads and keys, and demands their shape; what has another is :class:`Wrong`."""

import gzip
import json
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HASH_BYTES = 32


class Wrong(Exception):  # noqa: N818 - what is found, not what went wrong with the program
    """One sentence: what does not hold, and where."""


@dataclass(frozen=True, slots=True)
class Head:
    """A tree of ``size`` leaves, in the name of ``origin``, at a time in Unix microseconds."""

    origin: str
    size: int
    root: bytes
    at_us: int
    key_id: str
    signature: bytes

    def signed_bytes(self) -> bytes:
        """Return what the signature covers."""
        origin = self.origin.encode()
        parts = [b"treum-audit-tree-head/1\x00", len(origin).to_bytes(4, "big"), origin]
        parts += [self.size.to_bytes(8, "big"), self.at_us.to_bytes(8, "big", signed=True), self.root]
        return b"".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Chain:
    """One partition of one topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The hash of a chain's entry number ``length``."""

    chain: Chain
    length: int
    hash: bytes


def lines_of(path: Path) -> Iterator[str]:
    """Iterate over the lines of a file, packed (``.gz``) or not."""
    raw = path.read_bytes()
    whole = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    # not splitlines(): an event's text may hold characters that Python takes for the end of a line
    yield from (line for line in whole.split("\n") if line.strip())


def documents_of(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Iterate over the JSON objects of ``lines``."""
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
        except ValueError as error:
            raise Wrong(f"line {number} is no JSON: {error}") from error
        if not isinstance(found, dict):
            raise Wrong(f"line {number} is no object")
        yield found


def head_of(found: dict[str, Any]) -> Head:
    """Return a tree head; also of an answer with a list of them, of which the first is taken."""
    if found.get("items"):
        found = found["items"][0]
    return Head(
        origin=text(found, "origin"),
        size=number(found, "size"),
        root=hashed(found, "root"),
        at_us=number(found, "at_us"),
        key_id=text(found, "key_id"),
        signature=unhex(text(found, "signature")),
    )


def keys_of(found: dict[str, Any]) -> dict[str, bytes]:
    """Return the public keys by id of an answer of ``/audit/keys``."""
    return {text(one, "key_id"): unhex(text(one, "public_key")) for one in found.get("items", [])}


def mark_of(found: dict[str, Any]) -> Mark:
    """Return one mark of a leaf."""
    chain = Chain(text(found, "topic"), number(found, "partition"))
    return Mark(chain, number(found, "length"), hashed(found, "hash"))


def bytes_of(found: dict[str, Any], name: str) -> bytes | None:
    """Return a key or a value: text or base64; None where there is none."""
    value = found.get(name)
    if value is None:
        return None
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return str(value["text"]).encode()
    if isinstance(value, dict) and isinstance(value.get("base64"), str):
        try:
            return b64decode(value["base64"], validate=True)
        except ValueError as error:
            raise Wrong(f"{name} is no base64") from error
    raise Wrong(f"{name} is neither text nor base64")


def text(found: dict[str, Any], name: str) -> str:
    """Return a text. Raises :class:`Wrong`."""
    value = found.get(name)
    if not isinstance(value, str):
        raise Wrong(f"{name} is missing")
    return value


def number(found: dict[str, Any], name: str, least: int = 0) -> int:
    """Return a whole number of eight bytes. Raises :class:`Wrong`."""
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 2**63:
        raise Wrong(f"{name} is no number that can stand there")
    return value


def hashed(found: dict[str, Any], name: str) -> bytes:
    """Return a hash. Raises :class:`Wrong`."""
    raw = unhex(text(found, name))
    if len(raw) != _HASH_BYTES:
        raise Wrong(f"{name} is no SHA-256")
    return raw


def unhex(value: Any) -> bytes:
    """Return bytes. Raises :class:`Wrong`."""
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError) as error:
        raise Wrong(f"{str(value)[:80]!r} is not hexadecimal") from error
