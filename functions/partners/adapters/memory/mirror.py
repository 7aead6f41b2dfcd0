"""The mirror of keys in memory."""

from collections.abc import Sequence

from kit.errors import Retryable
from partners.model.mirrored import MirroredKey


class MemoryKeyMirror:
    """See :class:`partners.ports.KeyMirror`. ``away``: it cannot be reached; :meth:`wipe` forgets it all."""

    def __init__(self) -> None:
        self.away = False
        self.whole = False
        self.kept: dict[str, MirroredKey] = {}
        self._marks: set[str] = set()

    def wipe(self) -> None:
        """Forget everything, as a flushed Redis does."""
        self.whole = False
        self._marks.clear()
        self.kept.clear()

    def live(self, prefix: str) -> bool:
        """Whether the key opens something, as the authorizer would find it."""
        found = self.kept.get(prefix)
        return self.whole and found is not None and found.live

    def put(self, keys: Sequence[MirroredKey]) -> None:
        """Write what is newer."""
        self._reach()
        for one in keys:
            known = self.kept.get(one.prefix)
            if known is None or known.revision <= one.revision:
                self.kept[one.prefix] = one

    def begin(self) -> str:
        """Start."""
        self._reach()
        mark = f"mark {len(self._marks)}"
        self._marks.add(mark)
        return mark

    def fill(self, mark: str, keys: Sequence[MirroredKey]) -> bool:
        """Write."""
        self._reach()
        if mark not in self._marks:
            return False
        self.put(keys)
        return True

    def complete(self, mark: str) -> bool:
        """End."""
        self._reach()
        if mark not in self._marks:
            return False
        self._marks.remove(mark)
        self.whole = True
        return True

    def _reach(self) -> None:
        if self.away:
            raise Retryable("the mirror is away")
