"""The ledger of consents in memory."""

from users import model
from users.adapters.memory.rows import Memory
from users.model import ConsentEntry, ConsentId, UserId
from users.ports import Tell


class MemoryConsents:
    """Consents in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, entry: ConsentEntry, tell: Tell) -> bool:
        """See :class:`users.ports.Consents`."""
        newest = next((one for one in self.newest(entry.user_id) if one.purpose == entry.purpose), None)
        if not model.is_news(entry, newest):
            return False
        self._memory.consents.append(entry)
        self._memory.events.append(tell(self._memory.bump(entry.user_id, entry.at)))
        return True

    def newest(self, user_id: UserId) -> list[ConsentEntry]:
        """See :class:`users.ports.Consents`."""
        found = {one.purpose: one for one in self._memory.consents if one.user_id == user_id}
        return [found[purpose] for purpose in sorted(found)]

    def history(self, user_id: UserId, before: ConsentId | None, at_most: int) -> list[ConsentEntry]:
        """See :class:`users.ports.Consents`."""
        own = [one for one in self._memory.consents if one.user_id == user_id]
        places = [place for place, one in enumerate(own) if one.id == before]
        return own[: places[0] if places else None][::-1][:at_most]
