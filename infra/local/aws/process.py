"""Starts and stops the emulator's process."""

import asyncio
import json
import os
import sys
from pathlib import Path

from local.aws import ACCOUNT
from local.model import LocalError

_START_S = 30.0
_STOP_S = 5.0


class EmulatorProcess:
    """moto in a process of its own, so that its work does not stand in the way of the platform's loop."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @classmethod
    async def start(cls, *, endpoint: str, seed: bytes, region: str, log: Path) -> "EmulatorProcess":
        """Return once it listens; raises :class:`LocalError` with where to look when it does not."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {"AWS_DEFAULT_REGION": region, "MOTO_ACCOUNT_ID": ACCOUNT}
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "local.aws.emulator",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches the platform alone, which then ends it in order
            )
        try:
            async with asyncio.timeout(_START_S):
                port = await _introduce(process, {"endpoint": endpoint, "seed": seed.hex(), "region": region})
        except (TimeoutError, ValueError, OSError) as error:
            if process.returncode is None:
                process.kill()
                await process.wait()
            raise LocalError(f"The AWS emulator did not start: see {log}") from error
        return cls(process, port)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process.returncode is None:
            self._process.kill()

    async def wait(self) -> int:
        """Return its exit code once it has ended."""
        return await self._process.wait()

    async def stop(self) -> None:
        """End it and return when it is gone."""
        if self._process.returncode is not None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def _introduce(process: asyncio.subprocess.Process, settings: dict[str, str]) -> int:
    if process.stdin is None or process.stdout is None:
        raise ValueError("no pipes")
    process.stdin.write(json.dumps(settings).encode() + b"\n")
    await process.stdin.drain()
    return int(json.loads(await process.stdout.readline())["port"])
