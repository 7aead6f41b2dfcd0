"""Usage equals the requests made: kept twice, killed in between, or counted into a Redis that was wiped."""

from datetime import datetime, timedelta
from typing import NoReturn

import pytest

from builders.moving_clock import MovingClock
from builders.partners import Desk, somebody
from kit import clock
from partners.adapters.memory import MemoryCounters
from partners.model.application import Application
from partners.model.key import KeyId
from partners.ports import UsageBook
from partners.service.usage import UsageKeeping

pytestmark = pytest.mark.usefixtures("moving_clock")


class Killed(Exception):  # noqa: N818 - what happens to a process
    """The function ended here."""


class Dying:
    """A book whose function dies before or after it kept."""

    def __init__(self, book: UsageBook, *, kept: bool) -> None:
        self._book = book
        self._kept = kept

    def keep(self, counted: object) -> NoReturn:
        if self._kept:
            self._book.keep(counted)  # type: ignore[arg-type]  # passed through
        raise Killed


class Work:
    """A key that is used, its counters, and what is kept of them."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.application: Application = self.desk.application(somebody())
        self.key: KeyId = self.desk.issue(self.application).key.id
        self.counters = MemoryCounters()
        self.keeping = UsageKeeping(self.counters, self.desk.stores.book)
        self.made = 0

    def use(self, times: int) -> None:
        self.counters.count(self.key, self.hour, times)
        self.made += times

    @property
    def hour(self) -> datetime:
        return clock.now().replace(minute=0, second=0, microsecond=0)

    def kept(self) -> int:
        whole = (clock.now() - timedelta(days=30), clock.now() + timedelta(hours=1))
        found = self.desk.stores.book.read(self.application.owner, self.application.id, *whole)
        return sum(one.requests for one in found)


def test_what_is_kept_twice_counts_once() -> None:
    work = Work()
    work.use(7)
    work.keeping.flush()
    work.keeping.flush()
    work.use(3)
    work.keeping.flush()

    assert work.kept() == work.made == 10


@pytest.mark.parametrize("kept", [False, True], ids=["before it is kept", "after it is kept"])
def test_dying_in_between_loses_and_doubles_nothing(moving_clock: MovingClock, *, kept: bool) -> None:
    work = Work()
    work.use(7)
    dying = UsageKeeping(work.counters, Dying(work.desk.stores.book, kept=kept))  # type: ignore[arg-type]  # keeps alone
    with pytest.raises(Killed):
        dying.flush()
    moving_clock.advance(3 * 3600)
    with pytest.raises(Killed):
        dying.flush()
    work.use(5)
    work.keeping.flush()

    assert work.kept() == work.made == 12
    assert len(work.counters.hours()) == 1, "the hour that is over was forgotten once it was kept"


def test_an_hour_is_not_forgotten_while_somebody_may_still_count(moving_clock: MovingClock) -> None:
    work = Work()
    work.use(2)
    work.keeping.flush()
    moving_clock.advance(3_600)
    work.keeping.flush()
    assert len(work.counters.hours()) == 1
    moving_clock.advance(2 * 3_600)
    work.keeping.flush()
    assert work.counters.hours() == []
    assert work.kept() == 2


def test_counters_that_begin_anew_are_added_and_not_taken_for_less() -> None:
    work = Work()
    work.use(9)
    work.keeping.flush()
    work.counters.wipe()
    work.use(4)
    work.keeping.flush()

    assert work.kept() == work.made == 13
