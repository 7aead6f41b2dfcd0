"""A refund: who asked, who decided, which steps of the saga are done, and where it goes next.

requested ──> approved ──────────────> completed      completed ──> reversing: the bank refused it later
    └──> declined └──> reversing ──> compensated      reversing ──> approved: it turned out to be paid
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, NewType

from payments.model.gateway import RefundRef
from payments.model.ledger import Book, PersonId
from payments.model.offer import Sku
from payments.model.payment import Payment, PaymentId
from payments.model.sale import Sale

RefundId = NewType("RefundId", str)
RefundStatus = Literal["requested", "declined", "approved", "reversing", "completed", "compensated"]
Origin = Literal["person", "rule", "gateway"]
"""Who began it: somebody, a rule of ours (what cannot be granted), or the gateway's own dashboard."""
Step = Literal["hold", "revoke", "pay", "settle", "end", "note", "notify", "release", "restore", "tell"]

FORWARD: Final[tuple[Step, ...]] = ("hold", "revoke", "pay", "settle", "end", "note", "notify")
"""Hold in the books, take what was bought, pay, settle, end the subscription, credit note, mail."""
BACK: Final[tuple[Step, ...]] = ("release", "restore", "tell")
"""Give the books back their room, give back what was taken, tell: all of it, whatever was done before."""
BY_RULE: Final = "rule:ungrantable"
BY_GATEWAY: Final = "gateway"
ACTIVE: Final[frozenset[RefundStatus]] = frozenset({"approved", "completed"})
"""These take from the payment."""
OPEN: Final[frozenset[RefundStatus]] = frozenset({"requested", "approved", "reversing"})
"""One of these a payment at most, but for what the gateway began."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that is done, and since when."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """``sale`` is what of the payment goes back, ``revokes`` whether what was bought goes with it.

    ``quoted`` paise were quoted under ``policy_version``; ``override`` says why it is another amount.
    ``gateway_ref`` is the gateway's name of it once it is paid; ``failure`` the code of what turned it back.
    """

    id: RefundId
    payment: PaymentId
    person: PersonId
    sku: Sku
    line: Book
    sale: Sale
    revokes: bool
    origin: Origin
    requested_by: str
    requested_at: datetime
    reason: str
    policy_version: str
    quoted: int
    status: RefundStatus = "requested"
    version: int = 1
    override: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    gateway_ref: RefundRef | None = None
    failure: str | None = None
    steps: tuple[Done, ...] = ()

    def has(self, step: Step) -> bool:
        """Whether ``step`` is done."""
        return any(one.step == step for one in self.steps)

    @property
    def next_step(self) -> Step | None:
        """What is to be done now: None where it waits for a person, or is over."""
        way = {"approved": FORWARD, "reversing": BACK}.get(self.status, ())
        return next((step for step in way if not self.has(step)), None)

    def done(self, step: Step, at: datetime) -> "Refund":
        """Return it with ``step`` done, one version on; the last step of a way ends it."""
        moved = replace(self, steps=(*self.steps, Done(step, at)), version=self.version + 1)
        if moved.next_step is not None:
            return moved
        return replace(moved, status="completed" if moved.status == "approved" else "compensated")

    def failed(self, code: str) -> "Refund":
        """Return it on its way back, because of ``code``."""
        return replace(self, status="reversing", failure=code, version=self.version + 1)

    def paid_after_all(self, ref: RefundRef, at: datetime) -> "Refund":
        """Return it on its way forward again: the gateway has paid what we had given up."""
        ahead = replace(self, status="approved", failure=None, gateway_ref=ref, version=self.version + 1)
        return ahead if self.has("pay") else replace(ahead, steps=(*self.steps, Done("pay", at)))

    @property
    def takes(self) -> bool:
        """Whether what was bought is taken because of it."""
        return self.revokes and self.status in ACTIVE and self.has("revoke")


def left_of(payment: Payment, refunds: Iterable[Refund]) -> Sale:
    """Return what of ``payment`` can still go back after those of ``refunds`` that take from it."""
    return payment.sale.less(*(one.sale for one in refunds if one.status in ACTIVE))
