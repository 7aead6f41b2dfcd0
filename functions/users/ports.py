"""What the use cases need from outside. A method that changes state is one atomic command with its events."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from users.model import (
    Address,
    Challenge,
    ChallengeId,
    Device,
    FamilyId,
    RefreshToken,
    Rotation,
    SigningKey,
    User,
    UserId,
    Wait,
)

Tell = Callable[[User], Event[Any]]
"""Makes the event of a change from the account as it is after it."""
TellEnd = Callable[[User, FamilyId], Event[Any]]
"""Makes the event of one family's end from its account after it."""


class AfterCommit(Protocol):
    """What the stores' transaction offers."""

    def __call__(self, effect: Callable[[], None], /) -> None:
        """Run ``effect`` when what is under way is committed, at once when nothing is."""


class Accounts(Protocol):
    """The accounts."""

    def by_id(self, user_id: UserId) -> User | None:
        """Return the account, or None."""

    def by_address(self, address: Address) -> User | None:
        """Return the account that has confirmed ``address``, or None."""

    def register(self, user: User, challenge: ChallengeId, event: Event[Any]) -> bool:
        """Use ``challenge`` up and open ``user``; False when the address has an account by now."""

    def ended(self, now: datetime, at_most: int) -> list[UserId]:
        """Return accounts whose told plan has ended by ``now``, the longest ago first."""

    def save(self, user: User, expected_version: int, events: Sequence[Event[Any]]) -> bool:
        """Write ``user`` over ``expected_version``; False when it is not the newest any more."""

    def seed(self, user: User, event: Event[Any]) -> bool:
        """Open ``user`` without a challenge; False when the address has an account."""


class Challenges(Protocol):
    """One-time codes under way."""

    def open(self, challenge: Challenge, *, per_hour: int) -> bool:
        """Keep ``challenge``; False when its address had ``per_hour`` in the hour before."""

    def attempt(self, challenge_id: ChallengeId) -> Challenge | None:
        """Count one try and return the challenge after it, or None when there is none."""

    def renew(self, challenge_id: ChallengeId, code_hash: bytes, now: datetime) -> Challenge | None:
        """Give an open challenge a new code and life, and return it.

        None when there is no such open challenge. One that was sent too often or a moment ago is returned as
        it is, with its old code.
        """


class SignInAttempts(Protocol):
    """Failed sign-ins by account key, known account or not."""

    def begin(self, account: bytes, now: datetime) -> Wait | None:
        """Count a try as failed, before it is made, unless the account must wait: then return the wait."""

    def forgive(self, account: bytes) -> None:
        """Forget the failures: the try succeeded."""


class Sessions(Protocol):
    """Signed-in devices and their refresh tokens."""

    def open(self, device: Device, token: RefreshToken) -> None:
        """Begin a family with its first token."""

    def rotate(
        self, presented: bytes, successor: bytes, device_id: str, now: datetime, tell: TellEnd
    ) -> Rotation:
        """Judge the token with the hash ``presented`` and act on it, under the family's lock.

        *rotate* uses it up and keeps ``successor``; *replay* changes nothing; *reuse* ends the family with
        the event of ``tell``; *ended* and an unknown token change nothing.
        """

    def end(self, user_id: UserId, family: FamilyId, reason: str, now: datetime, tell: TellEnd) -> bool:
        """End one family of ``user_id``; False when there is no live one."""

    def end_all(
        self, user_id: UserId, reason: str, not_before: int, now: datetime, tell: Tell
    ) -> User | None:
        """End every family and refuse tokens issued before ``not_before``; None when there is no account."""

    def devices(self, user_id: UserId, now: datetime) -> list[Device]:
        """Return the devices that can still refresh at ``now``, the last seen first."""

    def revoked_since(self, since: datetime) -> tuple[list[FamilyId], list[tuple[UserId, int]]]:
        """Return the families ended after ``since``, and subjects whose tokens before a second are stale."""


class Retention(Protocol):
    """Forgetting."""

    def forget(self, now: datetime) -> int:
        """Delete a bounded number of rows that are past their use at ``now``; return how many."""


class RevocationMirror(Protocol):
    """The shared memory the authorizer looks at. Every method raises ``Retryable`` when it is away."""

    def ready(self) -> bool:
        """Whether the mirror is complete."""

    def revoke_family(self, family: FamilyId) -> None:
        """Make tokens of ``family`` refused."""

    def refuse_before(self, user_id: UserId, second: int) -> None:
        """Make tokens of ``user_id`` issued before the Unix ``second`` stale."""

    def begin(self) -> str:
        """Start a rebuild: return its mark, to be taken before the truth is read."""

    def complete(self, mark: str, families: Sequence[FamilyId], stale: Sequence[tuple[UserId, int]]) -> bool:
        """Write what is revoked, then the marker; False when the memory was wiped since ``mark``."""


class Passwords(Protocol):
    """A slow, salted hash."""

    def hash(self, password: str) -> str:
        """Return the encoded hash."""

    def verify(self, encoded: str | None, password: str) -> bool:
        """Whether ``password`` fits; without ``encoded`` the same work is done and the answer is False."""


class Digests(Protocol):
    """Keyed digests: worthless to whoever has only the database."""

    def of(self, purpose: str, *parts: str) -> bytes:
        """Return 32 bytes for ``parts`` under ``purpose``."""


class Chance(Protocol):
    """Randomness that nobody can guess."""

    def code(self, digits: int) -> str:
        """Return ``digits`` decimal digits."""

    def token(self) -> str:
        """Return 256 bits as base64url."""


class TokenSigner(Protocol):
    """Signs access tokens with the present key."""

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the token. Raises ``Retryable`` without a key."""


class OtpSender(Protocol):
    """Reaches a person."""

    def send_code(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code."""

    def send_already_registered(self, to: Address, locale: str) -> None:
        """Tell the owner of ``to`` that somebody tried to register it again."""


class KeyStore(Protocol):
    """Where signing keys and published keys are kept. Only tasks write."""

    def load(self) -> tuple[SigningKey, ...]:
        """Return the signing keys, oldest first; empty when there are none yet."""

    def save(self, keys: Sequence[SigningKey]) -> None:
        """Replace the signing keys."""

    def publish(self, jwks: str) -> None:
        """Replace our own JWKS document in the secret verifiers read; other issuers' stay."""


class KeyForge(Protocol):
    """Makes keys."""

    def forge(self, signs_from: int) -> SigningKey:
        """Return a new RSA key."""

    def jwks(self, keys: Sequence[SigningKey]) -> str:
        """Return the JWKS document of the public halves."""


class AdminVault(Protocol):
    """Where the first administrator's password is left for whoever operates the platform."""

    def leave(self, email: str, password: str) -> str:
        """Keep them; return the secret's name."""
