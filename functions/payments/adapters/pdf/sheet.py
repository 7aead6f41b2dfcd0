"""The page: heading, parties, what was sold, taxes, total in words, foot. Measured in points from the top."""

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from payments.adapters.pdf import words
from payments.adapters.pdf.type import ACCENT, FAINT, INK, RULE, WASH, Weight, open_fonts, safe, wrapped
from payments.model.paper import Paper, Party
from payments.model.words import in_words

_WIDTH, _HEIGHT = A4
_LEFT: Final = 54.0
_RIGHT: Final = _WIDTH - 54.0
_MIDDLE: Final = _LEFT + 262.0
_COLUMN: Final = 200.0
_MOST_LINES: Final = 3


class Sheet:
    """A canvas that is written from the top down."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._fonts = open_fonts()

    def text(self, x: float, y: float, text: str, *, size: float = 9.5, weight: Weight = "regular",
             faint: bool = False) -> None:  # fmt: skip
        """Write ``text`` from ``x``, ``y`` below the top."""
        self._pen(size, weight, faint=faint)
        self._canvas.drawString(x, _HEIGHT - y, safe(text))

    def right(self, x: float, y: float, text: str, *, size: float = 9.5, weight: Weight = "regular",
              faint: bool = False) -> None:  # fmt: skip
        """Write ``text`` so that it ends at ``x``."""
        self._pen(size, weight, faint=faint)
        self._canvas.drawRightString(x, _HEIGHT - y, safe(text))

    def mark(self, x: float, y: float) -> None:
        """Draw our name."""
        self._canvas.setFillColor(ACCENT)
        self._canvas.roundRect(x, _HEIGHT - y - 2, 20, 20, 5, stroke=0, fill=1)
        self._canvas.setStrokeColor(WASH)
        self._canvas.setLineWidth(2)
        self._canvas.setLineCap(1)
        line = [(4, 6), (8, 11), (11, 8), (16, 14)]
        for (x0, y0), (x1, y1) in pairwise(line):
            self._canvas.line(x + x0, _HEIGHT - y - 2 + y0, x + x1, _HEIGHT - y - 2 + y1)
        self.text(x + 28, y - 2.4, "TREUM", size=17, weight="bold")

    def rule(self, y: float, x0: float = _LEFT, x1: float = _RIGHT, *, strong: bool = False) -> None:
        """Draw a line across."""
        self._canvas.setStrokeColor(INK if strong else RULE)
        self._canvas.setLineWidth(1.0 if strong else 0.6)
        self._canvas.line(x0, _HEIGHT - y, x1, _HEIGHT - y)

    def wash(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Lay a faint ground."""
        self._canvas.setFillColor(WASH)
        self._canvas.roundRect(x0, _HEIGHT - y1, x1 - x0, y1 - y0, 6, stroke=0, fill=1)

    def lines(self, text: str, width: float, *, size: float = 9.5, weight: Weight = "regular") -> list[str]:
        """Break ``text`` to ``width``."""
        return wrapped(text, self._fonts[weight], size, width, _MOST_LINES)

    def _pen(self, size: float, weight: Weight, *, faint: bool) -> None:
        self._canvas.setFont(self._fonts[weight], size)
        self._canvas.setFillColor(FAINT if faint else INK)


def printed(paper: Paper) -> bytes:
    """Return the PDF. The same paper gives the same bytes."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"{words.HEADINGS[paper.kind]} {paper.serial}")
    canvas.setAuthor(safe(paper.seller.name))
    sheet = Sheet(canvas)
    _heading(sheet, paper)
    _parties(sheet, paper)
    _amount(sheet, paper, _sold(sheet, paper))
    _foot(sheet, paper)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _heading(sheet: Sheet, paper: Paper) -> None:
    sheet.mark(_LEFT, 70)
    sheet.text(_LEFT, 128, words.HEADINGS[paper.kind], size=27, weight="bold")
    if paper.kind == "invoice":
        sheet.text(_LEFT, 146, "Original for recipient", faint=True)
    y = 66.0
    for label, value in words.facts(paper):
        sheet.text(_MIDDLE + 20, y, label, faint=True)
        sheet.right(_RIGHT, y, value, weight="bold" if label == "Number" else "regular")
        y += 16


def _parties(sheet: Sheet, paper: Paper) -> None:
    sheet.rule(178)
    _party(sheet, _LEFT, "From", paper.seller)
    _party(sheet, _MIDDLE + 20, words.TO[paper.kind], paper.buyer)


def _party(sheet: Sheet, x: float, role: str, one: Party) -> None:
    sheet.text(x, 198, role, size=8.5, faint=True)
    y = 214.0
    for line in sheet.lines(one.name, _COLUMN, size=11, weight="bold"):
        sheet.text(x, y, line, size=11, weight="bold")
        y += 14
    for part in words.party(one):
        for line in sheet.lines(part, _COLUMN):
            sheet.text(x, y + 1, line)
            y += 13.5


def _sold(sheet: Sheet, paper: Paper) -> float:
    """Draw the table; return where it ends."""
    taxed, y = paper.kind != "receipt", 326.0
    sheet.wash(_LEFT, y - 15, _RIGHT, y + 8)
    sheet.text(_LEFT + 10, y, "Description", size=8.5, faint=True)
    columns: Sequence[tuple[float, str, str]] = [(_RIGHT - 10, "Amount", words.rupees(paper.sale.net))]
    if taxed:
        columns = [
            (_RIGHT - 180, "SAC", paper.sac or ""),
            (_RIGHT - 120, "GST", f"{paper.rate_percent} %"),
            (_RIGHT - 10, "Taxable value", words.rupees(paper.sale.net)),
        ]
    for x, label, _ in columns:
        sheet.right(x, y, label, size=8.5, faint=True)
    y += 28
    for x, _, value in columns:
        sheet.right(x, y, value, size=10.5)
    for line in sheet.lines(paper.title, 270, size=10.5, weight="bold"):
        sheet.text(_LEFT + 10, y, line, size=10.5, weight="bold")
        y += 14
    if words.detail(paper):
        sheet.text(_LEFT + 10, y, words.detail(paper), faint=True)
        y += 14
    sheet.rule(y + 4)
    return y + 4


def _amount(sheet: Sheet, paper: Paper, y: float) -> None:
    """Draw taxes and total below ``y``."""
    left = _MIDDLE + 20
    for label, value in words.sums(paper):
        y += 19
        sheet.text(left, y, label, faint=True)
        sheet.right(_RIGHT - 10, y, value, size=10.5)
    y += 12
    sheet.rule(y, left, _RIGHT, strong=True)
    y += 26
    sheet.text(left, y, words.total(paper), size=11, weight="bold")
    sheet.right(_RIGHT - 10, y, words.rupees(paper.sale.gross), size=18, weight="bold")
    y += 34
    sheet.wash(_LEFT, y - 17, _RIGHT, y + 11)
    sheet.text(_LEFT + 10, y, "In words", size=8.5, faint=True)
    sheet.text(_LEFT + 58, y, in_words(paper.sale.gross))


def _foot(sheet: Sheet, paper: Paper) -> None:
    sheet.rule(752)
    y = 769.0
    for sentence in words.closing(paper):
        for line in sheet.lines(sentence, _RIGHT - _LEFT, size=8):
            sheet.text(_LEFT, y, line, size=8, faint=True)
            y += 11
    sheet.text(_LEFT, 804, f"Payment {paper.payment}", size=7.5, faint=True)
    sheet.right(_RIGHT, 804, f"{paper.serial}  \u00b7  page 1 of 1", size=7.5, faint=True)
