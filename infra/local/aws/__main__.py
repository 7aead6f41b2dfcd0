"""``python -m local.aws [--state DIR] [--port N]``: the AWS endpoint alone, until Ctrl-C.

Prints shell exports of the endpoint and of the platform's key.
"""

import argparse
import asyncio
import signal
import time
from pathlib import Path

from local.aws.endpoint import AwsEndpoint


async def _run(state: Path, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AwsEndpoint(state, now=time.time, port=port) as aws:
        for name, value in aws.environment("platform").items():
            print(f"export {name}={value}", flush=True)
        await stop.wait()


def main() -> None:
    """Run until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m local.aws", description="The local AWS endpoint")
    parser.add_argument("--state", type=Path, default=Path(".local/aws"), help="folder that keeps its state")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (any free one by default)")
    arguments = parser.parse_args()
    asyncio.run(_run(arguments.state, arguments.port))


if __name__ == "__main__":
    main()
