"""What the use cases need, in the domain's words. A method that changes state is one atomic command.

``market`` · ``quality`` of its data · ``book`` of signals · ``record`` of promises · ``performance``.
"""

from signals.ports.book import (
    Announcer,
    Deed,
    PublicationWorkflow,
    RevisionBook,
    SignalBook,
    SignalQuery,
    Signers,
    Waiting,
)
from signals.ports.market import (
    CandleStore,
    Feed,
    MarketData,
    QuoteBoard,
    Reference,
    TapePosition,
    TapePositions,
)
from signals.ports.performance import (
    PerformanceBook,
    Projection,
    TradeQuery,
)
from signals.ports.quality import QualityLedger
from signals.ports.readers import FeedbackBook, SubscriptionBook
from signals.ports.record import (
    CommitmentLog,
    Vault,
)
from signals.ports.track import TrackRecord

__all__ = [
    "Announcer",
    "CandleStore",
    "CommitmentLog",
    "Deed",
    "Feed",
    "FeedbackBook",
    "MarketData",
    "PerformanceBook",
    "Projection",
    "PublicationWorkflow",
    "QualityLedger",
    "QuoteBoard",
    "Reference",
    "RevisionBook",
    "SignalBook",
    "SignalQuery",
    "Signers",
    "SubscriptionBook",
    "TapePosition",
    "TapePositions",
    "TrackRecord",
    "TradeQuery",
    "Vault",
    "Waiting",
]
