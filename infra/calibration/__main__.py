"""``python -m calibration``: fit on the first part of the tapes, judge on the rest, write the table."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from calibration.fit import fitted
from calibration.past import FIRST_PART, TAPES, Past, Recorded, past_ideas, recorded
from calibration.reliability import Reliability, reliability
from signals.strategies.calibration import FILE, Calibration


def main(arguments: Sequence[str] | None = None, markets: Sequence[Recorded] | None = None) -> None:
    """Fit the strategies' confidence to the recorded tapes (or to ``markets``), judge it, write it."""
    parser = argparse.ArgumentParser(prog="calibration", description=main.__doc__)
    parser.add_argument("--into", type=Path, default=FILE, help="the table to write")
    parser.add_argument(
        "--on", type=date.fromisoformat, default=datetime.now(UTC).date(), help="day of the fit"
    )
    options = parser.parse_args(arguments)
    markets = [*recorded()] if markets is None else markets
    past = [one for market in markets for one in past_ideas(market)]
    fit, found = calibrated(past, markets, options.into.stem, options.on)
    options.into.write_text(written(fit))
    print(shown(fit, found))


def calibrated(
    past: Sequence[Past], markets: Sequence[Recorded], version: str, on: date
) -> tuple[Calibration, Reliability]:
    """Return the fit to the first part of ``past``, with its provenance, and how it does on the rest."""
    first = [one for one in past if not one.held_out]
    held_out = [one for one in past if one.held_out]
    provenance: dict[str, Any] = {
        "fitted_on": on.isoformat(),
        "outcome": "R at the first of target, stop and expiry, before costs, by the live rule",
        "first_part": FIRST_PART,
        "ideas": len(first),
        "ideas_of": dict(sorted(Counter(one.strategy for one in first).items())),
        "markets": [_market(one) for one in markets],
    }
    judged = reliability(fitted(first, version, provenance), first, held_out)
    provenance["held_out"] = asdict(judged)
    return fitted(first, version, provenance), judged


def written(fit: Calibration) -> str:
    """Return ``fit`` as the text of its file."""
    return json.dumps(asdict(fit), indent=1) + "\n"


def shown(fit: Calibration, found: Reliability) -> str:
    """Return ``fit`` and its reliability as lines for people."""
    lines = [f"{fit.version}: {fit.provenance['ideas']} past ideas, {found.ideas} held out"]
    for name, knots in fit.strategies.items():
        told = " · ".join(
            f"{one.score:.2f} -> {one.expected:+.3f} R (confidence {fit.confidence(name, one.score)}, "
            f"{one.ideas} ideas)"
            for one in knots
        )
        lines.append(f"  {name:24} {told}")
    lines.append(
        f"Brier score on the held-out part: calibrated {found.calibrated}, raw score {found.uncalibrated}, "
        f"one rate for all {found.constant}"
    )
    lines += [
        f"  confidence {one.least:>2} to {one.most:>3}: {one.ideas:>4} ideas, "
        f"{one.r:+.3f} R, {one.hits:.0%} hits"
        for one in found.buckets
    ]
    return "\n".join(lines)


def _market(one: Recorded) -> dict[str, str | int]:
    return {
        "tape": one.tape,
        "sha256": sha256((TAPES / f"{one.tape}.csv.gz").read_bytes()).hexdigest(),
        "symbol": one.symbol,
        "candles": len(one.candles),
        "from": one.candles[0].closed_at.isoformat(),
        "held_out_from": one.cut.isoformat(),
        "until": one.candles[-1].closed_at.isoformat(),
    }


if __name__ == "__main__":
    main()
