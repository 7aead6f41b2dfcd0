"""When something has to be done about a subscription: a notice, a try, a look at what became of it."""

from datetime import datetime, timedelta
from typing import Final

from payments.model.due import DueKind
from payments.model.subscription import Subscription, renews

NOTICE_BEFORE: Final = timedelta(days=2)
"""A customer hears of a charge at least 24 hours before it (RBI, circular DPSS.CO.PD No.447/02.14.003/2019-20
of 21 August 2019 on e-mandates, paragraph 8): a day of ours stands between."""
_LOOK_AFTER: Final = timedelta(days=1)


def rows_of(one: Subscription) -> dict[DueKind, datetime]:
    """Return what is due of ``one``, each kind at its time."""
    found: dict[DueKind, datetime] = {}
    if one.period is None:
        return found
    if renews(one) and one.noticed != one.period.end:
        found["subscription.notice"] = one.period.end - NOTICE_BEFORE
    arrears = one.arrears
    if arrears is not None:
        found["subscription.downgrade"] = arrears.grace_until
        step = arrears.since if arrears.told < arrears.tries else arrears.next_try_at
        if step is not None:
            found["subscription.retry"] = step
    elif one.life != "ended":
        # a renewal or an end that nobody told us of is looked up before the plan lapses
        end = one.covered_until if one.life == "running_out" else one.period.end
        found["subscription.downgrade"] = (end or one.period.end) + (
            _LOOK_AFTER if renews(one) else timedelta()
        )
    return found
