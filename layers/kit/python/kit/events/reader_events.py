"""Topic ``reader-events``: what readers of signals chose, never with personal data. Key: the user's id."""

from typing import ClassVar

from kit.events import Data, Moment


class ReaderSignalsChosen(Data, frozen=True, kw_only=True):
    """The whole choice of instruments and strategies to hear of; both empty: of none."""

    TYPE: ClassVar[str] = "reader.signals_chosen"
    TOPIC: ClassVar[str] = "reader-events"
    SOURCE: ClassVar[str] = "/treum/signals"

    user_id: str
    symbols: tuple[str, ...]
    strategies: tuple[str, ...]
    chosen_at: Moment
