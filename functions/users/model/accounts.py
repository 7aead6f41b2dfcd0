"""People: their addresses and their accounts."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NewType

from kit.identity import Plan, Role
from users.model.plans import NO_TERM, Entitled, Term, larger

UserId = NewType("UserId", str)
Channel = Literal["email", "phone"]
Locale = Literal["en", "hi"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached: a lower-case e-mail address, or a phone number in E.164 (+91…)."""

    channel: Channel
    value: str


@dataclass(frozen=True, slots=True)
class Disabled:
    """Since when nobody comes in with an account, why, and the case that tells the rest."""

    at: datetime
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class User:
    """An account. Tokens from before the Unix second ``not_before`` are stale; ``version`` counts changes.

    ``plan`` and ``valid_until`` are what was last told to others. What holds at an instant follows from what
    an administrator ``granted`` and what is ``paid``, by the facts of payments up to ``paid_version``.
    With a ``disabled`` one nobody comes in, whatever they prove.
    """

    id: UserId
    email: str | None
    phone: str | None
    password_hash: str
    display_name: str
    locale: Locale
    roles: tuple[Role, ...]
    plan: Plan
    not_before: int
    version: int
    created_at: datetime
    updated_at: datetime
    valid_until: datetime | None = None
    granted: Term = NO_TERM
    paid: Term = NO_TERM
    paid_version: int = 0
    disabled: Disabled | None = None

    def entitled(self, now: datetime) -> Entitled:
        """Return the plan that holds at ``now``, whatever was told."""
        return larger(self.granted, self.paid, now)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The confirmed addresses, the phone first: it is in one's hand."""
        phone = (Address("phone", self.phone),) if self.phone else ()
        return (*phone, *((Address("email", self.email),) if self.email else ()))

    def at(self, channel: Channel) -> Address | None:
        """Return the confirmed address of ``channel``, or None."""
        return next((one for one in self.addresses if one.channel == channel), None)

    def reached_by(self, address: Address) -> "User":
        """Return the account with ``address`` in place of the one of its channel."""
        if address.channel == "email":
            return replace(self, email=address.value)
        return replace(self, phone=address.value)

    def stale_before(self, second: int) -> "User":
        """Return the account whose tokens from before ``second`` are stale, and those given since.

        A token is never issued before ``not_before``: one of the same second may lie exactly there.
        """
        return replace(self, not_before=max(second, self.not_before + 1))

    def settled(self, now: datetime) -> "User":
        """Return the account with the plan that holds at ``now`` as the one that is told."""
        held = self.entitled(now)
        return replace(self, plan=held.plan, valid_until=held.until)
