"""Which account an identity of a provider signs in to: found, linked, opened; and what owners do with theirs.

An account comes into being only with the proof of an address, so the one that is found by a verified address
is its owner's: whoever began to register the address before has no account, and nothing of theirs is linked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from kit import audit, clock, events, ids
from kit.audit import Actor
from kit.errors import Retryable
from kit.events import Event
from kit.events.user_events import UserRegistered
from users import model
from users.errors import (
    AccountDisabled,
    EmailUnverified,
    IdentityTaken,
    IdentityUnknown,
    LastWayIn,
    LinkNeedsSignIn,
    TooManyIdentities,
    UserUnknown,
)
from users.model import Address, IdClaims, Identity, IdentityId, User, UserId
from users.ports import Accounts, Identities
from users.service import facts
from users.service.notices import Notices
from users.service.second_factor import SecondFactorCheck

_TRIES = model.IDENTITIES_PER_USER + 2
"""Whoever is overtaken by another identity of the same account tries again: there are at most ten."""


@dataclass(frozen=True, slots=True)
class Linking:
    """Finds the account of an identity, and links or opens one the first time."""

    accounts: Accounts
    identities: Identities
    check: SecondFactorCheck
    notices: Notices

    def user_of(self, claims: IdClaims, request_id: str) -> User:
        """Return the account that ``claims`` sign in to.

        Nothing is linked to a disabled one. Raises ``EmailUnverified``, ``AccountDisabled``,
        ``LinkNeedsSignIn``, ``TooManyIdentities``, and ``Retryable`` when others keep being faster.
        """
        for _ in range(_TRIES):
            user = self.identities.user_of(claims.issuer, claims.subject)
            user = user or self._first(claims, request_id)
            if user is not None:
                return user
        raise Retryable("This account is being opened by another sign-in: try again")

    def link(
        self, user: User, claims: IdClaims, how: Literal["address", "asked"], by: Actor
    ) -> Identity | None:
        """Link and tell the owner; None when somebody was faster. Raises ``TooManyIdentities``."""
        if len(self.identities.of(user.id)) >= model.IDENTITIES_PER_USER:
            raise TooManyIdentities
        identity = _identity(claims, user.id)

        def tell(after: User) -> Sequence[Event[Any]]:
            fact = facts.identity_linked(after, identity, how)
            return fact, _deed(by, "user.link_identity", user.id, identity.id, linked=True)

        linked = self.identities.link(identity, user.version, tell)
        if linked is None:
            return None
        self.notices.tell(linked, "identity_linked")
        return identity

    def _first(self, claims: IdClaims, request_id: str) -> User | None:
        address = verified_address(claims)
        known = self.accounts.by_address(address)
        if known is None:
            return self._open(claims, address)
        if known.disabled:
            raise AccountDisabled
        if not model.linked_unasked(known) or self.check.enrolled(known.id):
            raise LinkNeedsSignIn
        by = Actor(known.id, known.roles, request_id)
        return self.accounts.by_id(known.id) if self.link(known, claims, "address", by) else None

    def _open(self, claims: IdClaims, address: Address) -> User | None:
        now = clock.now()
        user = User(
            id=UserId(ids.uuid7()),
            email=address.value,
            phone=None,
            password_hash=model.NO_PASSWORD,
            display_name="",
            locale="en",
            roles=("user",),
            plan="free",
            not_before=0,
            version=1,
            created_at=now,
            updated_at=now,
        )
        identity = replace(_identity(claims, user.id), linked_at=now)
        data = UserRegistered(user_id=user.id, plan=user.plan, roles=user.roles, registered_at=now)
        opened = events.new(data, subject=user.id, version=user.version)
        told = (opened, facts.identity_linked(user, identity, "opened"))
        return user if self.identities.open(user, identity, told) else None


@dataclass(frozen=True, slots=True)
class IdentityKeeping:
    """What an owner does with the identities of their account."""

    accounts: Accounts
    identities: Identities
    linking: Linking
    notices: Notices

    def of(self, user_id: UserId) -> list[Identity]:
        """Return one's own, the first linked first."""
        return self.identities.of(user_id)

    def add(self, user_id: UserId, claims: IdClaims, by: Actor) -> Identity:
        """Link what ``claims`` vouch for to one's own account, whatever its addresses are; again: the same.

        Raises ``EmailUnverified``, ``IdentityTaken``, ``TooManyIdentities``, ``AccountDisabled``,
        ``UserUnknown``, ``Retryable``.
        """
        verified_address(claims)
        for _ in range(_TRIES):
            holder = self.identities.user_of(claims.issuer, claims.subject)
            if holder is not None:
                return self._own(user_id, holder, claims)
            user = self.accounts.by_id(user_id)
            if user is None:
                raise UserUnknown
            if user.disabled:  # since this request was let in
                raise AccountDisabled
            identity = self.linking.link(user, claims, "asked", by)
            if identity is not None:
                return identity
        raise Retryable("The account is being changed by others: try again")

    def remove(self, user_id: UserId, identity_id: IdentityId, by: Actor) -> None:
        """Unlink one of one's own. Raises ``IdentityUnknown``, ``LastWayIn``."""
        now = clock.now()

        def tell(after: User) -> Sequence[Event[Any]]:
            fact = facts.identity_unlinked(after, identity_id, now)
            return fact, _deed(by, "user.unlink_identity", user_id, identity_id, linked=False)

        outcome = self.identities.unlink(identity_id, user_id, now, tell)
        if outcome == "unknown":
            raise IdentityUnknown
        if outcome == "last":
            raise LastWayIn
        user = self.accounts.by_id(user_id)
        assert user is not None, "its identity was just removed"
        self.notices.tell(user, "identity_unlinked")

    def _own(self, user_id: UserId, holder: User, claims: IdClaims) -> Identity:
        if holder.id != user_id:
            raise IdentityTaken
        named = (claims.issuer, claims.subject)
        found = [one for one in self.identities.of(user_id) if (one.issuer, one.subject) == named]
        if not found:
            raise Retryable("This identity was removed a moment ago: try again")
        return found[0]


def verified_address(claims: IdClaims) -> Address:
    """Return the e-mail address the provider vouches for. Raises ``EmailUnverified``."""
    if claims.email is None or not claims.email_verified:
        raise EmailUnverified
    return Address("email", claims.email)


def _identity(claims: IdClaims, user_id: UserId) -> Identity:
    return Identity(IdentityId(ids.uuid7()), claims.issuer, claims.subject, user_id, clock.now())


def _deed(by: Actor, action: str, user_id: UserId, identity_id: IdentityId, *, linked: bool) -> Event[Any]:
    before, after = ({"identity": identity_id, "linked": state} for state in (not linked, linked))
    return audit.performed(by, action, kind="user", id=user_id, before=before, after=after)
