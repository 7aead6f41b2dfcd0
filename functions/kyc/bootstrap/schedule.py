"""The schedule: who does what is due."""

from functools import cache

from kit.due.upkeep import Upkeep
from kyc.bootstrap import stores
from kyc.bootstrap.driving import driving
from kyc.bootstrap.tasks import telling
from kyc.model.application import ApplicationId
from kyc.model.due import DueKind, DueRow
from kyc.service.lapsing import Lapsing


@cache
def lapsing() -> Lapsing:
    """Return what time brings."""
    return Lapsing(
        stores.applications(), stores.documents(), stores.bucket(), stores.outcomes(), stores.rules()
    )


@cache
def upkeep() -> Upkeep[DueKind]:
    """Return what does the due rows; who does a kind is wired with its first row."""
    return Upkeep(
        stores.due(),
        {"kyc.drive": _drive, "kyc.tell": _tell, "kyc.expire": _expire, "kyc.forget": _forget},
    )


def _drive(row: DueRow) -> None:
    driving().again(row)


def _tell(row: DueRow) -> None:
    telling().tell(ApplicationId(row.subject))


def _expire(row: DueRow) -> None:
    lapsing().expire(ApplicationId(row.subject))


def _forget(row: DueRow) -> None:
    lapsing().forget(ApplicationId(row.subject))
