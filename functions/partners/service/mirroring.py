"""Tell the authorizer what a key opens: at once after a change, and all of it each minute."""

from dataclasses import dataclass

from kit import clock, telemetry
from kit.errors import Retryable
from partners.model.application import ApplicationId, OwnerId
from partners.ports import KeyMirror, MirrorSource

_PAGE = 500
_REBUILDS = 3


@dataclass(frozen=True, slots=True)
class Mirroring:
    """Reads what was committed and writes it to the mirror, where a newer revision always wins."""

    source: MirrorSource
    mirror: KeyMirror

    def tell(self, application: ApplicationId) -> None:
        """Tell of the keys of ``application``. Raises ``Retryable``: then what ended may still open."""
        self.mirror.put(self.source.of_application(application, clock.now()))

    def tell_soon(self, application: ApplicationId) -> None:
        """Tell of keys that open more than before; the next rebuild does it when the mirror is away."""
        try:
            self.tell(application)
        except Retryable:
            telemetry.warning(
                "the mirror of keys is away: the next rebuild tells it", application=application
            )

    def tell_owner(self, owner: OwnerId) -> None:
        """Tell of all keys of ``owner``. Raises ``Retryable``."""
        self.mirror.put(self.source.of_owner(owner, clock.now()))

    def rebuild(self) -> int:
        """Write every key, the marker last; return how many.

        Raises ``Retryable`` when the mirror is away, or wiped again and again while it is written.
        """
        for _ in range(_REBUILDS):
            written = self._rebuild()
            if written is not None:
                return written
        raise Retryable("the mirror of API keys was wiped while it was written")

    def _rebuild(self) -> int | None:
        mark, after, written = self.mirror.begin(), "", 0
        while page := self.source.page(after, _PAGE, clock.now()):
            if not self.mirror.fill(mark, page):
                return None
            after, written = page[-1].prefix, written + len(page)
        return written if self.mirror.complete(mark) else None
