"""What went wrong with one thing, and for how long: kept so that the status can tell it afterwards."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Trouble:
    """One spell: why, since when (time of day, monotonic seconds), and how long once it is over."""

    why: str
    at: str = field(default_factory=lambda: time.strftime("%H:%M:%S"))
    since: float = field(default_factory=time.monotonic)
    lasted_s: float | None = None


class Troubles:
    """The spells of one thing, such as a store; ``what`` says what a spell is (``away``, ``not read``)."""

    def __init__(self, what: str) -> None:
        self.count = 0
        self._what = what
        self._last: Trouble | None = None

    @property
    def now(self) -> str:
        """Why it is in trouble at this moment, or an empty string."""
        last = self._last
        return last.why if last is not None and last.lasted_s is None else ""

    def begin(self, why: str) -> None:
        """A spell begins, or goes on for another reason."""
        if self.now and self._last is not None:
            self._last.why = why
            return
        self.count += 1
        self._last = Trouble(why)

    def end(self) -> float:
        """It is well again; return how many seconds the spell took, 0 when there was none."""
        if not self.now or self._last is None:
            return 0.0
        self._last.lasted_s = time.monotonic() - self._last.since
        return self._last.lasted_s

    def words(self) -> str:
        """Return how often there was trouble, and the last time; empty when there never was."""
        last = self._last
        if last is None:
            return ""
        times = "once" if self.count == 1 else f"{self.count} times"
        how_long = "and still is" if last.lasted_s is None else f"for {last.lasted_s:.1f} s"
        return f"{self._what} {times}, last at {last.at} {how_long}: {last.why}"
