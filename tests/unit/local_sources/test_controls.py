"""Who may use the controls; the clock's file, failpoints and chaos beneath them."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.controls.clock import PlatformClock
from local.controls.failpoints import Failpoints
from local.controls.routes import Control, Controls
from local.gateway.messages import HttpRequest


async def _echo(rest: str, query: Mapping[str, str], body: Mapping[str, Any]) -> Any:
    return {"rest": rest, "query": dict(query), "body": dict(body)}


def _ask(method: str = "POST", target: str = "/_local/x/y?a=1", **changes: Any) -> tuple[int, Any]:
    controls = Controls((Control("POST", "/x", _echo, rest=True),))
    request = HttpRequest(method, target, [("Host", "127.0.0.1:8080")], b'{"n": 1}')
    for name, value in changes.items():
        setattr(request, name, value)
    response = asyncio.run(controls.handle(request))
    return response.status, json.loads(response.body)


def test_a_control_gets_path_query_and_body() -> None:
    assert _ask() == (200, {"rest": "y", "query": {"a": "1"}, "body": {"n": 1}})


@pytest.mark.parametrize(
    "changes",
    [
        {"source_ip": "192.168.1.7"},
        {"headers": [("Host", "evil.test:8080")]},
        {"headers": []},
        {"headers": [("Host", "127.0.0.1:8080"), ("Origin", "https://evil.test")]},
        {"headers": [("Host", "127.0.0.1:8080"), ("Origin", "http://127.0.0.1:9999")]},
        {"headers": [("Host", "127.0.0.1:8080"), ("Origin", "null")]},
    ],
)
def test_others_are_refused(changes: dict[str, Any]) -> None:
    assert _ask(**changes)[0] == 403


def test_own_pages_are_not_refused() -> None:
    own = [("Host", "localhost:8080"), ("Origin", "http://localhost:8080")]
    assert _ask(headers=own)[0] == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"body": b"no"}, 422),
        ({"body": b"[]"}, 422),
        ({"method": "GET"}, 404),
        ({"body": b" " * 70_000}, 413),
    ],
)
def test_bad_input_is_a_problem_document(changes: dict[str, Any], status: int) -> None:
    found, problem = _ask(**changes)
    assert found == problem["status"] == status


def test_functions_read_the_clock_that_the_platform_moves(tmp_path: Path) -> None:
    clock = PlatformClock(tmp_path / "clock")
    clock.freeze(1_700_000_000.0)
    clock.advance(90)
    script = "from kit import clock; print(clock.unix())"
    shown = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "CLOCK_SOURCE": str(tmp_path / "clock")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(shown.stdout) == 1_700_000_090.0
    clock.thaw()
    assert -1 <= PlatformClock(tmp_path / "clock").now() - 1_700_000_090.0 < 60, (
        "it goes on, also in the next run"
    )
    clock.reset()
    assert abs(clock.now() - time.time()) < 1


def test_a_failpoint_strikes_as_often_as_armed_across_processes(tmp_path: Path) -> None:
    armed = Failpoints(tmp_path / "points" / "armed.json")
    script = "from kit import failpoint; failpoint.hit('after.commit'); print('alive')"

    def run() -> tuple[int, str]:
        environment = {**os.environ, "FAILPOINT_FILE": str(tmp_path / "points" / "armed.json")}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.strip()

    assert run() == (0, "alive")
    armed.put("after.commit", {"action": "exit", "count": 2})
    assert [run()[0] for _ in range(3)] == [70, 70, 0]
    armed.put("after.commit", {"action": "raise"})
    assert [run()[0] for _ in range(2)] == [1, 0]
    armed.put("after.commit", {"action": "exit"})
    armed.clear("after.commit")
    assert run() == (0, "alive")


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("../x", {"action": "exit"}),
        ("ok", {"action": "explode"}),
        ("ok", {"action": "exit", "count": 0}),
        ("ok", {"action": "delay", "delay_s": 3600}),
    ],
)
def test_a_failpoint_out_of_bounds_is_refused(tmp_path: Path, name: str, wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Failpoints(tmp_path / "armed.json").put(name, wish)
