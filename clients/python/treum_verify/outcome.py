"""How promises ended: what the record says, held against its own terms, and against candles where given."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from treum_verify.proof import ENDED, Proof, at, payload_of

End = tuple[str, Decimal, datetime]


@dataclass(frozen=True, slots=True)
class Candle:
    """One closed candle, as traded."""

    closed_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


@dataclass(frozen=True, slots=True)
class Market:
    """Candles by (symbol, timeframe), oldest first, and splits by symbol: (first day, new shares for one)."""

    candles: Mapping[tuple[str, str], Sequence[Candle]]
    splits: Mapping[str, Sequence[tuple[date, Decimal]]]

    def path(self, symbol: str, timeframe: str, seen_from: datetime) -> list[Candle]:
        """Return the candles in the prices of ``seen_from``."""
        splits = self.splits.get(symbol, ())
        found = self.candles.get((symbol, timeframe), ())
        return [_scaled(one, splits, seen_from) for one in found]


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides an end of candles after ``since``; ``way`` is 1 for a purchase, -1 for a sale."""

    way: int
    entry: Decimal
    stop: Decimal
    target: Decimal
    expires_at: datetime
    tick: Decimal
    since: datetime


def misstated(proof: Proof, revisions: Sequence[Proof]) -> Iterator[str]:
    """Yield where the end that ``proof`` states cannot be the end of the terms it revealed."""
    status, payload = proof["status"], payload_of(proof)
    if status not in ENDED or payload is None:
        return
    if proof.get("exit_price") is None or proof.get("closed_at") is None:
        if status != "cancelled":
            yield f"says {status} without a price and a time"
        return
    price, closed = Decimal(proof["exit_price"]), at(proof["closed_at"])
    terms = in_force(terms_of(proof, revisions), closed)
    if status == "target_hit" and (price - terms.target) * terms.way < 0:
        yield f"says target hit at {price}, short of its target {terms.target}"
    if status == "stopped" and (price - terms.stop) * terms.way > 0:
        yield f"says stopped at {price}, better than its stop {terms.stop}"
    if status == "expired" and closed < terms.expires_at:
        yield f"says expired at {closed.isoformat()}, before its time"


def contradicted(proof: Proof, revisions: Sequence[Proof], market: Market) -> tuple[list[str], bool]:
    """Return where candles show another end than ``proof`` states, and whether they reached far enough."""
    payload = payload_of(proof)
    if payload is None:
        return [], False
    terms = terms_of(proof, revisions)
    path = market.path(payload["symbol"], payload["timeframe"], at(payload["candle_at"]))
    later = [one for one in path if one.closed_at > terms[0].since]
    if proof["status"] == "voided":
        return _hidden(proof, terms, later)
    if proof["status"] not in ENDED or not later:
        return [], False
    closed = at(proof["closed_at"]) if proof.get("closed_at") else None
    until = [one for one in later if closed is None or one.closed_at <= closed]
    reaches = closed is not None and later[-1].closed_at >= closed
    return _other_end(proof, end(terms, until), closed), reaches


def _other_end(proof: Proof, ended: End | None, closed: datetime | None) -> list[str]:
    """Return what the candles until ``closed`` say against the end that ``proof`` states."""
    status = proof["status"]
    if status == "cancelled":
        early = ended is not None and ended[2] != closed
        return [f"says cancelled, and had {ended[0]} before"] if ended is not None and early else []
    if ended is None:
        return [f"says {status} at {proof['exit_price']}; by the candles it had not ended then"]
    if ended == (status, Decimal(proof["exit_price"]), closed):
        return []
    kind, price, moment = ended
    told = f"by the candles it was {kind} at {price} on {moment.date()}"
    return [f"says {status} at {proof['exit_price']}; {told}"]


def missed(proof: Proof, market: Market) -> End | None:
    """Return the end that ``proof`` would have had before it went live, had it counted from its own candle.

    Between the candle that decided a signal and its publication the market moves on; those candles count for
    nobody. Often seen, they would be losses that were waited out.
    """
    payload = payload_of(proof)
    if payload is None or proof.get("live_from") is None:
        return None
    path = market.path(payload["symbol"], payload["timeframe"], at(payload["candle_at"]))
    decided, began = at(payload["candle_at"]), at(proof["live_from"])
    return end(terms_of(proof, ()), [one for one in path if decided < one.closed_at <= began])


def terms_of(proof: Proof, revisions: Sequence[Proof]) -> list[Terms]:
    """Return the terms a signal began with, then those of its published revisions in order."""
    payload = json.loads(proof["payload"])
    tick = Decimal(payload["tick"])
    began = proof.get("live_from") or payload["candle_at"]
    first = Terms(
        1 if payload["side"] == "buy" else -1,
        Decimal(payload["entry"]),
        Decimal(payload["stop"]),
        Decimal(payload["targets"][0]),
        at(payload["expires_at"]),
        tick,
        at(began),
    )
    found = [first]
    for one in sorted(revisions, key=lambda one: int(one["revision"])):
        if one.get("live_from") is None or one.get("payload") is None:
            continue
        new = json.loads(one["payload"])
        changed = (Decimal(new["stop"]), Decimal(new["targets"][0]), at(new["expires_at"]))
        stop, target, expires_at = changed
        found.append(
            replace(first, stop=stop, target=target, expires_at=expires_at, since=at(one["live_from"]))
        )
    return found


def in_force(terms: Sequence[Terms], moment: datetime) -> Terms:
    """Return the terms that a candle closing at ``moment`` meets."""
    return next((one for one in reversed(terms[1:]) if one.since < moment), terms[0])


def end(terms: Sequence[Terms], candles: Sequence[Candle]) -> End | None:
    """Return how, at what price and when the promise ended over ``candles``; None while it did not.

    The rules of the record: the stop counts before the target; an open beyond either fills at the open; the
    first candle at or after the end of life that reaches neither ends it at its close.
    """
    for candle in candles:
        now = in_force(terms, candle.closed_at)
        found = _ended(now, candle)
        if found is not None:
            steps = (found[1] / now.tick).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
            return found[0], (steps * now.tick).quantize(now.tick), candle.closed_at
    return None


def _hidden(proof: Proof, terms: Sequence[Terms], path: Sequence[Candle]) -> tuple[list[str], bool]:
    """Return whether a void was declared when candles had already shown the loss it avoids.

    A rule voids whatever the market has overtaken, gain or loss: :func:`overtaken` counts those losses.
    """
    known = proof.get("market_at")
    seen = [one for one in path if known is not None and one.closed_at <= at(known)]
    ended = end(terms, seen)
    if ended is None or (ended[1] - terms[0].entry) * terms[0].way >= 0 or overtaken(proof):
        return [], bool(path)
    told = f"was voided when its loss was known: {ended[0]} at {ended[1]} on {ended[2].date()}"
    return [f"{told}, before {known}"], True


def overtaken(proof: Proof) -> bool:
    """Return whether a number was voided because the market had met its stop before it could be published."""
    return bool(proof["status"] == "voided" and proof.get("void_reason") == "STALE_STOP_PASSED")


def _ended(terms: Terms, candle: Candle) -> tuple[str, Decimal] | None:
    way = terms.way
    against, along = (candle.low, candle.high) if way > 0 else (candle.high, candle.low)
    if (candle.open - terms.stop) * way <= 0:
        return "stopped", candle.open
    if (candle.open - terms.target) * way >= 0:
        return "target_hit", candle.open
    if (against - terms.stop) * way <= 0:
        return "stopped", terms.stop
    if (along - terms.target) * way >= 0:
        return "target_hit", terms.target
    return ("expired", candle.close) if candle.closed_at >= terms.expires_at else None


def _scaled(candle: Candle, splits: Sequence[tuple[date, Decimal]], seen_from: datetime) -> Candle:
    earlier, later = sorted((candle.closed_at.date(), seen_from.date()))
    by = Decimal(1)
    for effective, ratio in splits:
        if earlier < effective <= later:
            by *= ratio
    if by == 1:
        return candle
    if candle.closed_at > seen_from:
        by = 1 / by
    return Candle(candle.closed_at, candle.open / by, candle.high / by, candle.low / by, candle.close / by)
