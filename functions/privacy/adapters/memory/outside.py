"""The bucket and the destroyer of keys in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from kit.privacy.contributing import part_key
from privacy.adapters.archive import archive_key, packed
from privacy.model.export import Export, Part, PersonId


@dataclass
class MemoryArchives:
    """See :class:`privacy.ports.Archives`, and :class:`kit.privacy.Parts`."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def write(self, export: str, domain: str, page: int, content: bytes) -> None:
        """Keep it."""
        self.objects[part_key(export, domain, page)] = content

    def pack(self, one: Export, parts: tuple[Part, ...], now: datetime) -> tuple[str, int]:
        """Read, pack, keep."""
        made = packed(one, parts, now, lambda key: self.objects.get(key, b""))
        self.objects[archive_key(one.id)] = made.content
        return made.sha256, len(made.content)

    def link(self, one: Export, seconds: int) -> str:
        """Name it."""
        return f"https://exports.example/{archive_key(one.id)}?expires={seconds}"

    def delete(self, one: Export, parts: tuple[Part, ...]) -> None:
        """Drop all that lies under the export."""
        del parts
        self.objects = {key: raw for key, raw in self.objects.items() if f"/{one.id}/" not in key}


@dataclass
class MemoryKeys:
    """See :class:`privacy.ports.KeyDestroyer`: the first time it is only asked for, as with the real one."""

    asked: list[PersonId] = field(default_factory=list)

    def destroy(self, person: PersonId) -> bool:
        """Remember who asked."""
        self.asked.append(person)
        return self.asked.count(person) > 1
