"""Posts to ``@connections`` a CPU second over TLS: our worker beside boto3 in eight threads."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config

from benchmarks.connections import certificate
from benchmarks.measure import Result, alternate, result
from kit import clock
from kit.aws import sigv4, wire
from realtime.adapters.posting import Poster
from realtime.adapters.signing import Signer
from realtime.parcels import Record

_CONNECTIONS = 1000
_BOTO_POSTS = 200
_THREADS = 8
_FRAME = json.dumps({"type": "event", "channel": "signals", "offset": 1, "event": {"x": "y" * 900}}).encode()
_PAIR = sigv4.Credentials("AKIAEXAMPLE", "secret", "token" * 80)


def measure() -> list[Result]:
    """Return posts per second of CPU time of the posting process, ours over boto3's."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as url:
        cert = f"{folder}/cert.pem"
        os.environ["SSL_CERT_FILE"] = cert
        ours, theirs = alternate(_ours(url), _boto3(url, cert))
        del os.environ["SSL_CERT_FILE"]
    return [result("fan-out posts over TLS", ours, "posts/CPU s", theirs, "boto3, 8 threads", ">= 20")]


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    cert, key = certificate(folder)
    server = Path(__file__).with_name("connections.py")
    child = subprocess.Popen([sys.executable, server, cert, key], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield f"https://127.0.0.1:{int(child.stdout.readline())}/live"
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def _ours(url: str) -> Callable[[], float]:
    end = wire.parse(url)
    poster = Poster(end, Signer(end, "ap-south-1", lambda: _PAIR, clock.unix))
    connections = [f"L0SM9cOFvHcCI{number}=" for number in range(_CONNECTIONS)]

    def side() -> float:
        began = time.process_time()
        outcome = poster.deliver([Record(connections, _FRAME)] * 3, 60)
        used = time.process_time() - began
        if outcome.posted != 3 * _CONNECTIONS:
            raise RuntimeError(f"only {outcome.posted} posts arrived")
        return outcome.posted / used

    return side


def _boto3(url: str, cert: str) -> Callable[[], float]:
    client = boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=url,
        region_name="ap-south-1",
        aws_access_key_id=_PAIR.access_key,
        aws_secret_access_key=_PAIR.secret_key,
        aws_session_token=_PAIR.token,
        verify=cert,
        config=Config(max_pool_connections=_THREADS),
    )
    pool = ThreadPoolExecutor(_THREADS)

    def post(number: int) -> None:
        client.post_to_connection(ConnectionId=f"L0SM9cOFvHcCI{number}=", Data=_FRAME)

    def side() -> float:
        began = time.process_time()
        list(pool.map(post, range(_BOTO_POSTS)))
        return _BOTO_POSTS / (time.process_time() - began)

    return side
