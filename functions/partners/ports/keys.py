"""API keys, and their mirror."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from partners.model.application import ApplicationId, OwnerId
from partners.model.key import Key, KeyId
from partners.model.mirrored import MirroredKey
from partners.ports.applications import Placed


class Keys(Protocol):
    """Keys of applications."""

    def find(self, owner: OwnerId, application: ApplicationId, key: KeyId) -> Key | None:
        """Return the key."""

    def of(self, owner: OwnerId, application: ApplicationId) -> list[Key]:
        """Return the application's keys, the newest first, at most a hundred."""

    def issue(self, key: Key, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new key with its event; ``full``: the application has ``at_most`` live ones already."""

    def rotate(self, old: Key, expected_version: int, new: Key, events: Sequence[Event[Any]]) -> bool:
        """Keep ``new``, and ``old`` as it is then, together; False when ``old`` has another version."""

    def revoke(self, key: Key, expected_version: int, event: Event[Any]) -> bool:
        """Keep the revoked key with its event; False when it has another version."""


class MirrorSource(Protocol):
    """What is to be mirrored."""

    def of_application(self, application: ApplicationId, now: datetime) -> list[MirroredKey]:
        """Return its keys: those that may be used at ``now``, and those that ended lately as not live."""

    def of_owner(self, owner: OwnerId, now: datetime) -> list[MirroredKey]:
        """Return the keys of all applications of ``owner``, as above."""

    def page(self, after: str, limit: int, now: datetime) -> list[MirroredKey]:
        """Return up to ``limit`` keys of everybody by prefix, those behind ``after``, as above."""


class KeyMirror(Protocol):
    """The shared memory the authorizer looks at. Every method raises ``Retryable`` when it is away."""

    def put(self, keys: Sequence[MirroredKey]) -> None:
        """Write each key unless something newer is known of it."""

    def begin(self) -> str:
        """Start a rebuild: return its mark, to be taken before the truth is read."""

    def fill(self, mark: str, keys: Sequence[MirroredKey]) -> bool:
        """Write each key unless something newer is known; False when the memory was wiped since ``mark``."""

    def complete(self, mark: str) -> bool:
        """Write the marker that the mirror is whole; False when it was wiped since ``mark``."""
