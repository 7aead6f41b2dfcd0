"""What promises came to: for staff only, until somebody verifies it."""

from typing import Final

from kit.http import View

UNVERIFIED: Final = (
    "NOT VERIFIED by a Past Risk and Return Verification Agency: for internal use only, not to be shown to"
    " clients or the public."
)


class AccuracyRow(View):
    """A strategy's promises of a month. ``win_rate`` = won / (closed + voided), Wilson's interval at 95 %.

    ``average_r``: mean result of the closed ones in multiples of the risk, before costs.
    """

    strategy: str
    month: str
    published: int
    open: int
    closed: int
    won: int
    lost: int
    voided: int
    recalled: int
    win_rate: float | None
    win_rate_low: float | None
    win_rate_high: float | None
    average_r: float | None


class AccuracyView(View):
    """Rows by strategy and month of publication."""

    verified: bool = False
    notice: str = UNVERIFIED
    rows: tuple[AccuracyRow, ...]
