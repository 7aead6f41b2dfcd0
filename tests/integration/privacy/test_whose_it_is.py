"""What each domain hands out and erases, with two people in every table: all of one, nothing of the other."""

import json
from base64 import b64decode
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from builders.two_people import AT, HOLDINGS, Filled, Somebody
from kit.privacy import Document
from kit.privacy.tables import Holdings, Section, TableContributor

pytestmark = pytest.mark.stores
UNMARKED = {
    *("sessions", "second_factor", "backup_codes", "password_resets", "usage"),  # times and counts alone
    "documents",  # its content is the mark in base64: looked at by itself
    *("looked_at_by_staff", "decided_revisions", "failed_sign_ins"),
}
"""Sections without a text that could carry a mark."""
STAYS = {
    "users": {"consents"},
    "signals": {"drafts", "decisions", "decided_revisions", "voids", "signing_account", "hooks"},
    "payments": {"payments", "entitlements", "standing", "subscriptions", "refunds", "papers", "kyc_tier"},
    "kyc": {"applications", "standing", "documents", "decisions", "verifications", "looked_at_by_staff"},
    "partners": {"plan", "keys", "applications"},
    "analytics": {"facts"},
    "realtime": set[str](),
}
"""Sections in which something of an erased person may still be marked, each for a reason its domain tells."""


def collected(filled: Filled, domain: str, who: Somebody) -> Document:
    return TableContributor(filled.of(domain), HOLDINGS[domain]).collect(who.id)


def strangers(document: Document, other: Somebody) -> list[str]:
    """Return the sections in which there is something of ``other``."""
    return [
        name
        for name, records in document.items()
        if other.mark in (text := json.dumps(records)) or other.id in text
    ]


@pytest.mark.parametrize("domain", HOLDINGS)
def test_a_domain_hands_out_all_of_one_person_and_nothing_of_another(filled: Filled, domain: str) -> None:
    for who, other in ((filled.asha, filled.bela), (filled.bela, filled.asha)):
        document = collected(filled, domain, who)
        for name, records in document.items():
            assert len(records) == 1, f"{domain}.{name} has {len(records)} records of one row"
            assert name in UNMARKED or who.mark in json.dumps(records), f"{domain}.{name} says nothing"
        assert strangers(document, other) == []


def test_a_query_without_its_owner_is_found(filled: Filled) -> None:
    """The guard fails on the bug it is for: of a table that is everybody's, and not of one that is confined."""
    leaky = Holdings(
        (
            Section("feedback", ("feedback",), "SELECT comment FROM feedback"),
            Section("voids", ("voids",), "SELECT note FROM voids"),
        )
    )
    document = TableContributor(filled.of("signals"), leaky).collect(filled.asha.id)
    assert strangers(document, filled.bela) == ["voids"]


@pytest.mark.parametrize("domain", HOLDINGS)
def test_sealed_fields_are_opened_and_secrets_are_not_handed_out(filled: Filled, domain: str) -> None:
    text = json.dumps(collected(filled, domain, filled.asha))
    assert "s1." not in text
    for secret in ("password_hash", "code_hash", "secret", "digest_key", "backup_hash"):
        assert f'"{secret}"' not in text


def test_documents_are_handed_out_themselves(filled: Filled) -> None:
    for who in (filled.asha, filled.bela):
        (found,) = collected(filled, "kyc", who)["documents"]
        assert b64decode(found["content"]) == who.mark.encode()


def test_an_erasure_takes_all_that_may_go_and_nothing_of_anybody_else(filled: Filled) -> None:
    """In every domain as its own role, twice: the second time there is nothing left to take."""
    before = {domain: collected(filled, domain, filled.bela) for domain in HOLDINGS}
    for domain, holdings in HOLDINGS.items():
        db = filled.of(domain)
        contributor = TableContributor(db, holdings)
        with db.transaction():
            erased = contributor.erase(filled.asha.id, AT)
        assert all(erased.removed.values()), f"{domain} erases nothing of {erased.removed}"
        with db.transaction():
            again = contributor.erase(filled.asha.id, AT)
        assert not any(again.removed.values()), f"{domain} erases twice: {again.removed}"
        assert again.kept == erased.kept
        assert len(erased.kept) == len(holdings.keepings)

        left = contributor.collect(filled.asha.id)
        marked = {name for name, records in left.items() if filled.asha.mark in json.dumps(records)}
        assert marked <= STAYS[domain], f"{domain} leaves {marked - STAYS[domain]}"
        assert contributor.collect(filled.bela.id) == before[domain], f"{domain} touched somebody else"
    account: Any = collected(filled, "users", filled.asha)["account"]
    assert [(one["email"], one["phone"], one["display_name"]) for one in account] == [(None, None, "")]
    until = {kept.what: kept.until for kept in _kept(filled, "payments")}
    assert until["papers"] is not None
    assert until["papers"] == datetime(2034, 1, 1, tzinfo=ZoneInfo("Asia/Kolkata")), (
        "as payments.model.paper says"
    )


def _kept(filled: Filled, domain: str) -> tuple[Any, ...]:
    db = filled.of(domain)
    with db.transaction():
        return TableContributor(db, HOLDINGS[domain]).erase(filled.asha.id, AT).kept
