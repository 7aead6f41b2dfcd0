"""What a reader of a backtest has to be told, whether or not they ask."""

from typing import Final

DISCLAIMER: Final = (
    "A simulation on recorded prices, for education and research. Past and simulated results do not show "
    "what will be earned: investments in the securities market are subject to market risks. No "
    "recommendation, no promise."
)
NOT_SIMULATED: Final = (
    "Not simulated: dividends, borrowing costs of short positions, taxes, partial fills, the effect of an "
    "order on the price. Within a candle the stop is taken to come before the target."
)
CALIBRATED: Final = (
    "The strategies' confidence was fitted to the first 70 % of each recorded tape: where this period "
    "overlaps it, screening by confidence has seen it before."
)
FEW: Final = 30
BELIEVED: Final = 0.95


def caveats(
    *,
    trials: int,
    planned: int,
    walked: bool,
    screened: bool,
    trades: int,
    still_open: int,
    deflated: float | None,
    costs: float,
) -> list[str]:
    """Return the sentences that apply, the weightiest first."""
    found = [*_search(trials, walked=walked), *_chance(trials, deflated)]
    if trials < planned:
        found.append(f"The time ran out: {planned - trials} of {planned} combinations were not tried.")
    if trades < FEW:
        found.append(f"{trades} closed trades are too few to tell skill from luck.")
    if still_open:
        found.append(
            f"{still_open} positions were still open at the end: the curve holds them, the trades do not."
        )
    if screened:
        found.append(CALIBRATED)
    else:
        found.append("The live screening was off: fewer of these signals would have been published.")
    if costs == 0:
        found.append("No fees and no slippage were charged. Nobody trades like that.")
    return [
        *found,
        NOT_SIMULATED,
        "The instruments are those that exist today: what has disappeared since cannot disappoint here.",
    ]


def _search(trials: int, *, walked: bool) -> list[str]:
    if trials == 1:
        return []
    tried = f"{trials} combinations of parameters were tried"
    if walked:
        return [f"{tried}. Each fold chose on earlier candles; the figures are of later ones only."]
    how = "the best of them is shown on the very candles it was chosen by"
    return [f"{tried} and {how}. Expect less from it: run a walk-forward."]


def _chance(trials: int, deflated: float | None) -> list[str]:
    if deflated is None or deflated >= BELIEVED:
        return []
    of = f"the luckiest of {trials} worthless trials" if trials > 1 else "a worthless strategy"
    found = f"The probability that this is better than {of} is {deflated:.0%} (deflated Sharpe ratio)."
    return [f"{found} Below {BELIEVED:.0%} it is not told from noise."]
