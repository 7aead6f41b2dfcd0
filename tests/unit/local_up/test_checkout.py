"""One runner per state folder, and a run file that never lies about who serves."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from local.model import LocalError
from local.up.checkout import State

_RUN = {"api": "http://127.0.0.1:8080", "pid": os.getpid()}
_CLAIM = (
    "import sys; from pathlib import Path; from local.up.checkout import State\n"
    "state = State(Path(sys.argv[1]))\n"
    "with state.claimed():\n"
    "    state.announce({'api': 'http://127.0.0.1:1'}); print('claimed', flush=True); sys.stdin.read()"
)


def test_the_run_file_is_there_while_the_platform_is_ready_and_gone_after(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.claimed():
        assert state.running() is None
        state.announce(_RUN)
        assert state.running() == _RUN
    assert state.running() is None
    assert not state.run_file.exists()


def test_the_run_file_is_for_its_owner_only(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.claimed():
        state.announce(_RUN)
        assert stat.S_IMODE(state.run_file.stat().st_mode) == 0o600


def test_a_second_runner_is_told_who_runs_and_where(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.claimed():
        state.announce(_RUN)
        with (
            pytest.raises(LocalError, match=f"process {os.getpid()} and serves http://127.0.0.1:8080"),
            state.claimed(),
        ):
            pytest.fail("two runners in one folder")
        assert state.running() == _RUN


def test_what_a_killed_runner_left_is_no_running_platform(tmp_path: Path) -> None:
    runner = subprocess.Popen(
        [sys.executable, "-c", _CLAIM, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert runner.stdout is not None
    assert runner.stdout.readline() == "claimed\n"
    state = State(tmp_path)
    assert state.running() == {"api": "http://127.0.0.1:1"}
    runner.kill()
    runner.communicate()
    assert json.loads(state.run_file.read_text())  # it is still there
    assert state.running() is None
    with state.claimed():
        assert not state.run_file.exists()
