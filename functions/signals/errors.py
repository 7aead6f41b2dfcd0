"""What the domain refuses. Rejections reach a person, Poison goes to the dead letters."""

from kit.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Poison,
    PreconditionFailed,
    Retryable,
)


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


class IndicatorUnknown(Invalid):
    """TA-Lib has no function of this name."""

    code = "INDICATOR_UNKNOWN"
    title = "There is no such indicator: GET /api/v1/indicators lists them"


class IndicatorRefused(Invalid):
    """A parameter that the indicator does not take, or a value outside its range."""

    code = "INDICATOR_REFUSED"
    title = "The indicator does not take these parameters"


class NotAwaitingApproval(Conflict):
    """The signal was decided already, or is not that far."""

    code = "NOT_AWAITING_APPROVAL"
    title = "This signal does not wait for an approval"


class OwnSignal(Forbidden):
    """Four eyes: nobody approves their own signal."""

    code = "OWN_SIGNAL"
    title = "Somebody else has to decide about your own signal"


class NotYourDecision(Forbidden):
    """The signal escalated: another role decides about it now."""

    code = "NOT_YOUR_DECISION"
    title = "Your role may not decide about this signal now: its deciders say who may"


class NoRegistration(Forbidden):
    """The person signs for no registered analyst."""

    code = "NO_REGISTRATION"
    title = "No analyst's registration is assigned to your account: ask compliance to assign yours"


class NotYourSignal(Forbidden):
    """Only its own analyst, or compliance where it says so, may change a signal."""

    code = "NOT_YOUR_SIGNAL"
    title = "Only the analyst who signs this signal may do this"


class NotCancellable(Conflict):
    """It ended already, or is between approval and publication."""

    code = "NOT_CANCELLABLE"
    title = "This signal cannot be cancelled now: read it again"


class NotLive(Conflict):
    """Only a live signal can be recalled or revised."""

    code = "NOT_LIVE"
    title = "Only a live signal can be recalled, once, or revised"


class RevisionPending(Conflict):
    """One revision at a time."""

    code = "REVISION_PENDING"
    title = "Another revision of this signal is not settled yet: it has to be decided first"


class RevisionNotFound(NotFound):
    """No such revision waits for a decision."""

    code = "REVISION_NOT_FOUND"
    title = "There is no such revision that waits for a decision"


class ProposalRefused(Invalid):
    """Terms that contradict themselves, the market or the policy; ``errors`` say which."""

    code = "PROPOSAL_REFUSED"
    title = "These terms cannot be proposed: errors say why"


class HookNotFound(NotFound):
    """No such webhook, somebody else's, a revoked one, or a wrong secret: the same answer."""

    code = "WEBHOOK_NOT_FOUND"
    title = "There is no such webhook, or its secret is another one"


class TooManyHooks(Conflict):
    """A person has a few, not many."""

    code = "TOO_MANY_WEBHOOKS"
    title = "You have as many webhooks as one account may have: revoke one first"


class WebhooksNotIncluded(Forbidden):
    """Neither the plan nor a role includes webhooks."""

    code = "WEBHOOKS_NOT_INCLUDED"
    title = "Webhooks come with the premium and enterprise plans"


class SenderNotAllowed(Forbidden):
    """The address is none of those the operator allows."""

    code = "SENDER_NOT_ALLOWED"
    title = "Alerts are taken from TradingView's own addresses only"


class AlertUnreadable(Malformed):
    """The body is no JSON object of moderate depth."""

    code = "ALERT_UNREADABLE"
    title = "Send one JSON object: the message that your webhook's page shows"


class SignalChanged(Retryable):
    """Somebody moved the signal between our reading and our writing: read it again."""

    code = "SIGNAL_CHANGED"
    title = "The signal was changed meanwhile: try again"


class NotYetApproved(Conflict):
    """A later task of the workflow ran before its time."""

    code = "NOT_YET_APPROVED"
    title = "Only an approved signal can be committed and published"


class NothingPromised(Conflict):
    """There is no number to void."""

    code = "NOTHING_PROMISED"
    title = "No promise was numbered for this signal, so there is nothing to void"


class AlreadyPublished(Conflict):
    """Subscribers were told: from then on only the market, or a cancellation at its price, ends it."""

    code = "ALREADY_PUBLISHED"
    title = "A published promise cannot be voided: it counts as it ends"


class FeedbackNotFound(NotFound):
    """The caller said nothing about this signal yet."""

    code = "FEEDBACK_NOT_FOUND"
    title = "You gave no feedback on this signal yet"


class SubscriptionsChanged(PreconditionFailed):
    """Another of the person's devices was first."""

    code = "SUBSCRIPTIONS_CHANGED"
    title = "Your subscriptions were changed meanwhile: read them again"


class PerformanceNotVerified(Forbidden):
    """Figures of past risk and return are not public before an agency has verified them."""

    code = "PERFORMANCE_NOT_VERIFIED"
    title = (
        "Past performance is shown only once an agency recognised by SEBI (PaRRVA) has verified it. Until"
        " then anybody can check every promise: GET /api/v1/commitments/{analyst}/export"
    )


class BacktestNotFound(NotFound):
    """No such backtest, or somebody else's: the same answer."""

    code = "BACKTEST_NOT_FOUND"
    title = "You have no such backtest"


class ReportNotReady(Conflict):
    """The backtest has not ended well (yet)."""

    code = "REPORT_NOT_READY"
    title = "This backtest has no report: see its status"


class BacktestEnded(Conflict):
    """What has ended cannot be cancelled."""

    code = "BACKTEST_ENDED"
    title = "This backtest has ended already"


class TooManyBacktests(Conflict):
    """The caller's backtests at work fill their allowance."""

    code = "TOO_MANY_BACKTESTS"
    title = "Your earlier backtests are still at work: wait for one to end, or cancel it"


class BadGrid(Invalid):
    """The search is too large, or names what the strategy does not have."""

    code = "BAD_GRID"
    title = "This search cannot be run"


class UnfitBacktest(Invalid):
    """The strategy, instruments and period do not make a backtest; says why."""

    code = "UNFIT_BACKTEST"
    title = "This backtest cannot be run"


class UnknownSymbol(Poison):
    """A candle of something that is no instrument of ours."""

    code = "UNKNOWN_SYMBOL"


class TapeBroken(Poison):
    """A row of the tape cannot be read; says which."""

    code = "TAPE_BROKEN"
