"""Register an address, prove it by a one-time code, open the account.

Nobody learns from the answers whether an address has an account: such a registration gets a decoy that
behaves alike, and the owner of the address a note. The account comes into being with the proof, so an
unproven registration can neither hold an address nor lend it a password.
"""

from dataclasses import dataclass
from hmac import compare_digest

from kit import clock, events, ids
from kit.events.user_events import UserRegistered
from users import model
from users.errors import AlreadyRegistered, CodeRefused, TooManyCodes, VerificationUnknown
from users.model import Address, Challenge, ChallengeId, Locale, User, UserId
from users.ports import Accounts, Challenges, Chance, Digests, OtpSender, Passwords
from users.service.passwords import PasswordPolicy


@dataclass(frozen=True, slots=True)
class Registration:
    """Opens accounts."""

    accounts: Accounts
    challenges: Challenges
    passwords: Passwords
    policy: PasswordPolicy
    digests: Digests
    chance: Chance
    sender: OtpSender

    def register(self, address: Address, password: str, display_name: str, locale: Locale) -> Challenge:
        """Send a one-time code to ``address`` and return the challenge it answers.

        Raises ``WeakPassword``, ``BreachedPassword``, ``TooManyCodes``, ``Retryable`` when the code cannot
        be sent.
        """
        self.policy.demand(password, (address,))
        now = clock.now()
        made = ChallengeId(ids.uuid7())
        code = self.chance.code(model.CODE_DIGITS)
        challenge = Challenge(
            id=made,
            address=address,
            decoy=self.accounts.by_address(address) is not None,
            password_hash=self.passwords.hash(password),
            display_name=display_name,
            locale=locale,
            code_hash=self.digests.of("otp", made, code),
            created_at=now,
            expires_at=now + model.CODE_LIFE,
            last_sent_at=now,
        )
        if not self.challenges.open(challenge, per_hour=model.CHALLENGES_PER_HOUR):
            raise TooManyCodes(retry_after_s=3600)
        self._send(challenge, code)
        return challenge

    def resend(self, challenge_id: ChallengeId) -> Challenge:
        """Send a new code; the one before is void. Raises ``VerificationUnknown``, ``TooManyCodes``."""
        now = clock.now()
        code = self.chance.code(model.CODE_DIGITS)
        code_hash = self.digests.of("otp", challenge_id, code)
        challenge = self.challenges.renew(challenge_id, code_hash, now)
        if challenge is None:
            raise VerificationUnknown
        if challenge.code_hash != code_hash:
            raise TooManyCodes(retry_after_s=int(model.RESEND_AFTER.total_seconds()))
        self._send(challenge, code)
        return challenge

    def verify(self, challenge_id: ChallengeId, code: str) -> None:
        """Open the account when ``code`` is right; the right code again, within its life, succeeds again.

        Raises ``CodeRefused`` (wrong, expired, tried too often, unknown), ``AlreadyRegistered``.
        """
        challenge = self.challenges.attempt(challenge_id)
        offered = self.digests.of("otp", challenge_id, code)
        right = compare_digest(offered, challenge.code_hash if challenge else bytes(32))
        if challenge is None or not right or challenge.decoy:
            raise CodeRefused
        now = clock.now()
        if challenge.expires_at <= now or challenge.attempts > model.CODE_TRIES:
            raise CodeRefused
        if challenge.consumed_at is not None:
            return
        user = _new_user(challenge)
        told = UserRegistered(user_id=user.id, plan=user.plan, roles=user.roles, registered_at=now)
        event = events.new(told, subject=user.id, version=user.version)
        if not self.accounts.register(user, challenge.id, event):
            raise AlreadyRegistered

    def _send(self, challenge: Challenge, code: str) -> None:
        if challenge.decoy:
            self.sender.send_note(challenge.address, "already_registered", challenge.locale)
        else:
            self.sender.send_code(challenge.address, code, challenge.locale)


def _new_user(challenge: Challenge) -> User:
    now = clock.now()
    address = challenge.address
    return User(
        id=UserId(ids.uuid7()),
        email=address.value if address.channel == "email" else None,
        phone=address.value if address.channel == "phone" else None,
        password_hash=challenge.password_hash,
        display_name=challenge.display_name,
        locale=challenge.locale,
        roles=("user",),
        plan="free",
        not_before=0,
        version=1,
        created_at=now,
        updated_at=now,
    )
