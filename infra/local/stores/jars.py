"""Kafka's jars: fetched once by the lock file, eight at a time, each hash checked before it gets its name."""

import hashlib
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from local.model import LocalError

LOCK_FILE = Path(__file__).parent.parent / "kafka" / "kafka.lock.json"
_PARALLEL = 8
_TRIES = 3
_TIMEOUT_S = 60
_SERVER_ERROR = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: path in the repository, size in bytes, hash."""

    path: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


def read_lock(file: Path = LOCK_FILE) -> tuple[Jar, ...]:
    """Return the jars of the lock, in its order."""
    return tuple(Jar(**entry) for entry in json.loads(file.read_text()))


def repository() -> str:
    """Return the repository's address: ``MAVEN_REPO``, or the one that the package jgo knows."""
    given = os.environ.get("MAVEN_REPO")
    if given:
        return given.rstrip("/")
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - 0.3 s, needed once in a machine's life

    return str(MAVEN_CENTRAL_URL).rstrip("/")


def fetch(jars: Sequence[Jar], into: Path, address: str, progress: Progress) -> list[Path]:
    """Return the files of ``jars`` in ``into``, those missing fetched; ``progress`` gets (bytes, of bytes).

    Raises :class:`LocalError` when a jar cannot be had or is not what the lock says.
    """
    into.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not (into / jar.file_name).exists()]
    total, done = sum(jar.size for jar in missing), 0
    with ThreadPoolExecutor(_PARALLEL) as pool:
        for jar in pool.map(lambda one: _fetch_one(one, into, address), missing):
            done += jar.size
            progress(done, total)
    return [into / jar.file_name for jar in jars]


def _fetch_one(jar: Jar, into: Path, address: str) -> Jar:
    content = _download(f"{address}/{jar.path}")
    if len(content) != jar.size or hashlib.sha256(content).hexdigest() != jar.sha256:
        raise LocalError(
            f"{jar.file_name} from {address} is not the file that kafka.lock.json names (hash mismatch): "
            "nothing was kept; check MAVEN_REPO",
        )
    partial = into / f".{jar.file_name}.{os.getpid()}"
    partial.write_bytes(content)
    partial.rename(into / jar.file_name)
    return jar


def _download(url: str) -> bytes:
    for attempt in range(_TRIES):
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the address is configuration
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            why = f"{error.code} {error.reason}"
            if error.code < _SERVER_ERROR:
                break
        except OSError as error:
            why = str(error)
        time.sleep(attempt)
    raise LocalError(
        f"{url} cannot be fetched ({why}): check the network, or set MAVEN_REPO or KAFKA_BROKERS"
    )
