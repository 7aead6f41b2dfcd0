"""What lies outside the stores: locked store, workflow, announcements."""

from collections.abc import Mapping
from datetime import datetime

from signals.model.signal import SignalId


class MemoryVault:
    """A locked store: the first ``documents`` stay."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.until: dict[str, datetime] = {}

    def keep(self, key: str, document: bytes, until: datetime) -> None:
        """Write once."""
        self.documents.setdefault(key, document)
        self.until.setdefault(key, until)

    def address(self, key: str) -> str:
        """Return a made-up address."""
        return f"memory://{key}"


class MemoryWorkflow:
    """Remembers which executions were ``started`` and which tokens were ``answered``."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.answered: dict[str, Mapping[str, str]] = {}
        self.expired: set[str] = set()

    def start(self, signal_id: SignalId, attempt: str = "") -> bool:
        """Start a name once."""
        name = f"{signal_id}-{attempt}" if attempt else signal_id
        if name in self.started:
            return False
        self.started.append(name)
        return True

    def answer(self, token: str, output: Mapping[str, str]) -> bool:
        """Note the token, unless it is among the ``expired``."""
        if token in self.expired:
            return False
        self.answered[token] = output
        return True


class MemoryAnnouncer:
    """Remembers what was ``announced``."""

    def __init__(self) -> None:
        self.announced: list[SignalId] = []

    def announce(self, signal_id: SignalId) -> None:
        """Note the signal."""
        self.announced.append(signal_id)
