"""Notices, and what people consent to."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from kit.http import Body, View
from users.model import Consent, ConsentEntry, ConsentNotice, ConsentState, Locale


class ConsentBody(Body):
    """Consent given, having read `version` of the notice, or withdrawn."""

    given: bool
    version: str = Field(default="", max_length=40, description="Of the notice; not needed to withdraw")
    locale: Locale | None = Field(default=None, description="In which it was read; your own when absent")


class TextsView(View):
    """A text in each language."""

    en: str
    hi: str


class NoticeView(View):
    """What is told before somebody consents; `digest` is the SHA-256 of the whole notice."""

    purpose: str
    version: str
    effective_from: date
    source: str
    title: TextsView
    text: TextsView
    digest: str

    @classmethod
    def of(cls, notice: ConsentNotice) -> "NoticeView":
        """Return the notice as everybody reads it."""
        return cls(
            purpose=notice.purpose,
            version=notice.version,
            effective_from=notice.effective_from,
            source=notice.source,
            title=TextsView.model_validate(dict(notice.title)),
            text=TextsView.model_validate(dict(notice.text)),
            digest=notice.digest,
        )


class NoticesView(View):
    """The notices in force."""

    items: tuple[NoticeView, ...]


class ConsentView(View):
    """Where you stand; `outdated`: given to an older version, which does not cover the one in force."""

    purpose: str
    state: ConsentState
    version: str = Field(description="Of the notice in force")
    answered_version: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, consent: Consent) -> "ConsentView":
        """Return where its owner stands."""
        entry = consent.entry
        return cls(
            purpose=consent.notice.purpose,
            state=consent.state,
            version=consent.notice.version,
            answered_version=entry.version if entry else None,
            answered_at=entry.at if entry else None,
        )


class ConsentsView(View):
    """Where you stand about each purpose."""

    items: tuple[ConsentView, ...]


class ConsentEntryView(View):
    """One line of your ledger of consents."""

    purpose: str
    version: str
    digest: str
    answer: Literal["given", "withdrawn"]
    locale: Locale
    at: datetime

    @classmethod
    def of(cls, entry: ConsentEntry) -> "ConsentEntryView":
        """Return the line as its owner reads it."""
        return cls(
            purpose=entry.purpose,
            version=entry.version,
            digest=entry.digest,
            answer="given" if entry.given else "withdrawn",
            locale=entry.locale,
            at=entry.at,
        )
