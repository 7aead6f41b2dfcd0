"""The report as a PDF, A4, with the same words and charts as the page."""

import io
from collections.abc import Sequence
from typing import Any, Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from signals.research.caveats import DISCLAIMER
from signals.research.finding import Finding
from signals.research.report import charts, words
from signals.research.report.page import FULL, day
from signals.research.report.painted import Painted
from signals.research.report.shapes import BLUE, FAINT, GREEN, GRID, INK, RED

MARGIN: Final = 46.0
WIDTH: Final = A4[0] - 2 * MARGIN
MOST_ROWS: Final = 200
_SIZE: Final = 7.4
_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=20, leading=24, textColor=INK)
_KIND = ParagraphStyle("kind", fontName="Helvetica-Bold", fontSize=8.5, leading=12, textColor=BLUE)
_HEAD = ParagraphStyle("head", _TITLE, fontSize=11.5, leading=15, spaceBefore=12, spaceAfter=5)
_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=8.8, leading=12.4, textColor=INK)
_SMALL = ParagraphStyle("small", _TEXT, fontSize=7.6, leading=10.4, textColor=FAINT)
_POINT = ParagraphStyle("point", _TEXT, leftIndent=10, bulletIndent=0, spaceAfter=1.5)
_BIG = ParagraphStyle("big", _TEXT, fontName="Helvetica-Bold", fontSize=15, leading=18)
_RULE: Final = ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(GRID))


def paper(finding: Finding) -> bytes:
    """Return the PDF. The same finding gives the same bytes."""
    buffer = io.BytesIO()
    SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN - 6,  # its frame pads by as much
        rightMargin=MARGIN - 6,
        topMargin=MARGIN - 6,
        bottomMargin=MARGIN,
        title=f"Backtest: {finding.title}",
        author="TREUM",
        invariant=1,
    ).build(_story(finding), onFirstPage=_foot, onLaterPages=_foot)
    return buffer.getvalue()


def _story(finding: Finding) -> list[Any]:
    kind = "Backtest, walk-forward" if finding.study.plan else "Backtest"
    return [
        Paragraph(kind, _KIND),
        Paragraph(_safe(finding.title), _TITLE),
        Spacer(0, 3),
        Paragraph(_safe(finding.description), _TEXT),
        Spacer(0, 8),
        _cards(words.headline(finding), 3, _BIG),
        *_part("What to keep in mind", *(Paragraph(_safe(one), _POINT, "\u2022") for one in finding.caveats)),
        *_part(
            "The account", Painted(charts.equity(finding), WIDTH), Painted(charts.underwater(finding), WIDTH)
        ),
        *_part("Trades by result, in multiples of the planned risk", Painted(charts.results(finding), WIDTH)),
        *_part(
            "Figures",
            _cards(words.details(finding), 4, ParagraphStyle("b", _TEXT, fontName="Helvetica-Bold")),
        ),
        *_part("Month by month, in per cent", _calendar(finding)),
        *_walk(finding),
        *_tried(finding),
        Paragraph("Trades", _HEAD),
        _trades(finding),
        *_part("How it was made", _setup(finding)),
    ]


def _part(title: str, *content: Any) -> list[Any]:
    return [KeepTogether([Paragraph(title, _HEAD), *content])]


def _cards(figures: Sequence[words.Figure], columns: int, style: ParagraphStyle) -> Table:
    cells = [
        [Paragraph(one.name, _SMALL), Paragraph(one.value, style), Paragraph(_safe(one.note), _SMALL)]
        for one in figures
    ]
    rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
    found = Table(rows, colWidths=[WIDTH / columns] * columns)
    found.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), _RULE])
    return found


def _calendar(finding: Finding) -> Table:
    rows: list[list[str]] = [["", *words.MONTHS, "Year"]]
    style: list[Any] = [*_plain(), ("ALIGN", (0, 0), (-1, -1), "CENTER")]
    for year, months, whole in words.calendar(finding):
        for at, value in enumerate(months):
            if value is not None:
                place = (at + 1, len(rows))
                style.append(("BACKGROUND", place, place, _shade(value)))
        shown = ["" if value is None else words.month(value) for value in months]
        rows.append([str(year), *shown, words.month(whole)])
    found = Table(rows, colWidths=[WIDTH / 14] * 14, repeatRows=1)
    found.setStyle(style)
    return found


def _walk(finding: Finding) -> list[Any]:
    if not finding.choices:
        return []
    rows = [
        (
            f"{day(one.fold.train_from)} to {day(one.fold.test_from)}",
            f"to {day(one.fold.test_to)}",
            words.parameters(one.params),
            words.ratio(one.trained),
            words.ratio(one.tested),
            str(one.tested_trades),
        )
        for one in finding.choices
    ]
    head = ("Chosen on", "Judged on", "Parameters", "Sharpe, chosen", "Sharpe, judged", "Trades")
    return _part("Walk-forward", _rows([head, *rows], (0.24, 0.16, 0.28, 0.12, 0.12, 0.08), 3))


def _tried(finding: Finding) -> list[Any]:
    if len(finding.tried) == 1:
        return []
    rows = [
        (
            words.parameters(one.params),
            words.ratio(one.sharpe),
            words.percent(one.net_return),
            str(one.trades),
        )
        for one in finding.tried
    ]
    table = _rows([("Parameters", "Sharpe", "Return", "Trades"), *rows], (0.64, 0.12, 0.12, 0.12), 1)
    return [Paragraph("Everything that was tried, over the whole period", _HEAD), table]


def _rows(rows: Sequence[Sequence[str]], widths: Sequence[float], numbers_from: int) -> Table:
    found = Table(rows, colWidths=[WIDTH * part for part in widths], repeatRows=1)
    found.setStyle([*_plain(), ("ALIGN", (numbers_from, 0), (-1, -1), "RIGHT")])
    return found


def _trades(finding: Finding) -> Table:
    shown = finding.trades[-MOST_ROWS:]
    rows = [
        (
            one.symbol,
            one.side,
            day(one.entered_at),
            day(one.exited_at),
            one.ending.replace("_", " "),
            f"{one.quantity:,.10g}",
            f"{one.entry:.6g}",
            f"{one.exit:.6g}",
            f"{one.net:+,.0f}",
            f"{one.r:+.2f}",
        )
        for one in shown
    ]
    head = ("Instrument", "Side", "Entered", "Ended", "How", "Units", "Entry", "Exit", "Net", "R")
    found = _rows([head, *rows], (0.11, 0.06, 0.11, 0.11, 0.11, 0.1, 0.1, 0.1, 0.12, 0.08), 5)
    found.setStyle(
        [
            ("TEXTCOLOR", (8, at), (8, at), HexColor(GREEN if one.net > 0 else RED))
            for at, one in enumerate(shown, 1)
        ]
    )
    return found


def _setup(finding: Finding) -> Table:
    rows = [*words.setup(finding)]
    rows += [
        (one.symbol, f"{one.candles} candles; holding it returned {words.percent(one.held_return)}")
        for one in finding.held
    ]
    shown = [[Paragraph(name, _SMALL), Paragraph(_safe(value), _SMALL)] for name, value in rows]
    found = Table(shown, colWidths=[WIDTH * 0.2, WIDTH * 0.8])
    found.setStyle(_plain())
    return found


def _plain() -> list[Any]:
    everything = ((0, 0), (-1, -1))
    return [
        ("FONTNAME", *everything, "Helvetica"),
        ("FONTSIZE", *everything, _SIZE),
        ("TEXTCOLOR", *everything, HexColor(INK)),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("TOPPADDING", *everything, 2),
        ("BOTTOMPADDING", *everything, 2.5),
        ("LEFTPADDING", *everything, 2),
        ("RIGHTPADDING", *everything, 2),
        _RULE,
    ]


def _shade(value: float) -> Color:
    depth = min(abs(value) / FULL, 1.0) * 0.38
    base = HexColor(GREEN if value >= 0 else RED)
    return Color(*(1 - (1 - part) * depth for part in (base.red, base.green, base.blue)))


def _foot(canvas: Canvas, document: Any) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 6.6)
    canvas.setFillColor(HexColor(FAINT))
    first, _, second = DISCLAIMER.partition(" for ")
    canvas.drawString(MARGIN, 30, f"{first} for {second}"[:150])
    canvas.drawString(MARGIN, 21, f"{first} for {second}"[150:].strip())
    canvas.drawRightString(A4[0] - MARGIN, 21, str(document.page))
    canvas.restoreState()


def _safe(text: str) -> str:
    # the standard fonts know no other letters; a paragraph is markup
    return text.encode("cp1252", "replace").decode("cp1252").replace("&", "&amp;").replace("<", "&lt;")
