"""Who is who: a PAN's first letters, an Aadhaar number's first digits, or a word of the name decide."""

from typing import Any, Final, Literal

Manner = Literal["answer", "slow", "broken"]
PANS: Final[dict[str, str]] = {
    "REJ": "invalid: no such number",
    "MIS": "mismatch: the number is somebody else's",
    "BRO": "broken: answers 503 each time",
    "SLO": "slow: the first answer to a question comes after the caller's patience",
}
NUMBERS: Final[dict[str, str]] = {"9999": "unknown: no reference is given"}
NAMES: Final[dict[str, str]] = {
    "Otherwise": "Aadhaar mismatch",
    "Sanctioned": "a sure hit on a list of sanctions",
    "Namesake": "a weak hit on a list of sanctions",
    "Minister": "a politically exposed person",
    "Headline": "adverse media",
    "Unscreenable": "the screening answers 503 each time",
}
_PREFIX: Final = 3
_OUTCOMES: Final = {"REJ": "invalid", "MIS": "mismatch"}
_MANNERS: Final[dict[str, Manner]] = {"BRO": "broken", "SLO": "slow"}
_HITS: Final[dict[str, dict[str, Any]]] = {
    "Sanctioned": {"kind": "sanctions", "list": "UN Security Council Consolidated List", "strength": 97},
    "Namesake": {"kind": "sanctions", "list": "UN Security Council Consolidated List", "strength": 61},
    "Minister": {"kind": "pep", "list": "Politically exposed persons, India", "strength": 80},
    "Headline": {"kind": "adverse_media", "list": "Adverse media", "strength": 70},
}


def pan_outcome(pan: str) -> str:
    """Return ``match``, ``mismatch`` or ``invalid``."""
    return _OUTCOMES.get(pan[:_PREFIX], "match")


def pan_manner(pan: str) -> Manner:
    """Return how a question about ``pan`` is answered."""
    return _MANNERS.get(pan[:_PREFIX], "answer")


def aadhaar_outcome(name: str) -> str:
    """Return ``match`` or ``mismatch``."""
    return "mismatch" if "Otherwise" in name else "match"


def is_known(aadhaar: str) -> bool:
    """Whether there is such a number."""
    return not any(aadhaar.startswith(prefix) for prefix in NUMBERS)


def screening_manner(name: str) -> Manner:
    """Return how a screening of ``name`` is answered."""
    return "broken" if "Unscreenable" in name else "answer"


def hits(name: str) -> list[dict[str, Any]]:
    """Return the lists on which somebody so called stands."""
    return [hit for word, hit in _HITS.items() if word in name]
