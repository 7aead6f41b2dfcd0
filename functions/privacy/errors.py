"""Business errors of privacy; the tree is drawn in :mod:`kit.errors`."""

from kit.errors import Conflict, Forbidden, LimitExceeded, NotFound


class ExportNotFound(NotFound):
    """Absent, or somebody else's (404)."""

    code = "EXPORT_NOT_FOUND"
    title = "You have no such export"


class ErasureNotFound(NotFound):
    """Absent, or somebody else's (404)."""

    code = "ERASURE_NOT_FOUND"
    title = "You have no such erasure"


class HoldNotFound(NotFound):
    """There is no such hold (404)."""

    code = "HOLD_NOT_FOUND"
    title = "There is no such hold"


class ExportOpen(Conflict):
    """One is being made (409)."""

    code = "EXPORT_OPEN"
    title = "An export is being made: wait for its letter"


class ExportTooSoon(LimitExceeded):
    """The last one is less than a day old (429)."""

    code = "EXPORT_TOO_SOON"
    title = "One export a day: fetch the last one, or come back later"


class ErasureOpen(Conflict):
    """One was asked for already (409)."""

    code = "ERASURE_OPEN"
    title = "Your erasure was asked for already: see GET /privacy"


class StillEngaged(Conflict):
    """A subscription goes on or a refund is open (409); says which, and what to do."""

    code = "STILL_ENGAGED"
    title = "Something is still open: end it first"


class ErasureBegun(Conflict):
    """It can be taken back no more (409)."""

    code = "ERASURE_BEGUN"
    title = "It has begun or ended, and cannot be taken back"


class SecondPersonRequired(Forbidden):
    """Whoever set a hold does not release it, and nobody sets or releases their own (403)."""

    code = "HOLD_SECOND_PERSON_REQUIRED"
    title = "Somebody else has to do this"


class HoldEnded(Conflict):
    """It was released before (409)."""

    code = "HOLD_ENDED"
    title = "This hold was released already"
