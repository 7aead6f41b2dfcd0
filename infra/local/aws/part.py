"""The AWS services as a part of the platform: starts the endpoint, makes the template's resources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.aws.endpoint import AwsEndpoint
from local.aws.lambdas import invoke_api
from local.aws.provision import machine_roles, provision
from local.sources.destinations import FailureDestinations

if TYPE_CHECKING:
    from local.platform import Platform


class AwsServices:
    """Lends the platform credentials, the endpoint and the failure destinations.

    ``secrets`` exist before any function runs: name to a JSON object. ``brokers`` serves Kafka destinations.
    """

    endpoint: AwsEndpoint
    destinations: FailureDestinations

    def __init__(self, secrets: Mapping[str, Mapping[str, str]], brokers: str) -> None:
        self._secrets = secrets
        self._brokers = brokers
        self._problems: list[str] = []
        self._started = False

    async def start(self, platform: Platform) -> None:
        """Start the endpoint and make the template's resources."""
        hooks = platform.hooks
        endpoint = AwsEndpoint(
            platform.options.state / "aws",
            now=lambda: hooks.now(),  # noqa: PLW0108 - the controls set it later
            calls=platform.options.state / "aws-calls.jsonl",
        )
        self.endpoint = await endpoint.__aenter__()
        self._started = True
        for role in machine_roles(platform.stack.resources):
            endpoint.keyring.issue(role)
        endpoint.proxy.route("lambda", invoke_api(platform.functions))

        async def make() -> None:
            self._problems = await provision(endpoint.internal, platform.stack.resources)

        await make()
        endpoint.on_emulator_restart(make)
        for name, value in self._secrets.items():
            await endpoint.internal.put_secret(name, json.dumps(dict(value)))
        self.destinations = FailureDestinations(
            endpoint.internal,
            lambda: platform.functions,
            self._brokers,
            lambda: hooks.now(),  # noqa: PLW0108 - the controls set it later
        )
        hooks.credentials = lambda function: endpoint.keyring.issue(function).environment()
        hooks.aws_endpoint = endpoint.url
        hooks.deliver = self.destinations.deliver

    async def stop(self) -> None:
        """Stop the endpoint."""
        if self._started:
            self._started = False
            await self.endpoint.__aexit__()

    def status(self) -> Mapping[str, Any]:
        """Address, emulator, calls by service and what could not be made."""
        return {
            "aws": {
                "url": self.endpoint.url,
                "label": "emulator",
                "emulator": "moto",
                "pid": self.endpoint.emulator_pid,
                "calls": dict(self.endpoint.calls.by_service),
                "problems": self._problems,
            },
        }
