"""Papers: the tax invoice of a sale, the credit note of what went back, the receipt of what is no supply.

An invoice holds what Rule 46 of the CGST Rules, 2017 asks for, a credit note what Rule 53(1A) asks for: a
consecutive serial of at most sixteen characters (letters, digits, hyphen, slash), unique within a financial
year, in one or more series. Money into a wallet is no supply (an instrument the Reserve Bank recognises is
money, section 2(75) of the CGST Act; circular 243/37/2024-GST): it gets a plain receipt without tax.

A paper is never changed nor deleted; what was wrong is taken back by a credit note.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final, Literal, NewType

from payments.model.ledger import Book, PersonId
from payments.model.payment import PaymentId, Period
from payments.model.sale import RATE_PERCENT, Sale

PaperId = NewType("PaperId", str)
PaperCause = NewType("PaperCause", str)
"""The id of the payment or the refund that a paper is about: each has one paper at most."""
PaperKind = Literal["invoice", "credit_note", "receipt"]

IST: Final = timezone(timedelta(hours=5, minutes=30))
LONGEST_SERIAL: Final = 16
PATIENCE: Final = timedelta(minutes=1)
"""How long the workflow has for a paper before the schedule looks after it."""
_APRIL: Final = 4
_SAC: Final[dict[Book, str]] = {Book.COURSES: "999293", Book.RESEARCH: "998399"}
"""Commercial training and coaching; other professional services (annexure to notification 11/2017-CT(R))."""
_LETTERS: Final[dict[PaperKind, str]] = {"invoice": "T", "credit_note": "N", "receipt": "R"}
_LINES: Final[dict[Book, str]] = {Book.COURSES: "C", Book.RESEARCH: "R", Book.WALLET: "W"}
_YEARS_KEPT: Final = 6


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys, as the paper names them; ``gstin`` None: not registered."""

    name: str
    state: str
    address: str | None = None
    gstin: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One run of numbers: ``code`` of two letters, ``year`` in which the financial year begins."""

    code: str
    year: int

    def serial(self, number: int) -> str:
        """Return the serial, such as ``TC/2627/00000042``: exactly sixteen characters."""
        return f"{self.code}/{self.year % 100:02}{(self.year + 1) % 100:02}/{number:08}"


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice that a credit note is about."""

    id: PaperId
    serial: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """``title`` says what was sold; ``place`` is the place of supply, a state.

    ``booked_at`` is when the books took the money or gave it back, ``issued_at`` the date on the paper.
    ``original`` of a credit note only, ``period`` of what is sold by the month or year.
    """

    id: PaperId
    kind: PaperKind
    series: Series
    number: int
    cause: PaperCause
    payment: PaymentId
    person: PersonId
    line: Book
    title: str
    sale: Sale
    place: str
    seller: Party
    buyer: Party
    booked_at: datetime
    issued_at: datetime
    period: Period | None = None
    original: Original | None = None

    def __post_init__(self) -> None:
        if self.number < 1 or len(self.serial) > LONGEST_SERIAL:
            raise ValueError(f"{self.number} is no number of a paper")
        if (self.kind == "credit_note") != (self.original is not None):
            raise ValueError("a credit note, and nothing else, names an invoice")
        if self.series != series_of(self.kind, self.line, self.issued_at):
            raise ValueError(f"{self.series} is not the series of this paper")

    @property
    def serial(self) -> str:
        """The serial."""
        return self.series.serial(self.number)

    @property
    def sac(self) -> str | None:
        """The service accounting code; None for what is no supply."""
        return _SAC.get(self.line)

    @property
    def rate_percent(self) -> int:
        """The rate of all taxes together; 0 for what is no supply."""
        return RATE_PERCENT if self.sac else 0


def financial_year(at: datetime) -> int:
    """Return the year in which the financial year of ``at`` began: April to March, in Indian time."""
    here = at.astimezone(IST)
    return here.year if here.month >= _APRIL else here.year - 1


def series_of(kind: PaperKind, line: Book, at: datetime) -> Series:
    """Return the series of a paper issued at ``at``: each kind and product line has its own."""
    return Series(_LETTERS[kind] + _LINES[line], financial_year(at))


def kept_until(paper: Paper) -> datetime:
    """Return until when a paper is kept: 72 months after its year's annual return, due by 31 December.

    Source: sections 36 and 44 of the CGST Act, 2017; rule 80 of the CGST Rules.
    """
    return datetime(paper.series.year + 1 + _YEARS_KEPT + 1, 1, 1, tzinfo=IST)
