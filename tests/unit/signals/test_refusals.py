"""What the model refuses, in words that a person can act on."""

import re
from decimal import Decimal
from typing import Any

import pytest

from builders.signals import NOW, signal
from signals.model.commitment import canonical


def test_a_recall_needs_a_live_signal() -> None:
    with pytest.raises(ValueError, match=r"^only a live signal can be recalled, and once$"):
        signal().recalled("Its price was wrong.", NOW)


@pytest.mark.parametrize("price", ["0", "-1.00", "100.005"])
def test_a_price_off_the_tick_is_refused(price: str) -> None:
    with pytest.raises(ValueError, match=r"^prices of a signal are positive multiples of the tick$"):
        signal(entry=Decimal(price))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"prix€": 1}, "keys of a canonical payload are ASCII"),
        ({"entry": 1.5}, "a canonical payload holds no float"),
        ({"entry": 2**53}, "integers of a canonical payload are below 2^53"),
    ],
)
def test_what_has_no_canonical_form_is_told(value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(told)}$"):
        canonical(value)
