"""The gateway's books held against ours: entries, pairs, what differs, and the settlement of a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from payments.model.gateway import PaymentRef
from payments.model.ledger import Book

EntryKind = Literal["payment", "refund", "dispute", "payout", "other"]
What = Literal["money", "fee"]
Difference = Literal[
    "missing in the books",
    "missing at the gateway",
    "another amount",
    "an entry does not add up",
    "charged without entitlement",
    "entitled without charge",
]
FIRST: Final = "00000000-0000-0000-0000-000000000000"
ON_ITS_WAY: Final = timedelta(minutes=1)
"""So long a webhook, and what follows from it, may take before a difference is one."""


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One movement in the gateway's books, in paise: ``net`` is what our balance there changed by.

    ``ref`` is its name, ``about`` the gateway's id of the payment, refund, dispute or payout it is about.
    """

    ref: str
    kind: EntryKind
    about: str
    amount: int
    fee: int
    net: int
    occurred_at: datetime
    payment: PaymentRef | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a clearing account: what our books say of ``about``, the gateway's id; debits positive."""

    about: str
    what: What
    line: Book
    amount: int


@dataclass(frozen=True, slots=True)
class Pair:
    """What both books say about one thing, in paise."""

    about: str
    what: What
    ledger: int
    gateway: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must agree and does not: ``expected`` by the gateway, or by what was paid."""

    what: Difference
    about: str
    expected: int
    found: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A day of one product line by the gateway's books; ``line`` None: money that is nobody's yet.

    net = payments ± adjustments - refunds - fees - transfers. The tax on fees is within ``fees``, as the
    gateway charges both in one sum.
    """

    day: date
    line: Book | None
    payments: int
    adjustments: int
    refunds: int
    fees: int
    transfers: int
    net: int

    @property
    def adds_up(self) -> bool:
        """Whether the equation holds."""
        return self.net == self.payments + self.adjustments - self.refunds - self.fees - self.transfers


@dataclass(frozen=True, slots=True)
class Run:
    """One look: when, how many entries and postings were new, how many people's access was looked at."""

    at: datetime
    entries: int
    postings: int
    looked_at: int
    opened: int
    cleared: int
    looked_to: str = FIRST
    """The cause up to which access was looked at; then it begins again."""


def differing(pair: Pair) -> Finding | None:
    """Return what differs in ``pair``: one paisa is enough."""
    if pair.ledger == pair.gateway:
        return None
    what: Difference = "another amount"
    if pair.ledger == 0:
        what = "missing in the books"
    elif pair.gateway == 0:
        what = "missing at the gateway"
    return Finding(what, f"{pair.about} {pair.what}", pair.gateway, pair.ledger)
