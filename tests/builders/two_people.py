"""Every table that a domain collects from, filled with a row of each of two people, by its columns alone.

Checks and foreign keys are out of the way, so that a new column needs nothing here. A text of a person's row
carries their mark: whoever finds the other's mark in a document has found somebody else's data.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from analytics.adapters.postgres.personal import HOLDINGS as ANALYTICS
from analytics.adapters.rows import packed
from analytics.model.facts import Chose
from analytics.model.figures import EventId
from fixtures.database import Databases
from kit.privacy.tables import Holdings
from kit.sealing import Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping
from kit.stores.postgres import Database
from kyc.adapters.memory.evidence import MemoryDocumentStore
from kyc.adapters.postgres.personal import holdings as kyc_holdings
from kyc.adapters.sealing import SealedDetails
from kyc.model.details import Details
from kyc.model.document import DocumentId
from kyc.model.tier import PersonId
from partners.adapters.postgres.personal import holdings as partners_holdings
from partners.model.application import CONTACT
from payments.adapters.postgres.personal import HOLDINGS as PAYMENTS
from realtime.adapters.personal import HOLDINGS as REALTIME
from signals.adapters.postgres.personal import HOLDINGS as SIGNALS
from users.adapters.postgres.personal import HOLDINGS as USERS

AT = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
SEALER = Sealer(MemoryVault(), MemoryWrapping())
DOCUMENTS = MemoryDocumentStore()
HOLDINGS: dict[str, Holdings] = {
    "analytics": ANALYTICS,
    "kyc": kyc_holdings(SealedDetails(SEALER), DOCUMENTS),
    "partners": partners_holdings(SEALER, CONTACT),
    "payments": PAYMENTS,
    "realtime": REALTIME,
    "signals": SIGNALS,
    "users": USERS,
}
PARENTS = {"analytics": ("consumers",), "signals": ("backtest_slices",), "partners": ("messages",)}
"""Tables that are in no section, and that rows of a section lead to or from."""
SCHEMAS = ("analytics", "audit", "kyc", "ledger", "partners", "payments", "privacy", "realtime", "signals",
           "users", "vault")  # fmt: skip
_NAMES_A_PERSON = re.compile(
    r"^(user_id|person|owner|subject|email|phone|address|actor|contact|buyer|maker|checker|officer|by|.+_by)$"
)
_ALL_COLUMNS = """
SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c
JOIN pg_class k ON k.oid = format('%%I.%%I', c.table_schema, c.table_name)::regclass
WHERE c.table_schema = ANY (%s) AND NOT k.relispartition AND k.relkind IN ('r', 'p')
"""
_PEOPLE = {"user_id", "person", "owner", "subject", "drafted_by", "decided_by", "voided_by"}
_OWN_ID = {("users", "users"), ("partners", "owners")}
Connection = psycopg.Connection[tuple[object, ...]]
_COLUMNS = """
SELECT c.column_name, c.data_type, c.udt_name, (
    SELECT ref.relname FROM pg_constraint k JOIN pg_class own ON own.oid = k.conrelid
    JOIN pg_class ref ON ref.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum = ANY (k.conkey)
    WHERE k.contype = 'f' AND own.oid = format('%%I.%%I', c.table_schema, c.table_name)::regclass
        AND a.attname = c.column_name LIMIT 1)
FROM information_schema.columns c
WHERE c.table_schema = %s AND c.table_name = %s AND c.is_generated = 'NEVER' AND c.is_identity = 'NO'
"""


@dataclass(frozen=True)
class Somebody:
    """One of the two: ``mark`` stands in every text of theirs; ``number`` tells rows apart that count."""

    id: str
    mark: str
    number: int

    def row_of(self, table: str) -> str:
        """Return the id of their row of ``table``."""
        return str(uuid.uuid5(uuid.UUID(self.id), table))


@dataclass
class Filled:
    """The database as each domain's own role, and who is in it."""

    databases: Databases
    first: Database
    asha: Somebody
    bela: Somebody

    def of(self, domain: str) -> Database:
        return self.databases.also(self.first, domain)


def naming_people(owner: Connection) -> set[tuple[str, str]]:
    """Return (schema, table) of each table with a column that names a person."""
    rows = owner.execute(_ALL_COLUMNS, (list(SCHEMAS),)).fetchall()
    return {(str(schema), str(table)) for schema, table, column in rows if _NAMES_A_PERSON.match(str(column))}


def exported() -> set[tuple[str, str]]:
    """Return (schema, table) of each table that an export is made of."""
    return {
        (domain, table)
        for domain, holdings in HOLDINGS.items()
        for section in holdings.sections
        for table in section.tables
    }


def two() -> tuple[Somebody, Somebody]:
    return Somebody(str(uuid.uuid4()), "asha", 1), Somebody(str(uuid.uuid4()), "bela", 2)


def loosen(owner: Connection) -> None:
    """Take checks, triggers and foreign keys out of the way."""
    found = owner.execute(
        "SELECT k.conrelid::regclass::text, k.conname FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace"
        " WHERE k.contype = 'c' AND n.nspname = ANY (%s) AND k.conrelid <> 0 AND k.conislocal",
        (list(HOLDINGS),),
    ).fetchall()
    for table, name in found:
        command = sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}")
        schema, _, bare = str(table).rpartition(".")
        owner.execute(command.format(sql.Identifier(schema, bare.strip('"')), sql.Identifier(str(name))))
    for domain in HOLDINGS:
        for table in tables(domain):
            owner.execute(
                sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(domain, table))
            )


def tables(domain: str) -> list[str]:
    """Return what is filled for ``domain``."""
    named = {table for section in HOLDINGS[domain].sections for table in section.tables}
    return sorted({*named, *PARENTS.get(domain, ())})


def fill(owner: Connection, domain: str, who: Somebody) -> None:
    """Insert their row into each table."""
    owner.execute("SET session_replication_role = replica")
    for table in tables(domain):
        if (domain, table) == ("analytics", "consumers"):
            owner.execute(
                "INSERT INTO analytics.consumers (name, state, rules, started_at) VALUES ('only', 'active', 1, %s)"
                " ON CONFLICT DO NOTHING",
                (AT,),
            )
            continue
        values = _row(owner, domain, table, who)
        command = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(domain, table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() for _ in values),
        )
        owner.execute(command, list(values.values()))
    owner.execute("SET session_replication_role = origin")


def _row(owner: Connection, domain: str, table: str, who: Somebody) -> dict[str, Any]:
    found = owner.execute(_COLUMNS, (domain, table)).fetchall()
    assert found, f"{domain}.{table} does not exist"
    values = {str(one[0]): _value(domain, table, tuple(map(str, one)), who) for one in found}
    return values | _special(domain, table, who)


def _value(domain: str, table: str, column: tuple[str, ...], who: Somebody) -> Any:
    name, kind, udt, ref = column
    if name in _PEOPLE or ((domain, table) in _OWN_ID and name == "id"):
        return who.id
    if ref != "None" and kind == "uuid":
        return who.id if (domain, ref) in _OWN_ID else who.row_of(ref)
    if kind == "uuid":
        return who.row_of(table if name == "id" else f"{table}.{name}")
    plain: dict[str, Any] = {
        "text": f"{who.mark} {table} {name}",
        "timestamp with time zone": AT,
        "date": AT.date(),
        "boolean": False,
        "jsonb": Jsonb({"of": who.mark}),
        "bytea": who.mark.encode() * 8,
        "real": 0.5,
        "numeric": who.number,
    }
    if kind == "ARRAY":
        return [AT] if udt == "_timestamptz" else [f"{who.mark} {name}"]
    return plain.get(kind, who.number)


def _special(domain: str, table: str, who: Somebody) -> dict[str, Any]:
    """Return the few values that mean something to a query."""
    mail = f"{who.mark}@example.com"
    said = Details(f"{who.mark} rao", AT.date(), "ABCPE1234F", "0124", "ref", mail)
    fact = Chose(
        event=EventId(who.row_of("event")), subject=who.id, about=who.id, version=1, at=AT,
        symbols=(who.mark,), strategies=(),
    )  # fmt: skip
    kind, body = packed(fact)
    DOCUMENTS.lies[DocumentId(who.row_of("kyc_documents"))] = who.mark.encode()
    values: dict[tuple[str, str], dict[str, Any]] = {
        ("users", "users"): {
            "email": mail,
            "erased_at": None,
            "locale": "en",
            "paid_plan": "free",
        },
        ("users", "otp_verifications"): {"address": mail},
        ("signals", "alerts"): {"signal_id": None},
        ("payments", "papers"): {"year": 2026},
        ("kyc", "kyc_applications"): {
            "details": SealedDetails(SEALER).seal(PersonId(who.id), said),
            "keep_until": AT,
        },
        ("kyc", "kyc_documents"): {"state": "kept", "kind": "photo", "content_type": "image/png"},
        ("partners", "applications"): {"contact": SEALER.seal(who.id, CONTACT, mail)},
        ("analytics", "facts"): {"consumer": 1, "kind": kind, "body": body},
    }
    return values.get((domain, table), {})
