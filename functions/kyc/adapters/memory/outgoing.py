"""Due rows, letters and the workflow in memory; and sealing that only pretends."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from kyc.model.application import Application, ApplicationId
from kyc.model.details import Details
from kyc.model.due import DueKind, DueRow
from kyc.model.states import State
from kyc.model.tier import PersonId


@dataclass
class MemoryDueRows:
    """See :class:`kyc.ports.outgoing.DueRows`."""

    rows: dict[tuple[DueKind, str], DueRow] = field(default_factory=dict)
    taken: dict[tuple[DueKind, str], datetime] = field(default_factory=dict)

    def plan(self, kind: DueKind, subject: str, due_at: datetime) -> None:
        """Replace."""
        self.rows[kind, subject] = DueRow(kind, subject, due_at)
        self.taken.pop((kind, subject), None)

    def drop(self, kind: DueKind, subject: str) -> None:
        """Delete."""
        self.rows.pop((kind, subject), None)
        self.taken.pop((kind, subject), None)

    def take(self, now: datetime, limit: int) -> list[DueRow]:
        """Lease."""
        ready = [
            key
            for key, row in self.rows.items()
            if row.due_at <= now and (key not in self.taken or self.taken[key] <= now)
        ]
        found = sorted(ready, key=lambda key: self.rows[key].due_at)[:limit]
        for key in found:
            self.rows[key] = replace(self.rows[key], attempt=self.rows[key].attempt + 1)
            self.taken[key] = now + timedelta(minutes=1)
        return [self.rows[key] for key in found]

    def done(self, row: DueRow) -> None:
        """Delete what was not planned anew."""
        known = self.rows.get((row.kind, row.subject))
        if known is not None and known.due_at == row.due_at and (row.kind, row.subject) in self.taken:
            self.drop(row.kind, row.subject)


@dataclass
class MemoryLetters:
    """See :class:`kyc.ports.outgoing.Letters`."""

    sent: list[tuple[ApplicationId, State, str]] = field(default_factory=list)

    def tell(self, application: Application, to: str) -> None:
        """Note it."""
        self.sent.append((application.id, application.state, to))


@dataclass
class MemoryWorkflow:
    """See :class:`kyc.ports.outgoing.Workflow`; ``started`` are the names, in order."""

    started: list[str] = field(default_factory=list)

    def start(self, application_id: ApplicationId, round_: int, attempt: str = "") -> bool:
        """Note the name, once."""
        name = "-".join(part for part in (application_id, str(round_), attempt) if part)
        if name in self.started:
            return False
        self.started.append(name)
        return True


class MemorySeal:
    """See :class:`kyc.ports.sealing.DetailsSeal`: bound to the person, and readable to everybody."""

    def seal(self, person: PersonId, details: Details) -> str:
        """Write it down."""
        fields = (details.name, details.born.isoformat(), details.pan, details.aadhaar_last4)
        return "s1." + "|".join((person, *fields, details.aadhaar_reference, details.email))

    def open(self, person: PersonId, sealed: str) -> Details:
        """Read it."""
        whose, name, born, *rest = sealed.removeprefix("s1.").split("|")
        if whose != person:
            raise ValueError("sealed for somebody else")
        return Details(name, date.fromisoformat(born), *rest)


class MemoryIndex:
    """See :class:`kyc.ports.sealing.Indexing`: without a key."""

    def of(self, pan: str) -> bytes:
        """Hash it."""
        return sha256(pan.encode()).digest()
