"""Invoices over HTTP: who sees whose, page by page; links; the auditor's month."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builders.papers import office_on
from builders.payments_api import Office, customer, wired
from builders.stripe_gateway import Counter, counter
from fixtures.database import Databases
from kit import clock, ids
from kit.identity import Caller
from payments.model.paper import IST
from payments.model.payment import PaymentId
from payments.ports.papers import Print

pytestmark = pytest.mark.stores
ROLES = ("analyst", "editor", "approver", "compliance", "support", "auditor", "admin")
SEES_ALL = {"support", "auditor", "admin"}
SUMS = {"auditor", "admin"}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as running:
        yield running


@pytest.fixture
def office(database: Databases, gateway: Counter, monkeypatch: pytest.MonkeyPatch) -> Office:
    db = database("payments", "ledger")
    for name, value in {
        "PAPER_BUCKET": "papers",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "ap-south-1",
    }.items():
        monkeypatch.setenv(name, value)
    return wired(db, gateway, monkeypatch)


@pytest.fixture
def asha(office: Office) -> Caller:
    """Return somebody with an invoice and a receipt."""
    who = office.enrol(customer())
    papers = office_on(office.db)
    papers.clock.at = clock.now()
    for order in ({"sku": "course-first-trades"}, {"top_up": 100_000}):
        office.pay(office.open(who, order).json["address"])
        office.work()
        newest = office.ask("GET", "/payments", who).json["items"][0]
        papers.invoicing.invoice(PaymentId(newest["id"]))
        papers.clock.forward(seconds=1)
    return who


def mine(office: Office, who: Caller, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.ask("GET", f"/invoices{query}", who).json["items"]
    return found


def test_a_person_sees_their_papers_with_everything_on_them(office: Office, asha: Caller) -> None:
    receipt, invoice = mine(office, asha)
    assert (receipt["kind"], invoice["kind"]) == ("receipt", "invoice")
    assert (invoice["total"], invoice["rate_percent"], invoice["sac"]) == (149_900, 18, "999293")
    assert invoice["taxable_value"] + invoice["cgst"] + invoice["sgst"] + invoice["igst"] == 149_900
    assert invoice["total_in_words"] == "Rupees one thousand four hundred ninety-nine only"
    assert invoice["place_of_supply"] == {"state": "KA", "code": "29", "name": "Karnataka"}
    assert mine(office, asha, "?kind=invoice") == [invoice]
    first = office.ask("GET", "/invoices?limit=1", asha).json
    assert first["items"] == [receipt]
    assert mine(office, asha, f"?limit=1&cursor={first['next_cursor']}") == [invoice]


def test_a_paper_is_its_persons_and_of_those_whose_work_it_is(office: Office, asha: Caller) -> None:
    paper = mine(office, asha)[0]
    absent = office.ask("GET", "/invoices/{id}", asha, id=ids.uuid7())
    assert (absent.status, absent.json["code"]) == (404, "INVOICE_NOT_FOUND")
    for role in (None, *ROLES):
        who = customer(*([role] if role else []))
        for path in ("/invoices/{id}", "/invoices/{id}/pdf"):
            status = office.ask("GET", path, who, id=paper["id"]).status
            assert status == (404 if role not in SEES_ALL else 409 if path.endswith("pdf") else 200), role
        listed = office.ask("GET", f"/invoices?user={asha.subject}", who)
        assert listed.status == (200 if role in SEES_ALL else 403), role
        assert office.ask("GET", "/invoices", who).json["items"] == []
        month = office.ask("GET", "/invoices/summary?month=2026-11", who)
        assert month.status == (200 if role in SUMS else 403), role


def test_a_link_opens_the_pdf_once_it_is_printed(office: Office, asha: Caller) -> None:
    paper = mine(office, asha)[1]
    early = office.ask("GET", "/invoices/{id}/pdf", asha, id=paper["id"])
    assert (early.status, early.json["code"]) == (409, "INVOICE_NOT_PRINTED")
    office_on(office.db).prints.keep(Print(paper["id"], "ab" * 32, 9, clock.now()))
    link = office.ask("GET", "/invoices/{id}/pdf", asha, id=paper["id"]).json
    assert link["digest"] == mine(office, asha)[1]["digest"] == "ab" * 32
    assert paper["id"] in link["url"]
    assert "X-Amz-Expires=300" in link["url"]


def test_the_auditors_month_agrees_with_the_books(office: Office, asha: Caller) -> None:
    month = f"{clock.now().astimezone(IST):%Y-%m}"  # papers belong to India's months
    found = office.ask("GET", f"/invoices/summary?month={month}", customer("auditor")).json
    assert (found["agrees"], found["payments_without_paper"]) == (True, 0)
    igst = next(one for one in found["taxes"] if one["kind"] == "igst")
    assert igst["declared"] == igst["booked"] == mine(office, asha)[1]["igst"] > 0
    assert [(one["first"], one["count"], one["cancelled"]) for one in found["documents"]] == [
        (mine(office, asha)[0]["serial"], 1, 0),
        (mine(office, asha)[1]["serial"], 1, 0),
    ]


@pytest.mark.parametrize("month", ["", "2026-13", "1999-01", "2026-1", "now"])
def test_a_month_that_is_none_is_refused(office: Office, month: str) -> None:
    assert office.ask("GET", f"/invoices/summary?month={month}", customer("auditor")).status == 422
