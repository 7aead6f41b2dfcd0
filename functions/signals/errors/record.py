"""What the track record and its readers are refused."""

from kit.errors import Conflict, Forbidden, NotFound, PreconditionFailed


class AnalystNotFound(NotFound):
    """No analyst can have this id."""

    code = "ANALYST_NOT_FOUND"
    title = "There is no such analyst"


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
