"""The list of guards names tests that are there: one renamed or dropped is seen."""

from builders.documents import NAMED, ROOT, absent


def test_every_guard_names_a_test_that_is_there() -> None:
    document = (ROOT / "docs" / "guards.md").read_text()
    rows = [line for line in document.splitlines() if line.startswith("| ")][2:]

    assert absent(document) == []
    assert [line for line in rows if not NAMED.search(line) and "mutation.md" not in line] == []


def test_a_test_that_is_gone_is_seen() -> None:
    gone = "| a guard | here | `tests/infra/test_guards_document.py::test_that_nobody_wrote` |"

    assert absent(gone) == ["tests/infra/test_guards_document.py::test_that_nobody_wrote"]
