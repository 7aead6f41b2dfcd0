"""Races about one session on a real PostgreSQL: its device refreshes, others hold its token, its owner acts.

Each racer has a connection of its own and keeps what it was answered. Afterwards the judge asks what is alive.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

from builders.people import opened
from kit import clock, ids
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres import PostgresCredentials, PostgresSessions
from users.model import Device, FamilyId, RefreshToken, User, Verdict
from users.ports import NewPassword
from users.service import facts

OWN, FOREIGN = "device-own", "device-foreign"
_PATIENCE_S = 30
MakeSessions = Callable[[Database], PostgresSessions]


def sessions_of(db: Database) -> PostgresSessions:
    """Return the store as it is shipped."""
    return PostgresSessions(db, Outbox(db, None))


@dataclass(frozen=True)
class Answer:
    """What a racer did, and what it was answered: a verdict, or None for the owner's own deeds."""

    racer: str
    verdict: Verdict | None


@dataclass
class Round:
    """One race and what came of it."""

    number: int
    kinds: tuple[str, ...]
    family: FamilyId
    answers: list[Answer] = field(default_factory=list)
    live: int = -1
    families: int = -1

    @property
    def ended(self) -> bool:
        """Whether somebody gave the session a reason to end."""
        return any(one.verdict in {None, "reuse"} for one in self.answers)

    def problems(self) -> list[str]:
        """Return what must not be."""
        found = []
        if self.families > 1 or self.live > 1:
            found.append(f"{self.families} families and {self.live} tokens live")
        if self.ended and self.families:
            found.append("the session outlived a theft or its owner's word")
        if not self.ended and (self.families, self.live) != (1, 1):
            found.append("a session nobody ended is gone")
        if sum(one.verdict == "rotate" for one in self.answers) > 1:
            found.append("one token had two successors")
        return [f"round {self.number} {self.kinds}: {one}: {self.answers}" for one in found]


class Storm:
    """Races of as many racers as there are ``connections``, replayed by ``seed``."""

    def __init__(
        self, db: Database, connections: Sequence[Database], seed: int, make: MakeSessions = sessions_of
    ) -> None:
        self._db = db
        self._connections = connections
        self._chosen = random.Random(seed)  # noqa: S311 - it is replayed
        self._make = make
        self._user = opened(db)
        self.rounds: list[Round] = []

    def run(self, rounds: int) -> list[str]:
        """Race ``rounds`` times; return what must not be, in words."""
        with ThreadPoolExecutor(len(self._connections)) as pool:
            for number in range(rounds):
                self.rounds.append(self._race(pool, number))
        return [problem for one in self.rounds for problem in one.problems()]

    def _race(self, pool: ThreadPoolExecutor, number: int) -> Round:
        now = clock.now()
        family, first = self._begin(now)
        kinds = self._kinds()
        one = Round(number, kinds, family)
        barrier = Barrier(len(kinds))

        def racer(db: Database, kind: str) -> Answer:
            barrier.wait(_PATIENCE_S)
            return Answer(kind, self._act(db, kind, family, first, now))

        one.answers = list(pool.map(racer, self._connections, kinds))
        one.families, one.live = self._alive()
        self._db.run(
            "UPDATE users.devices SET revoked_at = %s, revoked_for = 'over' WHERE revoked_at IS NULL", (now,)
        )
        return one

    def _kinds(self) -> tuple[str, ...]:
        """Return who races: always refreshes, in half of the rounds somebody who ends the session."""
        kinds = ["refresh"] * len(self._connections)
        for place in range(1, self._chosen.choice((1, 1, 2, 3))):
            kinds[place] = self._chosen.choice(("thief", "sign_out", "sign_out_all", "password"))
        self._chosen.shuffle(kinds)
        return tuple(kinds)

    def _begin(self, now: datetime) -> tuple[FamilyId, bytes]:
        family = FamilyId(ids.uuid7())
        first = hashlib.sha256(family.encode()).digest()
        device = Device(family, self._user.id, OWN, "", now, now)
        token = RefreshToken(first, family, self._user.id, now, now + model.REFRESH_LIFE)
        assert sessions_of(self._db).open(device, token, self._user.password_hash, facts.ending)
        return family, first

    def _act(self, db: Database, kind: str, family: FamilyId, first: bytes, now: datetime) -> Verdict | None:
        sessions = self._make(db)
        successor = hashlib.sha256(first).digest()
        if kind in {"refresh", "thief"}:
            device = OWN if kind == "refresh" else FOREIGN
            return sessions.rotate(first, successor, device, now + timedelta(seconds=1), _ended).verdict
        if kind == "sign_out":
            sessions.end(self._user.id, family, "storm", now, _ended)
        elif kind == "sign_out_all":
            sessions.end_all(
                self._user.id, "storm", 1, now, lambda user: (facts.sessions_ended(user, "storm", now),)
            )
        else:
            self._set_password(db, now)
        return None

    def _set_password(self, db: Database, now: datetime) -> None:
        def tell(user: User, unlocked: bool) -> Sequence[Event[Any]]:  # noqa: FBT001 - the port's
            return facts.password_changed(user, "changed", now, unlocked=unlocked)

        password = NewPassword(self._user.id, "hash-1", 1, now, "storm")
        PostgresCredentials(db, Outbox(db, None)).change(password, "hash-1", tell)

    def _alive(self) -> tuple[int, int]:
        row = self._db.one(
            "SELECT count(DISTINCT d.family), count(t.hash) FROM users.devices d LEFT JOIN users.refresh_tokens t"
            " ON t.family = d.family AND t.used_at IS NULL WHERE d.user_id = %s AND d.revoked_at IS NULL",
            (self._user.id,),
        )
        assert row is not None
        return row[0], row[1]


def _ended(user: User, family: FamilyId) -> Event[Any]:
    del family
    return facts.sessions_ended(user, "storm", clock.now())


def last_code_race(connections: Sequence[Database], use: Callable[[Database], bool]) -> int:
    """Let every connection use the same last code at the same moment; return how many it let in."""
    barrier = Barrier(len(connections))

    def one(db: Database) -> bool:
        barrier.wait(_PATIENCE_S)
        return use(db)

    with ThreadPoolExecutor(len(connections)) as pool:
        return sum(pool.map(one, connections))
