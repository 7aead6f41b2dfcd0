"""Who sees whose payments: own, another's and absent, for each route and role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.payments_api import Office, customer, wired
from builders.stripe_gateway import Counter, counter
from fixtures.database import Databases
from kit import ids
from kit.identity import Caller

pytestmark = pytest.mark.stores
ROLES = ("analyst", "editor", "approver", "compliance", "support", "auditor", "admin")
SEES_PAYMENTS = {"support", "admin"}
SEES_BOOKS = {"auditor", "admin"}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as running:
        yield running


@pytest.fixture
def office(database: Databases, gateway: Counter, monkeypatch: pytest.MonkeyPatch) -> Office:
    db = database("payments", "ledger")
    return wired(db, gateway, monkeypatch)


@pytest.fixture
def asha(office: Office) -> Caller:
    """Return somebody with a paid course, money in the wallet and an open page."""
    who = office.enrol(customer())
    for order in ({"sku": "course-first-trades"}, {"top_up": 100_000}):
        office.pay(office.open(who, order).json["address"])
    office.work()
    office.open(who, {"sku": "course-options-basics"})
    return who


def test_a_payment_is_its_persons_and_supports(office: Office, asha: Caller) -> None:
    mine = office.ask("GET", "/payments", asha).json["items"]
    assert [one["status"] for one in mine] == ["opened", "captured", "captured"]
    absent = office.ask("GET", "/payments/{id}", asha, id=ids.uuid7())
    assert (absent.status, absent.json["code"]) == (404, "PAYMENT_UNKNOWN")
    for role in ROLES:
        who = customer(role)
        one = office.ask("GET", "/payments/{id}", who, id=mine[0]["id"])
        listed = office.ask("GET", f"/payments?user={asha.subject}", who)
        if role in SEES_PAYMENTS:
            assert (one.status, one.json) == (200, mine[0])
            assert listed.json["items"] == mine
        else:
            hidden = {key: one.json[key] for key in ("code", "detail", "title", "status")}
            assert hidden == {key: absent.json[key] for key in hidden}
            assert (listed.status, listed.json["code"]) == (403, "FORBIDDEN")
        assert office.ask("GET", "/payments", who).json["items"] == []


def test_ones_own_id_may_be_said(office: Office, asha: Caller) -> None:
    assert len(office.ask("GET", f"/payments?user={asha.subject}", asha).json["items"]) == 3


def test_pages_of_payments_have_no_gap(office: Office, asha: Caller) -> None:
    whole = office.ask("GET", "/payments", asha).json["items"]
    cursor, seen = "", []
    for _ in range(3):
        page = office.ask("GET", f"/payments?limit=1{cursor}", asha).json
        seen += page["items"]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == whole
    assert page["next_cursor"] is None


def test_a_payment_that_did_not_change_is_not_sent_again(office: Office, asha: Caller) -> None:
    newest = office.ask("GET", "/payments", asha).json["items"][0]
    first = office.ask("GET", "/payments/{id}", asha, id=newest["id"])
    again = {"If-None-Match": first.headers["ETag"]}
    assert office.ask("GET", "/payments/{id}", asha, headers=again, id=newest["id"]).status == 304
    office.pay(newest["address"])
    office.work()
    changed = office.ask("GET", "/payments/{id}", asha, headers=again, id=newest["id"])
    assert (changed.status, changed.json["status"]) == (200, "captured")


def test_profile_wallet_and_entitlements_are_ones_own(office: Office, asha: Caller) -> None:
    ravi = customer()
    assert office.ask("GET", "/billing/profile", asha).json["name"] == "Asha Rao"
    assert office.ask("GET", "/billing/profile", ravi).json["code"] == "PROFILE_UNKNOWN"
    assert office.ask("GET", "/wallet", asha).json["balance"]["amount"] == 100_000
    assert office.ask("GET", "/wallet", ravi).json["balance"]["amount"] == 0
    lines = office.ask("GET", "/wallet/statement?limit=1", asha).json
    assert len(lines["items"]) == 1
    assert office.ask("GET", "/wallet/statement", ravi).json == {"items": [], "next_cursor": None}
    assert office.ask("GET", "/entitlements/me", asha).json["items"] == ["course-first-trades"]
    assert office.ask("GET", "/entitlements/me", ravi).json == {
        "plan": "free",
        "valid_until": None,
        "items": [],
        "awaiting_kyc": False,
    }


def test_a_cursor_of_somebody_elses_wallet_reads_ones_own(office: Office, asha: Caller) -> None:
    ravi = office.enrol(customer())
    for _ in range(2):
        office.pay(office.open(asha, {"top_up": 10_000}).json["address"])
    office.pay(office.open(ravi, {"top_up": 77_700}).json["address"])
    office.work()
    cursor = office.ask("GET", "/wallet/statement?limit=1", asha).json["next_cursor"]
    found = office.ask("GET", f"/wallet/statement?cursor={cursor}", ravi).json["items"]
    assert {one["amount"]["amount"] for one in found} <= {77_700}


def test_the_books_are_for_auditors_and_administrators(office: Office, asha: Caller) -> None:
    account = f"wallet:person:{asha.subject}:INR"
    for role in (*ROLES, "user"):
        who = customer(role)
        trial = office.ask("GET", "/ledger/trial-balance", who)
        statement = office.ask("GET", "/ledger/accounts/{code}/statement", who, code=account)
        wanted = 200 if role in SEES_BOOKS else 403
        assert (trial.status, statement.status) == (wanted, wanted), role
    auditor = customer("auditor")
    trial = office.ask("GET", "/ledger/trial-balance", auditor).json
    assert trial["balanced"]
    assert {one["difference"] for one in trial["differences"]} == {0}
    before = office.ask("GET", "/ledger/trial-balance?at=2026-01-01T00:00:00Z", auditor).json
    assert {one["debits"] for one in before["lines"]} <= {0}
    statement = office.ask("GET", "/ledger/accounts/{code}/statement", auditor, code=account).json
    assert [one["amount"] for one in statement["items"]] == [-100_000]
    absent = office.ask("GET", "/ledger/accounts/{code}/statement", auditor, code="courses:none:INR")
    assert (absent.status, absent.json["code"]) == (404, "ACCOUNT_UNKNOWN")


def test_nobody_signed_out_gets_more_than_prices(office: Office) -> None:
    plans, offers = office.ask("GET", "/plans").json["items"], office.ask("GET", "/offers").json["items"]
    assert (plans[0]["sku"], plans[0]["price"]["amount"], plans[0]["trial_days"]) == (
        "premium-monthly",
        99900,
        7,
    )
    assert {one["sku"][:7] for one in offers} == {"course-"}
    asked = (
        ("POST", "/quotes", {"sku": "premium-monthly"}),
        ("POST", "/checkouts", {"sku": "premium-monthly"}),
        ("POST", "/wallet/purchases", {"sku": "course-backtesting"}),
        ("GET", "/wallet", None),
        ("GET", "/payments", None),
        ("GET", "/ledger/trial-balance", None),
    )
    for method, path, body in asked:
        assert office.ask(method, path, None, body).status == 401


def test_who_is_not_confirmed_enough_is_told_how(office: Office) -> None:
    for confirmed, paise, status in ((0, 500_001, 403), (1, 500_001, 201), (1, 5_000_001, 403)):
        who = office.enrol(customer(confirmed=confirmed))
        opened = office.open(who, {"top_up": paise})
        assert opened.status == status
        if status == 403:
            assert opened.json["code"] == "STEP_UP_REQUIRED"


def test_a_quote_says_what_buying_would_ask_for(
    office: Office, gateway: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = office.enrol(customer(), "MH")
    quote = office.ask("POST", "/quotes", asha, {"sku": "enterprise-monthly"}).json
    parts = {name: value["amount"] for name, value in quote["price"].items()}
    assert parts == {"gross": 999900, "net": 847372, "cgst": 76264, "sgst": 76264, "igst": 0}
    assert (quote["step_up"], quote["kyc"], quote["within_cap"]) == (1, "local_grant", True)
    assert quote["cap_left"]["amount"] == 15_100_000
    unknown = wired(office.db, gateway, monkeypatch, kyc="awaited")
    assert unknown.ask("POST", "/quotes", asha, {"sku": "enterprise-monthly"}).json["kyc"] == "awaited"
    refused = unknown.open(asha, {"sku": "premium-monthly"})
    assert (refused.status, refused.json["code"]) == (409, "KYC_REQUIRED")
    assert office.ask("POST", "/quotes", customer(), {"top_up": 10_000}).json["code"] == "PROFILE_MISSING"
    assert office.ask("POST", "/quotes", customer(), {"top_up": 10_000, "state": "DL"}).status == 200
    for wrong in (
        {},
        {"top_up": 9_999},
        {"top_up": 100_000_001},
        {"sku": "x", "top_up": 10_000},
        {"sku": "É"},
    ):
        assert office.ask("POST", "/quotes", asha, wrong).status == 422
    assert office.ask("POST", "/quotes", asha, {"sku": "no-such"}).json["code"] == "OFFER_UNKNOWN"


def test_a_profile_is_checked(office: Office) -> None:
    asha = customer()
    body = {"email": "Asha@Example.com", "name": "Asha Rao", "state": "MH", "gstin": "27aapfu0939f1zv"}
    unsaid = office.ask("PUT", "/billing/profile", asha, body)
    assert (unsaid.status, unsaid.json["code"]) == (422, "ADDRESS_MISSING")
    body["address"] = " 7 Marine Drive \r\n\nMumbai 400020"
    kept = office.ask("PUT", "/billing/profile", asha, body)
    assert kept.json == {
        "email": "asha@example.com",
        "name": "Asha Rao",
        "state": "MH",
        "gstin": "27AAPFU0939F1ZV",
        "address": "7 Marine Drive\nMumbai 400020",
    }
    other = office.ask("PUT", "/billing/profile", asha, body | {"state": "KA"})
    assert (other.status, other.json["code"]) == (422, "GSTIN_INVALID")
    assert other.json["errors"][0]["pointer"] == "/gstin"
    for wrong in (
        {"state": "XX"},
        {"name": " "},
        {"email": "nobody"},
        {"gstin": "1"},
        {"address": "a\n" * 6},
    ):
        assert office.ask("PUT", "/billing/profile", asha, body | wrong).status == 422
