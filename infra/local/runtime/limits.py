"""The figures of a run that a laptop scales down from AWS's, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Every figure has a default that suits a laptop.

    ``max_workers`` processes a function at most (its reserved concurrency may ask for fewer);
    ``queue`` waiting calls before ``Throttled``; ``idle_s`` until a worker beyond the first ends;
    ``scale_up_s`` a call waits before one more worker is started for it; ``retry_s`` before each of the
    asynchronous retries (AWS: 60 and 120 s); ``init_s`` until a process must ask for its first call;
    ``integration_s`` the gateway waits for a function; ``send_buffer`` bytes a WebSocket's client may lag.
    """

    max_workers: int = 4
    queue: int = 2_000
    idle_s: float = 300.0
    scale_up_s: float = 0.02
    retry_s: tuple[float, ...] = (1.0, 2.0)
    init_s: float = 30.0
    integration_s: float = 29.0
    send_buffer: int = 256 * 1024
