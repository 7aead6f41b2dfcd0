"""What the verifier reads: records as JSON or JSON lines, candles as CSV, splits as JSON."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from treum_verify.outcome import Candle, Market
from treum_verify.proof import Proof, at


def proofs_in(path: Path) -> list[Proof]:
    """Return the proofs in a file: one, a list, a page, or one a line. Raises ``ValueError``, ``OSError``."""
    text = path.read_text()
    try:
        found = json.loads(text)
    except ValueError:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(found, dict):
        found = found.get("items", [found])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError(f"{path.name} holds neither a proof nor a list of proofs")
    return found


def market_in(files: Iterable[str], splits: Path | None) -> Market:
    """Return the candles of ``TIMEFRAME=FILE`` or, with a column ``timeframe``, ``FILE`` (CSV, also .gz).

    Columns: ``symbol``, ``closed_at`` or ``ts`` (RFC 3339), ``open``, ``high``, ``low``, ``close``. Raises
    ``ValueError`` and ``OSError``.
    """
    found: dict[tuple[str, str], list[Candle]] = {}
    for one in files:
        timeframe, _, name = one.rpartition("=")
        for row in _rows(Path(name)):
            key = (row["symbol"], row.get("timeframe") or timeframe)
            found.setdefault(key, []).append(_candle(row))
    candles = {key: sorted(some, key=lambda one: one.closed_at) for key, some in found.items()}
    return Market(candles, _splits(json.loads(splits.read_text())) if splits else {})


def _rows(path: Path) -> list[dict[str, str]]:
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    return list(csv.DictReader(text.splitlines()))


def _candle(row: Mapping[str, str]) -> Candle:
    try:
        prices = [Decimal(row[name]) for name in ("open", "high", "low", "close")]
        return Candle(at(row.get("closed_at") or row["ts"]), *prices)
    except (KeyError, ArithmeticError, TypeError) as error:
        raise ValueError(f"a row of candles cannot be read: {dict(row)}") from error


def _splits(found: Any) -> dict[str, list[tuple[date, Decimal]]]:
    listed = found["splits"] if isinstance(found, dict) else found
    splits: dict[str, list[tuple[date, Decimal]]] = {}
    for one in listed:
        splits.setdefault(one["symbol"], []).append(
            (date.fromisoformat(one["effective"]), Decimal(one["ratio"]))
        )
    return splits
