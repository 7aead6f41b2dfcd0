"""Applications, decisions and standings in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kit.events import Event
from kyc.model.application import Application, ApplicationId
from kyc.model.decision import Decision
from kyc.model.states import State
from kyc.model.tier import PersonId, Standing
from kyc.ports.applications import Filed


@dataclass
class MemoryApplications:
    """See :class:`kyc.ports.applications.Applications`; ``told`` is what was told, in order."""

    kept: dict[ApplicationId, Application] = field(default_factory=dict)
    decided: list[Decision] = field(default_factory=list)
    standings: dict[PersonId, Standing] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)

    def find(self, application_id: ApplicationId) -> Application | None:
        """Look it up."""
        return self.kept.get(application_id)

    def newest(self, person: PersonId) -> Application | None:
        """Search."""
        found = [one for one in self.kept.values() if one.person == person]
        return max(found, key=lambda one: (one.opened_at, one.id), default=None)

    def put(self, application: Application, was: int, filed: Filed = Filed()) -> bool:  # noqa: B008 - frozen
        """Compare and set."""
        known = self.kept.get(application.id)
        if (known.version if known else 0) != was or (known is not None and known.forgotten):
            return False
        if was == 0 and any(one.open and one.person == application.person for one in self.kept.values()):
            return False
        now = filed.standing
        if now is not None and self.standing(now.person).version != now.version - 1:
            return False
        self.kept[application.id] = application
        if filed.decision is not None:
            self.decided.append(filed.decision)
        if now is not None:
            self.standings[now.person] = now
        self.told += filed.events
        return True

    def decisions(self, application_id: ApplicationId) -> list[Decision]:
        """Search."""
        return [one for one in self.decided if one.application == application_id]

    def queue(
        self, state: State, after: tuple[datetime, ApplicationId] | None, limit: int
    ) -> list[Application]:
        """Sort."""
        found = [
            one
            for one in self.kept.values()
            if one.state == state and (after is None or (one.changed_at, one.id) > after)
        ]
        return sorted(found, key=lambda one: (one.changed_at, one.id))[:limit]

    def waiting_since(self, before: datetime) -> int:
        """Count."""
        waiting = {"in_review", "in_check"}
        return sum(one.state in waiting and one.changed_at < before for one in self.kept.values())

    def others_with(self, pan_index: bytes, person: PersonId) -> int:
        """Count people."""
        found = {one.person for one in self.kept.values() if one.pan_index == pan_index and one.round > 0}
        return len(found - {person})

    def standing(self, person: PersonId) -> Standing:
        """Look it up."""
        return self.standings.get(person, Standing(person))

    def forget(self, application_id: ApplicationId, at: datetime, events: Sequence[Event[Any]] = ()) -> bool:
        """Leave that it was there."""
        one = self.kept.get(application_id)
        if one is None or one.forgotten or one.keep_until is None or one.keep_until > at:
            return False
        self.kept[application_id] = replace(
            one,
            forgotten=True,
            details=None,
            pan_index=None,
            reasons=(),
            score=None,
            version=one.version + 1,
        )
        self.decided = [
            replace(each, note=None, reasons=(), score=None) if each.application == application_id else each
            for each in self.decided
        ]
        self.told += events
        return True
