"""Somebody asks for money back, and somebody else decides: maker and checker."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from kit import audit, clock, ids
from kit.errors import PreconditionFailed
from kit.events import Event
from kit.events.audit_events import ActionPerformed
from payments.errors.refunds import (
    OverrideNotYours,
    OwnRefund,
    RefundNotFound,
    RefundNotOpen,
    RefundNotPossible,
    RefundTooLarge,
    RefundUnderWay,
)
from payments.model.ledger import PersonId
from payments.model.payment import Payment, PaymentId
from payments.model.refund import Refund, RefundId, RefundStatus, left_of
from payments.model.sale import Sale
from payments.ports.due import DueRows
from payments.ports.payments import Together
from payments.ports.refunds import Refunds
from payments.service import refund_facts
from payments.service.refunding.quoting import Quoting

PATIENCE: Final = timedelta(minutes=2)
"""How long the workflow has before the schedule drives a refund again."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``staff`` are support and admins. ``request_id`` is the request they act in."""

    id: PersonId
    staff: bool = False
    roles: tuple[str, ...] = ()
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """``paise`` None: as much as is quoted. ``override`` is support's reason to go beyond the quote.

    ``keeps_access``: what was bought stays, a favour of support's.
    """

    reason: str
    paise: int | None = None
    override: str | None = None
    keeps_access: bool = False


@dataclass(frozen=True, slots=True)
class Deciding:
    """What is asked for is kept with the quote and the policy's version; what is decided starts the saga."""

    refunds: Refunds
    quoting: Quoting
    due: DueRows
    together: Together
    now: Callable[[], datetime] = clock.now

    def request(self, payment_id: PaymentId, wish: Wish, by: Actor) -> Refund:
        """Keep a request of the payer or of support.

        Raises ``PaymentUnknown``, ``OverrideNotYours``, ``RefundNotPossible``, ``RefundTooLarge``,
        ``RefundUnderWay``.
        """
        payment = self.quoting.payment(payment_id, None if by.staff else by.id)
        if (wish.override is not None or wish.keeps_access) and not by.staff:
            raise OverrideNotYours
        quoted = self.quoting.quote(payment)
        paise = quoted.paise if wish.paise is None else wish.paise
        if paise == 0:
            raise RefundNotPossible(f"By the rules nothing goes back: {quoted.rule}")
        most = quoted.left if wish.override else quoted.paise
        if paise > most:
            raise RefundTooLarge(f"At most {most} paise can go back")
        one = Refund(
            id=RefundId(ids.uuid7()),
            payment=payment.id,
            person=payment.person,
            sku=payment.sku,
            line=payment.line,
            sale=self._parts(payment, paise),
            revokes=not wish.keeps_access,
            origin="person",
            requested_by=by.id,
            requested_at=self.now(),
            reason=wish.reason,
            policy_version=quoted.version,
            quoted=quoted.paise,
            override=wish.override,
        )
        told: list[Event[Any]] = [refund_facts.requested(one)]
        if wish.override is not None or wish.keeps_access:
            told.append(_deed(by, "refund.override", None, one))
        if not self.refunds.put(one, 0, told):
            raise RefundUnderWay
        return one

    def _parts(self, payment: Payment, paise: int) -> Sale:
        """Return what ``paise`` are made of: of what is left, so that the last part takes all of it."""
        return left_of(payment, self.refunds.of_payment(payment.id)).share(paise)

    def find(self, refund_id: RefundId, by: Actor) -> Refund:
        """Return a refund that ``by`` may see. Raises ``RefundNotFound``."""
        found = self.refunds.find(refund_id)
        if found is None or not (by.staff or by.id == found.person):
            raise RefundNotFound
        return found

    def page(
        self, by: Actor, status: RefundStatus | None, before: tuple[datetime, RefundId] | None, limit: int
    ) -> list[Refund]:
        """Return what ``by`` may see: staff all, the others their own."""
        return self.refunds.page(None if by.staff else by.id, status, before, limit)

    def approve(self, refund_id: RefundId, by: Actor, version: int) -> Refund:
        """Let the saga begin.

        Raises ``RefundNotFound``, ``PreconditionFailed``, ``RefundNotOpen``, ``OwnRefund``.
        """
        before = self._open(refund_id, by, version)
        one = replace(self._decided(before, by), status="approved")
        deed = _deed(by, "refund.approve", before, one)
        with self.together():
            if not self.refunds.put(one, version, (refund_facts.approved(one), deed)):
                raise PreconditionFailed
            self.due.plan("refund.drive", one.id, self.now() + PATIENCE)
        return one

    def decline(self, refund_id: RefundId, by: Actor, version: int, reason: str) -> Refund:
        """Let everything stay as it is. Raises what :meth:`approve` raises."""
        before = self._open(refund_id, by, version)
        one = replace(self._decided(before, by), status="declined", decision=reason)
        deed = _deed(by, "refund.decline", before, one)
        if not self.refunds.put(one, version, (refund_facts.declined(one), deed)):
            raise PreconditionFailed
        return one

    def _open(self, refund_id: RefundId, by: Actor, version: int) -> Refund:
        one = self.find(refund_id, by)
        if by.id in {one.requested_by, one.person}:
            raise OwnRefund
        if one.version != version:
            raise PreconditionFailed
        if one.status != "requested":
            raise RefundNotOpen(f"It is {one.status}")
        return one

    def _decided(self, one: Refund, by: Actor) -> Refund:
        return replace(one, version=one.version + 1, decided_by=by.id, decided_at=self.now())


def _deed(by: Actor, action: str, before: Refund | None, after: Refund) -> Event[ActionPerformed]:
    """Return what the audit log keeps of a privileged action: no words of anybody, which may be personal."""
    who = audit.Actor(by.id, by.roles, by.request_id)
    was = _told(before) if before else None
    return audit.performed(who, action, kind="refund", id=after.id, before=was, after=_told(after))


def _told(one: Refund) -> dict[str, Any]:
    names = ("payment", "sale", "quoted", "revokes", "status", "version", "requested_by", "decided_by")
    return {name: getattr(one, name) for name in names}
