"""The factory of InfluxDB clients; ``influxdb_client`` is imported when one is made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit import secrets, transport
from kit.aws.wire import parse

if TYPE_CHECKING:
    from influxdb_client.client.influxdb_client import InfluxDBClient


@dataclass(frozen=True, slots=True)
class InfluxSettings:
    """``influx_secret`` names a secret with ``token`` and ``org``."""

    influx_url: str
    influx_secret: str
    influx_timeout_ms: int = 5000


def connect(settings: InfluxSettings, *, fresh: bool = False) -> "InfluxDBClient":
    """Return a client; nothing is sent yet. After a 401 call it again with ``fresh`` for a rotated token."""
    from influxdb_client.client.influxdb_client import InfluxDBClient  # noqa: PLC0415 - 360 ms, paid only by functions that use it

    end = parse(settings.influx_url)
    transport.demand_tls("INFLUX_URL", end.host, encrypted=end.tls)
    secret = secrets.get(settings.influx_secret, fresh=fresh)
    return InfluxDBClient(
        url=settings.influx_url,
        token=secret["token"],
        org=secret["org"],
        timeout=settings.influx_timeout_ms,
    )
