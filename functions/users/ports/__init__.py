"""What the use cases need from outside. A method that changes state is one atomic command with its events."""

from users.ports.accounts import Accounts, AfterCommit, Challenges, SignInAttempts
from users.ports.confirmations import Confirmations
from users.ports.people import Notice, OtpSender
from users.ports.second_factor import Seals, SecondFactors, Totp
from users.ports.secrets import AdminVault, Chance, Digests, KeyForge, KeyStore, Passwords, TokenSigner
from users.ports.sessions import Retention, RevocationMirror, Sessions, Tell, TellEnd

__all__ = [
    "Accounts",
    "AdminVault",
    "AfterCommit",
    "Challenges",
    "Chance",
    "Confirmations",
    "Digests",
    "KeyForge",
    "KeyStore",
    "Notice",
    "OtpSender",
    "Passwords",
    "Retention",
    "RevocationMirror",
    "Seals",
    "SecondFactors",
    "Sessions",
    "SignInAttempts",
    "Tell",
    "TellEnd",
    "TokenSigner",
    "Totp",
]
