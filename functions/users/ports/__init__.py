"""What the use cases need from outside. A method that changes state is one atomic command with its events."""

from users.ports.accounts import Accounts, AfterCommit, Challenges, SignInAttempts
from users.ports.addresses import AddressChanges, Made
from users.ports.confirmations import Confirmations
from users.ports.consents import ConsentNotices, Consents
from users.ports.credentials import Credentials, LeakedPasswords, NewPassword, PasswordResets, TellPassword
from users.ports.federation import Identities, Provider, SpentProofs, Unlinked
from users.ports.locks import Locks
from users.ports.people import Note, Notice, OtpSender
from users.ports.second_factor import Seals, SecondFactors, Totp
from users.ports.secrets import AdminVault, Chance, Digests, KeyForge, KeyStore, Passwords, TokenSigner
from users.ports.sessions import (
    Retention,
    RevocationMirror,
    Sessions,
    Tell,
    TellAll,
    TellDisplaced,
    TellEnd,
)
from users.ports.standing import Standing, Undone

__all__ = [
    "Accounts",
    "AddressChanges",
    "AdminVault",
    "AfterCommit",
    "Challenges",
    "Chance",
    "Confirmations",
    "ConsentNotices",
    "Consents",
    "Credentials",
    "Digests",
    "Identities",
    "KeyForge",
    "KeyStore",
    "LeakedPasswords",
    "Locks",
    "Made",
    "NewPassword",
    "Note",
    "Notice",
    "OtpSender",
    "PasswordResets",
    "Passwords",
    "Provider",
    "Retention",
    "RevocationMirror",
    "Seals",
    "SecondFactors",
    "Sessions",
    "SignInAttempts",
    "SpentProofs",
    "Standing",
    "Tell",
    "TellAll",
    "TellDisplaced",
    "TellEnd",
    "TellPassword",
    "TokenSigner",
    "Totp",
    "Undone",
    "Unlinked",
]
