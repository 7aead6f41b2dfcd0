"""What the functions share: settings, the database and the stores over it."""

from dataclasses import dataclass
from functools import cache

from kit import secrets, settings
from kit.due.postgres import PostgresDueRows
from kit.sealing import KmsWrapping, Sealer
from kit.stores.postgres import Database, DatabaseSettings
from kit.stores.vault import PostgresVault
from kyc import policies
from kyc.adapters.documents_s3 import DocumentBucket
from kyc.adapters.postgres.applications import PostgresApplications
from kyc.adapters.postgres.evidence import PostgresDocuments
from kyc.adapters.providers_http import HttpProvider, from_secret
from kyc.adapters.sealing import SealedDetails
from kyc.model.due import DueKind
from kyc.policies import Policies
from kyc.service.outcomes import Outcomes


@dataclass(frozen=True, slots=True)
class KycSettings:
    """``personal_data_key`` and ``document_key`` are KMS keys; ``provider_base`` empty: nobody verifies."""

    relay_function: str = ""
    personal_data_key: str = ""
    document_key: str = ""
    document_bucket: str = ""
    provider_base: str = ""
    provider_secret: str = ""
    index_secret: str = ""


@cache
def own() -> KycSettings:
    """Return these settings."""
    return settings.load(KycSettings)


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def applications() -> PostgresApplications:
    """Return the applications."""
    return PostgresApplications(database(), own().relay_function or None)


@cache
def documents() -> PostgresDocuments:
    """Return what is known of documents."""
    return PostgresDocuments(database())


@cache
def due() -> PostgresDueRows[DueKind]:
    """Return what is due later."""
    return PostgresDueRows(database())


@cache
def bucket() -> DocumentBucket:
    """Return where documents lie."""
    return DocumentBucket(own().document_bucket, own().document_key)


@cache
def sealer() -> Sealer:
    """Return what seals."""
    return Sealer(PostgresVault(database()), KmsWrapping(own().personal_data_key))


@cache
def seal() -> SealedDetails:
    """Return what seals details."""
    return SealedDetails(sealer())


@cache
def provider() -> HttpProvider:
    """Return whoever verifies."""
    return HttpProvider(own().provider_base, from_secret(lambda: secrets.get(own().provider_secret)))


def rules() -> Policies:
    """Return the policies."""
    return policies.load()


@cache
def outcomes() -> Outcomes:
    """Return where decisions are kept."""
    return Outcomes(applications(), due(), rules(), applications().together)
