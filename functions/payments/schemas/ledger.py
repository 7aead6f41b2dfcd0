"""The books, as auditors read them."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from kit.http import Body, PageQuery, View
from payments.model.ledger import Book, Kind

_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
At = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST)]


class AsOfQuery(Body):
    """As of when."""

    at: At | None = Field(default=None, description="As of this moment; else now")


class AccountQuery(PageQuery):
    """A page of a statement as of a moment."""

    at: At | None = Field(default=None, description="As of this moment; else now. A cursor keeps its own")


class TrialLineView(View):
    """A control account's sums, in minor units."""

    book: Book
    control: str
    kind: Kind
    currency: str
    debits: int
    credits: int


class DifferenceView(View):
    """Debits less credits of a book: 0 in sound books."""

    book: Book
    currency: str
    difference: int


class TrialBalanceView(View):
    """Every control account as of ``at``."""

    at: datetime
    lines: tuple[TrialLineView, ...]
    differences: tuple[DifferenceView, ...]
    balanced: bool


class LedgerLineView(View):
    """One posting: ``amount`` is positive for a debit, ``running`` is debits less credits with this line."""

    transfer: UUID
    counterpart: str
    amount: int
    running: int
    reason: str
    reference: str
    recorded_at: datetime


class StatementView(View):
    """A page of one account, the oldest line first; all its pages are one picture, as of ``as_of``."""

    account: str
    as_of: datetime
    items: tuple[LedgerLineView, ...]
    next_cursor: str | None
