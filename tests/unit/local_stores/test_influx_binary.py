"""The packed influxd is unpacked only when it is the one we know."""

import lzma
from pathlib import Path

import pytest

from local.model import LocalError
from local.stores import influx


def test_a_packed_server_with_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    packed = tmp_path / "influxd.xz"
    packed.write_bytes(lzma.compress(b"something else"))
    with pytest.raises(LocalError, match="hash mismatch"):
        influx.find(packed, "0" * 64)
    assert not list(tmp_path.glob("treum/*/influxd"))


def test_no_server_anywhere_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert influx.find(tmp_path / "absent.xz") is None
