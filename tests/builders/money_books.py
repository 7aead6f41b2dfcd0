"""Both books and what people may use, as they stand; and what in them contradicts what people were told."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from builders.money_storm import Bought

Connection = psycopg.Connection[tuple[Any, ...]]
_COURSES = ("course",)
_CLEARED = """
    SELECT t.reference, t.reason,
           sum(CASE WHEN d.code LIKE '%:clearing:%' THEN t.amount ELSE -t.amount END)::bigint
    FROM ledger.transfers t JOIN ledger.accounts d ON d.id = t.debit JOIN ledger.accounts c ON c.id = t.credit
    WHERE t.kind IN ('posted', 'post') AND (d.code LIKE '%:clearing:%' OR c.code LIKE '%:clearing:%')
    GROUP BY t.reference, t.reason"""
_CONTROLS = """
    SELECT a.control, sum(p.amount)::bigint FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account
    GROUP BY a.control"""
_HOLES = """
    SELECT series, year, count(*), max(number) FROM payments.papers GROUP BY series, year
    HAVING count(*) <> max(number)"""


@dataclass(slots=True)
class Books:
    """``taken`` and ``given`` are the gateway's, by our payment's id; ``cleared`` ours, by reference and reason."""

    taken: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    given: Counter[str] = field(default_factory=Counter)
    totals: Mapping[str, int] = field(default_factory=dict)
    events: int = 0
    cleared: Mapping[tuple[str, str], int] = field(default_factory=dict)
    controls: Mapping[str, int] = field(default_factory=dict)
    payments: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    refunds: Mapping[str, tuple[str, str, int]] = field(default_factory=dict)
    items: Mapping[str, set[str]] = field(default_factory=dict)
    notices: tuple[int, int] = (0, 0)
    unsound: Sequence[str] = ()

    @property
    def clearing(self) -> int:
        """What the gateway owes us by our books, in paise."""
        return sum(self.cleared.values())

    def control(self, *parts: str) -> int:
        """Return the credits over debits of the accounts whose control name has one of ``parts``."""
        return -sum(paise for name, paise in self.controls.items() if any(part in name for part in parts))


def read_books(gateway: Mapping[str, Any], ours: Connection) -> Books:
    """Return what stands in the gateway's ``books`` and in our database, read as its superuser."""
    found = Books(totals=gateway["totals"].get("inr", {}), events=gateway["events"])
    for each in gateway["payments"]:
        name = each["metadata"].get("treum_id", each["payment"])
        found.taken[name].append(each["captured"])
        found.given[name] += each["refunded"]
    found.cleared = {(one, why): paise for one, why, paise in ours.execute(_CLEARED)}
    found.controls = dict(ours.execute(_CONTROLS).fetchall())
    payments = "SELECT id::text, status, (net + cgst + sgst + igst)::bigint FROM payments.payments"
    found.payments = {one: (status, gross) for one, status, gross in ours.execute(payments)}
    refunds = (
        "SELECT id::text, payment::text, status, (net + cgst + sgst + igst)::bigint FROM payments.refunds"
    )
    found.refunds = {one: (payment, status, back) for one, payment, status, back in ours.execute(refunds)}
    standings = ours.execute("SELECT person::text, items FROM payments.standings")
    found.items = {person: set(items) for person, items in standings}
    told = "SELECT count(*), count(*) FILTER (WHERE settled_at IS NULL AND kind IS NOT NULL) FROM payments.gateway_notices"
    (found.notices,) = ours.execute(told).fetchall()
    wrong = ours.execute("SELECT what || ' ' || subject FROM ledger.discrepancies()").fetchall()
    holes = ours.execute(_HOLES).fetchall()
    found.unsound = [one for (one,) in wrong] + [f"papers {one} have a hole" for one in holes]
    return found


def contradictions(history: Sequence[Bought], books: Books) -> list[str]:
    """Return everything that contradicts the promise, a line each; nothing where all is well."""
    return [
        *books.unsound,
        *(line for page in history for line in _of_page(page, books)),
        *_of_everybody(history, books),
        *_in_total(history, books),
    ]


def _of_page(page: Bought, books: Books) -> Iterator[str]:
    gone = _gone(page, books)
    taken = [page.gross] if page.paid else []
    if books.taken.get(page.id, []) != taken:
        yield f"{page}: the gateway took {books.taken.get(page.id)}, its payer knows {taken}"
    if books.given[page.id] != gone:
        yield f"{page}: the gateway gave {books.given[page.id]} back, ours is {gone}"
    status, gross = books.payments.get(page.id, ("absent", 0))
    if (status == "captured") != page.paid or gross != page.gross:
        yield f"{page}: it is {status} for {gross}"
    ours = sum(
        paise for (name, why), paise in books.cleared.items() if name == f"payment:{page.id}" and why != "fee"
    )
    if ours != sum(taken):
        yield f"{page}: our books took {ours}"
    back = sum(
        paise for (name, _), paise in books.cleared.items() if name.startswith(f"refund:{page.refund}:")
    )
    if back != -gone:
        yield f"{page}: our books gave {-back} back, not {gone}"


def _gone(page: Bought, books: Books) -> int:
    """Return what went back for good."""
    _, status, back = books.refunds.get(page.refund or "", ("", "", 0))
    return back if status == "completed" else 0


def _of_everybody(history: Sequence[Bought], books: Books) -> Iterator[str]:
    """Each refund ended, nobody is charged without having, or has without being charged."""
    for page in history:
        status = books.refunds.get(page.refund, ("", "lost", 0))[1] if page.refund else "completed"
        if status not in {"completed", "compensated"}:
            yield f"{page}: its refund is {status}"
    for person in {page.person for page in history}:
        mine = [page for page in history if page.person == person and page.sku.startswith(_COURSES)]
        due = {page.sku for page in mine if page.paid and not _gone(page, books)}
        if books.items.get(person, set()) != due:
            yield f"{person} paid for {sorted(due)} and has {sorted(books.items.get(person, set()))}"


def _in_total(history: Sequence[Bought], books: Books) -> Iterator[str]:
    """The books hold what the gateway holds, and nothing that nobody knows of."""
    kept = {True: 0, False: 0}
    for page in history:
        kept[page.sku.startswith(_COURSES)] += (page.gross if page.paid else 0) - _gone(page, books)
    pairs = (
        ("clearing and the gateway's net", books.clearing, books.totals.get("net", 0)),
        ("fees", -books.control(":fees:"), books.totals.get("fee", 0)),
        ("sales with tax, less refunds", books.control(":revenue:", ":gst:", ":refunds:"), kept[True]),
        ("wallets", books.control("wallet:persons:"), kept[False]),
        ("the trial balance", sum(books.controls.values()), 0),
        ("webhooks kept and events", books.notices[0], books.events),
        ("webhooks that wait", books.notices[1], 0),
    )
    for what, ours, theirs in pairs:
        if ours != theirs:
            yield f"{what}: {ours} and {theirs}"
    for stranger in set(books.taken) - {page.id for page in history}:
        yield f"the gateway took {books.taken[stranger]} for {stranger}, of which nobody knows"
