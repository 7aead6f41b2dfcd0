"""The HTTP function: applicants, and the staff that reviews."""

from functools import cache

from kit import secrets
from kit.audit import Witness
from kyc.adapters.postgres.evidence import PostgresDisclosures
from kyc.adapters.sealing import HmacIndex
from kyc.bootstrap import stores
from kyc.service.applying import Applying
from kyc.service.disclosing import Disclosing
from kyc.service.reviewing import Reviewing


@cache
def applying() -> Applying:
    """Return what applicants do."""
    return Applying(
        stores.applications(),
        stores.documents(),
        stores.bucket(),
        stores.provider(),
        stores.seal(),
        HmacIndex(lambda: secrets.get(stores.own().index_secret)["key"]),
        stores.due(),
        stores.rules(),
        stores.applications().together,
    )


@cache
def reviewing() -> Reviewing:
    """Return what reviewers do."""
    return Reviewing(
        stores.applications(),
        stores.documents(),
        stores.outcomes(),
        stores.due(),
        stores.rules(),
        stores.applications().together,
    )


@cache
def disclosing() -> Disclosing:
    """Return what shows personal data."""
    return Disclosing(
        stores.applications(),
        stores.documents(),
        stores.bucket(),
        stores.seal(),
        PostgresDisclosures(stores.database(), stores.own().relay_function or None),
    )


@cache
def witness() -> Witness:
    """Return what knows who acts; without a key for personal data it keeps no addresses."""
    return Witness(stores.sealer().seal) if stores.own().personal_data_key else Witness()
