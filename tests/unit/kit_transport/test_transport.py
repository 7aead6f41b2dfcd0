"""Whatever is not on this machine is refused in the clear, by each client that reads an address."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bootstrap.handler import BootstrapSettings, _auth
from kit.kafka.producer import Out, Producer
from kit.settings import SettingsError
from kit.stores import connection, influx
from kit.stores.connection import tls
from kit.stores.redis import Redis
from kyc.adapters.providers_http import HttpProvider


def _bootstrap(brokers: str) -> object:
    return _auth(BootstrapSettings("s", "db", 5432, "treum", "secret", brokers))


def _influx(url: str) -> object:
    return influx.connect(influx.InfluxSettings(url, "secret"))


def _produce(brokers: str) -> None:
    Producer(brokers, deadline_s=0.1).send([Out("a", "b", b"c")])


CLEAR: tuple[tuple[str, Callable[[], object]], ...] = (
    ("REDIS_URL", lambda: Redis("redis://cache.internal:6379")),
    ("INFLUX_URL", lambda: _influx("http://influx.internal:8086")),
    ("PROVIDER_BASE", lambda: HttpProvider("http://kyc.example", lambda: "key")),
    ("KAFKA_BROKERS", lambda: _produce("127.0.0.1:9092,b-1.internal:9092")),
    ("KAFKA_BROKERS", lambda: _bootstrap("b-1.internal:9092")),
)


@pytest.mark.parametrize(("variable", "use"), CLEAR)
def test_an_address_elsewhere_in_the_clear_is_refused_by_name(
    variable: str, use: Callable[[], object]
) -> None:
    with pytest.raises(SettingsError, match=rf"{variable} names \S+ without TLS"):
        use()


def test_the_same_addresses_by_tls_and_this_machine_in_the_clear_are_taken() -> None:
    Redis("rediss://cache.internal:6379")
    Redis("redis://127.0.0.1:6379")
    HttpProvider("https://kyc.example", lambda: "key")
    HttpProvider("http://127.0.0.1:9", lambda: "key")
    assert _bootstrap("127.0.0.1:9092") == {}


@pytest.mark.parametrize("host", ["127.0.0.1.example", "10.0.0.7", "database.internal", ""])
def test_a_database_elsewhere_must_show_its_own_certificate(host: str) -> None:
    assert tls(host, "/our/ca.pem") == {"sslmode": "verify-full", "sslrootcert": "/our/ca.pem"}
    assert tls(host)["sslmode"] == "verify-full"
    assert tls("127.0.0.1", "/our/ca.pem") == {}


def test_the_authorities_of_the_operating_system_are_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.crt"
    monkeypatch.setattr(connection, "_SYSTEM", (str(tmp_path / "none.crt"), str(bundle)))
    assert tls("database.internal")["sslrootcert"] == "system"
    bundle.touch()
    assert tls("database.internal")["sslrootcert"] == str(bundle)
