"""Decisions of the gate, and the one of a person."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from kit.http import Body, View
from signals.model.signal import Step


class ApprovalIn(Body):
    """A person's decision about a waiting signal."""

    decision: Literal["approve", "decline"]
    note: str = Field(default="", max_length=500)


class DecisionView(View):
    """One answer of the gate."""

    step: Step
    policy_version: str
    passed: bool
    reasons: tuple[str, ...]
    decided_by: str
    decided_at: datetime
    note: str


class DecisionsView(View):
    """All answers of the gate about one signal, oldest first."""

    items: tuple[DecisionView, ...]
