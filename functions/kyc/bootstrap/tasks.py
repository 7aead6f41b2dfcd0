"""The workflow's tasks: they read documents, ask providers and write letters."""

from functools import cache

from kyc.adapters.mail import MailLetters
from kyc.adapters.postgres.evidence import PostgresEvidence
from kyc.bootstrap import stores
from kyc.service.asking import Asking
from kyc.service.checking_documents import DocumentCheck
from kyc.service.telling import Telling
from kyc.service.verifying import Verifying


@cache
def telling() -> Telling:
    """Return what writes letters."""
    letters = MailLetters(stores.database())
    return Telling(
        stores.applications(), letters, stores.seal(), stores.due(), stores.applications().together
    )


@cache
def verifying() -> Verifying:
    """Return the steps."""
    provider = stores.provider()
    return Verifying(
        stores.applications(),
        DocumentCheck(stores.documents(), stores.bucket()),
        Asking(PostgresEvidence(stores.database()), provider, provider),
        stores.seal(),
        stores.outcomes(),
        telling(),
        stores.rules(),
    )
