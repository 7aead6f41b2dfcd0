"""What comes as files: the recorded tape and the reference data that ships with the code."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from signals.adapters.rows import read_row
from signals.errors import TapeBroken, UnknownSymbol
from signals.model.market import Adjustment, Candle, Dividend, Instrument, Split
from signals.model.quality import Defect, Jumps
from signals.model.session import Session
from signals.model.timeframe import LENGTH, Timeframe
from signals.ports import Reference

HERE = Path(__file__).parent.parent / "reference"
A = TypeVar("A", bound="Split | Dividend")


class FileReference:
    """Instruments, sessions, splits, dividends, jumps and analysts from the JSON files of one folder."""

    def __init__(self, folder: Path = HERE) -> None:
        self._sessions = {name: _session(name, one) for name, one in _json(folder / "sessions.json").items()}
        found = _json(folder / "instruments.json")
        self._instruments = {one["symbol"]: _instrument(one, self._sessions) for one in found}
        self._splits = _by_symbol(_splits(folder / "splits.json"))
        self._dividends = _by_symbol(_dividends(folder / "dividends.json"))
        self._jumps = _jumps(folder / "jumps.json")
        self._analysts = _json(folder / "analysts.json")["analysts"]

    def instrument(self, symbol: str) -> Instrument | None:
        """Return the instrument."""
        return self._instruments.get(symbol)

    def instruments(self) -> Sequence[Instrument]:
        """Return every instrument, by symbol."""
        return sorted(self._instruments.values(), key=lambda one: one.symbol)

    def splits(self, symbol: str) -> Sequence[Split]:
        """Return the splits of ``symbol``, oldest first."""
        return self._splits.get(symbol, ())

    def adjustments(self, symbol: str) -> Sequence[Adjustment]:
        """Return splits and dividends of ``symbol``."""
        return (*self._splits.get(symbol, ()), *self._dividends.get(symbol, ()))

    def jumps(self) -> Jumps:
        """Return how far a price may lie from the last close."""
        return self._jumps

    def registered(self, analyst: str, day: date) -> bool:
        """Whether a registration of ``analyst`` was in force on ``day``."""
        return any(
            one["id"] == analyst
            and one["registration"]
            and one["valid_from"] <= day.isoformat()
            and (one["valid_until"] is None or day.isoformat() <= one["valid_until"])
            for one in self._analysts
        )


class RecordedTape:
    """A CSV of closed candles, gzipped: ``symbol,ts,open,high,low,close,volume``, oldest first.

    The name says the timeframe: ``us-equities-1d.csv.gz``. Prices are put on each instrument's tick grid.
    """

    def __init__(self, path: Path, reference: Reference) -> None:
        self.tape = path.name.removesuffix(".csv.gz")
        self._path = path
        self._reference = reference
        suffix = self.tape.rpartition("-")[2]
        if suffix not in LENGTH:
            raise TapeBroken(f"{path.name}: the name of a tape ends in its timeframe, such as -1d.csv.gz")
        self._timeframe: Timeframe = suffix

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, row: int, count: int) -> Sequence[Candle | Defect]:
        """Return up to ``count`` rows from ``row`` on, each a candle or why it is none."""
        read = self._rows[row : row + count]
        return [read_row(one, self._timeframe, self._reference.instrument) for one in read]

    def read(self, row: int, count: int) -> Sequence[Candle]:
        """Return the candles of :meth:`rows`. Raises for the first row that is none, and says which."""
        return [self._sound(row + at, one) for at, one in enumerate(self.rows(row, count))]

    def _sound(self, row: int, found: Candle | Defect) -> Candle:
        if isinstance(found, Candle):
            return found
        kind = UnknownSymbol if found.reason == "unknown_symbol" else TapeBroken
        raise kind(f"{self.tape} row {row} is {found.reason}: {found.detail}")

    @cached_property
    def _rows(self) -> list[dict[str, str]]:
        with gzip.open(self._path, "rt", newline="") as file:
            return list(csv.DictReader(file))


def _json(path: Path) -> Any:
    return json.loads(path.read_text())


def _session(name: str, found: Mapping[str, Any]) -> Session:
    return Session(
        name=name,
        zone=ZoneInfo(found["zone"]),
        opens=time.fromisoformat(found["opens"]),
        closes=time.fromisoformat(found["closes"]),
        days=frozenset(found["days"]),
        holidays=frozenset(date.fromisoformat(day) for day in found["holidays"]),
        daily_at=time.fromisoformat(found["daily_at"]) if found["daily_at"] else None,
    )


def _instrument(found: Mapping[str, Any], sessions: Mapping[str, Session]) -> Instrument:
    return Instrument(
        symbol=found["symbol"],
        name=found["name"],
        kind=found["kind"],
        currency=found["currency"],
        tick=Decimal(found["tick"]),
        lot=found["lot"],
        lag=timedelta(days=found["lag_days"]),
        session=sessions[found["session"]],
        base=found["base"],
        timeframes=tuple(found["timeframes"]),
    )


def _splits(path: Path) -> Iterator[Split]:
    for one in _json(path)["splits"]:
        yield Split(one["symbol"], date.fromisoformat(one["effective"]), Decimal(one["ratio"]))


def _dividends(path: Path) -> Iterator[Dividend]:
    for one in _json(path)["dividends"]:
        cash, before = Decimal(one["cash"]), Decimal(one["close_before"])
        yield Dividend(one["symbol"], date.fromisoformat(one["ex"]), cash, before)


def _by_symbol(every: Iterable[A]) -> dict[str, tuple[A, ...]]:
    found: dict[str, tuple[A, ...]] = {}
    for one in every:
        found[one.symbol] = (*found.get(one.symbol, ()), one)
    return found


def _jumps(path: Path) -> Jumps:
    found = _json(path)
    factors = {
        kind: {timeframe: Decimal(one) for timeframe, one in of_kind.items()}
        for kind, of_kind in found["factors"].items()
    }
    return Jumps(timedelta(days=found["within_days"]), factors)
