"""A provider of identities, and which of them sign in to which account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from kit.events import Event
from users.model import IdClaims, Identity, IdentityId, User, UserId
from users.ports.sessions import TellAll

Unlinked = Literal["unlinked", "unknown", "last"]
"""*last*: without a password nobody could sign in to the account any more."""


class Provider(Protocol):
    """A tenant that vouches for people. Every method raises ``Retryable`` when it is away."""

    @property
    def issuer(self) -> str:
        """Its name, as it stands in its tokens."""

    def authorize_url(self, state: str, nonce: str, challenge: str) -> str:
        """Return where a person signs in; ``challenge`` is the S256 challenge of RFC 7636."""

    def redeem(self, code: str, verifier: str) -> str:
        """Return the ID token that ``code`` is worth. Raises ``SignInRequestRefused``."""

    def read(self, token: str) -> IdClaims:
        """Return what an ID token says that one of its keys signed. Raises ``IdTokenRefused``."""


class SpentProofs(Protocol):
    """Proofs that were used, until they would not be accepted anyway."""

    def spend(self, digest: bytes, until: datetime) -> bool:
        """Use a proof up; False when it was."""


class Identities(Protocol):
    """Which identity signs in to which account."""

    def user_of(self, issuer: str, subject: str) -> User | None:
        """Return the account an identity signs in to, or None."""

    def open(self, user: User, identity: Identity, events: Sequence[Event[Any]]) -> bool:
        """Open ``user`` with its first identity; False when its address or the identity is taken by now."""

    def link(self, identity: Identity, version: int, tell: TellAll) -> User | None:
        """Link it to an account at ``version``; None when that is not its newest, or it is taken."""

    def of(self, user_id: UserId) -> list[Identity]:
        """Return the account's identities, the first linked first."""

    def unlink(self, identity_id: IdentityId, user_id: UserId, now: datetime, tell: TellAll) -> Unlinked:
        """Remove one of the account's identities, unless it is the last way in."""
