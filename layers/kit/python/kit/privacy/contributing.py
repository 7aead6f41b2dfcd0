"""The consumer of ``privacy-events`` that every domain with personal data has, and its part in S3."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kit import clock, events, failpoint, settings
from kit.aws import s3
from kit.aws.errors import AwsError
from kit.errors import Retryable
from kit.events import Data, Event
from kit.events.privacy_events import (
    PrivacyContributed,
    PrivacyErased,
    PrivacyErasureDue,
    PrivacyExportRequested,
)
from kit.kafka.consumer import Consumer
from kit.outbox import Outbox
from kit.privacy import Contributor, Parts
from kit.privacy.pages import pages
from kit.stores.postgres import Database


@dataclass(frozen=True, slots=True)
class ContributorSettings:
    """``export_bucket`` takes the parts; ``relay_function`` publishes the answers."""

    export_bucket: str
    relay_function: str = ""


def part_key(export: str, domain: str, page: int) -> str:
    """Return where a page lies: ``exports/<export>/<domain>.json``, from the second on ``….2.json``."""
    return f"exports/{export}/{domain}{'' if page == 1 else f'.{page}'}.json"


class S3Parts:
    """See :class:`kit.privacy.Parts`. The bucket encrypts under its KMS key by itself."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def write(self, export: str, domain: str, page: int, content: bytes) -> None:
        """Put it."""
        try:
            s3.put(self._bucket, part_key(export, domain, page), content, content_type="application/json")
        except AwsError as error:
            raise Retryable(f"the bucket of exports did not take a part: {error.aws_code}") from error


@dataclass(frozen=True, slots=True)
class Contributing:
    """One domain's answers. Both join the transaction that claims the event."""

    domain: str
    contributor: Contributor
    parts: Parts
    outbox: Outbox

    def export(self, event: Event[PrivacyExportRequested]) -> None:
        """Write all pages, then tell it: whoever dies between writes them again."""
        if self.domain not in event.data.domains:
            return
        document = self.contributor.collect(event.data.person)
        digest, count = hashlib.sha256(), 0
        for count, page in enumerate(pages(self.domain, document), 1):
            self.parts.write(event.data.export_id, self.domain, count, page)
            digest.update(page)
        failpoint.hit("privacy.part.written")
        told = PrivacyContributed(
            person=event.data.person,
            export_id=event.data.export_id,
            domain=self.domain,
            sha256=digest.hexdigest(),
            records=sum(map(len, document.values())),
            pages=count,
            contributed_at=clock.now(),
        )
        self._tell(told, event)

    def erase(self, event: Event[PrivacyErasureDue]) -> None:
        """Erase and tell it in one transaction: one does not happen without the other."""
        if self.domain not in event.data.domains:
            return
        erased = self.contributor.erase(event.data.person, clock.now())
        failpoint.hit("privacy.erased")
        told = PrivacyErased(
            person=event.data.person,
            erasure_id=event.data.erasure_id,
            domain=self.domain,
            removed=dict(erased.removed),
            kept=erased.kept,
            erased_at=clock.now(),
        )
        self._tell(told, event)

    def _tell(self, told: Data, cause: Event[Any]) -> None:
        self.outbox.append(events.new(told, subject=cause.subject, version=cause.version, cause=cause))


class ContributorConsumer(Consumer):
    """``after`` acts once an event is committed, and again on one seen before; it may raise ``Retryable``."""

    def __init__(
        self,
        contributing: Callable[[], Contributing],
        database: Callable[[], Database],
        domain: str,
        *,
        more: Mapping[type[Data], Callable[[Any], None]] | None = None,
        after: Callable[[Event[Any]], None] | None = None,
    ) -> None:
        accept: dict[type[Data], Callable[[Any], None]] = {
            PrivacyExportRequested: lambda event: contributing().export(event),
            PrivacyErasureDue: lambda event: contributing().erase(event),
        }
        super().__init__(f"{domain}-contributor", {**accept, **(more or {})}, database)
        self._after = after

    def settled(self, event: Event[Any]) -> None:
        """Do what the domain does after."""
        if self._after is not None:
            self._after(event)


@cache
def own() -> ContributorSettings:
    """Return the settings of a contributor."""
    return settings.load(ContributorSettings)


def over(domain: str, contributor: Contributor, db: Database) -> Contributing:
    """Return the contributing of ``domain`` as the settings say."""
    return Contributing(
        domain, contributor, S3Parts(own().export_bucket), Outbox(db, own().relay_function or None)
    )
