"""Whoever has Docker gets the same stores, and gets them on this machine only."""

from pathlib import Path
from typing import Any

import pytest
import yaml

_FILE = Path(__file__).parents[3] / "compose.yaml"
_SERVICES: dict[str, Any] = yaml.safe_load(_FILE.read_text())["services"]


@pytest.mark.parametrize("name", sorted(_SERVICES))
def test_a_container_publishes_on_loopback_only(name: str) -> None:
    published = _SERVICES[name]["ports"]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("postgres", "postgres:18"),
        ("redis", "valkey/valkey:9"),
        ("mongo", "mongo:7"),
        ("influx", "influxdb:2.7"),
        ("kafka", "apache/kafka:4."),
    ],
)
def test_a_container_is_the_version_that_runs_without_docker(name: str, image: str) -> None:
    assert _SERVICES[name]["image"].startswith(image)


@pytest.mark.parametrize("name", sorted(_SERVICES))
def test_a_container_says_when_it_is_healthy(name: str) -> None:
    assert _SERVICES[name]["healthcheck"]["test"]
