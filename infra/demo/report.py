"""The demo's last line: what was counted, and whether all of it held."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from demo.identity_report import IdentityReport
from demo.money_report import MoneyReport

SCHEMA = Path(__file__).with_name("report.schema.json")


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of one demo. Latencies are milliseconds from ``published_at`` to the frame's arrival.

    ``signals_unfinished`` counts those that no workflow finished and no person is asked about;
    ``gaps_undetected`` counts offsets that a subscriber neither received nor was told it lacks;
    ``gap_frames`` the times a subscriber was told; ``duplicates_undetected`` offsets that reached the
    application twice.
    """

    signals_generated: int
    signals_screened_out: int
    signals_published: int
    signals_unfinished: int
    subscribers: int
    frames_received: int
    publish_to_frame_ms_p50: float
    publish_to_frame_ms_p99: float
    drops_forced: int
    gaps_undetected: int
    gap_frames: int
    duplicates_undetected: int
    proofs_verified: int
    proofs_failed: int
    seconds: float

    def failures(self) -> list[str]:
        """Return what did not hold, in words; empty when all did."""
        held = {
            "no signal was published": self.signals_published > 0,
            "a signal was left between its draft and its end": self.signals_unfinished == 0,
            "no subscriber was cut off": self.drops_forced > 0,
            "a subscriber misses frames and was not told": self.gaps_undetected == 0,
            "a frame reached an application twice": self.duplicates_undetected == 0,
            "a proof does not verify": self.proofs_failed == 0,
            "not every published signal has a verified proof": self.proofs_verified >= self.signals_published,
            "frames are missing": self.frames_received >= self.signals_published * self.subscribers,
        }
        return [words for words, holds in held.items() if not holds]


def line(signals: Report, identity: IdentityReport, money: MoneyReport) -> str:
    """Return the three reports as one line of JSON, as ``report.schema.json`` describes it."""
    return json.dumps(asdict(signals) | asdict(identity) | asdict(money))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the ``share`` (0 to 1) percentile of ``values``, 0 for none, rounded to 0.1."""
    if len(values) < 2:  # noqa: PLR2004 - quantiles need two
        return round(values[0], 1) if values else 0.0
    return round(statistics.quantiles(values, n=1000, method="inclusive")[int(share * 1000) - 1], 1)
