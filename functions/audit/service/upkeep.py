"""What schedules and operators ask for: verification run by run, the archive, keys that sign, erasure."""

import gzip
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from audit.errors import CheckpointUnknown, NotCheckpointed
from audit.model.checkpoint import PublicKey
from audit.model.entry import Chain
from audit.model.upkeep import Difference, Segment, Verification
from audit.ports import Anchors, Archive, Erasures, EventLog, Keys, Segments, SigningKeys, Verifications
from audit.service.documents import line
from audit.service.exporting import Exporting, Wish
from audit.service.verifying import Verifying
from kit import audit, clock, telemetry
from kit.audit import Actor

_log = logging.getLogger(__name__)
_CHAINS_A_RUN = 100


@dataclass(frozen=True, slots=True)
class Watching:
    """Verifies a part of the chains each time, going on where the last run ended, and the tree each time."""

    verifying: Verifying
    verifications: Verifications
    now: Callable[[], datetime] = clock.now

    def run(self, at_most: int) -> Verification:
        """Check up to ``at_most`` entries of the chains that come next; keep and return what was found."""
        began, last = self.now(), self.verifications.newest()
        place, checked = (last.next if last else None), 0
        differences: list[Difference] = []
        for _ in range(_CHAINS_A_RUN):
            walk = self.verifying.walk(place, at_most - checked)
            checked, place = checked + walk.checked, walk.next
            differences += walk.differences
            if place is None or checked >= at_most:
                break
        newest, in_tree = self.verifying.check_tree()
        found = Verification(
            began, self.now(), checked, newest.number if newest else None, place, (*differences, *in_tree)
        )
        self.verifications.add(found)
        for one in found.differences:
            _log.error("the event store differs: %s: %s", one.where, one.what)
        telemetry.count("AuditDifferences", len(found.differences))
        return found


@dataclass(frozen=True, slots=True)
class Archiving:
    """Writes spans of the chains to the archive once their day is over, or they are long enough."""

    log: EventLog
    segments: Segments
    archive: Archive
    exporting: Exporting
    span: int = 5_000
    now: Callable[[], datetime] = clock.now

    def run(self, at_most: int) -> int:
        """Archive up to ``at_most`` segments; return how many. Raises ``Retryable``."""
        made = 0
        for head in self.log.heads():
            while made < at_most and self._archive(head.chain):
                made += 1
        return made

    def _archive(self, chain: Chain) -> bool:
        after, now = self.segments.archived(chain), self.now()
        next_entries = self.log.span(chain, after, 1)
        if not next_entries:
            return False
        try:
            found = self.exporting.export(Wish(chain, after, self.span))
        except (CheckpointUnknown, NotCheckpointed):
            return False
        if next_entries[0].recorded_at.date() == now.date() and not found.more:
            return False
        body = gzip.compress(found.body, mtime=0)
        key = f"segments/{chain.topic}/{chain.partition}/{found.first:012d}-{found.last:012d}.jsonl.gz"
        self.archive.keep(key, body)
        digest = hashlib.sha256(body).digest()
        self.segments.add(Segment(chain, found.first, found.last, found.size, key, digest, len(body), now))
        return True


@dataclass(frozen=True, slots=True)
class SigningKeyKeeping:
    """Keeps the key that signs, and the public part of every key that ever did."""

    vault: SigningKeys
    keys: Keys
    anchors: Anchors
    now: Callable[[], datetime] = clock.now

    def ensure(self) -> bool:
        """Make the first key unless there is one; whether one was made now."""
        current = self.vault.current()
        if current is None:
            self._make()
            return True
        self._publish(current)
        return False

    def rotate(self) -> PublicKey:
        """Sign with a new key from now on; heads of the old one stay valid."""
        return self._make()

    def _make(self) -> PublicKey:
        key, pem = self.vault.make(self.now())
        # published first: a crash in between leaves a public key that never signed
        self._publish(key)
        self.vault.take_up(key, pem)
        return key

    def _publish(self, key: PublicKey) -> None:
        self.keys.add(key)
        name = f"keys/{key.key_id}.json"
        if self.anchors.read(name) is None:
            told = {
                "key_id": key.key_id,
                "public_key": key.raw.hex(),
                "valid_from": key.valid_from.isoformat(),
            }
            self.anchors.keep(name, line(told), key.valid_from)


@dataclass(frozen=True, slots=True)
class Erasing:
    """Destroys the key of a person's data: what it sealed is gone, and every hash still verifies."""

    erasures: Erasures

    def erase(self, subject: str, by: Actor) -> bool:
        """Destroy the subject's key and tell who did it; False when it was destroyed before."""
        deed = audit.performed(
            by,
            "person.erase",
            kind="person",
            id=subject,
            before={"readable": True},
            after={"readable": False},
        )
        return self.erasures.destroy(subject, deed)
