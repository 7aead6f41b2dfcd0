"""The whole users domain on memory adapters, with a mailbox and a clock that stands until it is moved."""

from dataclasses import dataclass, field

from kit import clock
from kit.sealing import Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping
from users import model
from users.adapters.memory import (
    Memory,
    MemoryAccounts,
    MemoryAttempts,
    MemoryChallenges,
    MemoryConfirmations,
    MemoryKeyStore,
    MemoryMirror,
    MemorySecondFactors,
    MemorySessions,
)
from users.adapters.passwords import Argon2Passwords
from users.adapters.randomness import HmacDigests, SystemChance
from users.adapters.signing import RsaForge, RsaSigner
from users.adapters.totp import PyTotp
from users.model import Address, User
from users.ports import Notice
from users.service.administration import Administration
from users.service.changes import Changes
from users.service.confirming import Confirming
from users.service.notices import Notices
from users.service.plans import PlanKeeping
from users.service.profile import Profile
from users.service.registration import Registration
from users.service.second_factor import SecondFactorCheck, SecondFactorKeeping
from users.service.sessions import SessionKeeping
from users.service.sign_in import SignIn
from users.service.step_up import StepUp
from users.service.tokens import Grant, Issuer
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
class Mailbox:
    """What was sent, in order: address and code, or address and None for the note."""

    sent: list[tuple[Address, str | None]] = field(default_factory=list)
    notices: list[tuple[Address, Notice]] = field(default_factory=list)

    def send_code(self, to: Address, code: str, locale: str) -> None:
        self.sent.append((to, code))

    def send_confirmation(self, to: Address, code: str, locale: str) -> None:
        self.sent.append((to, code))

    def send_notice(self, to: Address, notice: Notice, locale: str) -> None:
        self.notices.append((to, notice))

    def send_already_registered(self, to: Address, locale: str) -> None:
        self.sent.append((to, None))

    @property
    def code(self) -> str:
        """The newest code."""
        return next(code for _, code in reversed(self.sent) if code is not None)


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
        passwords = Argon2Passwords(memory_kib=8, passes=1)
        digests = HmacDigests(lambda: b"k" * 32)
        chance = SystemChance()
        issuer = Issuer(ISSUER, AUDIENCE, RsaSigner(lambda: (KEY,), clock.unix), digests, chance)
        self.registration = Registration(
            accounts, MemoryChallenges(self.memory), passwords, digests, chance, self.mailbox
        )
        self.seals = Sealer(MemoryVault(), MemoryWrapping())
        self.check = SecondFactorCheck(MemorySecondFactors(self.memory), PyTotp(), self.seals, digests)
        self.second_factor = SecondFactorKeeping(accounts, self.check, chance, Notices(self.mailbox))
        self.confirming = Confirming(
            MemoryConfirmations(self.memory), digests, chance, self.mailbox, self.check
        )
        self.sign_in = SignIn(
            accounts,
            MemoryAttempts(self.memory),
            self.sessions_store,
            self.mirror,
            passwords,
            digests,
            chance,
            issuer,
            self.confirming,
        )
        self.sessions = SessionKeeping(self.sessions_store, self.mirror, issuer)
        self.changes = Changes(accounts, self.mirror, lambda effect: effect())
        self.plans = PlanKeeping(accounts, self.changes)
        self.step_up = StepUp(accounts, self.confirming, issuer)
        self.profile = Profile(accounts)
        self.administration = Administration(accounts, self.changes)
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

    def login(self, address: Address = ASHA, password: str = PASSWORD) -> Grant:
        """Sign in on a new device."""
        return self.sign_in.sign_in(address, password, None, "phone")
