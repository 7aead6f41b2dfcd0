"""What a person is told before they are erased, and with their export: domain by domain, in plain words."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Line:
    """Of one domain: what is erased, what is kept and why; None: nothing is kept."""

    domain: str
    erased: str
    kept: str | None = None
    why: str | None = None


LINES: Final = (
    Line(
        "users",
        "Name, addresses, password, devices, sessions, second factor",
        "An empty row with your id, and your consents under that id",
        "The id must not be given again; consent must be provable (DPDP Act, 2023, section 6(10))",
    ),
    Line(
        "signals",
        "Choices, feedback, backtests, hooks and their alerts",
        "For analysts and reviewers: what was recommended and decided, under your id",
        "The public record of recommendations is never rewritten",
    ),
    Line(
        "payments",
        "Billing name and address",
        "Invoices, credit notes and the books, under your id",
        "CGST Act, 2017, section 36: 72 months after the year's annual return",
    ),
    Line(
        "kyc",
        "Nothing before its day",
        "The record of your identity, encrypted under a key of its own",
        "PML Rules: at least five years after the relationship; ours is ten",
    ),
    Line(
        "partners",
        "Applications' names and contacts, endpoints, usage",
        "Digests of revoked keys",
        "A revoked key must never open anything",
    ),
    Line(
        "analytics",
        "Nothing",
        "Facts behind sums, under your id",
        "They lead to nobody once the account is gone",
    ),
    Line("realtime", "Your plan, as sockets know it"),
    Line(
        "audit",
        "The key of your sealed data: what it sealed is unreadable for ever",
        "The chain of events, under your id",
        "What happened must stay provable",
    ),
)
SHARED_WITH: Final = (
    ("the payment gateway", "your address and what you paid, where you paid by card"),
    ("the provider that verifies identities", "what you said of yourself, where you applied to be verified"),
    ("the mail and SMS service", "your addresses, and the messages sent to them"),
)
"""Processors, as section 11(1)(b) of the DPDP Act, 2023 asks."""
