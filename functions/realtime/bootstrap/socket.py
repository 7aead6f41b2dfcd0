"""The sockets' own actions."""

from functools import cache

from kit.aws.client import AwsClient
from realtime import bootstrap
from realtime.adapters.gateway import GatewayOutbound
from realtime.bootstrap import stores
from realtime.service.subscriptions import Subscriptions, Truth


@cache
def outbound() -> GatewayOutbound:
    """Return the way to one connection."""
    return GatewayOutbound(AwsClient("execute-api"))


@cache
def subscriptions() -> Subscriptions:
    """Return the use cases of a socket."""
    return Subscriptions(stores.registry(), stores.history(), outbound(), _truth)


def _truth() -> Truth:
    return bootstrap.truth.truth()
