"""What is bought and used: stores over one connection, and what gives and takes."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.due.postgres import PostgresDueRows
from payments import catalogue
from payments.adapters.postgres.entitlements import PostgresEntitlements
from payments.adapters.postgres.kyc import PostgresKyc
from payments.adapters.postgres.paying_in import PostgresPayingIn
from payments.adapters.postgres.payments import PostgresPayments, PostgresProfiles
from payments.bootstrap.notices import states
from payments.bootstrap.stores import database, ledger
from payments.model.due import DueKind
from payments.model.offer import Catalogue
from payments.policies import limits
from payments.service.billing import Billing
from payments.service.capturing import Capturing, fees_in
from payments.service.entitling import Entitling
from payments.service.following import Following
from payments.service.knowing import Knowing
from payments.service.limiting import Limiting
from payments.service.paying import Paying
from payments.service.quoting import Quoting
from payments.service.reading import Reading


@dataclass(frozen=True, slots=True)
class OrderSettings:
    """``seller_state``: where we are registered for GST; ``kyc_grant``: ``local`` on a laptop, else empty."""

    relay_function: str = ""
    seller_state: str = "MH"
    kyc_grant: str = ""


@cache
def own() -> OrderSettings:
    """Return these settings."""
    return settings.load(OrderSettings)


@cache
def offers() -> Catalogue:
    """Return what is for sale."""
    return catalogue.load(own().seller_state)


@cache
def payments() -> PostgresPayments:
    """Return the payments."""
    return PostgresPayments(database(), own().relay_function or None)


@cache
def profiles() -> PostgresProfiles:
    """Return who pays."""
    return PostgresProfiles(database())


@cache
def entitlements() -> PostgresEntitlements:
    """Return what people may use."""
    return PostgresEntitlements(database(), own().relay_function or None)


@cache
def due() -> PostgresDueRows[DueKind]:
    """Return what is due later."""
    return PostgresDueRows(database())


@cache
def kyc() -> PostgresKyc:
    """Return whether clients are known: as KYC told, else on a laptop all are, marked so."""
    return PostgresKyc(database(), "local_grant" if own().kyc_grant == "local" else "awaited")


@cache
def limiting() -> Limiting:
    """Return what holds people to the limits of their tiers."""
    return Limiting(kyc(), PostgresPayingIn(database()), limits.load())


@cache
def knowing() -> Knowing:
    """Return what follows KYC."""
    return Knowing(kyc(), entitlements(), entitling(), payments().together)


@cache
def entitling() -> Entitling:
    """Return what gives and takes."""
    return Entitling(entitlements(), due(), payments().together)


@cache
def capturing() -> Capturing:
    """Return what records captures."""
    return Capturing(
        payments(),
        ledger(),
        entitling(),
        payments().together,
        fee_of=fees_in(states()),
        beyond=limiting().beyond,
    )


@cache
def quoting() -> Quoting:
    """Return what prices."""
    return Quoting(offers(), profiles(), payments(), entitlements(), kyc(), limiting())


@cache
def billing() -> Billing:
    """Return who pays."""
    return Billing(profiles())


@cache
def paying() -> Paying:
    """Return what buys from wallets."""
    return Paying(quoting(), profiles(), payments(), capturing(), payments().together)


@cache
def reading() -> Reading:
    """Return what shows."""
    return Reading(payments(), entitlements(), ledger())


@cache
def following() -> Following:
    """Return what follows the gateway's pages and payments."""
    return Following(payments(), due(), capturing())
