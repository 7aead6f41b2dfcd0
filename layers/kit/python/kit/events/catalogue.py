"""Every event type there is. Generators and tests read it; functions import only the types they use."""

from kit.events import Data
from kit.events.alert_events import AlertReceived
from kit.events.market_data import CandleClosed
from kit.events.payment_events import GatewayNotified
from kit.events.reader_events import ReaderSignalsChosen
from kit.events.trading_signals import (
    SignalApprovalRequested,
    SignalApproved,
    SignalCancelled,
    SignalClosed,
    SignalDrafted,
    SignalEscalated,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
    SignalScreenedOut,
    SignalVoided,
    SignalWithdrawn,
)
from kit.events.user_events import UserPlanChanged, UserRegistered, UserRolesChanged, UserSessionsRevoked

ALL: tuple[type[Data], ...] = (
    AlertReceived,
    CandleClosed,
    GatewayNotified,
    ReaderSignalsChosen,
    SignalApprovalRequested,
    SignalApproved,
    SignalCancelled,
    SignalClosed,
    SignalDrafted,
    SignalEscalated,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
    SignalScreenedOut,
    SignalVoided,
    SignalWithdrawn,
    UserPlanChanged,
    UserRegistered,
    UserRolesChanged,
    UserSessionsRevoked,
)
