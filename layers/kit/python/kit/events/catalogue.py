"""Every event type there is. Generators and tests read it; functions import only the types they use."""

from kit.events import Data
from kit.events.market_data import CandleClosed
from kit.events.trading_signals import (
    SignalApproved,
    SignalCancelled,
    SignalClosed,
    SignalDrafted,
    SignalPublished,
    SignalScreenedOut,
)
from kit.events.user_events import UserPlanChanged, UserRegistered, UserRolesChanged, UserSessionsRevoked

ALL: tuple[type[Data], ...] = (
    CandleClosed,
    SignalApproved,
    SignalCancelled,
    SignalClosed,
    SignalDrafted,
    SignalPublished,
    SignalScreenedOut,
    UserPlanChanged,
    UserRegistered,
    UserRolesChanged,
    UserSessionsRevoked,
)
