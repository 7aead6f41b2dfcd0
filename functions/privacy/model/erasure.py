"""The life of an erasure: it waits 48 hours, may be held by law, and then happens once and for ever.

waiting ──> erasing ──> closing ──> completed
 │  ^          all domains but that of the account, then that one, then the key
 v  │
held        waiting, held ──> cancelled
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NewType

from privacy.model.export import PersonId

ErasureId = NewType("ErasureId", str)
ErasureState = Literal["waiting", "held", "erasing", "closing", "completed", "cancelled"]
NOTICE: Final = timedelta(hours=48)
"""From the request to the erasure; rule 8(2) of the DPDP Rules, 2025 has the same time for another case."""
LATE_AFTER: Final = timedelta(hours=1)
ASK_AGAIN: Final = timedelta(hours=24)
"""After something was found open at the moment of an erasure."""
LOOK_AGAIN: Final = timedelta(seconds=5)
"""After a key's destruction was asked for."""
LAST: Final = "users"
"""The account goes last: until then the person can be reached."""
NEXT: Final[dict[ErasureState, frozenset[ErasureState]]] = {
    "waiting": frozenset({"held", "erasing", "cancelled"}),
    "held": frozenset({"waiting", "cancelled"}),
    "erasing": frozenset({"closing"}),
    "closing": frozenset({"completed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """One request, due at ``due_at``; ``ended_at`` when it was completed or taken back."""

    id: ErasureId
    person: PersonId
    domains: tuple[str, ...]
    requested_at: datetime
    due_at: datetime
    state: ErasureState = "waiting"
    version: int = 1
    began_at: datetime | None = None
    ended_at: datetime | None = None

    def into(self, state: ErasureState, now: datetime) -> "Erasure":
        """Return it in ``state``. Raises ``ValueError`` where no way leads there."""
        if state not in NEXT[self.state]:
            raise ValueError(f"an erasure that is {self.state} does not become {state}")
        return replace(
            self,
            state=state,
            version=self.version + 1,
            began_at=now if state == "erasing" else self.began_at,
            ended_at=now if not NEXT[state] else None,
        )

    @property
    def first(self) -> tuple[str, ...]:
        """The domains that erase before the account goes."""
        return tuple(one for one in self.domains if one != LAST)

    @property
    def asked(self) -> tuple[str, ...]:
        """Who is asked to erase in the present state."""
        return {"erasing": self.first, "closing": (LAST,)}.get(self.state, ())


@dataclass(frozen=True, slots=True)
class Kept:
    """What a domain keeps, why, and until when; None: as long as the reason."""

    what: str
    why: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a domain erased (rows by name), and what it keeps."""

    domain: str
    removed: dict[str, Any]
    kept: tuple[Kept, ...]
    told_at: datetime
