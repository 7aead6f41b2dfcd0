"""What the model refuses, in words that a person can act on."""

import re
from typing import Any

import pytest

from builders.signals import NOW, signal
from signals.model.commitment import canonical


def test_a_recall_needs_a_live_signal() -> None:
    with pytest.raises(ValueError, match=r"^only a live signal can be recalled, and once$"):
        signal().recalled("Its price was wrong.", NOW)


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
