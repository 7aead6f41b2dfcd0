"""Events of money, made from what they tell of."""

from kit import clock, events
from kit.events import Event
from kit.events.payment_events import (
    BooksDiffered,
    EntitlementChanged,
    Parts,
    PaymentCaptured,
    PaymentLapsed,
    PaymentOpened,
)
from payments.model.entitlement import Cause, Standing
from payments.model.ledger import PersonId
from payments.model.payment import CURRENCY, Payment
from payments.model.sale import Gst, Sale


def parts_of(sale: Sale) -> Parts:
    """Return ``sale`` as events carry it."""
    return Parts(net=sale.net, cgst=sale.tax(Gst.CGST), sgst=sale.tax(Gst.SGST), igst=sale.tax(Gst.IGST))


def opened(one: Payment) -> Event[PaymentOpened]:
    """Return that ``one`` waits for its money."""
    data = PaymentOpened(
        payment_id=one.id,
        user_id=one.person,
        purpose=one.purpose,
        sku=one.sku,
        line=one.line.value,
        amount=parts_of(one.sale),
        currency=CURRENCY,
        opened_at=one.opened_at,
    )
    return events.new(data, subject=one.id, version=one.version)


def captured(one: Payment) -> Event[PaymentCaptured]:
    """Return that the money of ``one`` is ours."""
    assert one.captured_at is not None, "a captured payment knows when"
    data = PaymentCaptured(
        payment_id=one.id,
        user_id=one.person,
        purpose=one.purpose,
        sku=one.sku,
        line=one.line.value,
        amount=parts_of(one.sale),
        currency=CURRENCY,
        source=one.source,
        state=one.state,
        captured_at=one.captured_at,
        subscription_id=one.subscription,
        period_start=one.period.start if one.period else None,
        period_end=one.period.end if one.period else None,
    )
    return events.new(data, subject=one.id, version=one.version)


def lapsed(one: Payment) -> Event[PaymentLapsed]:
    """Return that nobody paid ``one`` in time."""
    data = PaymentLapsed(
        payment_id=one.id,
        user_id=one.person,
        purpose=one.purpose,
        sku=one.sku,
        line=one.line.value,
        amount=parts_of(one.sale),
        currency=CURRENCY,
        lapsed_at=clock.now(),
    )
    return events.new(data, subject=one.id, version=one.version)


def differed(one: Payment, expected: int, found: int, what: str = "payment.amount") -> Event[BooksDiffered]:
    """Return that another amount came for ``one`` than was agreed, or that it came again."""
    data = BooksDiffered(what=what, about=one.id, expected=expected, found=found, found_at=clock.now())
    return events.new(data, subject=one.id, version=one.version)


def entitled(person: PersonId, now: Standing, version: int, cause: Cause) -> Event[EntitlementChanged]:
    """Return what ``person`` may use from now on."""
    data = EntitlementChanged(
        user_id=person,
        plan=now.plan,
        valid_until=now.valid_until,
        items=now.items,
        cause=cause,
        changed_at=clock.now(),
    )
    return events.new(data, subject=person, version=version)
