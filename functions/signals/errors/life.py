"""What a signal's life refuses: who may change it, and when."""

from kit.errors import Conflict, Forbidden, Invalid, NotFound, Retryable


class SignalNotFound(NotFound):
    """No such signal, or not one this reader may see (yet): the same answer."""

    code = "SIGNAL_NOT_FOUND"
    title = "There is no such signal, or your plan does not show it yet"


class NotAwaitingApproval(Conflict):
    """The signal was decided already, or is not that far."""

    code = "NOT_AWAITING_APPROVAL"
    title = "This signal does not wait for an approval"


class SignalStale(Conflict):
    """The market has overtaken a signal that waits: published now, its end would be known."""

    code = "SIGNAL_STALE"
    title = "This signal came too late to be approved: it ends by itself within a minute"


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


class SignalChanged(Retryable):
    """Somebody moved the signal between our reading and our writing: read it again."""

    code = "SIGNAL_CHANGED"
    title = "The signal was changed meanwhile: try again"


class NotYetApproved(Conflict):
    """A later task of the workflow ran before its time."""

    code = "NOT_YET_APPROVED"
    title = "Only an approved signal can be committed and published"
