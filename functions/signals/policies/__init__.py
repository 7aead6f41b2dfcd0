"""Rules as data: one JSON file a version, never edited once in force; a new rule is a new file and date.

A file says its ``version``, ``kind`` (screening or compliance), ``effective_from``, ``source`` and
``rules``. The newest version in force decides, and its name is stored with each decision.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from signals.model.protection import DrawdownLock, Protection, StopGuard

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ScreeningPolicy:
    """``confidence_above`` is exclusive; a cooldown counts candles of the signal's timeframe.

    ``protection`` rests what loses and limits how many signals a day has; the first version had none.
    """

    version: str
    effective_from: date
    confidence_above: int
    cooldown_candles: int
    approve_by_rule_from: int
    approval_within: timedelta
    protection: Protection = field(default_factory=Protection)


@dataclass(frozen=True, slots=True)
class CompliancePolicy:
    """``intraday_target_below`` is a fraction of the entry; ``penny_stock_below`` a price by currency."""

    version: str
    effective_from: date
    declare_ai_use: bool
    intraday_target_below: Decimal
    penny_stock_below: Mapping[str, Decimal]
    lag: timedelta


P = TypeVar("P", ScreeningPolicy, CompliancePolicy)


@dataclass(frozen=True, slots=True)
class Policies:
    """Every version of both kinds."""

    screening: tuple[ScreeningPolicy, ...]
    compliance: tuple[CompliancePolicy, ...]

    def screening_on(self, day: date) -> ScreeningPolicy:
        """Return the screening policy in force on ``day``. Raises ``LookupError`` before the first."""
        return _newest(self.screening, day)

    def compliance_on(self, day: date) -> CompliancePolicy:
        """Return the compliance policy in force on ``day``. Raises ``LookupError`` before the first."""
        return _newest(self.compliance, day)

    def named(self, version: str) -> ScreeningPolicy | CompliancePolicy:
        """Return the version that a decision names, in force or not. Raises ``LookupError``."""
        every: list[ScreeningPolicy | CompliancePolicy] = [*self.screening, *self.compliance]
        for one in every:
            if one.version == version:
                return one
        raise LookupError(f"no policy is called {version}")


def load(folder: Path = HERE) -> Policies:
    """Return the policies of ``folder``.

    Raises ``ValueError``, which names the file, for an unknown or missing rule and for two versions of one
    kind and day: which of them decides would be a matter of luck.
    """
    screening: list[ScreeningPolicy] = []
    compliance: list[CompliancePolicy] = []
    for path in sorted(folder.glob("*.json")):
        found = json.loads(path.read_text())
        if found["version"] != path.stem:
            raise ValueError(f"{path.name} calls itself {found['version']}")
        try:
            made = _KINDS[found["kind"]](found)
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(f"{path.name} cannot be read: {error}") from error
        if isinstance(made, ScreeningPolicy):
            screening.append(made)
        else:
            compliance.append(made)
    for versions in (screening, compliance):
        days = [one.effective_from for one in versions]
        if len(days) != len(set(days)):
            raise ValueError(f"two policies of {folder} are in force from the same day")
    return Policies(tuple(screening), tuple(compliance))


def _screening(found: Mapping[str, Any]) -> ScreeningPolicy:
    rules = dict(found["rules"])
    within = timedelta(seconds=rules.pop("approval_within_s"))
    day = date.fromisoformat(found["effective_from"])
    protection = _protection(rules.pop("protection", {}))
    return ScreeningPolicy(found["version"], day, approval_within=within, protection=protection, **rules)


def _protection(rules: Mapping[str, Any]) -> Protection:
    found = dict(rules)
    for name in ("instrument_stops", "strategy_stops"):
        if name in found:
            found[name] = StopGuard(**found[name])
    if lock := found.pop("strategy_drawdown", None):
        found["strategy_drawdown"] = DrawdownLock(Decimal(lock["floor_r"]), lock["days"])
    return Protection(**found)


def _compliance(found: Mapping[str, Any]) -> CompliancePolicy:
    rules = dict(found["rules"])
    return CompliancePolicy(
        version=found["version"],
        effective_from=date.fromisoformat(found["effective_from"]),
        intraday_target_below=Decimal(rules.pop("intraday_target_below_percent")) / 100,
        penny_stock_below={of: Decimal(price) for of, price in rules.pop("penny_stock_below").items()},
        lag=timedelta(days=rules.pop("lag_days")),
        **rules,
    )


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], ScreeningPolicy | CompliancePolicy]]] = {
    "screening": _screening,
    "compliance": _compliance,
}


def _newest(versions: Iterable[P], day: date) -> P:
    found = [one for one in versions if one.effective_from <= day]
    if not found:
        raise LookupError(f"no policy was in force on {day}")
    return max(found, key=lambda one: one.effective_from)
