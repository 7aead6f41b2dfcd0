"""What is opened, captured, lapsed and disputed, and what the gateway tells of it."""

from typing import ClassVar, Literal

from kit.events import Moment
from kit.events.payment_events.base import Line, Money, Parts, Purpose, Source


class GatewayNotified(Money, frozen=True, kw_only=True):
    """The payment gateway told, authentically, that something changed; its state is to be read back."""

    TYPE: ClassVar[str] = "gateway.notified"

    notice_id: str
    kind: Literal["payment", "checkout", "subscription"]
    ref: str
    about: str
    occurred_at: Moment


class _Payment(Money, frozen=True, kw_only=True):
    """Subject: the payment."""

    payment_id: str
    user_id: str
    purpose: Purpose
    sku: str
    line: Line
    amount: Parts
    currency: str


class PaymentOpened(_Payment, frozen=True, kw_only=True):
    """Somebody chose what to buy and was sent to the hosted page."""

    TYPE: ClassVar[str] = "payment.opened"

    opened_at: Moment


class PaymentCaptured(_Payment, frozen=True, kw_only=True):
    """The money is ours, posted, and what was bought is granted. ``state`` is the place of supply.

    ``period_start`` and ``period_end`` bound what a subscription's payment paid for.
    """

    TYPE: ClassVar[str] = "payment.captured"

    source: Source
    state: str
    captured_at: Moment
    subscription_id: str | None = None
    period_start: Moment | None = None
    period_end: Moment | None = None


class PaymentLapsed(_Payment, frozen=True, kw_only=True):
    """The hosted page was closed or its time ended before anything was paid."""

    TYPE: ClassVar[str] = "payment.lapsed"

    lapsed_at: Moment


class PaymentDisputed(_Payment, frozen=True, kw_only=True):
    """The customer's bank claims the money back; what was bought is suspended."""

    TYPE: ClassVar[str] = "payment.disputed"

    disputed_at: Moment


class PaymentDisputeEnded(_Payment, frozen=True, kw_only=True):
    """The bank decided: won, and everything is as before; or lost, and the money is gone.

    ``left`` is what of ``amount`` no refund had given back before.
    """

    TYPE: ClassVar[str] = "payment.dispute_ended"

    outcome: Literal["won", "lost"]
    ended_at: Moment
    left: Parts | None = None
