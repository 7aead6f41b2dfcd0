"""The list of guards names tests that are there: one renamed or dropped is seen."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def absent(document: str) -> list[str]:
    """Return the tests that ``document`` names and nobody wrote."""
    found: list[str] = []
    for file, name in NAMED.findall(document):
        path = ROOT / file
        if not path.is_file() or not re.search(rf"^(async )?def {name}\(", path.read_text(), re.MULTILINE):
            found.append(f"{file}::{name}")
    return found


def test_every_guard_names_a_test_that_is_there() -> None:
    document = (ROOT / "docs" / "guards.md").read_text()
    rows = [line for line in document.splitlines() if line.startswith("| ")][2:]

    assert absent(document) == []
    assert [line for line in rows if not NAMED.search(line) and "mutation.md" not in line] == []


def test_a_test_that_is_gone_is_seen() -> None:
    gone = "| a guard | here | `tests/infra/test_guards_document.py::test_that_nobody_wrote` |"

    assert absent(gone) == ["tests/infra/test_guards_document.py::test_that_nobody_wrote"]
