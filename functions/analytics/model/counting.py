"""All that the facts of one subject add to all figures: the one rule that live and anew share.

``RULES`` names this rule. Whoever changes what a fact adds raises it: figures made by another rule are then
left as they are, and made anew beside (ADR 171).
"""

from collections.abc import Iterable
from typing import Final

from analytics.model import accuracy, money, recurring
from analytics.model.facts import Fact, Moved, Subscribed, Turned
from analytics.model.figures import Key, merged

RULES: Final = 1


def counted(facts: Iterable[Fact]) -> dict[Key, int]:
    """Return what the facts of one subject add; their order and how they came do not matter."""
    known = list(facts)
    return merged(
        (
            *money.contributions(one for one in known if isinstance(one, Moved)),
            *recurring.contributions(one for one in known if isinstance(one, Subscribed)),
            *accuracy.contributions(one for one in known if isinstance(one, Turned)),
        )
    )
