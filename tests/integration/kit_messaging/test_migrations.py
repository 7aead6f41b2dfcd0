"""Migrations on a real PostgreSQL: applied once, refused when changed, rights of the role."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bootstrap import migrate, package
from fixtures.database import Databases
from kit import clock


def test_a_second_run_applies_nothing(database: Databases) -> None:
    db = database("plain")
    with database.owner(db) as owner:
        assert migrate.apply(owner, package.migrations(), "plain", at=clock.now()) == []


def test_a_file_changed_after_it_was_applied_is_refused(database: Databases, tmp_path: Path) -> None:
    (tmp_path / "_shared").symlink_to(package.migrations() / "_shared")
    (tmp_path / "plain").mkdir()
    file = tmp_path / "plain" / "0001_first.sql"
    file.write_text("CREATE TABLE things (id integer)")
    db = database("plain")
    with database.owner(db) as owner:
        assert migrate.apply(owner, tmp_path, "plain", at=clock.now()) == ["plain/0001_first.sql"]
        file.write_text("CREATE TABLE things (id bigint)")
        with pytest.raises(migrate.MigrationError, match="changed after it was applied"):
            migrate.apply(owner, tmp_path, "plain", at=clock.now())


def test_a_broken_file_leaves_nothing_behind(database: Databases, tmp_path: Path) -> None:
    (tmp_path / "_shared").symlink_to(package.migrations() / "_shared")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "0001_good.sql").write_text("CREATE TABLE good (id integer)")
    (tmp_path / "plain" / "0002_bad.sql").write_text("CREATE TABEL bad (id integer)")
    db = database("plain")
    with database.owner(db) as owner:
        with pytest.raises(migrate.MigrationError, match="0002_bad"):
            migrate.apply(owner, tmp_path, "plain", at=clock.now())
        assert owner.execute("SELECT to_regclass('plain.good')").fetchone() == (None,)


def test_two_files_with_one_number_are_refused(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    for name in ("0001_a.sql", "0001_b.sql"):
        (tmp_path / "plain" / name).write_text("SELECT 1")
    with pytest.raises(migrate.MigrationError, match="number of its own"):
        migrate.read(tmp_path, "plain")


def test_the_role_has_its_rows_and_nothing_else(database: Databases) -> None:
    db = database("plain", "other")
    other = database.also(db, "other")
    assert db.one("SELECT count(*) FROM outbox") == (0,)
    for refused in (
        "CREATE TABLE mine (id integer)",
        "CREATE TEMP TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "SELECT * FROM other.outbox",
        "SELECT * FROM plain.migrations",
        "DROP TABLE outbox",
        "TRUNCATE outbox",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.run(refused)
    assert other.one("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user") == (
        "other_app",
        False,
    )


def test_a_migration_may_take_back_what_is_given_by_default(database: Databases, tmp_path: Path) -> None:
    (tmp_path / "_shared").symlink_to(package.migrations() / "_shared")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "0001_log.sql").write_text(
        "CREATE TABLE log (line text); REVOKE UPDATE, DELETE ON log FROM plain_app"
    )
    db = database("plain")
    with database.owner(db) as owner:
        for _ in range(2):
            migrate.apply(owner, tmp_path, "plain", at=clock.now())
    db.run("INSERT INTO log VALUES ('kept')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.run("DELETE FROM log")


def _partitions(owner: psycopg.Connection[tuple[object, ...]], parent: str) -> list[str]:
    rows = owner.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = %s::regclass ORDER BY 1",
        (f"plain.{parent}",),
    ).fetchall()
    return [str(name) for (name,) in rows]


def test_partitions_are_made_ahead_and_dropped_after_retention(database: Databases) -> None:
    db = database("plain")
    start = datetime(2030, 1, 10, 12, tzinfo=UTC)
    with database.owner(db) as owner:
        for day in range(40):
            db.one("SELECT keep_partitions(%s)", (start + timedelta(days=day),))
        last = start + timedelta(days=39)
        for parent, days in (("outbox", 8), ("inbox", 35), ("idempotency", 2)):
            expected = [f"{parent}_{last + timedelta(days=offset):%Y%m%d}" for offset in range(-days, 4)]
            assert [name for name in _partitions(owner, parent) if "_203" in name] == expected


def test_an_outbox_partition_with_an_unpublished_row_is_kept(database: Databases) -> None:
    db = database("plain")
    start = datetime(2030, 1, 10, 12, tzinfo=UTC)
    db.one("SELECT keep_partitions(%s)", (start,))
    db.run(
        "INSERT INTO outbox (event_day, event_id, topic, key, version, payload, created_at)"
        " VALUES (%s, gen_random_uuid(), 't', 'k', 1, '', %s)",
        (start.date(), start),
    )
    db.one("SELECT keep_partitions(%s)", (start + timedelta(days=30),))
    assert db.one("SELECT count(*) FROM outbox") == (1,)
    db.run("UPDATE outbox SET published_at = %s", (start,))
    db.one("SELECT keep_partitions(%s)", (start + timedelta(days=30),))
    assert db.one("SELECT count(*) FROM outbox") == (0,)


def test_a_day_whose_rows_lie_in_the_default_partition_stays_there_and_expires(database: Databases) -> None:
    db = database("plain")
    late = datetime(2031, 5, 5, 1, tzinfo=UTC)
    insert = "INSERT INTO inbox VALUES (%s, 'c', '01a20ac7-919a-7482-9f3b-911247e6d488', %s)"
    db.run(insert, (late.date(), late))
    db.one("SELECT keep_partitions(%s)", (late,))
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.run(insert, (late.date(), late))
    db.one("SELECT keep_partitions(%s)", (late + timedelta(days=36),))
    assert db.one("SELECT count(*) FROM inbox") == (0,)


def test_old_heads_and_settled_letters_are_forgotten_and_open_ones_kept(database: Databases) -> None:
    db = database("plain")
    now = datetime(2030, 6, 1, tzinfo=UTC)
    letter = (
        'INSERT INTO dead_letters (consumer, topic, partition, "offset", reason, failed_at, settled_at, settled)'
        " VALUES ('c', 't', 0, %s, 'poison', %s, %s, %s)"
    )
    for offset, settled in enumerate((None, now - timedelta(days=91), now - timedelta(days=89))):
        db.run(letter, (offset, now - timedelta(days=200), settled, settled and "discarded"))
    for key, days in (("old", 101), ("new", 99)):
        db.run("INSERT INTO inbox_heads VALUES ('c', 't', %s, 1, %s)", (key, now - timedelta(days=days)))

    assert db.one("SELECT forget_settled(%s)", (now,)) == (2,)

    assert db.all('SELECT "offset" FROM dead_letters ORDER BY 1') == [(0,), (2,)]
    assert db.all("SELECT key FROM inbox_heads") == [("new",)]
