"""Each store stops, dies and comes back on its address with what it had acknowledged."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
import redis
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS

from local.model import LocalError
from local.stores import Influx, Kafka, Postgres, Store, Valkey, ports, process
from local.stores.base import until
from local.stores.influx import available

pytestmark = pytest.mark.stores
_LISTEN = "0A"
_LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}


@pytest.fixture
def own(stores_folder: Path, request: pytest.FixtureRequest) -> Path:
    """Return a folder for stores that one test starts and breaks."""
    folder = stores_folder / str(request.node.name)
    folder.mkdir()
    folder.chmod(0o711)
    return folder


class Impatient(Valkey):
    """Does not wait for a predecessor."""

    lock_patience_s: ClassVar[float] = 0.1


def test_postgres_keeps_committed_rows_through_sigkill(own: Path) -> None:
    store = Postgres(own)
    url = store.start().url
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    store.kill()
    assert not store.running
    assert store.start().url == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    store.stop()


def test_redis_keeps_acknowledged_writes_through_sigkill(own: Path) -> None:
    store = Valkey(own)
    url = store.start().url
    with redis.Redis.from_url(url) as client:
        client.set("kept", "7")
    store.kill()
    assert store.start().url == url
    with redis.Redis.from_url(url) as client:
        assert client.get("kept") == b"7"
    store.stop()


def test_kafka_keeps_acknowledged_records_through_sigkill(own: Path) -> None:
    store = Kafka(own)
    brokers = store.start().url
    admin = AdminClient({"bootstrap.servers": brokers})
    admin.create_topics([NewTopic("kept", 1)])["kept"].result(10)
    producer = Producer({"bootstrap.servers": brokers, "acks": "all"})
    producer.produce("kept", b"seven")
    assert producer.flush(10) == 0
    store.kill()
    assert store.start().url == brokers
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "test"})
    consumer.assign([TopicPartition("kept", 0, 0)])
    record = consumer.poll(15)
    consumer.close()
    assert record is not None
    assert record.value() == b"seven"
    store.stop()


def test_influx_keeps_acknowledged_lines_through_sigkill(own: Path) -> None:
    if not available():
        pytest.skip("no InfluxDB here: set INFLUX_URL or put influxd on the PATH")
    store = Influx(own)
    store.start()
    with InfluxDBClient(store.url, store.token, org=store.org) as client:
        client.write_api(write_options=SYNCHRONOUS).write(store.bucket, record="kept n=7")
    store.kill()
    store.start()
    with InfluxDBClient(store.url, store.token, org=store.org) as client:
        tables = client.query_api().query(f'from(bucket: "{store.bucket}") |> range(start: -1h)')
    assert [record.get_value() for table in tables for record in table.records] == [7.0]
    store.stop()


def test_an_outage_lasts_as_long_as_asked_and_ends_on_the_same_address(own: Path) -> None:
    store = Valkey(own)
    url = store.start().url
    began = time.monotonic()
    assert store.outage(0.3).url == url
    assert time.monotonic() - began >= 0.3
    store.stop()


def test_an_outage_ends_at_once_when_everything_is_about_to_stop(own: Path) -> None:
    store = Valkey(own)
    store.start()
    away = threading.Thread(target=store.outage, args=(60,))
    away.start()
    assert until(lambda: not store.running, 10)
    store.hurry()
    away.join(10)
    assert not away.is_alive()
    store.stop()


def test_a_frozen_store_keeps_its_connections_and_answers_after_the_thaw(own: Path) -> None:
    store = Valkey(own)
    with redis.Redis.from_url(store.start().url, socket_timeout=0.2, retry=None) as client:
        store.freeze()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        store.thaw()
        assert client.ping()
    store.stop()


def test_a_second_server_on_the_same_folder_is_refused_by_pid(own: Path) -> None:
    first = Valkey(own)
    pid = first.start().pid
    with pytest.raises(LocalError, match=f"still running as process {pid}"):
        Impatient(own).start()
    first.stop()


def test_a_store_given_by_url_is_never_started_or_stopped(own: Path) -> None:
    store = Valkey(own / "none", "redis://somewhere:6379/0")
    assert store.start().url == "redis://somewhere:6379/0"
    assert store.address.pid is None
    assert not (own / "none").exists()
    with pytest.raises(LocalError, match="REDIS_URL names it"):
        store.stop()


def test_a_failed_start_is_one_line_that_names_the_log(own: Path) -> None:
    store = Postgres(own)
    store.start()
    store.stop()
    (own / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(
        LocalError, match=r"postgres did not start \(exit 1\).*initialized by.*see "
    ) as caught:
        store.start()
    assert "\n" not in str(caught.value)
    assert str(store.log) in str(caught.value)


def test_a_port_that_somebody_took_is_not_taken_again(own: Path) -> None:
    first = Valkey(own)
    first.start()
    port = first.ports["port"]
    first.stop()
    with ports_taken(port):
        again = Valkey(own)
        again.start()
        assert again.ports["port"] != port
        again.stop()


def test_every_store_listens_on_loopback_only(postgres: Postgres, own: Path) -> None:
    stores: list[Store] = [Valkey(own / "redis"), Kafka(own / "kafka")]
    if available():
        stores.append(Influx(own / "influx"))
    for store in stores:
        store.start()
    wanted = {port for store in (*stores, postgres) for port in store.ports.values()}
    listening = list(_listening())
    for store in stores:
        store.stop()
    assert wanted <= {port for _, port in listening}
    assert {address for address, port in listening if port in wanted} <= _LOOPBACK


def test_no_store_outlives_a_runner_that_was_killed(own: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from local.stores import *; own = Path(sys.argv[1]);"
        "print(*[type_(own / name).start().pid for name, type_ in"
        " (('postgres', Postgres), ('redis', Valkey), ('kafka', Kafka))], flush=True); sys.stdin.read()"
    )
    runner = subprocess.Popen(
        [sys.executable, "-c", script, own], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert runner.stdout is not None
    pids = [int(pid) for pid in runner.stdout.readline().split()]
    assert len(pids) == 3
    runner.kill()
    runner.communicate()
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 10)
    again = Postgres(own / "postgres")
    again.start()
    again.stop()


def test_starting_from_a_thread_that_ends_does_not_end_the_store(own: Path) -> None:
    """The kernel's death signal follows the thread that forked: it must not be the caller's."""
    store = Valkey(own)
    thread = threading.Thread(target=store.start)
    thread.start()
    thread.join()
    with redis.Redis.from_url(store.url) as client:
        assert client.ping()
    store.stop()


def test_a_child_that_ignores_its_signal_is_killed(own: Path) -> None:
    lock = process.hold(own / "lock", patience_s=1, who="stubborn")
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    child = process.Child([sys.executable, "-c", code], log=own / "log", lock=lock)
    assert until(lambda: "deaf" in process.last_lines(own / "log"), 5)
    child.end((signal.SIGTERM, 0.1))
    assert child.exit_code() == -signal.SIGKILL


def ports_taken(port: int) -> socket.socket:
    """Return a listening socket on ``port``; a context manager that closes it."""
    listener = socket.create_server(("127.0.0.1", port))
    assert not ports.is_free(port)
    return listener


def _listening() -> Iterator[tuple[str, int]]:
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(":")
            if fields[3] == _LISTEN:
                yield address, int(port, 16)
