"""The KYC provider as a part of the platform: the emulator, for there is no identity to verify here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.controls.routes import Body, Control, Query, Rest
from local.kyc_emulator import personas
from local.kyc_emulator.server import KycServer

if TYPE_CHECKING:
    from local.platform import Platform


class KycEmulator:
    """Made before the templates are read: they are told its address, the functions' secret its key."""

    def __init__(self, folder: Path) -> None:
        self.server = KycServer(folder)
        self.server.claim()
        self._ended = False
        self.controls: tuple[Control, ...] = (
            Control("GET", "/kyc", self._show),
            Control("POST", "/kyc", self._change),
        )

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    @property
    def secret(self) -> dict[str, str]:
        """What the functions' secret holds."""
        return {"api_key": self.server.state.api_key}

    async def start(self, platform: Platform) -> None:
        """Serve."""
        await self.server.start()
        platform.record(f"kyc: an emulator of the provider at {self.url}, nobody is verified")

    async def stop(self) -> None:
        """Stop serving."""
        if not self._ended:
            self._ended = True
            await self.server.stop()

    def status(self) -> Mapping[str, Any]:
        """Where it is, and that it is an emulator."""
        return {"kyc_provider": {"url": self.url, "label": "emulator", "broken": self.server.broken}}

    async def _show(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        """Say what it was asked, and who is who."""
        told = {"pans": personas.PANS, "numbers": personas.NUMBERS, "names": personas.NAMES}
        return {**self.status()["kyc_provider"], "asked": dict(self.server.asked), "personas": told}

    async def _change(self, rest: Rest, query: Query, body: Body) -> Any:
        """Take ``{"broken": true}``: every question is answered 503 until ``false``."""
        self.server.broken = bool(body.get("broken", False))
        return await self._show(rest, query, body)
