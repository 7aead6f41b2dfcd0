"""Letters in memory."""

from dataclasses import dataclass, field

from payments.model.letter import Letter


@dataclass
class MemoryNotifier:
    """See :class:`payments.ports.notifying.Notifier`; ``letters`` are those sent, by key."""

    letters: dict[str, Letter] = field(default_factory=dict)

    def tell(self, letter: Letter) -> bool:
        """Keep it, once."""
        return self.letters.setdefault(letter.key, letter) is letter

    def sent(self, key: str) -> bool:
        """Look it up."""
        return key in self.letters
