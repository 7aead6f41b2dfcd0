"""Many forgeries of one event store, each judged from outside by the head that somebody kept."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psycopg import errors

from builders.audit import MONEY, USERS, event_bytes, later, record, records, told
from builders.audit_forgery import CHANGES, DEPTHS, Forger, Undone, forger, open_the_tables
from builders.audit_store import Store, exports, kept, postgres_store
from fixtures.database import settings_of
from kit.errors import TreumError
from kit.stores.connection import Bounded, DatabaseSettings
from kit.stores.postgres import Database
from treum_audit import Head, Wrong, verify

if TYPE_CHECKING:
    from fixtures.database import Databases

_SPOILED = "spoil the tree"


@dataclass
class Toll:
    """How many forgeries of each kind there were, how many were refused by the database, which went unseen."""

    tried: Counter[str] = field(default_factory=Counter)
    impossible: Counter[str] = field(default_factory=Counter)
    unseen: list[str] = field(default_factory=list)


def filled(store: Store) -> None:
    """Fill two chains over five checkpoints, with repeated records, a tombstone and what is no event."""
    for minute in range(5):
        store.at = later(60 * minute)
        store.log.append(USERS, records(minute * 10, 3), store.at)
        store.log.append(MONEY, records(minute * 10, 3), store.at)
        first = told(minute * 10 + 6, event_bytes())
        odd = [
            first,
            replace(first, offset=minute * 10 + 7),
            record(minute * 10 + 8, None),
            told(minute * 10 + 9, b"\xff"),
        ]
        store.log.append(USERS, odd, store.at)
        store.checkpointing().run()


class Storm:
    """Forges again and again, over one connection of the owner, in transactions that are undone."""

    def __init__(self, database: "Databases") -> None:
        db = database("audit")
        self.store = postgres_store(db)
        filled(self.store)
        with database.owner(db) as owner:
            open_the_tables(owner)
            dsn = owner.info
            self._connection: dict[str, Any] = {
                "host": dsn.host,
                "port": dsn.port,
                "user": dsn.user,
                "password": dsn.password,
            }
        self.owner = Database(replace(settings_of(db), database_timeout_s=30.0), self._connect)
        self.forger: Forger = forger(self.owner, postgres_store_again, self.store)
        newest = self.store.proving().checkpoint(None)
        self.head = kept(newest.signed)
        self.old = kept(self.store.proving().checkpoint(3).signed)

    def _connect(self, settings: DatabaseSettings) -> Bounded:
        made = Bounded.connect(
            dbname=settings.database_name,
            autocommit=True,
            prepare_threshold=None,
            options="-c search_path=audit",
            **self._connection,
        )
        made.longest_wait_s = settings.database_timeout_s
        return made

    def rage(self, times: int, chance: random.Random) -> Toll:
        """Forge ``times`` times."""
        toll = Toll()
        for number in range(times):
            change, depth = CHANGES[number % len(CHANGES)], chance.choice(DEPTHS)
            spoils = number % 10 == 9
            name = _SPOILED if spoils else f"{change.__name__} {depth}"
            seed = chance.getrandbits(32)
            toll.tried[name] += 1
            try:
                found = self._try(change, depth, random.Random(seed), spoils=spoils)  # noqa: S311 - no secret: a seed replays it
            except errors.Error:
                toll.impossible[name] += 1
                continue
            if found is None:
                toll.unseen.append(f"{name} with seed {seed}")
        return toll

    def _try(self, change: Any, depth: str, chance: random.Random, *, spoils: bool) -> str | None:
        try:
            with self.owner.transaction():
                if spoils:
                    self.forger.spoil(chance)
                else:
                    self.forger.forge(change, depth, chance)
                raise Undone(self.noticed() or (self.differing() if spoils else None))  # noqa: TRY301 - ends the transaction, whatever was found
        except Undone as undone:
            return undone.found

    def differing(self) -> str | None:
        """Return what the verification from within finds: an export needs no older heads and few nodes."""
        found = self.forger.store.verifying().check_tree()[1]
        return "; ".join(one.what for one in found) or None

    def noticed(self) -> str | None:
        """Export the whole store and verify it against the head that was kept; return what is wrong."""
        return seen(self.forger.store, self.head)


def seen(store: Store, head: Head) -> str | None:
    """Return why the store as it is now does not verify against ``head``; None: it does."""
    try:
        verify(list(exports(store, head.size, limit=20)), kept=head, complete=True)
    except (Wrong, TreumError, KeyError, AssertionError, ValueError) as wrong:
        return f"{type(wrong).__name__}: {wrong}"
    return None


def postgres_store_again(db: Database) -> Store:
    """Return a store over ``db`` without making a key."""
    return postgres_store(db, ensure=False)
