"""A client that issues one paper and stands still at a failpoint, to be killed there.

Run as a module it is the client: ``python -m builders.paper_victim '{"database": …, "payment": …}'``.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from fixtures.database import settings_of
from kit.stores.postgres import Database

_PATIENCE_S = 60
_TESTS = Path(__file__).parents[1]


class Victim:
    """One client, with a file of failpoints of its own."""

    def __init__(self, db: Database, payment: str, points: Path, *, stand_at: str) -> None:
        self._points = points
        wish = {"action": "delay", "count": 1, "delay_s": _PATIENCE_S * 2, "generation": 1}
        points.write_text(json.dumps({stand_at: wish}))
        given = {"database": asdict(settings_of(db)), "payment": payment}
        roots = os.pathsep.join([str(_TESTS), *(entry for entry in sys.path if entry)])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "builders.paper_victim", json.dumps(given)],
            env={**os.environ, "PYTHONPATH": roots, "FAILPOINT_FILE": str(points)},
        )

    def kill_at(self, name: str) -> None:
        """Wait until it stands at the failpoint ``name``; kill it."""
        claim = Path(f"{self._points}.{name}.1.0")
        deadline = time.monotonic() + _PATIENCE_S
        while not claim.exists():
            assert self._process.poll() is None, "it ended before it came there"
            assert time.monotonic() < deadline, f"nobody came to {name}"
            time.sleep(0.002)
        self._process.kill()
        self._process.wait(_PATIENCE_S)


def main(given: str) -> None:
    """Issue."""
    from builders.papers import issued, office_on  # noqa: PLC0415 - the parent needs none of it
    from fixtures.database import connect  # noqa: PLC0415 - nor of this
    from kit.stores.postgres import DatabaseSettings  # noqa: PLC0415 - nor of this
    from payments.model.payment import PaymentId  # noqa: PLC0415 - nor of this

    asked = json.loads(given)
    office = office_on(Database(DatabaseSettings(**asked["database"]), connect))
    one = office.payments.find(PaymentId(asked["payment"]))
    assert one is not None, "the payment is there"
    issued(office.papers, one)


if __name__ == "__main__":
    main(sys.argv[1])
