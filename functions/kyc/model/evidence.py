"""What providers answered about an application: each answer, and each failure to answer, is kept for good."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kyc.model.application import ApplicationId

CheckKind = Literal["pan", "aadhaar"]
CheckOutcome = Literal["match", "mismatch", "invalid", "unavailable"]
"""Name and date of birth fit; the number is known, but not as theirs; it is not known; nobody answered."""
ListKind = Literal["sanctions", "pep", "adverse_media"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a register said; ``reference`` is the provider's name of the answer."""

    outcome: CheckOutcome
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody of that name stands on a list; ``strength`` of 0 to 100 says how surely it is this person."""

    kind: ListKind
    list: str
    strength: int


@dataclass(frozen=True, slots=True)
class Screened:
    """What the lists said: no ``hits``, no match. None of it: nobody answered."""

    hits: tuple[Hit, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """One attempt to verify a number in a round."""

    application: ApplicationId
    round: int
    kind: CheckKind
    attempt: int
    at: datetime
    answer: Answer


@dataclass(frozen=True, slots=True)
class AmlScreening:
    """One attempt to screen in a round; ``screened`` None: nobody answered."""

    application: ApplicationId
    round: int
    attempt: int
    at: datetime
    screened: Screened | None
