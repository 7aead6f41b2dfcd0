"""What a privileged action leaves behind: one event in the outbox, in the transaction of its effect.

An entry point asks :class:`Witness` who acts, hands that to the use case, and the use case makes the event
from the state before and after, beside its own facts::

    by = witness.actor(request)                                            # api
    deed = audit.performed(by, "user.grant_plan", kind="user", id=user.id, before=…, after=…)   # service
    accounts.save(changed, version, (told, deed))                          # one transaction

Workers and tasks act as :func:`system`. Where no use case stands in between, :meth:`Witness.acted` does both.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from kit import clock, events
from kit.errors import NotFound
from kit.events import Event
from kit.events.audit_events import ActionPerformed
from kit.identity import Caller

NETWORK = "network"
"""The name of the sealed field: what opens it must name it."""
_LARGEST = 2**53 - 1
Seal = Callable[[str, str, str], str]
"""``kit.sealing.Sealer.seal``: subject, field, text."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user with all of its roles, or a part of the system. ``network`` is sealed for ``id``."""

    id: str
    roles: tuple[str, ...] = ()
    request_id: str = ""
    network: str | None = None


class Asked(Protocol):
    """What is used of ``kit.http.Request``."""

    @property
    def id(self) -> str:
        """The request's id."""

    @property
    def user(self) -> Caller:
        """The caller."""

    @property
    def ip(self) -> str:
        """Where the request came from."""


def system(name: str, request_id: str = "") -> Actor:
    """Return the actor of a function that acts by itself, such as ``payments-tasks``."""
    return Actor(f"system:{name}", request_id=request_id)


def performed(
    actor: Actor,
    action: str,
    *,
    kind: str,
    id: str,  # noqa: A002 - the object's id, as its event calls it
    before: Any = None,
    after: Any = None,
    cause: Event[Any] | None = None,
) -> Event[ActionPerformed]:
    """Return the event that ``actor`` did ``action`` (``refund.approve``) to the object ``kind`` ``id``.

    ``before`` and ``after`` are the state that the action may change, never personal data: a digest of few
    possible values can be guessed. None: the object was not there, or no state changed.
    """
    fact = ActionPerformed(
        actor=actor.id,
        roles=actor.roles,
        action=action,
        kind=kind,
        object_id=id,
        before=None if before is None else digest(before),
        after=None if after is None else digest(after),
        network=actor.network,
        request_id=actor.request_id,
        performed_at=clock.now(),
    )
    return events.new(fact, subject=id, version=1, cause=cause)


def digest(state: Any) -> str:
    """Return the SHA-256, in hex, of ``state`` as canonical JSON (RFC 8785).

    ``state`` is made of dataclasses, Structs, mappings, sequences, texts, whole numbers, times and decimals
    (the last two become texts). Raises ``TypeError`` for a binary fraction, a number of 2**53 and a key
    beyond ASCII: of these alone the canonical form would differ from what is written here.
    """
    plain = msgspec.to_builtins(state)
    _demand_canonical(plain)
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


class Witness:
    """Knows who acts; without ``seal`` it keeps no network address."""

    def __init__(self, seal: Seal | None = None) -> None:
        self._seal = seal

    def actor(self, request: Asked) -> Actor:
        """Return who asks, the address sealed. Raises ``Retryable`` when it cannot be sealed now."""
        caller = request.user
        return Actor(caller.subject, tuple(sorted(caller.roles)), request.id, self._sealed(request))

    def acted(self, request: Asked, action: str, **told: Any) -> Event[ActionPerformed]:
        """Return :func:`performed` by whoever asks."""
        return performed(self.actor(request), action, **told)

    def _sealed(self, request: Asked) -> str | None:
        if self._seal is None or not request.ip:
            return None
        try:
            return self._seal(request.user.subject, NETWORK, request.ip)
        except NotFound:  # erased: nothing more is kept of this person
            return None


def _demand_canonical(value: Any) -> None:
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > _LARGEST):
        raise TypeError(f"{value} has no place in a digest: use whole numbers below 2**53, or decimals")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"the key {key!r} has no canonical place: use ASCII names")
            _demand_canonical(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _demand_canonical(inner)
