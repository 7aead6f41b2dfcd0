"""Decisions: each is written once, with who or what made it, on what grounds, under which policy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from kyc.model.application import ApplicationId

DecisionKind = Literal["rule", "video", "maker", "checker", "time"]
Verdict = Literal[
    "approve",
    "reject",
    "return",
    "review",
    "video",
    "confirmed",
    "not_confirmed",
    "agree",
    "disagree",
    "expire",
]
BY_RULE: Final = "rule"


@dataclass(frozen=True, slots=True)
class Decision:
    """``version`` is that of the application it led to; ``note`` are the words of whoever decided."""

    application: ApplicationId
    version: int
    round: int
    at: datetime
    by: str
    kind: DecisionKind
    verdict: Verdict
    policy_version: str
    score: int | None = None
    reasons: tuple[str, ...] = ()
    note: str | None = None
