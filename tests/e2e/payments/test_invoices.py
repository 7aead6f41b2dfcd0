"""The whole platform: what is bought is invoiced, printed, mailed and linked; the month agrees with the books."""

import time
from hashlib import sha256
from typing import Any

import pytest
import requests

from builders.buyer import Customer
from builders.stripe_gateway import click
from fixtures.platform import RunningPlatform
from local.stores.base import until

pytestmark = pytest.mark.platform


def papers(asha: Customer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asha.read("/invoices")["items"]
    return [one for one in found if one["digest"]]


def test_a_bought_course_has_its_invoice_as_a_pdf(platform: RunningPlatform) -> None:
    asha = Customer(platform)
    opened = asha.open({"sku": "course-options-basics"})
    assert click(opened["address"], number="4242424242424242")[0] == 303
    began = time.monotonic()
    assert until(lambda: len(papers(asha)) == 1, 60), asha.read("/invoices")
    print(f"invoiced and printed after {time.monotonic() - began:.1f} s")  # noqa: T201 - the figure it is about
    (paper,) = papers(asha)
    assert (paper["kind"], paper["payment_id"], paper["total"]) == ("invoice", opened["id"], 249_900)
    assert paper["taxable_value"] + paper["igst"] == paper["total"], "the buyer lives in another state"

    link = asha.read(f"/invoices/{paper['id']}/pdf")

    document = requests.get(link["url"], timeout=30)
    assert document.status_code == 200
    assert document.content.startswith(b"%PDF-")
    assert sha256(document.content).hexdigest() == link["digest"] == paper["digest"]
    assert asha.read(f"/invoices/{paper['id']}") == paper
    other = Customer(platform).send("GET", f"/invoices/{paper['id']}/pdf")
    assert (other.status_code, other.json()["code"]) == (404, "INVOICE_NOT_FOUND")
