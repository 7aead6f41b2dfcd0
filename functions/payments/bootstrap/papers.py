"""Papers: where they are kept and read; imports nothing that draws them."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from payments.adapters.mail import MailNotifier
from payments.adapters.papers_s3 import PaperBucket
from payments.adapters.postgres.paper_books import PostgresPaperBooks
from payments.adapters.postgres.papers import PostgresPapers, PostgresPrints
from payments.bootstrap import orders
from payments.bootstrap.stores import database, ledger
from payments.service.paper_reading import Returning, Shelf


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """The bucket of the PDFs."""

    paper_bucket: str


@cache
def papers() -> PostgresPapers:
    """Return the papers."""
    return PostgresPapers(database(), orders.own().relay_function or None)


@cache
def prints() -> PostgresPrints:
    """Return which have their PDF."""
    return PostgresPrints(database())


@cache
def books() -> PostgresPaperBooks:
    """Return papers over a stretch of time."""
    return PostgresPaperBooks(database())


@cache
def store() -> PaperBucket:
    """Return where PDFs lie."""
    return PaperBucket(settings.load(PaperSettings).paper_bucket)


@cache
def notifier() -> MailNotifier:
    """Return what mails letters, each once."""
    return MailNotifier(database())


@cache
def shelf() -> Shelf:
    """Return what reads papers."""
    return Shelf(papers(), prints(), store())


@cache
def returning() -> Returning:
    """Return what sums a month."""
    return Returning(books(), ledger())
