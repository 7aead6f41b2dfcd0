"""A copy of all that is held: asked for, contributed to by every domain, packed once all did, deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit import clock, failpoint, ids, telemetry
from kit.errors import Retryable
from kit.events import Event
from kit.events.privacy_events import PrivacyContributed
from privacy.errors import ErasureBegun, ExportNotFound, ExportOpen, ExportTooSoon
from privacy.model.due import DueRows
from privacy.model.export import (
    DOMAINS,
    LATE_AFTER,
    LINK_S,
    ONE_IN,
    Export,
    ExportId,
    Part,
    PersonId,
    missing,
)
from privacy.ports import Archives, ErasureBook, ExportBook, Together
from privacy.service import facts


@dataclass(frozen=True, slots=True)
class Exporting:
    """The use cases of exports."""

    exports: ExportBook
    erasures: ErasureBook
    archives: Archives
    due: DueRows
    together: Together
    now: Callable[[], datetime] = clock.now

    def request(self, person: PersonId) -> Export:
        """Ask every domain. Raises ``ExportOpen``, ``ExportTooSoon``, ``ErasureBegun``."""
        now, last, erasure = self.now(), self.exports.newest(person), self.erasures.newest(person)
        if erasure is not None and erasure.state in {"erasing", "closing", "completed"}:
            raise ErasureBegun
        if last is not None and last.state == "collecting":
            raise ExportOpen
        if last is not None and now < last.requested_at + ONE_IN:
            wait = last.requested_at + ONE_IN - now
            raise ExportTooSoon(retry_after_s=int(wait.total_seconds()) + 1)
        one = Export(ExportId(ids.uuid7()), person, DOMAINS, now)
        with self.together():
            if not self.exports.open(one, [facts.export_requested(one)]):
                raise ExportOpen
            self.due.plan("export.late", one.id, now + LATE_AFTER)
        return one

    def find(self, id: ExportId, person: PersonId) -> Export:  # noqa: A002 - the field's name
        """Return the person's own. Raises ``ExportNotFound``."""
        one = self.exports.find(id)
        if one is None or one.person != person:
            raise ExportNotFound
        return one

    def newest(self, person: PersonId) -> Export | None:
        """Return the person's newest."""
        return self.exports.newest(person)

    def missing(self, one: Export) -> tuple[str, ...]:
        """Return the domains that have not contributed."""
        return missing(one, self.exports.parts(one.id)) if one.state == "collecting" else ()

    def link(self, one: Export) -> str | None:
        """Return an address of the archive for five minutes, None unless it lies there."""
        ready = one.state == "ready" and one.expires_at is not None and self.now() < one.expires_at
        return self.archives.link(one, LINK_S) if ready else None

    def contributed(self, event: Event[PrivacyContributed]) -> None:
        """Keep a part; with the last one, packing is due. A part of what is over is passed by."""
        told = event.data
        with self.together():
            one = self.exports.lock(ExportId(told.export_id))
            if one is None or one.state != "collecting" or told.domain not in one.domains:
                return
            part = Part(told.domain, told.sha256, told.records, told.pages, told.contributed_at)
            self.exports.add_part(one.id, part)
            if not missing(one, self.exports.parts(one.id)):
                self.due.plan("export.pack", one.id, self.now())

    def pack(self, id: ExportId) -> None:  # noqa: A002 - as above
        """Make the archive of all parts, never of fewer, and tell it. Raises ``Retryable``."""
        one = self.exports.find(id)
        if one is None or one.state != "collecting":
            return
        parts = self.exports.parts(id)
        if missing(one, parts):
            return
        now = self.now()
        sha256, size = self.archives.pack(one, parts, now)
        failpoint.hit("privacy.archive.written")
        ready = one.packed(now, sha256, size)
        assert ready.expires_at is not None, "a packed export has an end"
        with self.together():
            self._save(ready, one.version, facts.export_ready(ready))
            self.due.drop("export.late", id)
            self.due.plan("export.forget", id, ready.expires_at)
        telemetry.count("ExportsReady")

    def late(self, id: ExportId) -> None:  # noqa: A002 - as above
        """Say which domains do not answer, each hour anew, until they do: the export waits for them."""
        one = self.exports.find(id)
        if one is None or one.state != "collecting":
            return
        with self.together():
            self._save(one.late(self.now()), one.version)
            self.due.plan("export.late", id, self.now() + LATE_AFTER)
        telemetry.warning("an export waits for domains", export=id, missing=",".join(self.missing(one)))
        telemetry.count("ExportsLate")

    def forget(self, id: ExportId) -> None:  # noqa: A002 - as above
        """Delete archive and parts. Raises ``Retryable``."""
        one = self.exports.find(id)
        if one is None:
            return
        if one.state != "expired":
            self._save(one.gone(), one.version)
        self.archives.delete(one, self.exports.parts(id))

    def _save(self, changed: Export, was: int, *told: Event[Any]) -> None:
        """Keep the next version, or let the due row come again."""
        if not self.exports.save(changed, was, told):
            raise Retryable(f"the export {changed.id} is being changed by somebody else")
