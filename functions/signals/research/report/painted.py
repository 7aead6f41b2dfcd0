"""Shapes painted into a PDF."""

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from signals.research.report.shapes import Area, Drawing, Line, Words


class Painted(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A drawing, scaled to ``width`` points."""

    def __init__(self, drawing: Drawing, width: float) -> None:
        super().__init__()
        self._drawing = drawing
        self._scale = width / drawing.width
        self.width, self.height = width, drawing.height * self._scale

    def draw(self) -> None:
        """Paint every shape; a PDF's origin is at the bottom."""
        canvas: Any = self.canv
        canvas.saveState()
        canvas.scale(self._scale, self._scale)
        for shape in self._drawing.shapes:
            if isinstance(shape, Words):
                self._words(canvas, shape)
            else:
                self._path(canvas, shape)
        canvas.restoreState()

    def _words(self, canvas: Any, shape: Words) -> None:
        canvas.setFont("Helvetica", shape.size + 1)
        canvas.setFillColor(HexColor(shape.colour))
        write = {
            "start": canvas.drawString,
            "middle": canvas.drawCentredString,
            "end": canvas.drawRightString,
        }[shape.anchor]
        write(shape.at[0], self._drawing.height - shape.at[1], shape.text)

    def _path(self, canvas: Any, shape: Line | Area) -> None:
        path = canvas.beginPath()
        for number, (x, y) in enumerate(shape.points):
            (path.lineTo if number else path.moveTo)(x, self._drawing.height - y)
        if isinstance(shape, Area):
            canvas.setFillColor(HexColor(shape.colour))
            canvas.drawPath(path, stroke=0, fill=1)
            return
        canvas.setStrokeColor(HexColor(shape.colour))
        canvas.setLineWidth(shape.width)
        canvas.setDash([3, 3] if shape.dashed else [])
        canvas.drawPath(path)
