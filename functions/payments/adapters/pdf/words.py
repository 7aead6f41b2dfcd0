"""What a paper says, before it is drawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from payments.model.paper import IST, Paper, PaperKind, Party
from payments.model.places import written
from payments.model.sale import Gst
from payments.model.words import figures

HEADINGS: Final[dict[PaperKind, str]] = {
    "invoice": "Tax invoice",
    "credit_note": "Credit note",
    "receipt": "Receipt",
}
TO: Final[dict[PaperKind, str]] = {
    "invoice": "Billed to",
    "credit_note": "Credited to",
    "receipt": "Received from",
}
NAMES: Final[dict[Gst, str]] = {Gst.CGST: "CGST", Gst.SGST: "SGST", Gst.IGST: "IGST"}
_LAW: Final[dict[PaperKind, str]] = {
    "invoice": "Issued under section 31 of the CGST Act, 2017 and rule 46 of the CGST Rules, 2017.",
    "credit_note": "Issued under section 34 of the CGST Act, 2017 and rule 53 of the CGST Rules, 2017.",
    "receipt": "Money kept for you in your wallet: no supply, so no GST is due and this is no tax invoice."
    " What you buy with it is invoiced then.",
}
_TOTALS: Final[dict[PaperKind, str]] = {
    "invoice": "Total paid",
    "credit_note": "Total credited",
    "receipt": "Received",
}
_SIGNED: Final = (
    "This is an electronic document under the Information Technology Act, 2000; it needs no signature."
)
Pair = tuple[str, str]


def day(at: datetime) -> str:
    """Return the date in India, such as ``21 November 2026``."""
    here = at.astimezone(IST)
    return f"{here.day} {here:%B %Y}"


def rupees(paise: int) -> str:
    """Return an amount with the rupee sign."""
    return f"\u20b9{figures(paise)}"


def facts(paper: Paper) -> Sequence[Pair]:
    """Return what stands beside the heading, label and value."""
    found = [("Number", paper.serial), ("Date", day(paper.issued_at))]
    if paper.original:
        found += [("For invoice", paper.original.serial), ("Dated", day(paper.original.issued_at))]
    elif day(paper.booked_at) != day(paper.issued_at):
        found.append(("Paid on", day(paper.booked_at)))
    if paper.kind != "receipt":
        found += [("Place of supply", written(paper.place)), ("Reverse charge", "No")]
    return found


def party(one: Party) -> Sequence[str]:
    """Return the lines below a party's name."""
    lines = [*(one.address.splitlines() if one.address else ()), f"State: {written(one.state)}"]
    return [*lines, f"GSTIN: {one.gstin}"] if one.gstin else lines


def detail(paper: Paper) -> str:
    """Return the line below what was sold."""
    if paper.period:
        return f"{day(paper.period.start)} to {day(paper.period.end)}"
    return f"Credited in part or whole: {paper.original.serial}" if paper.original else ""


def sums(paper: Paper) -> Sequence[Pair]:
    """Return taxable value and taxes, which add up to the total."""
    if paper.kind == "receipt":
        return []
    taxes = [(kind, amount) for kind, amount in paper.sale.taxes if amount]
    each = paper.rate_percent / max(len(taxes), 1)
    rows = [(f"{NAMES[kind]} at {each:g} %", rupees(amount)) for kind, amount in taxes]
    return [("Taxable value", rupees(paper.sale.net)), *rows]


def total(paper: Paper) -> str:
    """Return what the total is called."""
    return _TOTALS[paper.kind]


def closing(paper: Paper) -> Sequence[str]:
    """Return the sentences at the foot."""
    return [_LAW[paper.kind], _SIGNED]
