"""What went wrong is told in words: while it lasts, afterwards, and how often."""

from pathlib import Path

from local.platform import Options, Platform
from local.troubles import Troubles


def test_nothing_is_told_of_what_was_always_well() -> None:
    troubles = Troubles("away")
    assert (troubles.words(), troubles.now, troubles.end()) == ("", "", 0.0)


def test_a_spell_is_told_while_it_lasts_and_after_it() -> None:
    troubles = Troubles("away")
    troubles.begin("it crashed")
    assert troubles.now == "it crashed"
    assert "and still is: it crashed" in troubles.words()
    troubles.end()
    assert troubles.now == ""
    assert troubles.words().startswith("away once, last at ")
    assert "for 0.0 s: it crashed" in troubles.words()


def test_another_reason_goes_on_with_the_spell_and_a_new_spell_is_counted() -> None:
    troubles = Troubles("in trouble")
    troubles.begin("refused")
    troubles.begin("timed out")
    assert troubles.count == 1
    troubles.end()
    troubles.begin("refused")
    assert troubles.words().startswith("in trouble 2 times")


def test_a_line_that_repeats_itself_is_counted_instead_of_filling_the_status(tmp_path: Path) -> None:
    platform = Platform(Options(tmp_path, tmp_path, tmp_path))
    for text in ("a process died", "a process died", "a process died", "all is well"):
        platform.record(text)
    assert [line.partition(" ")[2] for line in platform.events] == ["a process died (3 times)", "all is well"]
