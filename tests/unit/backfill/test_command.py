"""The backfill's command: steps until the end, says how far it is, and what to do when nothing runs."""

from pathlib import Path

import pytest
from rich.console import Console

from backfill.__main__ import TAPES, _fill, _options, main
from backfill.steps import Step


class Answers:
    """A function that answers three steps, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, bool]] = []

    def __call__(self, tape: str, count: int, *, again: bool) -> Step:
        self.asked.append((tape, count, again))
        row = min(5031, 2000 * len(self.asked))
        return Step(tape, row, 2000, 1999, 1, 0, ended=len(self.asked) == 3)


def test_steps_follow_one_another_until_the_tape_has_ended() -> None:
    answers, console = Answers(), Console(record=True, width=200, force_terminal=False)

    stored = _fill(answers, "spx-1d", _options(["--again"]), console)

    assert stored == 3 * 1999
    assert answers.asked == [("spx-1d", 2000, True), ("spx-1d", 2000, False), ("spx-1d", 2000, False)]
    lines = console.export_text().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("backfill: spx-1d row 2000 of 5031, 1999 new, 1 known, 0 corrupt")


def test_without_a_platform_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path)]) == 1

    assert "make up" in " ".join(capsys.readouterr().err.split())


def test_a_tape_that_is_not_here_has_no_known_length(tmp_path: Path) -> None:
    answers, console = Answers(), Console(record=True, width=200, force_terminal=False)

    _fill(answers, "elsewhere-1d", _options(["--folder", str(tmp_path)]), console)

    assert "row 2000, 1999 new" in console.export_text()
    assert (TAPES / "spx-1d.csv.gz").exists()
