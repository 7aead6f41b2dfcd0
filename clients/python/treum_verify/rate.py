"""The win rate from the record alone: every number counts, and nothing can be gained by hiding one."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from treum_verify.proof import ENDED, Proof, payload_of

Z95 = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""
PLACES = Decimal("0.000001")
FULL_LOSS = Decimal(-1)


@dataclass(frozen=True, slots=True)
class Rate:
    """Signals by what became of them; ``results`` are those of the ended ones in R, multiples of the risk.

    A signal ended by a person without a price counts as a full loss, a voided one as not won.
    """

    ended: int = 0
    voided: int = 0
    open: int = 0
    results: tuple[Decimal, ...] = ()

    @property
    def won(self) -> int:
        """How many gained."""
        return sum(r > 0 for r in self.results)

    @property
    def counted(self) -> int:
        """How many are settled."""
        return self.ended + self.voided

    @property
    def win_rate(self) -> float | None:
        """Won of all settled; None before the first."""
        return self.won / self.counted if self.counted else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % score interval of the win rate (E. B. Wilson, JASA 22 (1927) 209-212)."""
        if not self.counted:
            return None
        share, many, square = self.won / self.counted, self.counted, Z95 * Z95
        middle = (share + square / (2 * many)) / (1 + square / many)
        half = Z95 * sqrt(share * (1 - share) / many + square / (4 * many * many)) / (1 + square / many)
        return (middle - half if self.won else 0.0), (middle + half if self.won < many else 1.0)

    @property
    def average_r(self) -> float | None:
        """Mean result of the ended ones."""
        return float(sum(self.results, Decimal(0)) / len(self.results)) if self.results else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The win rate if every open signal lost, and if every one won; None without any signal."""
        many = self.counted + self.open
        return (self.won / many, (self.won + self.open) / many) if many else None


def rate_of(proofs: Iterable[Proof]) -> Rate:
    """Return the rate of a record. A revision is no signal; what is unreadable among the ended is a loss."""
    ended = voided = running = 0
    results: list[Decimal] = []
    for proof in proofs:
        if proof.get("revision"):
            continue
        status = str(proof.get("status"))
        if status == "voided":
            voided += 1
        elif status in ENDED:
            ended += 1
            result = result_of(proof)
            if result is not None:
                results.append(result)
        else:
            running += 1
    return Rate(ended, voided, running, tuple(results))


def result_of(proof: Proof) -> Decimal | None:
    """Return the result in R to six places, a full loss where nothing shows it; None without a risk."""
    payload = payload_of(proof)
    if payload is None or proof.get("exit_price") is None:
        return FULL_LOSS
    way = 1 if payload["side"] == "buy" else -1
    try:
        entry, stop, left = (Decimal(one) for one in (payload["entry"], payload["stop"], proof["exit_price"]))
        return ((left - entry) * way / abs(entry - stop)).quantize(PLACES) if entry != stop else None
    except (ArithmeticError, TypeError, ValueError):
        return FULL_LOSS
