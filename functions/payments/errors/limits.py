"""What is refused of those whose identity is not known well enough for an amount."""

from collections.abc import Mapping
from types import MappingProxyType

from kit.errors import Forbidden


class TierTooLow(Forbidden):
    """The caller's KYC tier bounds what they pay in a year, and this exceeds it (403).

    The problem document has ``left``, in paise, and ``tier``, the lowest that would do.
    """

    code = "KYC_TIER_TOO_LOW"
    title = "This is more than your verification allows in a financial year; nothing was charged"

    def __init__(self, detail: str, left: int, tier: str) -> None:
        super().__init__(detail)
        self.members: Mapping[str, str] = MappingProxyType({"left": str(left), "tier": tier})
