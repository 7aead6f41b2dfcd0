"""What this domain holds about a person: applications, keys, endpoints, and how they were used."""

from typing import Any, Final

from kit.privacy.tables import Erasure, Holdings, Keeping, Section
from kit.sealing import Erased, Sealer

_CONTACT: Final = "contact"
_MINE: Final = "SELECT id FROM applications WHERE owner = %(person)s::uuid"


def holdings(sealer: Sealer, contact_field: str) -> Holdings:
    """Return them; ``sealer`` opens the contact of an application, sealed as ``contact_field``."""

    def opened(person: str, row: dict[str, Any]) -> dict[str, Any]:
        if row[_CONTACT] is None:
            return row
        try:
            return row | {_CONTACT: sealer.open(person, contact_field, row[_CONTACT])}
        except Erased:
            return row | {_CONTACT: None}

    applications = Section(
        "applications",
        ("applications",),
        "SELECT id, name, contact, active, suspended, tier, created_at, updated_at FROM applications"
        " WHERE owner = %(person)s::uuid ORDER BY created_at",
        opened,
    )
    return Holdings((applications, *_SECTIONS), _ERASURES, _KEEPINGS)


_SECTIONS: Final = (
    Section("plan", ("owners",), "SELECT plan, disabled FROM owners WHERE id = %(person)s::uuid"),
    Section(
        "keys",
        ("keys",),
        "SELECT k.id, k.application_id, k.prefix, k.name, k.scopes, k.networks, k.created_at, k.expires_at,"
        " k.revoked_at, k.replaced_by FROM keys k JOIN applications a ON a.id = k.application_id"
        " WHERE a.owner = %(person)s::uuid ORDER BY k.created_at",
    ),
    Section(
        "usage",
        ("usage_hours",),
        "SELECT u.key_id, u.hour, sum(u.requests) AS requests, sum(u.limited) AS limited, sum(u.barred) AS"
        " barred"
        " FROM usage_hours u JOIN keys k ON k.id = u.key_id JOIN applications a ON a.id = k.application_id"
        " WHERE a.owner = %(person)s::uuid GROUP BY u.key_id, u.hour ORDER BY u.hour",
    ),
    Section(
        "endpoints",
        ("endpoints",),
        "SELECT e.id, e.application_id, e.url, e.types, e.active, e.disabled, e.created_at, e.updated_at"
        " FROM endpoints e JOIN applications a ON a.id = e.application_id"
        " WHERE a.owner = %(person)s::uuid ORDER BY e.created_at",
    ),
    Section(
        "deliveries",
        ("deliveries", "attempts"),
        "SELECT d.id, d.message_id, d.endpoint_id, d.state, d.created_at, d.settled_at,"
        " (SELECT coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'started_at', t.started_at,"
        " 'outcome', t.outcome, 'status', t.status, 'excerpt', t.excerpt) ORDER BY t.number), '[]')"
        " FROM attempts t WHERE t.delivery_id = d.id) AS attempts"
        " FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id JOIN applications a ON a.id ="
        " e.application_id"
        " WHERE a.owner = %(person)s::uuid ORDER BY d.created_at",
    ),
)
_ERASURES: Final = (
    Erasure("endpoints", f"DELETE FROM endpoints WHERE application_id IN ({_MINE})"),
    Erasure(
        "usage",
        f"DELETE FROM usage_hours u USING keys k WHERE k.id = u.key_id AND k.application_id IN ({_MINE})",
    ),
    Erasure(
        "keys",
        "UPDATE keys SET name = 'erased', networks = '{}', revoked_at = coalesce(revoked_at, %(at)s),"
        " version = version + 1, revision = nextval('revisions'), revised_at = %(at)s"
        f" WHERE application_id IN ({_MINE}) AND name <> 'erased'",
    ),
    Erasure(
        "applications",
        "UPDATE applications SET name = 'erased ' || id, contact = NULL, active = false, version = version"
        " + 1,"
        " updated_at = %(at)s WHERE owner = %(person)s::uuid AND name <> 'erased ' || id",
    ),
)
_KEEPINGS: Final = (
    Keeping(
        "keys",
        "Revoked keys stay known by a digest, so that none of them ever opens anything; they name an id"
        " alone",
        f"SELECT count(*), NULL::timestamptz FROM keys WHERE application_id IN ({_MINE})",
    ),
)
