"""Type and colour of papers: Source Sans Pro (SIL Open Font License), which has the rupee sign."""

from functools import cache
from importlib.resources import files
from typing import Final, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

Weight = Literal["regular", "bold"]
INK: Final = HexColor("#14202b")
FAINT: Final = HexColor("#66737f")
RULE: Final = HexColor("#d9dfe4")
ACCENT: Final = HexColor("#0b5fff")
WASH: Final = HexColor("#f4f7fa")
_FILES: Final[dict[Weight, str]] = {
    "regular": "SourceSansPro-Regular.ttf",
    "bold": "SourceSansPro-Semibold.ttf",
}


def open_fonts() -> dict[Weight, str]:
    """Register the fonts anew, so that each document numbers its letters by itself; return their names."""
    folder = files("font_source_sans_pro") / "files"
    for weight, name in _FILES.items():
        pdfmetrics.registerFont(TTFont(f"paper-{weight}", str(folder / name)))
    return {weight: f"paper-{weight}" for weight in _FILES}


@cache
def _letters() -> frozenset[int]:
    folder = files("font_source_sans_pro") / "files"
    return frozenset(TTFont("known", str(folder / _FILES["regular"])).face.charToGlyph)


def safe(text: str) -> str:
    """Return ``text`` in letters that the font has; a question mark stands for any other."""
    return "".join(one if ord(one) in _letters() else "?" for one in text)


def wrapped(text: str, font: str, size: float, width: float, most: int) -> list[str]:
    """Return up to ``most`` lines of ``text``; the last one ends in an ellipsis where more was cut off."""
    lines: list[str] = simpleSplit(safe(text), font, size, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "\u2026"]
    return lines
