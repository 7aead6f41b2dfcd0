"""``python -m local up`` as people use it: refused with one line, ended by Ctrl-C, survived by nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.platform import RunningPlatform, alive, below
from local.stores.base import until

pytestmark = pytest.mark.platform


def _up(state: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", "up", "--state", state, *options],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_a_port_in_use_is_one_line_with_what_to_do(platform_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _up(platform_folder, "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"treum: port {port} is in use: stop what uses it, or choose another")
    assert done.stderr.count("\n") == 1


def test_a_second_platform_on_the_same_folder_is_refused(platform: RunningPlatform) -> None:
    done = _up(platform.state, "--port", "0")
    assert done.returncode == 1
    assert done.stderr == (
        f"treum: a platform already runs here as process {platform.process.pid} and serves {platform.api}: "
        "use it, or end it with Ctrl-C first\n"
    )


def test_where_tells_the_addresses_of_the_platform_that_runs(platform: RunningPlatform) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "local", "where", "--state", platform.state],
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert json.loads(found.stdout) == platform.addresses
    assert platform.addresses["pid"] == platform.process.pid


def test_a_template_that_cannot_be_read_is_one_line_and_leaves_nothing(platform_folder: Path) -> None:
    template = platform_folder / "template.yaml"
    template.write_text("Resources: {Odd: {Type: 'AWS::Nowhere::Thing'}}")
    done = _up(platform_folder, "--port", "0", "--template", str(template))
    assert done.returncode == 1
    assert "template.yaml" in done.stderr
    assert done.stderr.count("\n") == 1


def test_sigterm_during_the_start_ends_in_order(platform_folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "local", "up", "--port", "0", "--state", platform_folder],
        stdout=subprocess.PIPE,
        env={**os.environ, "CI": "1"},
        text=True,
    )
    assert until(lambda: (platform_folder / "stores").exists() or process.poll() is not None, 30)
    family = below(process.pid)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.endswith("stopped: nothing is left running\n")
    assert until(lambda: not alive(family), 5)
