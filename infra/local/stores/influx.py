"""InfluxDB 2.7, where one is to be had: a URL, ``influxd`` on the path, a binary kept beside the checkout."""

import json
import lzma
import os
import shutil
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, ClassVar

from local.model import LocalError
from local.stores import cache, process
from local.stores.base import Store, password

_CHECKOUT = Path(__file__).parents[3]
_PACKED = "influxd-2.7.12-linux-amd64.xz"
_SHA256 = "689490a447ee7e5de29704960aebb11ba81f8d37d35d80c9e11b4795d3a172a5"
_ORG, _BUCKET = "treum", "market"
_SHARD_S = 365 * 24 * 3600


class Influx(Store):
    """The time-series store. Its organisation is ``treum``, its first bucket ``market``."""

    name: ClassVar[str] = "influx"
    variable: ClassVar[str] = "INFLUX_URL"
    version: ClassVar[str] = "InfluxDB 2.7"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # it does not handle SIGTERM

    def own_url(self) -> str:
        """``http://127.0.0.1:port``."""
        return f"http://127.0.0.1:{self.ports['port']}"

    @property
    def token(self) -> str:
        """The API token: ``INFLUX_TOKEN`` for an external server."""
        return os.environ.get("INFLUX_TOKEN", "") if self.external else password(self.folder)

    @property
    def org(self) -> str:
        """The organisation: ``INFLUX_ORG`` for an external server."""
        return os.environ.get("INFLUX_ORG", _ORG) if self.external else _ORG

    @property
    def bucket(self) -> str:
        """The bucket of candles."""
        return os.environ.get("INFLUX_BUCKET", _BUCKET) if self.external else _BUCKET

    def spawn(self, lock: int) -> process.Child:
        """Start it on files of its own folder."""
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        options = (
            *("--http-bind-address", f"127.0.0.1:{self.ports['port']}"),
            *("--bolt-path", data / "influxd.bolt"),
            *("--sqlite-path", data / "influxd.sqlite"),
            *("--engine-path", data / "engine"),
            *("--log-level", "warn"),
            "--reporting-disabled",
        )
        binary = find()
        if binary is None:
            raise LocalError("there is no influxd here: set INFLUX_URL, or put influxd on the PATH")
        # It keeps a cache of credentials in HOME: its own, not the developer's.
        env = {"PATH": os.defpath, "HOME": str(self.folder)}
        return process.Child([binary, *options], log=self.log, lock=lock, env=env)

    def ready(self) -> bool:
        """Tell whether it answers its health check."""
        try:
            return bool(self._call("/health")["status"] == "pass")
        except OSError:
            return False

    def initialise(self) -> None:
        """Set up user, organisation, bucket and token, unless that was done."""
        if self._call("/api/v2/setup")["allowed"]:
            secret = password(self.folder)
            account = {"username": "treum", "password": secret, "token": secret}
            made = self._call("/api/v2/setup", {**account, "org": _ORG, "bucket": _BUCKET})
            # a shard holds a week by default: twenty years of daily candles would lie in a thousand of them
            rules = [{"type": "expire", "everySeconds": 0, "shardGroupDurationSeconds": _SHARD_S}]
            self._call(
                f"/api/v2/buckets/{made['bucket']['id']}", {"retentionRules": rules}, "PATCH", token=secret
            )

    def _call(
        self, path: str, body: dict[str, Any] | None = None, method: str | None = None, token: str = ""
    ) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Token {token}"} if token else {}
        request = urllib.request.Request(self.own_url() + path, data, headers, method=method)  # noqa: S310 - our own loopback address
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)


def available() -> bool:
    """Tell whether a server is to be had; without one the PostgreSQL candle adapter serves."""
    return bool(os.environ.get(Influx.variable)) or find() is not None


def find(packed: Path = _CHECKOUT.parent / "shared" / "bin" / _PACKED, sha256: str = _SHA256) -> Path | None:
    """Return ``influxd``: the one on the path, else the one kept beside the checkout, unpacked to the cache.

    Raises :class:`LocalError` when the unpacked file is not the one we know.
    """
    on_path = shutil.which("influxd")
    if on_path:
        return Path(on_path)
    if not packed.exists():
        return None
    home = cache.folder("influxd-2.7.12")
    binary = home / "influxd"
    with cache.locked(home):
        if not binary.exists():
            _unpack(packed, binary, sha256)
    return binary


def _unpack(packed: Path, binary: Path, sha256: str) -> None:
    partial = binary.with_name(f".influxd.{os.getpid()}")
    with lzma.open(packed) as source, partial.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    if cache.sha256(partial) != sha256:
        partial.unlink()
        raise LocalError(f"{packed} is not the influxd we know (hash mismatch): remove it, or set INFLUX_URL")
    partial.chmod(0o755)
    partial.rename(binary)
