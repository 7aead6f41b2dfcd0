"""Which parts one platform is made of, in which order they start, and what they are told."""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from local.aws.part import AwsServices
from local.controls.part import PlatformControls
from local.kyc_emulator.part import KycEmulator
from local.model import LocalError
from local.platform import Options, Part, Platform
from local.sources.kafka import Cluster, know_groups
from local.sources.part import Sources
from local.stripe.part import gateway_of
from local.up import parameters
from local.up.books import Books
from local.up.fleet import Fleet
from local.up.tape import Tape
from local.up.watch import Say

_SPEED = 8.0  # candles a second, once somebody presses play


class StoresPart:
    """Lets the status tell how the stores are now, not how they were at the start."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def start(self, platform: Platform) -> None:
        """Begin to watch them; what happens to them goes into the status."""
        self._fleet.watch(platform.record)

    async def stop(self) -> None:
        """Nothing: the stores end after everything that uses them."""

    def status(self) -> Mapping[str, Any]:
        """Each store's state."""
        return self._fleet.status()


class Observed(Platform):
    """A platform that says what it records."""

    def __init__(self, options: Options, say: Say, services: Sequence[Part], sources: Sequence[Part]) -> None:
        super().__init__(options, services, sources)
        self._say = say

    def record(self, text: str) -> None:
        """Note one line, and say it."""
        super().record(text)
        self._say(self.events[-1])


def platform(fleet: Fleet, options: Options, say: Say, *, speed: float) -> Observed:
    """Return the platform on stores that run, ``options`` completed; nothing of it is started yet."""
    clock_source = options.state / "clock"
    payments = gateway_of(os.environ, options.state / "stripe", options.port)
    kyc = KycEmulator(options.state / "kyc")
    complete = replace(
        options,
        parameters=parameters.of_template(
            fleet, options.port, clock_source, stripe_url=payments.url, kyc_url=kyc.url
        ),
        stores=tuple(store.address for store in fleet.stores.values()),
    )
    aws = AwsServices(parameters.of_secrets(fleet, payments.secret, kyc.secret), fleet.kafka.url)
    sources = Sources(aws, Cluster(fleet.kafka.url, parameters.CLUSTER_ARN))
    tape = Tape(playing=speed > 0, speed=speed or _SPEED)

    def moved() -> None:
        sources.wake()
        payments.wake()

    others = (*sources.controls, *payments.controls, *kyc.controls)
    controls = PlatformControls(aws, fleet.stores, tape, on_clock=moved, others=others)
    books = Books(fleet.postgres.dsn)
    return Observed(complete, say, [StoresPart(fleet), aws, controls, payments, kyc], [sources, tape, books])


async def bootstrap(running: Platform) -> None:
    """Run the deployment's bootstrap function: roles, migrations, topics, keys, the first admin."""
    if parameters.BOOTSTRAP not in running.functions.names():
        return
    (kafka,) = [one.url for one in running.options.stores if one.name == "kafka"]
    outcome, _ = await asyncio.gather(
        running.functions.invoke(parameters.BOOTSTRAP, b"{}"), asyncio.to_thread(know_groups, kafka)
    )
    if outcome.error is not None:
        raise LocalError(
            f"the bootstrap function failed: {_reason(outcome.payload)}; "
            f"see {running.options.state / 'logs' / parameters.BOOTSTRAP}.log",
        )


def run_file(running: Platform, fleet: Fleet) -> dict[str, Any]:
    """Return what ``run.json`` tells: where everything is."""
    return {
        "api": running.url,
        "ws": running.socket_url,
        "docs": f"{running.url}/docs",
        "console": f"{running.url}/",
        "controls": f"{running.url}/_local",
        "pid": os.getpid(),
        "stores": {name: store.url for name, store in fleet.stores.items()},
    }


def _reason(payload: bytes) -> str:
    try:
        failure = json.loads(payload)
        return f"{failure['errorType']}: {failure['errorMessage']}".replace("\n", " ")
    except (ValueError, KeyError, TypeError):
        return payload[:300].decode(errors="replace")
