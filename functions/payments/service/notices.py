"""Webhooks: authentic ones are kept and told; what they are about is read back from the gateway.

The order in which webhooks arrive, and how often, changes nothing: a notice says only that something changed.
A reading takes its number before it asks, and of two readings the later one stands. Every change has a notice
whose reading begins after the change, so the last reading that counts has seen every change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from kit import clock, events
from kit.events.payment_events import GatewayNotified
from payments.errors.gateway import NoticeUnreadable, SignatureInvalid
from payments.model import signature
from payments.model.gateway import CheckoutRef, PaymentRef, SubscriptionRef
from payments.model.notice import (
    GatewayState,
    Notice,
    NoticeId,
    PaymentState,
    SubjectKind,
    SubscriptionState,
)
from payments.ports.gateway import GatewayReader
from payments.ports.notices import GatewayStates, Notices
from payments.service.applying import Applying

_PREFIX: Final[dict[SubjectKind, str]] = {"payment": "pi_", "checkout": "cs_", "subscription": "sub_"}


class _Data(msgspec.Struct, frozen=True):
    object: dict[str, Any]


class _Event(msgspec.Struct, frozen=True):
    """Of a webhook, what says that and where something changed (docs.stripe.com/api/events/object)."""

    id: str
    type: str
    created: int
    data: _Data


@dataclass(frozen=True, slots=True)
class Door:
    """``secrets`` returns those that may sign now: one, or two while one is being replaced."""

    notices: Notices
    secrets: Callable[[], Sequence[str]]
    now: Callable[[], datetime] = clock.now

    def receive(self, body: bytes, header: str) -> bool:
        """Keep an authentic webhook, and tell of it the first time; whether it was new.

        Raises :class:`SignatureInvalid`, :class:`NoticeUnreadable`.
        """
        now = self.now()
        if not signature.is_authentic(body, header, self.secrets(), now.timestamp()):
            raise SignatureInvalid
        notice = _read(body, now)
        if notice.kind is None:
            return self.notices.receive(notice, None)
        fact = GatewayNotified(
            notice_id=notice.id,
            kind=notice.kind,
            ref=notice.subject,
            about=notice.type,
            occurred_at=notice.occurred_at,
        )
        version = self.notices.next_version()
        return self.notices.receive(notice, events.new(fact, subject=notice.subject, version=version))


def _read(body: bytes, now: datetime) -> Notice:
    try:
        told = msgspec.json.decode(body, type=_Event)
        occurred = datetime.fromtimestamp(told.created, UTC)
    except (
        msgspec.DecodeError,
        UnicodeDecodeError,
        RecursionError,
        OverflowError,
        ValueError,
        OSError,
    ) as error:
        raise NoticeUnreadable from error
    kind, subject = _subject(told.type, told.data.object)
    if not told.id.startswith("evt_") or not f"{told.id}{subject}".isascii():
        raise NoticeUnreadable
    return Notice(NoticeId(told.id), told.type, kind, subject, occurred, now, body)


def _subject(kind: str, found: dict[str, Any]) -> tuple[SubjectKind | None, str]:
    """Return what is to be read back: a payment stands for its charges, refunds and disputes."""
    family = kind.partition(".")[0]
    candidates: tuple[tuple[SubjectKind, Any], ...] = ()
    if family == "payment_intent":
        candidates = (("payment", found.get("id")),)
    elif family in {"charge", "refund"}:
        candidates = (("payment", found.get("payment_intent")),)
    elif kind.startswith("checkout.session."):
        candidates = (("checkout", found.get("id")),)
    elif kind.startswith("customer.subscription."):
        candidates = (("subscription", found.get("id")),)
    elif family == "invoice":
        candidates = (("subscription", _of_invoice(found)),)
    for named, ref in candidates:
        if isinstance(ref, str) and ref.startswith(_PREFIX[named]):
            return named, ref
    return None, str(found.get("id", ""))[:255]


def _of_invoice(found: dict[str, Any]) -> Any:
    parent = found.get("parent")
    details = parent.get("subscription_details") if isinstance(parent, dict) else None
    return details.get("subscription") if isinstance(details, dict) else None


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Reads what the gateway holds of a subject. Raises what the reader raises."""

    gateway: GatewayReader

    def read(self, kind: SubjectKind, ref: str) -> tuple[GatewayState, ...]:
        """Return the states to keep: a complete page brings what was bought on it."""
        if kind == "checkout":
            return self._checkout(CheckoutRef(ref))
        if kind == "subscription":
            return self._subscription(SubscriptionRef(ref))
        return self._payment(PaymentRef(ref))

    def _checkout(self, ref: CheckoutRef) -> tuple[GatewayState, ...]:
        found = self.gateway.checkout(ref)
        if found is None:
            return ()
        payment = self._payment(found.payment) if found.payment else ()
        subscription = self._subscription(found.subscription) if found.subscription else ()
        return (found, *payment, *subscription)

    def _payment(self, ref: PaymentRef) -> tuple[GatewayState, ...]:
        found = self.gateway.payment(ref)
        if found is None:
            return ()
        taken = bool(found.captured.amount)  # a refund that failed counts as none, and is to be seen
        refunds = self.gateway.refunds(ref) if taken else ()
        return (PaymentState(found, refunds, self.gateway.disputes(ref) if found.disputed else ()),)

    def _subscription(self, ref: SubscriptionRef) -> tuple[GatewayState, ...]:
        found = self.gateway.subscription(ref)
        return (SubscriptionState(found, self.gateway.invoices(ref)),) if found else ()


@dataclass(frozen=True, slots=True)
class Keeping:
    """Keeps what was read and applies it, all in the caller's transaction; then the notice is settled."""

    states: GatewayStates
    notices: Notices
    applying: Applying

    def keep(self, read: Sequence[GatewayState], reading: int) -> None:
        """Keep what was read under ``reading``, and apply what is new."""
        for state in read:
            if self.states.keep(state, reading):
                self.applying.apply(state)

    def settle(self, fact: GatewayNotified) -> None:
        """Settle the notice that ``fact`` tells of, once what it led to is committed."""
        self.notices.settle(NoticeId(fact.notice_id))
