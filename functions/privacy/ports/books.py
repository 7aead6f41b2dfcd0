"""Where requests, answers, holds and engagements stand. Facts are written with the state they tell of."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Literal, Protocol

from kit.events import Event
from privacy.model.erasure import Answer, Erasure, ErasureId
from privacy.model.export import Export, ExportId, Part, PersonId
from privacy.model.hold import Hold, HoldId

Facts = Sequence[Event[Any]]
EngagementKind = Literal["subscription", "refund"]
Together = Callable[[], AbstractContextManager[Any]]
"""Opens a transaction, or joins the one that is open."""


class ExportBook(Protocol):
    """Exports and their parts."""

    def open(self, one: Export, facts: Facts) -> bool:
        """Keep a new one; False when another one of the person is being made."""

    def find(self, id: ExportId) -> Export | None:  # noqa: A002 - the field's name
        """Return it, whoever's it is."""

    def lock(self, id: ExportId) -> Export | None:  # noqa: A002 - as above
        """Return it, locked until the open transaction ends."""

    def newest(self, person: PersonId) -> Export | None:
        """Return the person's newest."""

    def kept(self, person: PersonId) -> list[ExportId]:
        """Return those of the person that have not expired."""

    def save(self, changed: Export, was: int, facts: Facts = ()) -> bool:
        """Keep the next version; False when ``was`` is not the newest any more: nothing is written."""

    def add_part(self, id: ExportId, part: Part) -> None:  # noqa: A002 - as above
        """Keep a domain's part, the first one it told of."""

    def parts(self, id: ExportId) -> tuple[Part, ...]:  # noqa: A002 - as above
        """Return the parts, sorted by domain."""


class ErasureBook(Protocol):
    """Erasures and what domains answered."""

    def open(self, one: Erasure, facts: Facts) -> bool:
        """Keep a new one; False when there is another one of the person that was not taken back."""

    def find(self, id: ErasureId) -> Erasure | None:  # noqa: A002 - as above
        """Return it, whoever's it is."""

    def lock(self, id: ErasureId) -> Erasure | None:  # noqa: A002 - as above
        """Return it, locked until the open transaction ends."""

    def newest(self, person: PersonId) -> Erasure | None:
        """Return the person's newest."""

    def save(self, changed: Erasure, was: int, facts: Facts = ()) -> bool:
        """Keep the next version; False when ``was`` is not the newest any more: nothing is written."""

    def add_answer(self, id: ErasureId, answer: Answer) -> None:  # noqa: A002 - as above
        """Keep a domain's answer, the first one it gave."""

    def answers(self, id: ErasureId) -> tuple[Answer, ...]:  # noqa: A002 - as above
        """Return the answers, sorted by domain."""


class HoldBook(Protocol):
    """Legal holds."""

    def guard(self, person: PersonId) -> None:
        """Let nobody else set a hold on the person, or begin to erase them, until the transaction ends."""

    def add(self, hold: Hold, facts: Facts) -> None:
        """Keep a new one."""

    def find(self, id: HoldId) -> Hold | None:  # noqa: A002 - as above
        """Return it."""

    def release(self, id: HoldId, by: str, at: datetime, facts: Facts) -> bool:  # noqa: A002 - as above
        """End it; False when it was released before: nothing is written."""

    def latest(self, person: PersonId, now: datetime) -> datetime | None:
        """Return when the last of the holds that hold the person ends, None when none does."""

    def page(self, person: PersonId | None, after: tuple[datetime, HoldId] | None, limit: int) -> list[Hold]:
        """Return holds, the newest first, after ``after`` (set at, id)."""


class Engagements(Protocol):
    """What goes on between a person and us, by events of payments."""

    def follow(self, kind: EngagementKind, id: str, person: PersonId, version: int, *, is_open: bool) -> None:  # noqa: A002 - as above
        """Keep what ``version`` says, unless a later one was heard of."""

    def open_of(self, person: PersonId) -> tuple[EngagementKind, ...]:
        """Return which kinds are open, sorted."""
