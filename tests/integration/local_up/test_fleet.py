"""All stores of one platform: started together, back after a crash, left alone when stopped on purpose."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from local.model import LocalError
from local.oidc_emulator import packages
from local.up.fleet import Fleet

pytestmark = pytest.mark.stores


@asynccontextmanager
async def _fleet(folder: Path, said: list[str]) -> AsyncIterator[Fleet]:
    folder.mkdir(mode=0o711)  # noqa: ASYNC240 - nothing else runs yet
    fleet = Fleet(folder, said.append)
    try:
        await fleet.start()
        fleet.watch(said.append)
        yield fleet
    finally:
        await fleet.stop()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - another thread makes it true
            await asyncio.sleep(0.02)


def test_a_crashed_store_comes_back_on_its_address_and_the_status_says_so(stores_folder: Path) -> None:
    said: list[str] = []

    async def scenario() -> None:
        async with _fleet(stores_folder / "crashing", said) as fleet:
            url, pid = fleet.redis.url, fleet.redis.pid
            await asyncio.to_thread(fleet.redis.crash)
            await _until(lambda: "redis is back" in " ".join(said))
            assert fleet.redis.url == url
            assert fleet.redis.pid != pid
            assert "crashed" in {row["name"]: row for row in fleet.status()["stores"]}["redis"]["history"]

    asyncio.run(scenario())
    assert next(line for line in said if line.startswith("redis")) == "redis crashed"


def test_a_store_stopped_on_purpose_stays_down_until_its_outage_ends(stores_folder: Path) -> None:
    said: list[str] = []

    async def scenario() -> None:
        async with _fleet(stores_folder / "outage", said) as fleet:
            outage = asyncio.create_task(asyncio.to_thread(fleet.redis.outage, 1.2))
            await _until(lambda: not fleet.redis.running)
            rows = {row["name"]: row for row in fleet.status()["stores"]}
            assert not rows["redis"]["wanted"]
            assert rows["kafka"]["running"]
            await outage
            assert fleet.redis.running
            await _until(lambda: "redis is back" in " ".join(said))

    asyncio.run(scenario())
    told = [line for line in said if line.startswith("redis")]
    assert told[0] == "redis was stopped on purpose"
    assert len(told) == 2, said


def test_one_store_that_does_not_start_is_named_and_the_others_end(stores_folder: Path) -> None:
    folder = stores_folder / "broken"
    (folder / "postgres" / "data").mkdir(parents=True)
    (folder / "postgres" / "data" / "PG_VERSION").write_text("9\n")

    async def scenario() -> Fleet:
        fleet = Fleet(folder, lambda _: None)
        with pytest.raises(LocalError, match="postgres did not start"):
            await fleet.start()
        assert fleet.redis.running
        await fleet.stop()
        return fleet

    assert not any(store.running for store in asyncio.run(scenario()).stores.values())


def test_without_the_emulator_s_packages_nobody_signs_in_by_a_provider_and_all_else_runs(
    stores_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Path:
        raise LocalError("oidc: npm could not fetch the emulator: away")

    monkeypatch.setattr(packages, "node", lambda: Path("/usr/bin/node"))
    monkeypatch.setattr(packages, "modules", refuse)
    monkeypatch.delenv("OIDC_ISSUER", raising=False)
    said: list[str] = []
    fleet = Fleet(stores_folder / "without-oidc", said.append)
    assert "oidc" in fleet.stores
    fleet.prepare()
    assert "oidc" not in fleet.stores
    assert [line for line in said if "nobody signs in by a provider" in line]
    monkeypatch.setattr(packages, "node", lambda: None)
    assert Fleet(stores_folder / "without-node", said.append).oidc is None
