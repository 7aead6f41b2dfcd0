"""Whoever is overtaken by somebody else changes nothing, and comes again."""

from datetime import timedelta

import pytest

from builders.privacy import MAKER, NOW, PrivacyDesk, in_memory, somebody
from kit import ids
from kit.errors import Retryable
from privacy.adapters.memory import MemoryErasures, MemoryExports
from privacy.errors import ErasureBegun, ExportOpen
from privacy.model.erasure import Erasure, ErasureId
from privacy.model.export import DOMAINS, Export, ExportId
from privacy.ports.books import Facts


class OvertakenExports(MemoryExports):
    """Somebody else writes just before."""

    def open(self, one: Export, facts: Facts) -> bool:
        del one, facts
        return False

    def save(self, changed: Export, was: int, facts: Facts = ()) -> bool:
        del changed, was, facts
        return False


class OvertakenErasures(MemoryErasures):
    """Somebody else writes just before."""

    def save(self, changed: Erasure, was: int, facts: Facts = ()) -> bool:
        del changed, was, facts
        return False


def overtaken(desk: PrivacyDesk) -> PrivacyDesk:
    """Let somebody else be faster from now on."""
    exports, erasures = desk.exports, desk.erasures
    assert isinstance(exports, MemoryExports)
    assert isinstance(erasures, MemoryErasures)
    desk.exports = OvertakenExports(exports.told, exports.rows, exports.told_parts)
    desk.erasures = OvertakenErasures(erasures.told, erasures.rows, erasures.given)
    return desk


def test_an_export_that_is_overtaken_is_packed_told_late_and_forgotten_later() -> None:
    desk = in_memory()
    one = desk.exporting.request(somebody())
    for domain in DOMAINS:
        desk.exporting.contributed(desk.contribution(one, domain))
    overtaken(desk)
    for work in (desk.exporting.pack, desk.exporting.late, desk.exporting.forget):
        with pytest.raises(Retryable):
            work(one.id)
    assert desk.find_export(one).state == "collecting"
    assert "privacy.export_ready" not in desk.types(one.id)
    desk.clock.forward(hours=1)
    assert desk.upkeep() == 0, "the rows keep their lease and come again"


def test_a_second_request_at_the_same_moment_is_refused() -> None:
    with pytest.raises(ExportOpen):
        overtaken(in_memory()).exporting.request(somebody())


def test_who_takes_an_erasure_back_too_late_is_told() -> None:
    desk = in_memory()
    one = desk.erasing.request(somebody())
    with pytest.raises(ErasureBegun):
        overtaken(desk).erasing.cancel(one.id, one.person)


def test_what_is_not_there_or_not_whole_is_left_alone() -> None:
    desk = in_memory()
    absent = ExportId(ids.uuid7())
    for work in (desk.exporting.pack, desk.exporting.late, desk.exporting.forget):
        work(absent)
    one = desk.exporting.request(somebody())
    desk.exporting.pack(one.id)
    assert desk.find_export(one).state == "collecting"
    desk.erasing.begin(ErasureId(absent))
    desk.erasing.late(ErasureId(absent))


def test_a_hold_set_anew_keeps_what_is_held_already() -> None:
    desk = in_memory()

    one = desk.erasing.request(somebody())
    desk.holding.set(one.person, "first", NOW + timedelta(hours=50), MAKER)
    desk.clock.forward(hours=49)
    desk.upkeep()
    desk.holding.set(one.person, "second", NOW + timedelta(hours=90), MAKER)
    desk.clock.forward(hours=2)
    desk.upkeep()
    assert desk.find(one).state == "held"
    assert desk.types(one.id).count("privacy.erasure_held") == 1


def test_nobody_goes_where_no_way_leads() -> None:
    one = Erasure(ErasureId("e"), somebody(), DOMAINS, NOW, NOW)
    with pytest.raises(ValueError, match="does not become"):
        one.into("completed", NOW)


def test_the_newest_is_shown() -> None:
    desk = in_memory()
    person = somebody()
    assert (desk.erasing.newest(person), desk.exporting.newest(person)) == (None, None)
    one = desk.erasing.request(person)
    assert desk.erasing.newest(person) == one
