"""The whole users domain on memory adapters, with a mailbox and a clock that stands until it is moved."""

from dataclasses import dataclass, field

from builders.identity_provider import APP, CLIENT, FakeProvider
from kit import clock
from kit.sealing import Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping
from users import model
from users.adapters.consent_notices import ShippedNotices
from users.adapters.leaked import ShippedLeaks
from users.adapters.memory import (
    Memory,
    MemoryAccounts,
    MemoryAddressChanges,
    MemoryAttempts,
    MemoryChallenges,
    MemoryConfirmations,
    MemoryConsents,
    MemoryCredentials,
    MemoryIdentities,
    MemoryKeyStore,
    MemoryLocks,
    MemoryMirror,
    MemoryResets,
    MemorySecondFactors,
    MemorySessions,
    MemorySpentProofs,
    MemoryStanding,
)
from users.adapters.passwords import Argon2Passwords
from users.adapters.randomness import HmacDigests, SystemChance
from users.adapters.signing import RsaForge, RsaSigner
from users.adapters.totp import PyTotp
from users.model import Address, User
from users.ports import Note, Notice, Passwords
from users.service.address_change import AddressChanging
from users.service.administration import Administration
from users.service.changes import Changes
from users.service.confirming import Confirming
from users.service.consents import ConsentKeeping
from users.service.federated_sign_in import FederatedSignIn
from users.service.id_tokens import IdTokens
from users.service.identities import IdentityKeeping, Linking
from users.service.locks import LockKeeping
from users.service.notices import Notices
from users.service.opening import SessionOpening
from users.service.password_change import PasswordChanging
from users.service.password_reset import PasswordResetting
from users.service.passwords import PasswordPolicy
from users.service.plans import PlanKeeping
from users.service.profile import Profile
from users.service.registration import Registration
from users.service.second_factor import SecondFactorCheck, SecondFactorKeeping
from users.service.sessions import SessionKeeping
from users.service.sign_in import SignIn
from users.service.sign_in_requests import SignInRequests
from users.service.standing import AccountStanding
from users.service.step_up import StepUp
from users.service.tokens import Grant, Issuer
from users.service.trying import Trying
from users.service.upkeep import Keys, Mirroring

ISSUER = "https://id.treum.test"
AUDIENCE = "treum-api"
PASSWORD = "correct horse battery"
KEY = RsaForge().forge(0)
"""One signing key for every test: making one takes a while."""
ASHA = Address("email", "asha@example.com")


class KnownKey(RsaForge):
    """Gives the same key each time, under a kid of its own."""

    def __init__(self) -> None:
        self._made = 0

    def forge(self, signs_from: int) -> model.SigningKey:
        self._made += 1
        return model.SigningKey(f"kid-{self._made}", KEY.pem, signs_from)


@dataclass
class Counted:
    """Passwords, and what was done with them: each hash and each verification costs the same."""

    inner: Passwords
    done: list[str] = field(default_factory=list)

    def hash(self, password: str) -> str:
        self.done.append("hash")
        return self.inner.hash(password)

    def verify(self, encoded: str | None, password: str) -> bool:
        self.done.append("verify")
        return self.inner.verify(encoded, password)


@dataclass
class Mailbox:
    """What was sent, in order: address and code, or address and None for a note."""

    sent: list[tuple[Address, str | None]] = field(default_factory=list)
    notes: list[tuple[Address, Note]] = field(default_factory=list)
    notices: list[tuple[Address, Notice]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def send_code(self, to: Address, code: str, locale: str) -> None:
        self.sent.append((to, code))

    def send_confirmation(self, to: Address, code: str, locale: str) -> None:
        self.sent.append((to, code))

    def send_notice(self, to: Address, notice: Notice, locale: str) -> None:
        self.notices.append((to, notice))

    def send_reset(self, to: Address, code: str, locale: str) -> None:
        self.sent.append((to, code))

    def send_address_change(self, to: Address, code: str, stop_word: str, locale: str) -> None:
        self.sent.append((to, code))
        self.words.append(stop_word)

    def send_note(self, to: Address, note: Note, locale: str) -> None:
        self.sent.append((to, None))
        self.notes.append((to, note))

    def code_to(self, address: Address) -> str:
        """The newest code that went to ``address``."""
        return next(code for to, code in reversed(self.sent) if to == address and code is not None)

    @property
    def code(self) -> str:
        """The newest code."""
        return next(code for _, code in reversed(self.sent) if code is not None)


LEAKED = "liverpool1"
"""A password that stands in the list."""


class House:
    """The domain, wired for tests."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.mailbox = Mailbox()
        self.mirror = MemoryMirror()
        self.mirror.complete_marker = True
        self.keys = MemoryKeyStore()
        accounts = MemoryAccounts(self.memory)
        self.accounts = accounts
        self.sessions_store = MemorySessions(self.memory)
        passwords = Counted(Argon2Passwords(memory_kib=8, passes=1))
        policy = PasswordPolicy(ShippedLeaks())
        digests = HmacDigests(lambda: b"k" * 32)
        chance = SystemChance()
        issuer = Issuer(ISSUER, AUDIENCE, RsaSigner(lambda: (KEY,), clock.unix), digests, chance)
        notices = Notices(self.mailbox)
        self.registration = Registration(
            accounts, MemoryChallenges(self.memory), passwords, policy, digests, chance, self.mailbox
        )
        self.seals = Sealer(MemoryVault(), MemoryWrapping())
        self.check = SecondFactorCheck(MemorySecondFactors(self.memory), PyTotp(), self.seals, digests)
        self.second_factor = SecondFactorKeeping(accounts, self.check, chance, notices)
        self.confirming = Confirming(
            MemoryConfirmations(self.memory), digests, chance, self.mailbox, self.check
        )
        opening = SessionOpening(self.sessions_store, self.mirror, issuer)
        trying = Trying(MemoryAttempts(self.memory), digests)
        self.sign_in = SignIn(accounts, trying, self.mirror, passwords, chance, self.confirming, opening)
        self.provider = FakeProvider()
        identities, spent = MemoryIdentities(self.memory), MemorySpentProofs(self.memory)
        linking = Linking(accounts, identities, self.check, notices)
        self.id_tokens = IdTokens(self.provider, CLIENT, (APP,), spent, digests)
        requests = SignInRequests(self.provider, spent, digests, chance)
        self.federated = FederatedSignIn(self.provider, requests, self.id_tokens, linking, self.sign_in)
        self.identities = IdentityKeeping(accounts, identities, linking, notices)
        self.credentials = MemoryCredentials(self.memory)
        self.password_changing = PasswordChanging(
            accounts,
            self.credentials,
            trying,
            passwords,
            chance,
            policy,
            self.mirror,
            opening,
            notices,
        )
        self.password_resetting = PasswordResetting(
            accounts,
            MemoryResets(self.memory),
            self.credentials,
            passwords,
            policy,
            digests,
            chance,
            self.mailbox,
            self.check,
            self.mirror,
            notices,
        )
        self.address_changing = AddressChanging(
            accounts,
            MemoryAddressChanges(self.memory),
            digests,
            chance,
            self.mailbox,
            notices,
            self.mirror,
        )
        self.locks = LockKeeping(accounts, MemoryLocks(self.memory), notices)
        self.consents = ConsentKeeping(accounts, MemoryConsents(self.memory), ShippedNotices())
        self.sessions = SessionKeeping(self.sessions_store, self.mirror, issuer)
        self.changes = Changes(accounts, self.mirror, lambda effect: effect())
        self.plans = PlanKeeping(accounts, self.changes)
        self.step_up = StepUp(accounts, self.confirming, issuer)
        self.profile = Profile(accounts)
        self.administration = Administration(accounts, self.changes)
        self.standing = AccountStanding(
            MemoryStanding(self.memory), self.sessions_store, self.mirror, notices
        )
        self.upkeep = Keys(self.keys, KnownKey())
        self.mirroring = Mirroring(self.sessions_store, self.mirror)
        self.passwords = passwords

    def register(self, address: Address = ASHA, password: str = PASSWORD) -> User:
        """Register and prove ``address``; return the account."""
        challenge = self.registration.register(address, password, "Asha", "en")
        self.registration.verify(challenge.id, self.mailbox.code)
        user = self.accounts.by_address(address)
        assert user is not None
        return user

    def event_types(self) -> list[str]:
        """The types of the events so far, in order."""
        return [event.type for event in self.memory.events]

    def login(self, address: Address = ASHA, password: str = PASSWORD, device_id: str | None = None) -> Grant:
        """Sign in, on a new device unless it is named."""
        return self.sign_in.sign_in(address, password, device_id, "phone")
