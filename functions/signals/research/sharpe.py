"""How far a Sharpe ratio is to be believed: its probability, and what is left after many trials.

Sources: David H. Bailey and Marcos Lopez de Prado, *The Sharpe Ratio Efficient Frontier*, Journal of Risk
15(2) (2012), for the probabilistic Sharpe ratio; the same, *The Deflated Sharpe Ratio: Correcting for
Selection Bias, Backtest Overfitting and Non-Normality*, Journal of Portfolio Management 40(5) (2014).
Sharpe ratios in here are per return (a day), never annualised.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist, variance
from typing import Final

from signals.research.curve import Curve

EULER: Final = 0.5772156649015329
FEWEST: Final = 3
_NORMAL: Final = NormalDist()


def probabilistic(returns: Curve, benchmark: float = 0.0) -> float | None:
    """Return the probability that the true Sharpe ratio of ``returns`` lies above ``benchmark``.

    Skewness and fat tails lower it, a longer record raises it. None where nothing varies.
    """
    if len(returns) < FEWEST or not returns.std(ddof=1) > 0:
        return None
    ratio = float(returns.mean() / returns.std(ddof=1))
    around = returns - returns.mean()
    spread = float((around**2).mean())
    skew = float((around**3).mean()) / spread**1.5
    kurtosis = float((around**4).mean()) / spread**2
    return probability(ratio, benchmark, len(returns), skew, kurtosis)


def probability(ratio: float, benchmark: float, count: int, skew: float, kurtosis: float) -> float:
    """Return the formula of 2012 for a measured ``ratio`` of ``count`` returns; kurtosis of a normal is 3."""
    wide = 1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio**2
    return _NORMAL.cdf((ratio - benchmark) * math.sqrt(count - 1) / math.sqrt(max(wide, 1e-12)))


def luckiest(trials: int, spread: float) -> float:
    """Return the Sharpe ratio the best of ``trials`` reaches by luck alone; ``spread`` is their variance."""
    if trials <= 1:
        return 0.0
    first = _NORMAL.inv_cdf(1.0 - 1.0 / trials)
    second = _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    return math.sqrt(spread) * ((1.0 - EULER) * first + EULER * second)


def deflated(returns: Curve, tried: Sequence[float]) -> float | None:
    """Return the probability that ``returns`` are better than the luckiest of everything ``tried``.

    ``tried`` are the daily Sharpe ratios of all trials, this one among them. Below 0.95 the result is what
    a search of this size finds in noise.
    """
    spread = variance(tried) if len(tried) > 1 else 0.0
    return probabilistic(returns, luckiest(len(tried), spread))
