"""From an alert's JSON to a proposal, through the owner's template. Pure; what cannot be read has a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Final

from signals.model.alert import HookId, Template
from signals.model.market import Timeframe
from signals.model.signal import Side
from signals.service.drafting import Proposal

STRATEGY: Final = "tradingview"
_SIDES: Final[dict[str, Side]] = {"buy": "buy", "long": "buy", "sell": "sell", "short": "sell"}
_INTERVALS: Final[dict[str, Timeframe]] = {
    "1": "1m", "5": "5m", "15": "15m", "60": "1h", "240": "4h", "D": "1d", "1D": "1d",
    "1m": "1m", "5m": "5m", "15m": "15m", "1h": "1h", "4h": "4h", "1d": "1d",
}  # fmt: skip
"""TradingView names minutes by number and days by letter."""
_LONGEST_TEXT = 500


class UnreadableError(ValueError):
    """A value of an alert cannot be read; the message is the code."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What an alert proposes, when its bar began (``{{time}}`` is the first instant), its order's id."""

    proposal: Proposal
    bar_at: datetime
    order_id: str

    def fingerprint(self, hook_id: HookId) -> bytes:
        """Return what two deliveries of one alert share: hook, ticker, time, side and the order's id."""
        one = self.proposal
        parts = (hook_id, one.symbol, one.timeframe, self.bar_at.isoformat(), one.side, self.order_id)
        return sha256("\x1f".join(parts).encode()).digest()


def mapped(content: Mapping[str, Any], template: Template) -> Mapped:
    """Return what ``content`` says under ``template``. Raises :class:`UnreadableError`."""
    symbol = _text(content, template.symbol).rpartition(":")[2].upper()
    if not symbol:
        raise UnreadableError("SYMBOL_MISSING")
    side = _SIDES.get(_text(content, template.side).lower())
    if side is None:
        raise UnreadableError("SIDE_UNREADABLE")
    entry = _price(content, template.entry)
    if entry is None:
        raise UnreadableError("PRICE_MISSING")
    way = 1 if side == "buy" else -1
    proposal = Proposal(
        symbol=symbol,
        timeframe=_timeframe(content, template),
        side=side,
        entry=entry,
        stop=_price(content, template.stop) or entry * (1 - way * template.stop_percent / 100),
        targets=(_price(content, template.target) or entry * (1 + way * template.target_percent / 100),),
        confidence=_confidence(content, template),
        life=template.life,
        rationale=_rationale(content, template, symbol),
        ai_generated=template.ai_generated,
        strategy=STRATEGY,
    )
    return Mapped(proposal, _time(content, template.time), _text(content, template.order_id))


def _at(content: Mapping[str, Any], path: str) -> Any:
    found: Any = content
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(content: Mapping[str, Any], path: str) -> str:
    """Return a text or number as text; empty where there is none, or where TradingView filled nothing in."""
    found = _at(content, path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    text = str(found).strip()[:_LONGEST_TEXT]
    return "" if text.startswith("{{") else text


def _price(content: Mapping[str, Any], path: str) -> Decimal | None:
    text = _text(content, path)
    if not text:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation as error:
        raise UnreadableError("PRICE_UNREADABLE") from error
    if not price.is_finite() or not Decimal("1e-8") <= price <= Decimal("1e12"):
        raise UnreadableError("PRICE_UNREADABLE")
    return price


def _timeframe(content: Mapping[str, Any], template: Template) -> Timeframe:
    text = _text(content, template.timeframe)
    if not text:
        return template.timeframe_otherwise
    if text not in _INTERVALS:
        raise UnreadableError("TIMEFRAME_UNKNOWN")
    return _INTERVALS[text]


def _time(content: Mapping[str, Any], path: str) -> datetime:
    """Return the instant; a text without a zone is UTC, as TradingView writes it."""
    try:
        found = datetime.fromisoformat(_text(content, path))
    except ValueError as error:
        raise UnreadableError("TIME_UNREADABLE") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _confidence(content: Mapping[str, Any], template: Template) -> int:
    text = _text(content, template.confidence)
    if not text:
        return template.confidence_otherwise
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 100:  # noqa: PLR2004 - the platform's scale
        raise UnreadableError("CONFIDENCE_UNREADABLE")
    return int(text)


def _rationale(content: Mapping[str, Any], template: Template, symbol: str) -> str:
    said = _text(content, template.rationale)
    return f"Alert of the owner's TradingView script on {symbol}" + (f": {said}" if said else "")
