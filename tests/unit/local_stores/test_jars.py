"""Jars get their name only when they are what the lock says."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from local.model import LocalError
from local.stores import jars

_CONTENT = b"classes"
_JAR = jars.Jar("org/example/one/1/one-1.jar", len(_CONTENT), hashlib.sha256(_CONTENT).hexdigest())


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Return the address and the folder of a repository on loopback."""
    root = tmp_path / "repository"
    (root / _JAR.path).parent.mkdir(parents=True)
    handler = partial(Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", root
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_jar_is_fetched_once_and_progress_is_told(repository: tuple[str, Path], tmp_path: Path) -> None:
    address, root = repository
    (root / _JAR.path).write_bytes(_CONTENT)
    told: list[tuple[int, int]] = []
    files = jars.fetch([_JAR], tmp_path / "libs", address, lambda *figures: told.append(figures))
    assert [file.read_bytes() for file in files] == [_CONTENT]
    assert told == [(7, 7)]
    (root / _JAR.path).unlink()
    assert jars.fetch([_JAR], tmp_path / "libs", address, lambda *_: None) == files


@pytest.mark.parametrize("served", [b"cla$$es", b"classes and more", b""])
def test_a_jar_that_is_not_what_the_lock_says_is_refused_and_not_kept(
    repository: tuple[str, Path], tmp_path: Path, served: bytes
) -> None:
    address, root = repository
    (root / _JAR.path).write_bytes(served)
    with pytest.raises(LocalError, match="hash mismatch"):
        jars.fetch([_JAR], tmp_path / "libs", address, lambda *_: None)
    assert list((tmp_path / "libs").iterdir()) == []


def test_a_jar_that_is_not_there_names_the_settings_to_change(
    repository: tuple[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(LocalError, match=r"404.*MAVEN_REPO or KAFKA_BROKERS"):
        jars.fetch([_JAR], tmp_path / "libs", repository[0], lambda *_: None)


def test_the_lock_holds_distinct_files_with_hashes() -> None:
    locked = jars.read_lock()
    assert len({jar.file_name for jar in locked}) == len(locked) == 45
    assert all(len(jar.sha256) == 64 for jar in locked)
