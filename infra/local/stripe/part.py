"""The payment gateway as a part of the platform: the emulator, or a real account where a key names one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.controls.routes import Control
from local.stripe.controls import StripeControls
from local.stripe.deliveries import poster
from local.stripe.server import StripeServer

if TYPE_CHECKING:
    from local.platform import Platform

WEBHOOK_PATH = "/api/v1/webhooks/stripe"


class StripeEmulator:
    """Made before the templates are read: they are told its address, the functions' secret its keys.

    ``platform_port`` is where the webhooks go.
    """

    def __init__(self, folder: Path, platform_port: int) -> None:
        self._now: Callable[[], float] = time.time
        post = poster(lambda: platform_port, WEBHOOK_PATH)
        self.server = StripeServer(folder, lambda: self._now(), post)  # noqa: PLW0108 - set at the start
        self.server.claim()
        self._started = self._ended = False
        self.controls: tuple[Control, ...] = StripeControls(lambda: self.server).routes()

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

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
        platform.record(f"payments: Stripe's emulator at {self.url}, no money moves")

    async def stop(self) -> None:
        """Stop serving."""
        if not self._ended:
            self._started, self._ended = False, True
            await self.server.stop()

    def wake(self) -> None:
        """The clock was moved: look at what is due."""
        self.server.deliveries.wake()

    def status(self) -> Mapping[str, Any]:
        """Where it is, and that it is an emulator."""
        deliveries = self.server.records.ended() if self._started else {}
        return {"payment_gateway": {"url": self.url, "label": "emulator", "deliveries": deliveries}}


class StripeAccount:
    """A real account: nothing is started. Webhooks come through ``stripe listen --forward-to …``."""

    url = ""
    controls: tuple[Control, ...] = ()

    def __init__(self, api_key: str, webhook_secret: str) -> None:
        self.secret = {"api_key": api_key, "webhook_secret": webhook_secret}

    async def start(self, platform: Platform) -> None:
        """Say so."""
        platform.record("payments: Stripe itself, by STRIPE_API_KEY")

    async def stop(self) -> None:
        """Nothing was started."""

    def wake(self) -> None:
        """Its clock is the real one."""

    def status(self) -> Mapping[str, Any]:
        """That it is real."""
        return {"payment_gateway": {"url": "https://api.stripe.com", "label": "real"}}


def gateway_of(
    environment: Mapping[str, str], folder: Path, platform_port: int
) -> StripeEmulator | StripeAccount:
    """Return the account that ``STRIPE_API_KEY`` names, else the emulator."""
    key = environment.get("STRIPE_API_KEY", "")
    if key:
        return StripeAccount(key, environment.get("STRIPE_WEBHOOK_SECRET", ""))
    return StripeEmulator(folder, platform_port)
