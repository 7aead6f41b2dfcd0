"""Rows and events from outside: a candle, or the reason why there is none."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from builders.signals import NOW, walk
from kit import events
from kit.errors import Poison
from kit.events.market_data import CandleClosed
from signals import policies
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import (
    MemoryMarketData,
    MemoryQualityLedger,
    MemoryTapePositions,
)
from signals.adapters.rows import read_row
from signals.model.market import Candle
from signals.model.quality import Defect, from_row, row_of
from signals.service.feeding import Feeding

TAPES = Path(__file__).resolve().parents[3] / "infra" / "local" / "tapes"
DAYS = walk(40)
REFERENCE = FileReference()


def row(**changed: str) -> dict[str, str]:
    sound = {
        "symbol": "AAPL",
        "ts": "2012-05-07T21:00:00Z",
        "open": "10",
        "high": "11",
        "low": "9",
        "close": "10",
    }
    return {**sound, "volume": "5", **changed}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"symbol": "XYZ"}, "unknown_symbol"),
        ({"open": "ten"}, "unreadable"),
        ({"open": ""}, "unreadable"),
        ({"ts": "yesterday"}, "unreadable"),
        ({"ts": "2012-05-07T21:00:00"}, "unreadable"),
        ({"volume": "1.5"}, "unreadable"),
        ({"high": "NaN"}, "not_finite"),
        ({"high": "Infinity"}, "not_finite"),
        ({"low": "0"}, "not_positive"),
        ({"low": "-9"}, "not_positive"),
        ({"high": "9.5"}, "range_broken"),
        ({"low": "10.5"}, "range_broken"),
    ],
)
def test_a_row_that_is_no_candle_says_why(changed: dict[str, str], reason: str) -> None:
    found = read_row(row(**changed), "1d", REFERENCE.instrument)

    assert isinstance(found, Defect)
    assert found.reason == reason
    assert found.row.startswith(changed.get("symbol", "AAPL"))


def test_a_sound_row_is_a_candle_and_reads_back() -> None:
    found = read_row(row(), "1d", REFERENCE.instrument)

    assert isinstance(found, Candle)
    assert from_row(row_of(found), "1d") == found


def test_a_row_with_missing_columns_is_a_defect() -> None:
    found = read_row({"symbol": "AAPL"}, "1d", REFERENCE.instrument)

    assert isinstance(found, Defect)
    assert found.reason == "unreadable"


@pytest.mark.parametrize("price", ["NaN", "Infinity"])
def test_a_candle_without_a_number_cannot_be_made(price: str) -> None:
    for name in ("open", "high", "low", "close"):
        changed: dict[str, Any] = {name: Decimal(price)}
        with pytest.raises(ValueError, match="not a number"):
            replace(DAYS[0], **changed)


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-1", "x"])
def test_an_event_whose_price_is_no_price_is_poison(price: str) -> None:
    sound = Feeding(
        feed=RecordedTape(TAPES / "spx-1d.csv.gz", REFERENCE),
        positions=MemoryTapePositions(),
        market=(bus := MemoryMarketData()),
        reference=REFERENCE,
        policies=policies.load(),
        ledger=MemoryQualityLedger(),
        now=lambda: NOW,
    )
    sound.play(1)
    raw = json.loads(events.encode(bus.published[0]))
    assert events.decode(json.dumps(raw).encode(), {"candle.closed": CandleClosed}) is not None
    raw["data"]["high"] = price

    with pytest.raises(Poison):
        events.decode(json.dumps(raw).encode(), {"candle.closed": CandleClosed})
