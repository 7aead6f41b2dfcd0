"""A publication starts without the store of candles: its function has no package that reads one."""

import subprocess
import sys

import pytest

_STARTED = """
import sys
from signals.bootstrap import starter

starter.wiring()
print(*sorted({"influxdb_client", "numpy", "talib"} & sys.modules.keys()))
"""


def test_the_start_of_a_publication_loads_no_store_of_candles(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": "1",
        "DATABASE_NAME": "nowhere",
        "DATABASE_SECRET": "nowhere",
        "PUBLICATION_MACHINE": "arn:aws:states:ap-south-1:123456789012:stateMachine:publication",
        "INFLUX_URL": "http://127.0.0.1:1",
        "INFLUX_SECRET": "nowhere",
    }.items():
        monkeypatch.setenv(name, value)

    ran = subprocess.run([sys.executable, "-c", _STARTED], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == []
