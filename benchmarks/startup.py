"""Start-up of functions, spawn to the first ``/next``, beside an empty handler in the same runtime client.

Counted in CPU time of the process: on a laptop whose cores are busy the wall clock measures the neighbours.
"""

import http.server
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Result, alternate, cpu_seconds, result

ROOT = Path(__file__).resolve().parents[1]
EMPTY = "def handler(event, context):\n    return None\n"
GOALS = (
    ("authorizer.api", "<= 2.5"),
    ("realtime.socket", "<= 2.5"),
    ("realtime.fanout", "<= 2.5"),
    ("realtime.authorizer", "<= 2.5"),
    ("realtime.api", "<= 6"),
    ("users.api", "<= 6"),
    ("signals.api", "<= 6"),
)


def measure() -> list[Result]:
    """Return one line a hot function: its start-up over an empty handler's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty.py").write_text(EMPTY)
        path = f"{folder}:{ROOT}/functions:{ROOT}/layers/kit/python"
        subprocess.run(  # compiled bytecode, as a deployed package has it
            [sys.executable, "-m", "compileall", "-q", f"{ROOT}/functions", f"{ROOT}/layers/kit/python"],
            check=True,
        )
        results = []
        for module, goal in GOALS:
            ours, empty = alternate(starter(f"{module}.handler", path), starter("empty.handler", path))
            results.append(
                result(
                    f"start-up {module}", ours, "ms", empty, "empty awslambdaric handler", goal, floor=empty
                )
            )
        return results


def starter(handler: str, path: str) -> Callable[[], float]:
    """Return a side that spawns ``handler`` and returns the CPU milliseconds to its first ``/next``."""

    def side() -> float:
        asked = threading.Event()
        refused: list[str] = []

        class RuntimeApi(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """The runtime client asked for work: it is up."""
                asked.set()

            def do_POST(self) -> None:
                """The handler could not be imported."""
                refused.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                asked.set()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        server = http.server.HTTPServer(("127.0.0.1", 0), RuntimeApi)
        threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
            "AWS_REGION": "ap-south-1",
            "PYTHONPATH": path,
        }
        began = cpu_seconds(children=True)
        child = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler], env=environment, stderr=subprocess.DEVNULL
        )
        if not asked.wait(30):
            raise TimeoutError(f"{handler} did not ask for work within 30 s")
        child.kill()
        child.wait()
        took = (cpu_seconds(children=True) - began) * 1000
        server.shutdown()
        server.server_close()
        if refused:
            raise ImportError(f"{handler} does not start: {refused[0]}")
        return took

    return side
