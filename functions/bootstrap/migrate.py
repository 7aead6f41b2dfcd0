"""Plain SQL, forward only: one schema and one login role per domain, each statement file applied once.

A domain's files are ``_shared/*.sql`` and then ``<domain>/*.sql``, by name (``NNNN_what.sql``). What was
applied is kept with its SHA-256 in ``<domain>.migrations``, where the domain's role cannot write; a file
that changed after it was applied is refused. One run at a time, by an advisory lock.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

_NAME = re.compile(r"^\d{4}_[a-z0-9_]+\.sql$")
_DOMAIN = re.compile(r"^[a-z][a-z0-9]*$")
_LOCK = 0x747265756D  # "treum": one migration run at a time in one database

Connection = psycopg.Connection[tuple[object, ...]]


class MigrationError(Exception):
    """One line for a person: which file, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: ``name`` is ``<folder>/<file>``, ``digest`` the SHA-256 of its bytes in hex."""

    name: str
    text: str
    digest: str


def domains(root: Path) -> list[str]:
    """Return the domains that have a folder under ``root``, sorted."""
    return sorted(path.name for path in root.iterdir() if path.is_dir() and _DOMAIN.match(path.name))


def read(root: Path, domain: str) -> list[Migration]:
    """Return the shared and then the domain's own migrations in order. Raises on a misnamed file."""
    found: list[Migration] = []
    for folder in (root / "_shared", root / domain):
        numbers: set[str] = set()
        for path in sorted(folder.glob("*.sql")):
            if not _NAME.match(path.name) or path.name[:4] in numbers:
                raise MigrationError(f"{path}: name it NNNN_what.sql with a number of its own")
            numbers.add(path.name[:4])
            raw = path.read_bytes()
            name = f"{folder.name}/{path.name}"
            found.append(Migration(name, raw.decode(), hashlib.sha256(raw).hexdigest()))
    return found


def ensure_role(connection: Connection, domain: str, password: str) -> None:
    """Create ``<domain>_app`` or set its password: may log in, and nothing else yet."""
    role = sql.Identifier(f"{domain}_app")
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (f"{domain}_app",)).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    connection.execute(
        sql.SQL(
            "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
        ).format(verb, role, sql.Literal(password))
    )


def apply(connection: Connection, root: Path, domain: str, *, at: datetime) -> list[str]:
    """Bring the schema of ``domain`` up to date and return the names applied now.

    ``connection`` belongs to the owner of the database and is in autocommit; the role
    ``<domain>_app`` exists. Everything happens in one transaction: all of it or nothing. Raises
    :class:`MigrationError` when a file changed after it was applied or is not valid SQL.
    """
    if not _DOMAIN.match(domain):
        raise MigrationError(f"{domain!r} is not a domain's name: small letters and digits")
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        _prepare(connection, domain)
        _statements(connection, domain, _DEFAULTS)
        done = _applied(connection, domain)
        fresh = [one for one in read(root, domain) if not _is_done(one, done)]
        for one in fresh:
            _run(connection, domain, one, at)
        _statements(connection, domain, _CLOSED)
        connection.execute(sql.SQL("SELECT {}.keep_partitions(%s)").format(sql.Identifier(domain)), (at,))
    return [one.name for one in fresh]


def _prepare(connection: Connection, domain: str) -> None:
    schema = sql.Identifier(domain)
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
    connection.execute(
        sql.SQL(
            "CREATE TABLE IF NOT EXISTS {}.migrations"
            " (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL)"
        ).format(schema)
    )
    # pg_temp last: a function with frozen path must not be fooled by somebody's temporary table
    connection.execute("SELECT set_config('search_path', %s, true)", (f"{domain}, pg_temp",))


def _applied(connection: Connection, domain: str) -> dict[str, str]:
    rows = connection.execute(
        sql.SQL("SELECT name, sha256 FROM {}.migrations").format(sql.Identifier(domain))
    ).fetchall()
    return {str(name): str(digest) for name, digest in rows}


def _is_done(migration: Migration, done: dict[str, str]) -> bool:
    digest = done.get(migration.name)
    if digest not in {None, migration.digest}:
        raise MigrationError(
            f"{migration.name} was changed after it was applied: put it back and write a new file"
        )
    return digest is not None


def _run(connection: Connection, domain: str, migration: Migration, at: datetime) -> None:
    try:
        connection.execute(migration.text.encode())
    except psycopg.Error as error:
        raise MigrationError(f"{migration.name}: {error}") from error
    connection.execute(
        sql.SQL("INSERT INTO {}.migrations VALUES (%s, %s, %s)").format(sql.Identifier(domain)),
        (migration.name, migration.digest, at),
    )


def _statements(connection: Connection, domain: str, statements: tuple[LiteralString, ...]) -> None:
    database = connection.execute("SELECT current_database()").fetchone()
    assert database is not None
    names = {
        "schema": sql.Identifier(domain),
        "role": sql.Identifier(f"{domain}_app"),
        "database": sql.Identifier(str(database[0])),
    }
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**names))


# Before the files, so that a migration may take back what is given here (an append-only table does).
_DEFAULTS: tuple[LiteralString, ...] = (
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT EXECUTE ON FUNCTIONS TO {role}",
    "ALTER ROLE {role} IN DATABASE {database} SET search_path = {schema}",
)

# What PostgreSQL gives to everybody, taken away.
_CLOSED: tuple[LiteralString, ...] = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC",
    "REVOKE ALL ON {schema}.migrations FROM {role}",
)
