"""Issue, rotate and revoke API keys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kit import clock, ids
from kit.errors import Conflict
from partners.errors import (
    ApplicationClosed,
    ApplicationUnknown,
    KeyEnded,
    KeyUnknown,
    NameTaken,
    NetworkRefused,
    TooMany,
)
from partners.model import network
from partners.model.application import Application, ApplicationId, OwnerId
from partners.model.key import MOST_KEYS, Key, KeyId, credential, digest_of
from partners.model.scope import Scope
from partners.ports import Applications, Chance, Keys
from partners.service import facts
from partners.service.mirroring import Mirroring


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a key is to be: ``networks`` it may be used from (none: everywhere), ``life`` until it expires."""

    name: str
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...]
    life: timedelta


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key and, this once, what its holder keeps."""

    key: Key
    credential: str


@dataclass(frozen=True, slots=True)
class KeyKeeping:
    """What people do with the keys of their applications."""

    applications: Applications
    keys: Keys
    mirroring: Mirroring
    chance: Chance

    def issue(self, owner: OwnerId, application: ApplicationId, terms: KeyTerms) -> Issued:
        """Issue a key; it opens at once, or within a minute while the authorizer cannot be told.

        Raises ``ApplicationUnknown``, ``ApplicationClosed``, ``NetworkRefused``, ``NameTaken``, ``TooMany``.
        """
        self._open(owner, application)
        sound = replace(terms, networks=_canonical(terms.networks), scopes=tuple(sorted(set(terms.scopes))))
        made = self._make(owner, application, sound)
        placed = self.keys.issue(made.key, MOST_KEYS, facts.key_issued(made.key))
        if placed == "taken":
            raise NameTaken
        if placed == "full":
            raise TooMany(f"An application may have {MOST_KEYS} live keys: revoke one")
        self.mirroring.tell_soon(application)
        return made

    def list(self, owner: OwnerId, application: ApplicationId) -> list[Key]:
        """Return its keys, the newest first. Raises ``ApplicationUnknown``."""
        if self.applications.find(owner, application) is None:
            raise ApplicationUnknown
        return self.keys.of(owner, application)

    def rotate(self, owner: OwnerId, application: ApplicationId, key: KeyId, overlap: timedelta) -> Issued:
        """Issue a successor that may do the same, for as long; the old one is good for ``overlap`` more.

        With no overlap the old one has ended when this returns. Raises ``ApplicationUnknown``,
        ``ApplicationClosed``, ``KeyUnknown``, ``KeyEnded``.
        """
        self._open(owner, application)
        now, old = clock.now(), self._find(owner, application, key)
        if not old.live(now) or old.replaced_by is not None:
            raise KeyEnded
        same = KeyTerms(old.name, old.scopes, old.networks, old.expires_at - old.created_at)
        made = self._make(owner, application, same)
        ending = old.replaced(made.key.id, overlap, now)
        told = (facts.key_replaced(ending), facts.key_issued(made.key, old.id))
        if not self.keys.rotate(ending, old.version, made.key, told):
            raise KeyEnded
        self.mirroring.tell_soon(application)
        return made

    def revoke(self, owner: OwnerId, application: ApplicationId, key: KeyId) -> None:
        """End a key: once this returns it opens nothing. Doing it again is allowed.

        Raises ``KeyUnknown``, and ``Retryable`` when it is revoked but the authorizer could not be told yet:
        ask again.
        """
        was = self._find(owner, application, key)
        if was.revoked_at is None:
            ended = was.revoked(clock.now())
            if not self.keys.revoke(ended, was.version, facts.key_revoked(ended)):
                raise Conflict("The key was changed by somebody else: try again")
        self.mirroring.tell(application)

    def _find(self, owner: OwnerId, application: ApplicationId, key: KeyId) -> Key:
        found = self.keys.find(owner, application, key)
        if found is None:
            raise KeyUnknown
        return found

    def _open(self, owner: OwnerId, application: ApplicationId) -> Application:
        found = self.applications.find(owner, application)
        if found is None:
            raise ApplicationUnknown
        if not found.open:
            raise ApplicationClosed
        return found

    def _make(self, owner: OwnerId, application: ApplicationId, terms: KeyTerms) -> Issued:
        now, prefix, secret = clock.now(), self.chance.prefix(), self.chance.secret()
        key = Key(
            id=KeyId(ids.uuid7()),
            application_id=application,
            owner=owner,
            prefix=prefix,
            digest=digest_of(secret),
            name=terms.name,
            scopes=terms.scopes,
            networks=terms.networks,
            created_at=now,
            expires_at=now + terms.life,
            revoked_at=None,
            replaced_by=None,
            version=1,
        )
        return Issued(key, credential(prefix, secret))


def _canonical(networks: Sequence[str]) -> tuple[str, ...]:
    found = []
    for one in networks:
        try:
            found.append(network.canonical(one))
        except ValueError as error:
            raise NetworkRefused(
                f"{one} is not a network such as 203.0.113.0/24, 2001:db8::/32 or one address"
            ) from error
    return tuple(dict.fromkeys(found))
