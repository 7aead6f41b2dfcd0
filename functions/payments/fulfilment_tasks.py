"""Entry: the tasks of ``statemachines/fulfilment.asl.yaml``."""

import msgspec

from kit.task import Tasks
from payments.bootstrap.fulfilment_tasks import fulfilment
from payments.model.paper import PaperCause, PaperId
from payments.service.fulfilment import Verdict


class About(msgspec.Struct, frozen=True):
    """The payment or the refund that a paper is about."""

    cause: str


class Named(msgspec.Struct, frozen=True):
    """A paper."""

    paper_id: str


class Issued(msgspec.Struct, frozen=True):
    """A paper that has its number."""

    paper_id: str
    serial: str


class Printed(msgspec.Struct, frozen=True):
    """A paper that has its PDF: SHA-256 in hexadecimal."""

    paper_id: str
    digest: str


class Told(msgspec.Struct, frozen=True):
    """What became of the mail."""

    paper_id: str
    verdict: Verdict


def issue(about: About) -> Issued:
    """Issue it."""
    paper = fulfilment().issue(PaperCause(about.cause))
    return Issued(paper.id, paper.serial)


def print_(named: Named) -> Printed:
    """Print it."""
    made = fulfilment().print_(PaperId(named.paper_id))
    return Printed(made.paper, made.digest)


def mail(named: Named) -> Told:
    """Mail it."""
    return Told(named.paper_id, fulfilment().mail(PaperId(named.paper_id)))


tasks = Tasks({"issue": (About, issue), "print": (Named, print_), "mail": (Named, mail)})
handler = tasks.handler
