"""The fan-out worker, outside the VPC: neither store nor bus, only the gateway and the schedule function."""

from functools import cache

from kit import clock, settings
from kit.aws import client, credentials, lambdas
from realtime.adapters.posting import Poster
from realtime.adapters.signing import Signer

_LANES = 32


@cache
def poster() -> Poster:
    """Return the worker's poster."""
    end = client.endpoint("execute-api")
    return Poster(end, Signer(end, client.region(), credentials.current, clock.unix), width=_LANES)


def tell_gone(payload: bytes) -> None:
    """Invoke the schedule function with the connections that ended. Raises ``Retryable`` or ``AwsError``."""
    lambdas.invoke_async(settings.optional("SCHEDULE_FUNCTION"), payload)
