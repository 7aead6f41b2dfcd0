"""The HTTP API: applications, keys, usage, endpoints, deliveries."""

from functools import cache

from kit.audit import Witness
from partners.adapters.chance import SystemChance
from partners.adapters.postgres import PostgresKeys, PostgresLog, PostgresUsageBook
from partners.bootstrap import stores
from partners.service.applications import ApplicationKeeping
from partners.service.endpoints import EndpointKeeping
from partners.service.keys import KeyKeeping
from partners.service.log import Logs
from partners.service.usage import UsageReading


@cache
def applications() -> ApplicationKeeping:
    """Return what is done with applications."""
    return ApplicationKeeping(stores.applications(), stores.mirroring(), stores.sealer())


@cache
def keys() -> KeyKeeping:
    """Return what is done with keys."""
    held = PostgresKeys(stores.database(), stores.outbox())
    return KeyKeeping(stores.applications(), held, stores.mirroring(), SystemChance())


@cache
def usage() -> UsageReading:
    """Return what shows usage."""
    return UsageReading(stores.applications(), PostgresUsageBook(stores.database()))


@cache
def endpoints() -> EndpointKeeping:
    """Return what is done with endpoints."""
    return EndpointKeeping(
        stores.applications(), stores.endpoints(), stores.sealer(), SystemChance(), stores.reach()
    )


@cache
def logs() -> Logs:
    """Return what is done with deliveries."""
    return Logs(PostgresLog(stores.database()), stores.endpoints())


@cache
def witness() -> Witness:
    """Return what knows who acts."""
    return Witness(stores.sealer().seal)
