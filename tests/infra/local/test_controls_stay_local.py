"""In AWS there is no test control: no route, no failpoint file, no clock to move."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from gates.tables import domain_templates

ROOT = Path(__file__).parents[3]
FORBIDDEN = re.compile(r"/_local|FAILPOINT_FILE")


def _deployed() -> dict[str, str]:
    found = [ROOT / "template.yaml", *domain_templates(), *ROOT.glob("infra/*.yaml")]
    return {str(path.relative_to(ROOT)): path.read_text() for path in found}


def _offending(texts: Mapping[str, str]) -> Iterable[str]:
    return [name for name, text in texts.items() if FORBIDDEN.search(text)]


def test_no_template_declares_a_control_or_a_failpoint_file() -> None:
    deployed = _deployed()
    assert len(deployed) > 4, "the templates were found"
    assert _offending(deployed) == []


def test_the_guard_sees_a_planted_route_and_variable() -> None:
    planted = {"a": "paths:\n  /_local/clock: {}", "b": "FAILPOINT_FILE: /tmp/x", "c": "fine"}
    assert _offending(planted) == ["a", "b"]


def test_the_clock_source_is_empty_unless_somebody_names_one() -> None:
    text = (ROOT / "template.yaml").read_text()
    declared = re.search(r"^  ClockSource:.*\n", text, re.MULTILINE)
    assert declared is not None
    assert 'Default: ""' in declared[0]
