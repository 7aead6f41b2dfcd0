"""What the domain refuses. Rejections reach a person, Poison goes to the dead letters."""

from kit.errors import Conflict, Forbidden, Invalid, NotFound, Poison, Retryable


class SignalNotFound(NotFound):
    """No such signal, or not one this reader may see (yet): the same answer."""

    code = "SIGNAL_NOT_FOUND"
    title = "There is no such signal, or your plan does not show it yet"


class AnalystNotFound(NotFound):
    """No analyst can have this id."""

    code = "ANALYST_NOT_FOUND"
    title = "There is no such analyst"


class InstrumentNotFound(NotFound):
    """A symbol that is not offered."""

    code = "INSTRUMENT_NOT_FOUND"
    title = "There is no such instrument: GET /api/v1/instruments lists them"


class QuoteNotFound(NotFound):
    """No price has arrived yet."""

    code = "QUOTE_NOT_FOUND"
    title = "There is no price for this instrument yet"


class TimeframeNotOffered(Invalid):
    """The tape cannot give this timeframe, and none is invented."""

    code = "TIMEFRAME_NOT_OFFERED"
    title = "There are no candles of this timeframe for the instrument"


class NotAwaitingApproval(Conflict):
    """The signal was decided already, or is not that far."""

    code = "NOT_AWAITING_APPROVAL"
    title = "This signal does not wait for an approval"


class OwnSignal(Forbidden):
    """Four eyes: nobody approves their own signal."""

    code = "OWN_SIGNAL"
    title = "Somebody else has to decide about your own signal"


class SignalChanged(Retryable):
    """Somebody moved the signal between our reading and our writing: read it again."""

    code = "SIGNAL_CHANGED"
    title = "The signal was changed meanwhile: try again"


class NotYetApproved(Conflict):
    """A later task of the workflow ran before its time."""

    code = "NOT_YET_APPROVED"
    title = "Only an approved signal can be committed and published"


class UnknownSymbol(Poison):
    """A candle of something that is no instrument of ours."""

    code = "UNKNOWN_SYMBOL"


class TapeBroken(Poison):
    """A row of the tape cannot be read; says which."""

    code = "TAPE_BROKEN"
