"""Builders for tests of the AWS endpoint: one that starts in the test's loop, boto3 clients on it."""

import asyncio
import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config

from local.aws.credentials import Credentials
from local.aws.endpoint import AwsEndpoint

T = TypeVar("T")


def endpoint(folder: Path) -> AwsEndpoint:
    """Return an endpoint on ``folder``, not started."""
    return AwsEndpoint(folder, now=time.time)


def client(aws: AwsEndpoint, service: str, key: Credentials | None = None) -> Any:
    """Return a boto3 client of ``service`` with the platform's key, or with ``key``."""
    key = key or aws.platform
    return _session(key).client(
        service,
        endpoint_url=aws.url,
        config=Config(retries={"total_max_attempts": 1}),
    )


@functools.cache
def _session(key: Credentials) -> boto3.Session:
    # a session parses the service's model once for all of its clients
    return boto3.Session(key.access_key, key.secret_key, region_name="ap-south-1")


async def away(work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Run blocking ``work`` in a thread: the endpoint lives in this loop."""
    return await asyncio.to_thread(work, *arguments, **named)


async def eventually(condition: Callable[[], bool], patience_s: float = 15.0) -> None:
    """Return once ``condition`` holds; fails after ``patience_s``."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.02)
