"""The local platform: authorised GETs a second (authorizer and target are functions), one GET, socket posts.

The platform runs in a process of its own on the fixture application of its tests; the clients are plain
asyncio connections in this one.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.measure import ROUNDS, Result, result

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "tests" / "integration" / "local_core" / "fixture_app" / "template.yaml"
CONNECTIONS = 16
SECONDS = 1.0
_SERVE = """
import asyncio, sys
from pathlib import Path
import uvloop
from local.platform import Options, Platform

async def main() -> None:
    template = Path(sys.argv[1])
    platform = Platform(Options(template.parent, Path(sys.argv[2]), template, port=0, watch=False))
    await platform.start()
    print(platform.gateway.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    began = asyncio.get_running_loop().time()
    for _ in range(1000):
        await platform.functions.invoke("fx-local-shop-empty", b"{}")
    print((asyncio.get_running_loop().time() - began), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await platform.stop()

uvloop.run(main())
"""


async def _client(port: int, until: float, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET /api/v1/empty HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: good\r\n\r\n".encode()
    while (began := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:20]:
            raise RuntimeError(f"the platform answered {head[:200]!r}")
        await reader.readexactly(2)
        latencies.append(time.perf_counter() - began)
    writer.close()


async def _round(port: int, connections: int, seconds: float) -> list[float]:
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_client(port, until, latencies) for _ in range(connections)))
    return latencies


async def _posts(port: int, sockets: int, posts: int) -> float:
    """Return posts a second over ``sockets`` open WebSockets, from the first post to the last frame read."""
    url = f"ws://127.0.0.1:{port}/live?ticket=good"
    opened = [await connect(url, compression=None) for _ in range(sockets)]
    ids = [json.loads(await _first_error(one))["connectionId"] for one in opened]
    each = posts // sockets
    began = time.perf_counter()
    await asyncio.gather(
        *(_poster(port, ids[i::8], each) for i in range(8)), *(_frames(one, each) for one in opened)
    )
    took = time.perf_counter() - began
    await asyncio.gather(*(one.close() for one in opened))
    return posts / took


async def _first_error(one: ClientConnection) -> str | bytes:
    """Learn a connection's id from the answer to a message whose route fails."""
    await one.send("explode")
    return await one.recv()


async def _frames(one: ClientConnection, count: int) -> None:
    for _ in range(count):
        if await one.recv() != "12345678":
            raise RuntimeError("a frame arrived that nobody posted")


async def _poster(port: int, ids: list[str], each: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for connection_id in ids * each:
        writer.write(
            f"POST /live/@connections/{quote(connection_id)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Authorization: AWS4-HMAC-SHA256 Credential=x\r\nContent-Length: 8\r\n\r\n12345678".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:20]:
            raise RuntimeError(f"a post was answered {head[:200]!r}")
    writer.close()


def measure() -> list[Result]:
    """Return the rates beside their goals, and one GET beside the two empty invocations it contains."""
    with tempfile.TemporaryDirectory() as state:
        command = [sys.executable, "-c", _SERVE, str(TEMPLATE), state]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as served:
            if served.stdin is None or served.stdout is None:
                raise RuntimeError("the platform has no pipes")
            port = int(served.stdout.readline())
            asyncio.run(_round(port, CONNECTIONS, SECONDS))  # warm-up, not counted
            rounds = [asyncio.run(_round(port, CONNECTIONS, SECONDS)) for _ in range(ROUNDS)]
            alone = asyncio.run(_round(port, 1, SECONDS))
            posts = statistics.median(asyncio.run(_posts(port, 40, 20_000)) for _ in range(ROUNDS))
            served.stdin.write("\n")
            served.stdin.flush()
            empty_ms = float(served.stdout.readline())  # seconds for a thousand: milliseconds for one
            served.stdin.write("\n")
            served.stdin.flush()
    rate = statistics.median(len(one) / SECONDS for one in rounds)
    one_ms = statistics.median(alone) * 1000
    return [
        result("local platform, authorised GET", rate, "requests/s", 1000.0, "the goal of 1,000/s", ">= 1"),
        result(
            "local platform, one authorised GET",
            one_ms,
            "ms p50",
            2 * empty_ms,
            "two empty invocations",
            "<= 2",
            floor=empty_ms,
        ),
        result("local platform, @connections POST", posts, "posts/s", 5000.0, "the goal of 5,000/s", ">= 1"),
    ]
