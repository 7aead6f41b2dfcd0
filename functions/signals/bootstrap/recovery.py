"""What waits for a person, and what stands still: the tasks' question to a person, and the schedule."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from kit import settings
from signals.bootstrap import stores
from signals.bootstrap.starter import machine
from signals.service.approval import Approval
from signals.service.freshness import Freshness
from signals.service.recovery import Recovery


@dataclass(frozen=True, slots=True)
class RecoverySettings:
    """``patience_s`` is how long an unfinished publication is left alone before it is driven again."""

    patience_s: int = 120


@cache
def approval() -> Approval:
    """Return the side of the person who decides, for the functions that nobody asks over HTTP."""
    freshness = Freshness(stores.candles(), stores.reference())
    return Approval(stores.book(), machine(), stores.signers(), stores.rules(), freshness)


@cache
def recovery() -> Recovery:
    """Return what the schedule drives."""
    patience = timedelta(seconds=settings.load(RecoverySettings).patience_s)
    return Recovery(stores.book(), stores.revisions(), machine(), approval(), patience)
