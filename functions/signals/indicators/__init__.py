"""Technical indicators: every function of TA-Lib by its name, none written here.

``catalogue`` says what there is, ``question`` checks what was asked, ``answer`` computes it. Values depend
on the candles alone, never on how many rows somebody asks for (``memory`` says how that is kept).
"""

from signals.indicators.answer import Answer, answer
from signals.indicators.catalogue import Indicator, Input, Parameter, catalogue
from signals.indicators.memory import MOST_CANDLES, Memory
from signals.indicators.question import Question, question

__all__ = [
    "MOST_CANDLES",
    "Answer",
    "Indicator",
    "Input",
    "Memory",
    "Parameter",
    "Question",
    "answer",
    "catalogue",
    "question",
]
