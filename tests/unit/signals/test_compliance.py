"""The rules as data: each broken alone gives its own code, the day decides, and a version explains for ever."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.signals import NOW, TERMS, World, signal
from signals import policies
from signals.adapters.files import FileReference
from signals.model.signal import AnalystId
from signals.policies import CompliancePolicy, ScreeningPolicy, compliance, screening

RULES = policies.load()
POLICY = RULES.compliance_on(NOW.date())
REGISTERED = FileReference().registered
PENNY: Mapping[str, Any] = {
    "currency": "INR",
    "entry": Decimal("9.99"),
    "stop": Decimal("9.00"),
    "targets": (Decimal("11.00"),),
}
BROKEN: list[tuple[Mapping[str, Any], str]] = [
    ({"rationale": "x" * 39}, "RATIONALE_MISSING"),
    ({"rationale": " " * 60}, "RATIONALE_MISSING"),
    ({"disclaimer": " "}, "DISCLAIMER_MISSING"),
    ({"ai_generated": None}, "AI_USE_UNDECLARED"),
    ({"analyst": AnalystId("nobody")}, "ANALYST_NOT_REGISTERED"),
    ({"stop": Decimal("100.00")}, "STOP_ON_WRONG_SIDE"),
    ({"stop": Decimal("100.01")}, "STOP_ON_WRONG_SIDE"),
    ({"targets": ()}, "TARGET_ON_WRONG_SIDE"),
    ({"targets": (Decimal("100.00"),)}, "TARGET_ON_WRONG_SIDE"),
    ({"targets": (Decimal("110.00"), Decimal("99.99"))}, "TARGET_ON_WRONG_SIDE"),
    ({"horizon": "intraday", "targets": (Decimal("120.00"),)}, "INTRADAY_TARGET_TOO_FAR"),
    ({"horizon": "intraday", "targets": (Decimal("101.00"), Decimal("121.00"))}, "INTRADAY_TARGET_TOO_FAR"),
    ({"candle_at": NOW - timedelta(days=30) + timedelta(microseconds=1)}, "PRICES_TOO_FRESH"),
    (PENNY, "PENNY_STOCK_WARNING_MISSING"),
]


def found(changed: Mapping[str, Any], policy: CompliancePolicy = POLICY) -> tuple[str, ...]:
    return compliance.findings(replace(TERMS, **changed), policy, REGISTERED, NOW)


@pytest.mark.parametrize(("changed", "code"), BROKEN)
def test_a_rule_broken_alone_gives_exactly_its_code(changed: Mapping[str, Any], code: str) -> None:
    assert found(changed) == (code,)


def test_terms_that_break_nothing_pass_and_stand_just_inside_each_bound() -> None:
    inside: list[Mapping[str, Any]] = [
        {},
        {"rationale": "x" * 40},
        {"ai_generated": True},
        {"stop": Decimal("99.99"), "targets": (Decimal("100.01"),)},
        {"horizon": "intraday", "targets": (Decimal("119.99"),)},
        {"candle_at": NOW - timedelta(days=30)},
        {**PENNY, "warnings": ("PENNY_STOCK",)},
        {**PENNY, "entry": Decimal("10.00")},
        {**PENNY, "currency": "USD"},
        {"side": "sell", "stop": Decimal("100.01"), "targets": (Decimal("99.99"),)},
    ]

    assert [found(one) for one in inside] == [()] * len(inside)


def test_every_code_the_gate_knows_stands_in_the_table() -> None:
    """Read from the source: a rule added without a row here fails."""
    source = Path(compliance.__file__).read_text()
    codes = set(re.findall(r'(?:yield |append\()"([A-Z_]+)"', source))

    assert codes == {code for _, code in BROKEN}


@given(st.sampled_from(["buy", "sell"]), st.integers(1, 20000), st.integers(1, 20000))
def test_a_stop_is_right_only_where_it_loses(side: str, entry: int, stop: int) -> None:
    way = 1 if side == "buy" else -1
    terms = replace(TERMS, side=side, entry=Decimal(entry) / 100, stop=Decimal(stop) / 100)  # type: ignore[arg-type]  # one of the two

    wrong = "STOP_ON_WRONG_SIDE" in compliance.findings(terms, POLICY, REGISTERED, NOW)

    assert wrong == ((entry - stop) * way <= 0)


def test_rules_in_rupees_know_only_rupees() -> None:
    cheap = replace(TERMS, **PENNY)

    assert compliance.warnings_due(cheap, POLICY) == ("PENNY_STOCK",)
    assert compliance.warnings_due(replace(cheap, currency="USD"), POLICY) == ()


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2014, 12, 1), "sebi-ra-2014"),
        (date(2024, 12, 15), "sebi-ra-2014"),
        (date(2024, 12, 16), "sebi-ra-2024-12"),
        (date(2090, 1, 1), "sebi-ra-2024-12"),
    ],
)
def test_the_version_in_force_on_the_day_decides(day: date, version: str) -> None:
    assert RULES.compliance_on(day).version == version


def test_before_the_first_version_nothing_can_be_decided() -> None:
    with pytest.raises(LookupError):
        RULES.compliance_on(date(2014, 11, 30))
    with pytest.raises(LookupError):
        RULES.screening_on(date(1999, 1, 1))


def test_the_stored_version_explains_an_old_decision_under_todays_rules() -> None:
    world = World(at=datetime(2024, 12, 15, 12, tzinfo=UTC))
    draft = world.drafted(ai_generated=None)
    world.run(draft)
    (kept,) = [one for one in world.book.decisions(draft.id) if one.step == "compliance"]

    then, now = RULES.named(kept.policy_version), RULES.compliance_on(NOW.date())

    assert isinstance(then, CompliancePolicy)
    assert (kept.passed, kept.policy_version) == (True, "sebi-ra-2014")
    assert compliance.findings(draft.terms, then, REGISTERED, kept.decided_at) == kept.reasons
    assert compliance.findings(draft.terms, now, REGISTERED, kept.decided_at) == ("AI_USE_UNDECLARED",)
    with pytest.raises(LookupError):
        RULES.named("sebi-ra-1999")


def test_no_rule_approves_what_a_person_wrote() -> None:
    policy = RULES.named("screening-1")
    assert isinstance(policy, ScreeningPolicy)
    made = signal(confidence=99)

    assert screening.approved_by_rule(made, policy)
    assert not screening.approved_by_rule(replace(made, drafted_by="person"), policy)


def kept(folder: Path, name: str, **changed: Any) -> None:
    content = json.loads((policies.HERE / "sebi-ra-2024-12.json").read_text())
    rules = {**content["rules"], **changed.pop("rules", {})}
    content |= {"version": name, "rules": {key: value for key, value in rules.items() if value is not None}}
    (folder / f"{name}.json").write_text(json.dumps({**content, **changed}))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"rules": {"stop_widens": True}}, "stop_widens"),
        ({"rules": {"lag_days": None}}, "lag_days"),
        ({"rules": {"declare_ai_use": None}}, "declare_ai_use"),
        ({"kind": "horoscope"}, "horoscope"),
        ({"effective_from": "someday"}, "someday"),
        ({"version": "other"}, "other"),
    ],
)
def test_a_file_with_an_unknown_or_missing_rule_is_refused_by_name(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    kept(tmp_path, "odd", **changed)

    with pytest.raises(ValueError, match=r"odd\.json") as refused:
        policies.load(tmp_path)

    assert told in str(refused.value)


def test_a_file_is_read_in_per_cent_and_in_prices_by_currency() -> None:
    found = policies.load().named("sebi-ra-2024-12")

    assert isinstance(found, CompliancePolicy)
    assert found.intraday_target_below == Decimal("0.2")
    assert found.penny_stock_below == {"INR": Decimal(10)}


def test_two_versions_of_one_day_are_refused(tmp_path: Path) -> None:
    kept(tmp_path, "one")
    kept(tmp_path, "two")

    with pytest.raises(ValueError, match="same day"):
        policies.load(tmp_path)
