"""Applications, what was decided about them, and what is known of people."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from kyc.model.application import Application, ApplicationId
from kyc.model.decision import Decision
from kyc.model.states import State
from kyc.model.tier import PersonId, Standing


class Together(Protocol):
    """What several ports do inside is kept whole or not at all; an inner one joins the outer."""

    def __call__(self) -> AbstractContextManager[Any]:
        """Begin."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What is kept with a new version of an application; ``standing`` takes the place of the one before."""

    decision: Decision | None = None
    standing: Standing | None = None
    events: Sequence[Event[Any]] = ()


class Applications(Protocol):
    """Every application, with its newest state."""

    def find(self, application_id: ApplicationId) -> Application | None:
        """Return an application, whoever's it is."""

    def newest(self, person: PersonId) -> Application | None:
        """Return the application a person opened last."""

    def put(self, application: Application, was: int, filed: Filed = Filed()) -> bool:
        """Keep ``application`` in place of version ``was`` (0: it is new) with ``filed``, in one command.

        False, and nothing is kept, when another version is the newest, also of the standing, or when
        ``application`` is new and its person has an open one.
        """

    def decisions(self, application_id: ApplicationId) -> list[Decision]:
        """Return what was decided, the oldest first."""

    def queue(
        self, state: State, after: tuple[datetime, ApplicationId] | None, limit: int
    ) -> list[Application]:
        """Return what waits in ``state``, the longest waiting first, from behind ``after``."""

    def waiting_since(self, before: datetime) -> int:
        """Count what waits for a reviewer or checker since before that time."""

    def others_with(self, pan_index: bytes, person: PersonId) -> int:
        """Count the other people with this PAN in applications that were submitted and not forgotten."""

    def standing(self, person: PersonId) -> Standing:
        """Return what is known of a person."""

    def forget(self, application_id: ApplicationId, at: datetime, events: Sequence[Event[Any]] = ()) -> bool:
        """Forget all that is personal in an application whose retention is over at ``at``; tell ``events``.

        False, and nothing is forgotten, before that time, or where it was done already.
        """
