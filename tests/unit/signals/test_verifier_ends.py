"""Ends made anew from candles, voids that hide a loss, and the win rate from the export alone."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import treum_verify
from builders.record import HOUSE, SYMBOLS, Proofs, Record, candles, lived, written
from builders.signals import CANDLE_AT, candle, walk
from signals.adapters.memory.performance import MemoryPerformanceBook
from signals.model.access import STAFF
from signals.model.performance import figures
from signals.ports import SignalQuery, TradeQuery
from signals.service.performance import FACTS, trade_of
from treum_verify.reading import market_in


def record() -> Proofs:
    """Return the lived record as the export gives it: numbers 1 to 4, three of them revealed."""
    return lived().export()


def test_a_void_declared_when_its_loss_was_known_is_found_by_the_candles(tmp_path: Path) -> None:
    made = Record()
    made.committed()
    falls = [candle(1, 98, 101), candle(2, 93, 97)]
    made.world.candles.save(falls)
    made.world.at += timedelta(days=1)
    honest = made.export()
    made.voiding.void(made.reading.book.page(_all(made))[0].id, "MISTAKE", by="person")
    market = market_in([written(tmp_path, falls)], None)

    report = treum_verify.verify_record(made.export(), market=market)

    assert "voided when its loss was known: stopped at 95.00" in report.findings[0]
    early = made.export()
    early[0]["market_at"] = falls[0].closed_at.isoformat()
    assert treum_verify.verify_record(early, market=market).holds
    assert treum_verify.verify_record(honest, market=market).walked == 0


def _all(made: Record) -> SignalQuery:
    return SignalQuery(STAFF, made.world.at, 10)


def test_ends_made_anew_from_candles_are_those_of_the_record(tmp_path: Path) -> None:
    market = market_in([written(tmp_path, candles())], None)

    report = treum_verify.verify_record(record(), market=market)

    assert (report.findings, report.walked) == ([], 3)


@pytest.mark.parametrize(
    ("number", "lie", "finding"),
    [
        (3, {"exit_price": "94.50"}, "by the candles it was stopped at 95.00"),
        (3, {"closed_at": (CANDLE_AT + timedelta(days=1)).isoformat()}, "it had not ended then"),
        (
            1,
            {
                "status": "cancelled",
                "exit_price": "104.00",
                "closed_at": (CANDLE_AT + timedelta(days=4)).isoformat(),
            },
            "and had target_hit before",
        ),
        (3, {"status": "cancelled", "exit_price": None, "closed_at": None}, "and had stopped before"),
    ],
)
def test_an_end_that_candles_contradict_is_found(
    number: int, lie: dict[str, Any], finding: str, tmp_path: Path
) -> None:
    proofs = record()
    proofs[number - 1] |= lie
    market = market_in([written(tmp_path, candles())], None)

    assert treum_verify.verify_record(proofs).holds
    found = treum_verify.verify_record(proofs, market=market).findings

    assert len(found) == 1
    assert finding in found[0]


def test_ends_of_random_walks_are_the_servers_own(tmp_path: Path) -> None:
    """The verifier knows nothing of our code: both must end 40 promises alike, splits and sales included."""
    made = Record()
    tape = walk(60, seed=11)
    for number in range(40):
        sells = number % 2
        near, far = Decimal(100 - 2 - number % 7), Decimal(100 + 3 + number % 9)
        made.live(
            strategy=f"s-{number}",
            side="sell" if sells else "buy",
            stop=far if sells else near,
            targets=(near,) if sells else (far,),
            expires_at=CANDLE_AT + timedelta(days=5 + number % 20),
        )
    for one in tape:
        made.world.take([one])
    market = market_in([written(tmp_path, tape)], None)

    report = treum_verify.verify_record(made.export(), market=market)

    assert report.findings == []
    assert report.walked == report.revealed > 30


def test_a_split_between_promise_and_end_is_no_gain(tmp_path: Path) -> None:
    proofs = record()
    after = [
        replace(one, **{n: getattr(one, n) / 2 for n in ("open", "high", "low", "close")})
        for one in candles()
    ]
    splits = tmp_path / "splits.json"
    day = (CANDLE_AT + timedelta(days=1)).date().isoformat()
    splits.write_text(json.dumps([{"symbol": s, "effective": day, "ratio": "2"} for s in SYMBOLS]))
    files = [written(tmp_path, after)]

    assert treum_verify.verify_record(proofs, market=market_in(files, splits)).holds
    assert not treum_verify.verify_record(proofs, market=market_in(files, None)).holds


def test_the_win_rate_of_the_export_is_the_one_of_the_events() -> None:
    made = lived()
    book = MemoryPerformanceBook()
    for event in made.world.book.events:  # type: ignore[attr-defined]  # the memory book keeps what it told
        if type(event.data) in FACTS:
            book.take(event, trade_of)

    told = figures(book.trades(TradeQuery(analyst=HOUSE)))
    alone = treum_verify.rate_of(made.export())

    assert (told.win_rate, told.average_r, told.open) == (alone.win_rate, alone.average_r, alone.open)
    assert (told.win_rate_low, told.win_rate_high) == alone.interval
    assert treum_verify.rate_of([]).win_rate is None
