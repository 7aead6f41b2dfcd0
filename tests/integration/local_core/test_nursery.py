"""A function's process, forked or started by itself, is what it would be alone; a nursery that dies is replaced."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from integration.local_core.conftest import wait_for
from local.runtime.nursery import Nursery
from local.runtime.processes import Processes, Spawning

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the nursery forks on Linux alone")
_WITHIN_S = 30.0
PROBE = """
import json, os, random, signal, sys
about = {
    "environment": dict(os.environ), "here": os.getcwd(), "path": sys.path[:2], "argv": sys.argv[1:],
    "session": os.getsid(0) == os.getpid(), "chance": random.random(), "local": "local" in sys.modules,
    "open": sorted(os.listdir("/proc/self/fd")), "sigchld": signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
}
print(json.dumps(about), flush=True)
sys.stdin.read()
os._exit(7)
"""
STUCK = "import signal\nprint('here', flush=True)\nsignal.pause()\n"


class Heard:
    """What was told of one process."""

    def __init__(self) -> None:
        self.output = b""
        self.printed = asyncio.Event()
        self.code: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    def on_output(self, data: bytes) -> None:
        self.output += data
        self.printed.set()

    def on_exit(self, code: int | None) -> None:
        self.code.set_result(code)

    async def exit(self) -> int | None:
        return await asyncio.wait_for(self.code, _WITHIN_S)


def alone(act: Callable[[Processes], Awaitable[None]], processes: Processes | None = None) -> None:
    """Run ``act`` with processes that are stopped afterwards."""

    async def run() -> None:
        own = processes or Nursery()
        try:
            await act(own)
        finally:
            await own.stop()

    asyncio.run(run())


async def started(processes: Processes, folder: Path, text: str) -> tuple[int, Heard]:
    (folder / "probe.py").write_text(text)
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder / "layer"),
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1",
        "TZ": ":UTC",
    }
    heard = Heard()
    return await processes.launch("probe.handler", env, folder, heard), heard


@pytest.mark.parametrize("kind", [Nursery, Spawning])
def test_a_process_has_its_own_environment_place_session_and_output(
    tmp_path: Path, kind: type[Nursery] | type[Spawning], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS_ALONE", "secret")
    seen: list[dict[str, Any]] = []

    async def act(processes: Processes) -> None:
        for _ in range(2):
            _, heard = await started(processes, tmp_path, PROBE)
            assert await heard.exit() == 7
            seen.append(json.loads(heard.output))

    alone(act, kind())
    first, second = seen
    assert set(first["environment"]) - {"LC_CTYPE"} == {"PATH", "PYTHONPATH", "AWS_LAMBDA_RUNTIME_API", "TZ"}
    assert (first["here"], first["argv"]) == (str(tmp_path), ["probe.handler"])
    assert first["path"] == [str(tmp_path), str(tmp_path / "layer")]
    assert (first["session"], first["local"], first["sigchld"]) == (True, False, True)
    assert first["chance"] != second["chance"]
    assert len(first["open"]) == 4, "standard input, output, errors, and the folder that is being listed"


def test_a_process_can_be_killed_as_soon_as_its_id_is_known(tmp_path: Path) -> None:
    async def act(processes: Processes) -> None:
        for _ in range(20):
            pid, heard = await started(processes, tmp_path, STUCK)
            os.killpg(pid, signal.SIGKILL)
            assert await heard.exit() == -signal.SIGKILL

    alone(act)


def test_a_nursery_that_dies_takes_its_children_along_and_the_next_start_begins_another(
    tmp_path: Path,
) -> None:
    async def act(processes: Processes) -> None:
        pid, heard = await started(processes, tmp_path, STUCK)
        await asyncio.wait_for(heard.printed.wait(), _WITHIN_S)
        os.kill(_parent(pid), signal.SIGKILL)
        assert await heard.exit() == -signal.SIGKILL
        _, other = await started(processes, tmp_path, PROBE)
        assert await other.exit() == 7

    alone(act)


def test_many_at_once_are_each_told_their_own(tmp_path: Path) -> None:
    async def act(processes: Processes) -> None:
        each = await asyncio.gather(*(started(processes, tmp_path, PROBE) for _ in range(12)))
        assert len({pid for pid, _ in each}) == 12
        assert [await heard.exit() for _, heard in each] == [7] * 12
        assert all(heard.output.count(b"environment") == 1 for _, heard in each)

    alone(act)


def test_stopping_ends_what_still_runs(tmp_path: Path) -> None:
    async def act(processes: Processes) -> None:
        pid, heard = await started(processes, tmp_path, STUCK)
        await asyncio.wait_for(heard.printed.wait(), _WITHIN_S)
        await processes.stop()
        assert await heard.exit() == -signal.SIGKILL
        await asyncio.to_thread(wait_for, lambda: not Path(f"/proc/{pid}").exists())

    alone(act)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
