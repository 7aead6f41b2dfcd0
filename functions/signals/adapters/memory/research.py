"""Backtests, their reports and their machine in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from signals.errors import TooManyBacktests
from signals.model.backtest import AT_WORK, BEGINS_AT, Backtest, BacktestId, Slice, Step
from signals.ports.research import Paper


class MemoryBacktestBook:
    """Orders, slices and findings."""

    def __init__(self) -> None:
        self._kept: dict[BacktestId, Backtest] = {}
        self._slices: dict[BacktestId, dict[int, Slice]] = {}
        self._findings: dict[BacktestId, str] = {}
        self._attempts: dict[BacktestId, int] = {}

    def add(self, backtest: Backtest, most: int) -> None:
        """Add it unless there are too many."""
        mine = [one for one in self._kept.values() if one.owner == backtest.owner and one.status in AT_WORK]
        if len(mine) >= most:
            raise TooManyBacktests
        self._kept[backtest.id] = backtest

    def find(self, backtest_id: BacktestId) -> Backtest | None:
        """Return it with the count of its slices."""
        found = self._kept.get(backtest_id)
        if found is None:
            return None
        slices = self.slices(backtest_id)
        done = sum(one.decided is not None for one in slices)
        return replace(found, slices=len(slices), slices_done=done)

    def of(self, owner: str, backtest_id: BacktestId) -> Backtest | None:
        """Return it where ``owner`` owns it."""
        found = self.find(backtest_id)
        return found if found is not None and found.owner == owner else None

    def page(self, owner: str, limit: int, after: tuple[datetime, BacktestId] | None) -> list[Backtest]:
        """Sort and cut."""
        mine = [one for key in self._kept if (one := self.of(owner, key)) is not None]
        mine.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return [one for one in mine if after is None or (one.created_at, one.id) < after][:limit]

    def end(
        self,
        backtest_id: BacktestId,
        status: Literal["done", "failed", "cancelled"],
        reason: str,
        at: datetime,
    ) -> bool:
        """End it once."""
        found = self._kept.get(backtest_id)
        if found is None or found.status not in AT_WORK:
            return False
        self._kept[backtest_id] = replace(found, status=status, step="ended", reason=reason, updated_at=at)
        return True

    def advance(self, backtest_id: BacktestId, step: Step, share: float, at: datetime) -> bool:
        """Move it on; a step back only shows that somebody is at it."""
        found = self._kept.get(backtest_id)
        if found is None or found.status not in AT_WORK:
            return False
        further = (BEGINS_AT[step], share) > (BEGINS_AT[found.step], found.share)
        moved = replace(found, step=step, share=share) if further else found
        self._kept[backtest_id] = replace(moved, status="running", updated_at=at)
        return True

    def plan(self, backtest_id: BacktestId, works: Sequence[str], at: datetime) -> None:
        """Keep the first layout."""
        self._slices.setdefault(backtest_id, {at: Slice(at, work) for at, work in enumerate(works)})
        self._touch(backtest_id, at)

    def slices(self, backtest_id: BacktestId) -> list[Slice]:
        """Return them in order."""
        found = self._slices.get(backtest_id, {})
        return [found[number] for number in sorted(found)]

    def slice(self, backtest_id: BacktestId, number: int) -> Slice | None:
        """Return one."""
        return self._slices.get(backtest_id, {}).get(number)

    def decide(self, backtest_id: BacktestId, number: int, decided: str, at: datetime) -> None:
        """Keep the first answer."""
        found = self._slices[backtest_id][number]
        if found.decided is None:
            self._slices[backtest_id][number] = replace(found, decided=decided)
        self._touch(backtest_id, at)

    def conclude(self, backtest_id: BacktestId, finding: str, at: datetime) -> None:
        """Keep it while the order is at work."""
        if self._kept[backtest_id].status in AT_WORK:
            self._findings[backtest_id] = finding
        self._touch(backtest_id, at)

    def finding(self, backtest_id: BacktestId) -> str | None:
        """Return it."""
        return self._findings.get(backtest_id)

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[BacktestId, int]]:
        """Claim what rests too long."""
        stuck = [one for one in self._kept.values() if one.status in AT_WORK and one.updated_at < before]
        taken: list[tuple[BacktestId, int]] = []
        for one in sorted(stuck, key=lambda found: found.updated_at)[:limit]:
            self._attempts[one.id] = self._attempts.get(one.id, 0) + 1
            self._touch(one.id, now)
            taken.append((one.id, self._attempts[one.id]))
        return taken

    def forget(self, slices_before: datetime, orders_before: datetime) -> int:
        """Delete what is old."""
        ended = [one for one in self._kept.values() if one.status not in AT_WORK]
        for one in ended:
            if one.updated_at < slices_before:
                self._slices.pop(one.id, None)
        old = [one.id for one in ended if one.updated_at < orders_before]
        for key in old:
            del self._kept[key]
            self._findings.pop(key, None)
        return len(old)

    def _touch(self, backtest_id: BacktestId, at: datetime) -> None:
        found = self._kept[backtest_id]
        if found.status in AT_WORK:
            self._kept[backtest_id] = replace(found, updated_at=at)


class MemoryReportArchive:
    """Reports in a dict."""

    def __init__(self) -> None:
        self.kept: dict[tuple[BacktestId, Paper], bytes] = {}

    def keep(self, backtest_id: BacktestId, kind: Paper, document: bytes) -> None:
        """Keep it."""
        self.kept[backtest_id, kind] = document

    def link(self, backtest_id: BacktestId, kind: Paper, seconds: int) -> str:
        """Return a made-up address."""
        return f"memory://{backtest_id}.{kind}?for={seconds}"


class MemoryBacktestMachine:
    """Remembers which executions were ``started``."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def start(self, backtest_id: BacktestId, attempt: int = 0) -> bool:
        """Start a name once."""
        name = f"{backtest_id}-{attempt}" if attempt else str(backtest_id)
        if name in self.started:
            return False
        self.started.append(name)
        return True
