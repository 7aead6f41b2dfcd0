"""Due rows, letters and the workflow in memory; and sealing that only pretends."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from kyc.model.application import Application, ApplicationId
from kyc.model.details import Details
from kyc.model.states import State
from kyc.model.tier import PersonId


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
