"""Apache Kafka, one broker that is its own controller, on the jars and the Java runtime of the cache."""

import shutil
from pathlib import Path
from typing import ClassVar

from local.stores import java, ports, process
from local.stores.base import Store


def _quiet(_: str) -> None:
    pass


class Kafka(Store):
    """The bus. Its address has no scheme: ``127.0.0.1:port``, as clients want it."""

    name: ClassVar[str] = "kafka"
    variable: ClassVar[str] = "KAFKA_BROKERS"
    version: ClassVar[str] = f"Kafka {java.VERSION}"
    port_names: ClassVar[tuple[str, ...]] = ("port", "controller")
    stop_patience_s: ClassVar[float] = 15.0

    def __init__(self, folder: Path, url: str = "", say: java.Say = _quiet) -> None:
        super().__init__(folder, url)
        self.say = say
        self._kit: java.Kit | None = None

    def own_url(self) -> str:
        """``127.0.0.1:port``."""
        return f"127.0.0.1:{self.ports['port']}"

    def prepare(self, lock: int) -> None:
        """Fetch what is missing, copy a formatted folder, write the configuration."""
        del lock
        self._kit = self._kit or java.prepare(self.say)
        if not (self._data / "meta.properties").exists():
            shutil.rmtree(self._data, ignore_errors=True)
            shutil.copytree(self._kit.formatted, self._data)
        java.write_config(self._config, self._data, self.ports["port"], self.ports["controller"])

    def spawn(self, lock: int) -> process.Child:
        """Start the broker."""
        assert self._kit is not None
        command = [*self._kit.command, self._config]
        return process.Child(command, log=self.log, lock=lock, env=java.environment())

    def ready(self) -> bool:
        """Tell whether the broker is registered and serves."""
        return ports.answers(self.ports["port"]) and java.broker_answers(self.own_url())

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _config(self) -> Path:
        return self.folder / "server.properties"
