"""Grant plans and roles; find accounts. A grant makes earlier tokens stale, so that it holds at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kit import audit, clock, events, ids
from kit.audit import Actor
from kit.events import Event
from kit.events.user_events import UserRegistered, UserRolesChanged
from kit.identity import ROLES, Plan, Role
from users.errors import RolesRefused, UserUnknown
from users.model import Address, Term, User, UserId
from users.ports import Accounts, AdminVault, Chance, Passwords
from users.service.changes import Change, Changes, Telling
from users.service.plans import told


@dataclass(frozen=True, slots=True)
class Administration:
    """What administrators do to accounts."""

    accounts: Accounts
    changes: Changes

    def read(self, user_id: UserId) -> User:
        """Return any account. Raises ``UserUnknown``."""
        user = self.accounts.by_id(user_id)
        if user is None:
            raise UserUnknown
        return user

    def find(self, address: Address) -> User | None:
        """Return the account of ``address``, or None."""
        return self.accounts.by_address(address)

    def grant_plan(self, user_id: UserId, plan: Plan, by: Actor, valid_until: datetime | None) -> User:
        """Grant ``plan`` until ``valid_until`` in place of what was granted before; free grants nothing.

        A larger plan that is paid for goes on. The same grant again changes nothing. Raises ``UserUnknown``.
        """
        granted, now = Term(plan, valid_until), clock.now()

        def change(user: User) -> User:
            return user if user.granted == granted else replace(user, granted=granted).settled(now)

        def telling(user: User, changed: User) -> Sequence[Event[Any]]:
            return (*told(user, changed, by.id), _deed(by, "user.grant_plan", user, changed))

        return self._make(user_id, change, telling)

    def grant_roles(self, user_id: UserId, roles: Sequence[Role], by: Actor) -> User:
        """Make ``roles`` the account's roles; ``user`` is always one of them.

        Raises ``UserUnknown``, and ``RolesRefused`` when an administrator would resign: another must do that,
        so that the last one cannot lock everybody out.
        """
        if user_id == by.id and "admin" not in roles:
            raise RolesRefused("You cannot take the role admin from yourself: ask another administrator")
        wanted = tuple(role for role in ROLES if role in {*roles, "user"})

        def telling(user: User, changed: User) -> Sequence[Event[Any]]:
            data = UserRolesChanged(
                user_id=user.id, roles=wanted, previous=user.roles, changed_by=by.id, changed_at=clock.now()
            )
            fact = events.new(data, subject=user.id, version=changed.version)
            return fact, _deed(by, "user.grant_roles", user, changed)

        return self._make(user_id, lambda user: replace(user, roles=wanted), telling)

    def _make(self, user_id: UserId, change: Change, telling: Telling) -> User:
        changed = self.changes.make(user_id, change, telling)
        if changed is None:
            raise UserUnknown
        return changed


def _deed(by: Actor, action: str, user: User, changed: User) -> Event[Any]:
    return audit.performed(by, action, kind="user", id=user.id, before=_rights(user), after=_rights(changed))


def _rights(user: User) -> Mapping[str, Any]:
    """Return what such an action changes, and nothing of the person."""
    return {"plan": user.plan, "granted": user.granted, "roles": user.roles, "version": user.version}


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """Makes sure that somebody can administer a new platform."""

    accounts: Accounts
    passwords: Passwords
    chance: Chance
    vault: AdminVault

    def ensure(self, email: str) -> bool:
        """Open an administrator's account at ``email`` unless it has one; whether it was opened now.

        The password is random and left in the vault before the account exists, so a lost run repeats safely.
        """
        address = Address("email", email.lower())
        if self.accounts.by_address(address) is not None:
            return False
        password = self.chance.token()
        self.vault.leave(address.value, password)
        now = clock.now()
        user = User(
            id=UserId(ids.uuid7()),
            email=address.value,
            phone=None,
            password_hash=self.passwords.hash(password),
            display_name="Administrator",
            locale="en",
            roles=("user", "admin"),
            plan="enterprise",
            granted=Term("enterprise"),
            not_before=0,
            version=1,
            created_at=now,
            updated_at=now,
        )
        told = UserRegistered(user_id=user.id, plan=user.plan, roles=user.roles, registered_at=now)
        return self.accounts.seed(user, events.new(told, subject=user.id, version=user.version))
