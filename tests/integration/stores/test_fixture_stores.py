"""The stores every other suite relies on answer as themselves."""

import psycopg
import pytest
import redis
from confluent_kafka.admin import AdminClient
from influxdb_client.client.influxdb_client import InfluxDBClient

from local.stores import Influx, Postgres

pytestmark = pytest.mark.stores


def test_postgres_is_18_and_knows_uuidv7(postgres: Postgres) -> None:
    """A query through the superuser's URL reaches the server of our own version."""
    with psycopg.connect(postgres.dsn()) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, uuidv7()"
        ).fetchone()
    assert row is not None
    assert row[0] == 18


def test_postgres_refuses_a_wrong_password(postgres: Postgres) -> None:
    """Scram, not trust: loopback alone opens nothing."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.dsn().replace(postgres.password, "wrong"))


def test_redis_answers_with_its_password_only(redis_url: str) -> None:
    """The URL's password opens it, and nothing opens without."""
    assert redis.Redis.from_url(redis_url).ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(redis_url.replace(":", "", 1).split("@")[1].join(["redis://", ""])).ping()


def test_kafka_has_one_registered_broker(kafka_brokers: str) -> None:
    """Metadata names the address we were given."""
    brokers = AdminClient({"bootstrap.servers": kafka_brokers}).list_topics(timeout=5).brokers
    assert [f"{broker.host}:{broker.port}" for broker in brokers.values()] == [kafka_brokers]


def test_influx_has_its_bucket(influx: Influx) -> None:
    """The token opens the organisation and the bucket of candles is there."""
    with InfluxDBClient(influx.url, influx.token, org=influx.org) as client:
        assert client.buckets_api().find_bucket_by_name(influx.bucket) is not None
