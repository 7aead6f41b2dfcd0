"""Whoever verifies and screens for us. Every call raises ``Retryable`` where nobody answers in time."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kyc.model.evidence import Answer, Screened


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands for an Aadhaar number."""

    reference: str
    last4: str


class NumberVault(Protocol):
    """Where Aadhaar numbers are left: we keep a reference."""

    def reference(self, aadhaar: str) -> Reference | None:
        """Leave a number, return what stands for it; None for a number that is not known."""


class Registers(Protocol):
    """Verifies what people say of themselves. ``key`` names the question: asked twice it is one question."""

    def pan(self, pan: str, name: str, born: date, *, key: str) -> Answer:
        """Ask whether ``pan`` belongs to somebody so called, born so."""

    def aadhaar(self, reference: str, name: str, born: date, *, key: str) -> Answer:
        """Ask the same of an Aadhaar number by its reference."""


class Watchlists(Protocol):
    """Screens against lists of sanctions, politically exposed persons and adverse media."""

    def screen(self, name: str, born: date, *, key: str) -> Screened:
        """Return who of that name and birth is listed."""
