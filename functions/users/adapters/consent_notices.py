"""The notices: a JSON file a purpose and version in ``consents/``; a new text is a new file."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from users.model import ConsentNotice

FOLDER = Path(__file__).parents[1] / "consents"


class ShippedNotices:
    """Reads the files once, when somebody first asks."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def every(self) -> tuple[ConsentNotice, ...]:
        """Every version there is, the oldest first."""
        found = [_notice_of(path.read_bytes()) for path in self._folder.glob("*.json")]
        return tuple(sorted(found, key=lambda one: (one.effective_from, one.version)))

    def in_force(self, day: date) -> Sequence[ConsentNotice]:
        """See :class:`users.ports.ConsentNotices`."""
        newest = {one.purpose: one for one in self.every if one.effective_from <= day}
        return [newest[purpose] for purpose in sorted(newest)]


def _notice_of(raw: bytes) -> ConsentNotice:
    told = json.loads(raw)
    plain = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(plain.encode()).hexdigest()
    return ConsentNotice(
        **{**told, "effective_from": date.fromisoformat(told["effective_from"]), "digest": digest}
    )
