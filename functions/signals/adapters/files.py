"""What comes as files: the recorded tape and the reference data that ships with the code."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from kit.money import on_tick
from signals.errors import TapeBroken, UnknownSymbol
from signals.model.market import LENGTH, Candle, Instrument, Split, Timeframe
from signals.ports import Reference

HERE = Path(__file__).parent.parent / "reference"


class FileReference:
    """Instruments, splits and analysts from the JSON files of one folder."""

    def __init__(self, folder: Path = HERE) -> None:
        self._instruments = {one.symbol: one for one in _instruments(folder / "instruments.json")}
        self._splits = _splits(folder / "splits.json")
        self._analysts = json.loads((folder / "analysts.json").read_text())["analysts"]

    def instrument(self, symbol: str) -> Instrument | None:
        """Return the instrument."""
        return self._instruments.get(symbol)

    def instruments(self) -> Sequence[Instrument]:
        """Return every instrument, by symbol."""
        return sorted(self._instruments.values(), key=lambda one: one.symbol)

    def splits(self, symbol: str) -> Sequence[Split]:
        """Return the splits of ``symbol``, oldest first."""
        return self._splits.get(symbol, ())

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

    def read(self, row: int, count: int) -> Sequence[Candle]:
        """Return up to ``count`` candles from ``row`` on. Raises :class:`TapeBroken`, which says the row."""
        rows = self._rows[row : row + count]
        return [self._candle(row + at, one) for at, one in enumerate(rows)]

    @cached_property
    def _rows(self) -> list[dict[str, str]]:
        with gzip.open(self._path, "rt", newline="") as file:
            return list(csv.DictReader(file))

    def _candle(self, row: int, raw: Mapping[str, str]) -> Candle:
        instrument = self._reference.instrument(raw["symbol"])
        if instrument is None:
            raise UnknownSymbol(f"{self.tape} row {row}: {raw['symbol']} is no instrument of ours")
        try:
            opened, high, low, close = (
                on_tick(Decimal(raw[name]), instrument.tick) for name in ("open", "high", "low", "close")
            )
            return Candle(
                symbol=instrument.symbol,
                timeframe=self._timeframe,
                closed_at=datetime.fromisoformat(raw["ts"]),
                open=opened,
                high=high,
                low=low,
                close=close,
                volume=int(raw["volume"]),
            )
        except (KeyError, ValueError, InvalidOperation) as error:
            raise TapeBroken(f"{self.tape} row {row} cannot be read: {error}") from error


def _instruments(path: Path) -> Iterator[Instrument]:
    for found in json.loads(path.read_text()):
        yield Instrument(**{**found, "tick": Decimal(found["tick"])})


def _splits(path: Path) -> dict[str, tuple[Split, ...]]:
    found = json.loads(path.read_text())["splits"]
    every = [
        Split(one["symbol"], date.fromisoformat(one["effective"]), Decimal(one["ratio"])) for one in found
    ]
    return {
        symbol: tuple(one for one in every if one.symbol == symbol) for symbol in {s.symbol for s in every}
    }
