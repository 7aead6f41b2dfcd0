"""Workers killed by SIGKILL where they stand: at a failpoint, or somewhere within a call."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from builders.ledger_database import Owner
from builders.ledger_storm import History, script
from fixtures.database import settings_of
from kit.stores.postgres import Database
from payments.model.ledger import AccountCode

FAILPOINTS = ("ledger.before_post", "ledger.posted", "worker.before_commit")
_PATIENCE_S = 60
_TESTS = Path(__file__).parents[1]


def settle(owner: Owner) -> None:
    """Wait until the server has noticed the dead: a command on its way may still commit until then."""
    deadline = time.monotonic() + _PATIENCE_S
    alive = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND usename = 'payments_app' AND state <> 'idle'"
    )
    while (row := owner.execute(alive).fetchone()) and row[0]:
        assert time.monotonic() < deadline, "a dead client's command never ended"
        time.sleep(0.005)


class Victim:
    """One worker, with a file of failpoints of its own: it stands still when it first comes to ``stand_at``."""

    def __init__(
        self,
        db: Database,
        folder: Path,
        seed: int,
        wallets: Sequence[AccountCode],
        count: int,
        *,
        stand_at: str = "",
    ) -> None:
        self._script = script(seed, wallets, count)
        self._points = folder / f"failpoints-{seed}.json"
        given = {"database": asdict(settings_of(db)), "seed": seed, "wallets": list(wallets), "count": count}
        roots = os.pathsep.join([str(_TESTS), *(entry for entry in sys.path if entry)])
        wish = {"action": "delay", "count": 1, "delay_s": _PATIENCE_S * 2, "generation": 1}
        self._points.write_text(json.dumps({stand_at: wish} if stand_at else {}))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "builders.ledger_worker", json.dumps(given)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": roots, "FAILPOINT_FILE": str(self._points)},
        )

    def kill_at(self, name: str) -> None:
        """Wait until it stands at the failpoint ``name``, or has ended; kill it."""
        claim = Path(f"{self._points}.{name}.1.0")
        deadline = time.monotonic() + _PATIENCE_S
        while not claim.exists() and self._process.poll() is None:
            assert time.monotonic() < deadline, f"nobody came to {name}"
            time.sleep(0.002)
        self._process.kill()

    def kill_within(self, lines: int, chance: random.Random) -> list[str]:
        """Read ``lines`` of what it says, then kill it a moment later."""
        assert self._process.stdout is not None
        read = [self._process.stdout.readline() for _ in range(lines)]
        time.sleep(chance.random() * 0.003)  # where in the call it dies is the point, not a wait for anything
        self._process.kill()
        return read

    def history(self, read: Sequence[str] = ()) -> History:
        """Return what it said until it ended."""
        assert self._process.stdout is not None
        rest = self._process.stdout.read()  # not communicate(): it would pass by what readline() has buffered
        self._process.stdout.close()
        self._process.wait(_PATIENCE_S)
        said = [line.split() for line in [*read, *rest.splitlines()] if line.strip()]
        last = {int(number): word for word, number in said}
        seen = History()
        for number, word in last.items():
            {"ok": seen.ok, "refused": seen.refused, "try": seen.unknown}[word].append(self._script[number])
        return seen
