"""The life of an application as a table: what is not in it does not happen.

draft ──> submitted ──> verifying ──┬──> approved ──> expired            in_review ──> in_check ──> approved
  ^                        │        ├──> rejected                            ^            ├──> rejected
  └── returned <───────────┤        ├──> in_review ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┤            ├──> returned
      (mended, then submitted)      └──> video_wanted ───────────────────────┘            └──> in_review
"""

from collections.abc import Mapping
from typing import Final, Literal

State = Literal[
    "draft",
    "submitted",
    "verifying",
    "video_wanted",
    "in_review",
    "in_check",
    "returned",
    "approved",
    "rejected",
    "expired",
]
MOVES: Final[Mapping[State, frozenset[State]]] = {
    "draft": frozenset({"submitted", "expired"}),
    "submitted": frozenset({"verifying", "returned"}),
    "verifying": frozenset({"approved", "rejected", "in_review", "video_wanted", "returned"}),
    "video_wanted": frozenset({"in_review", "expired"}),
    "in_review": frozenset({"in_check"}),
    "in_check": frozenset({"approved", "rejected", "returned", "in_review"}),
    "returned": frozenset({"submitted", "expired"}),
    "approved": frozenset({"expired"}),
    "rejected": frozenset(),
    "expired": frozenset(),
}
EDITABLE: Final[frozenset[State]] = frozenset({"draft", "returned"})
"""The applicant's to change."""
DRIVEN: Final[frozenset[State]] = frozenset({"submitted", "verifying"})
"""The workflow's."""
ENDED: Final[frozenset[State]] = frozenset({"approved", "rejected", "expired"})
"""No application beside these is a second one of its person."""
WAITING: Final[frozenset[State]] = frozenset({"video_wanted", "in_review", "in_check"})
"""The staff's."""
TOLD: Final[frozenset[State]] = frozenset({"approved", "rejected", "returned", "video_wanted", "expired"})
"""The applicant gets a letter about these."""
