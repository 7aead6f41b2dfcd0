"""Asks audit's eraser to destroy a key, and sees in the vault that it is destroyed."""

import msgspec

from kit.aws import lambdas
from kit.aws.errors import AwsError
from kit.errors import Retryable
from kit.sealing import Erased
from kit.stores.postgres import Database
from kit.stores.vault import PostgresVault
from privacy.model.export import PersonId


class AuditKeys:
    """See :class:`privacy.ports.KeyDestroyer`. ``function`` destroys; this role may only look."""

    def __init__(self, db: Database, function: str) -> None:
        self._vault = PostgresVault(db)
        self._function = function

    def destroy(self, person: PersonId) -> bool:
        """Look; ask where it is not done."""
        try:
            self._vault.wrapped(person)
        except Erased:
            return True
        wish = {"task": "destroy_key", "input": {"subject": person, "requested_by": person}}
        try:
            lambdas.invoke_async(self._function, msgspec.json.encode(wish))
        except AwsError as error:
            raise Retryable(f"audit could not be asked: {error.aws_code}") from error
        return False
