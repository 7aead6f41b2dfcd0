"""What a subscriber is told by mail: before a charge, at each failed try, and at the end.

Before each charge the customer hears of its amount and date and of how to decline it, at least 24 hours
ahead (RBI, circular DPSS.CO.PD No.447/02.14.003/2019-20 of 21 August 2019); above ₹15,000 each charge needs
the customer's confirmation (circular CO.DPSS.POLC.No.S-518/02.14.003/2022-23 of 16 June 2022).
"""

from datetime import datetime, timedelta, timezone
from typing import Final

from payments.model.letter import Letter
from payments.model.subscription import Arrears, Subscription

CONFIRMED_ABOVE: Final = 15_000_00
"""In paise: a recurring charge of more asks the customer each time."""
_INDIA: Final = timezone(timedelta(hours=5, minutes=30))


def renewal(one: Subscription, paise: int, to: str, home: str) -> Letter:
    """Return the notice of the charge of ``paise`` at the end of the period."""
    assert one.period is not None, "what is renewed has a period"
    terms, day = one.following or one.terms, _day(one.period.end)
    lines = [
        f"{terms.title} renews on {day}. We will charge {_money(paise)}, tax included, to your card.",
        f"If you do not want this, cancel before {day} at {home}/subscriptions.",
    ]
    if paise > CONFIRMED_ABOVE:
        lines.append("Your bank will ask you to confirm it: we send you the link on that day.")
    return Letter(
        f"subscription:{one.id}:notice:{one.period.end.isoformat()}",
        to,
        f"{_money(paise)} on {day} for {terms.title}",
        _text(lines),
    )


def failed(one: Subscription, arrears: Arrears, to: str, home: str) -> Letter:
    """Return what is said after a try that failed: where to pay, and what happens next."""
    ends = _day(arrears.grace_until)
    asks = arrears.asks or arrears.due > CONFIRMED_ABOVE
    lines = [
        "Your bank asks you to confirm this payment." if asks else "Your card was not charged.",
        f"{_money(arrears.due)} for {one.terms.title} are due since {_day(arrears.since)}.",
        f"Pay or confirm it here: {arrears.address or f'{home}/subscriptions'}",
        f"We try again on {_day(arrears.next_try_at)}." if arrears.next_try_at else "This was our last try.",
        f"Your plan stays until {ends}; without a payment it ends then.",
    ]
    subject = f"Please {'confirm' if asks else 'pay'} {_money(arrears.due)} for {one.terms.title}"
    key = f"subscription:{one.id}:failed:{arrears.invoice}:{arrears.tries}"
    return Letter(key, to, subject, _text(lines))


def ended(one: Subscription, to: str, home: str) -> Letter:
    """Return what is said when the plan was taken because nobody paid."""
    lines = [
        f"{one.terms.title} has ended, because its renewal was not paid. You are not charged any more.",
        f"You can begin again at any time: {home}/plans",
    ]
    return Letter(f"subscription:{one.id}:ended", to, f"{one.terms.title} has ended", _text(lines))


def _text(lines: list[str]) -> str:
    return "\n\n".join(lines) + "\n"


def _day(at: datetime) -> str:
    local = at.astimezone(_INDIA)
    return f"{local.day} {local:%B %Y}"


def _money(paise: int) -> str:
    """Return rupees as India groups them: ₹1,51,000.00."""
    rupees, rest = divmod(paise, 100)
    head, tail = divmod(rupees, 1000)
    groups = [f"{tail:03d}"] if head else [str(tail)]
    while head:
        head, pair = divmod(head, 100)
        groups.append(f"{pair:02d}" if head else str(pair))
    return f"₹{','.join(reversed(groups))}.{rest:02d}"
