"""What charts are made of: lines, areas and words in points, the origin at the top left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final, Literal

INK: Final = "#1b2733"
FAINT: Final = "#6b7a89"
GRID: Final = "#e4e9ee"
BLUE: Final = "#1f5f99"
PALE: Final = "#e7f0f8"
RED: Final = "#b3402e"
BLUSH: Final = "#f9e9e6"
GREEN: Final = "#2c7a52"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through ``points``."""

    points: Sequence[Point]
    colour: str = GRID
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A filled shape without an edge."""

    points: Sequence[Point]
    colour: str


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; ``at`` is its baseline."""

    at: Point
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    size: float = 9.0
    colour: str = FAINT


@dataclass(slots=True)
class Drawing:
    """Shapes in the order they are painted; ``title`` is what it shows, for who cannot see it."""

    width: float
    height: float
    title: str
    shapes: list[Line | Area | Words] = field(default_factory=list)


def svg(drawing: Drawing) -> str:
    """Return ``drawing`` as an SVG element that scales with the page."""
    body = "".join(_element(one) for one in drawing.shapes)
    return (
        f'<svg viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img"'
        f' aria-label="{escape(drawing.title)}">{body}</svg>'
    )


def _element(shape: Line | Area | Words) -> str:
    if isinstance(shape, Words):
        x, y = shape.at
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{shape.anchor}" font-size="{shape.size:g}"'
            f' fill="{shape.colour}">{escape(shape.text)}</text>'
        )
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    if isinstance(shape, Area):
        return f'<polygon points="{points}" fill="{shape.colour}"/>'
    dashes = ' stroke-dasharray="3 3"' if shape.dashed else ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{shape.colour}" stroke-width="{shape.width:g}"'
        f' stroke-linejoin="round"{dashes}/>'
    )
