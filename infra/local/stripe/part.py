"""The payment gateway's emulator as a part of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.stripe.controls import StripeControls
from local.stripe.deliveries import poster
from local.stripe.server import StripeServer

if TYPE_CHECKING:
    from local.platform import Platform

WEBHOOK_PATH = "/api/v1/webhooks/stripe"


class StripeGateway:
    """Made before the templates are read: they are told its address, the secrets its keys.

    ``platform_port`` is where the webhooks go.
    """

    def __init__(self, folder: Path, platform_port: int) -> None:
        self._now = _unset
        post = poster(lambda: platform_port, WEBHOOK_PATH)
        self.server = StripeServer(folder, lambda: self._now(), post)  # noqa: PLW0108 - set at the start
        self.server.claim()
        self._started = False
        self.controls = StripeControls(lambda: self.server).routes()

    @property
    def secret(self) -> dict[str, str]:
        """What the functions' secret holds."""
        return {"api_key": self.server.api_key, "webhook_secret": self.server.webhook_secret}

    async def start(self, platform: Platform) -> None:
        """Serve; time is the platform's clock."""
        hooks = platform.hooks
        self._now = lambda: hooks.now()  # noqa: PLW0108 - the controls set it later
        await self.server.start()
        self._started = True
        platform.record(f"payment gateway: Stripe's emulator at {self.server.url}")

    async def stop(self) -> None:
        """Stop serving."""
        if self._started:
            self._started = False
            await self.server.stop()

    def wake(self) -> None:
        """The clock was moved: look at what is due."""
        self.server.deliveries.wake()

    def status(self) -> Mapping[str, Any]:
        """Where it is, and that it is an emulator."""
        server = self.server
        deliveries = server.records.ended() if self._started else {}
        return {"payment_gateway": {"url": server.url, "label": "emulator", "deliveries": deliveries}}


def _unset() -> float:
    raise LookupError("the platform has not started")
