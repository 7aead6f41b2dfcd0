"""What the market side refuses: instruments, prices, indicators, tapes."""

from kit.errors import Invalid, NotFound, Poison


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


class IndicatorUnknown(Invalid):
    """TA-Lib has no function of this name."""

    code = "INDICATOR_UNKNOWN"
    title = "There is no such indicator: GET /api/v1/indicators lists them"


class IndicatorRefused(Invalid):
    """A parameter that the indicator does not take, or a value outside its range."""

    code = "INDICATOR_REFUSED"
    title = "The indicator does not take these parameters"


class UnknownSymbol(Poison):
    """A candle of something that is no instrument of ours."""

    code = "UNKNOWN_SYMBOL"


class TapeBroken(Poison):
    """A row of the tape cannot be read; says which."""

    code = "TAPE_BROKEN"
