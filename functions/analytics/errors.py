"""What the domain refuses."""

from typing import ClassVar

from kit.errors import Conflict, Invalid, NotFound


class NoSuchFigure(NotFound):
    """No figure has this name (404)."""

    code: ClassVar[str] = "NO_SUCH_FIGURE"
    title: ClassVar[str] = "There is no such figure"


class RangeTooLong(Invalid):
    """The first day is after the last, or more than two years lie between them (422)."""

    code: ClassVar[str] = "RANGE_TOO_LONG"
    title: ClassVar[str] = "Ask for at most two years, the first day not after the last"


class RebuildRuns(Conflict):
    """Figures are being made anew already, or the name was used before (409)."""

    code: ClassVar[str] = "REBUILD_RUNS"
    title: ClassVar[str] = (
        "Figures are being made anew already, or once were under this name: choose another later"
    )
