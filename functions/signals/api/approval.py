"""The gate's decisions, and the person's."""

from kit.errors import PreconditionFailed
from kit.http import OPTIONAL, Reply, Request, Routes
from signals import bootstrap
from signals.api.access import STAFF, access_of, person_of
from signals.api.answers import signal_id, signal_reply
from signals.errors import NotAwaitingApproval, NotYourDecision, OwnSignal, SignalNotFound, SignalStale
from signals.schemas.approval import ApprovalIn, DecisionsView, DecisionView
from signals.schemas.signals import SignalView

routes = Routes()


@routes.get(
    "/signals/{id}/decisions",
    summary="What screening, compliance and approval decided, and under which policy",
    reply=DecisionsView,
    access=STAFF,
    errors=(SignalNotFound,),
)
def list_decisions(request: Request) -> DecisionsView:
    """List the gate's answers about a signal."""
    reading = bootstrap.api.reading()
    signal = reading.signal(access_of(request.user), signal_id(request))
    made = reading.decisions(signal.id)
    return DecisionsView(items=tuple(DecisionView.model_validate(one) for one in made))


@routes.post(
    "/signals/{id}/approval",
    summary="Approve or decline a signal that waits for a person",
    body=ApprovalIn,
    reply=SignalView,
    access=STAFF,
    idempotency=OPTIONAL,
    errors=(SignalNotFound, NotAwaitingApproval, NotYourDecision, OwnSignal, SignalStale, PreconditionFailed),
    etag=True,
)
def decide_approval(request: Request) -> Reply:
    """Take a person's decision; with ``If-Match`` only about the version that was read."""
    body: ApprovalIn = request.body
    decided = bootstrap.api.approval().decide(
        signal_id(request),
        body.decision,
        by=person_of(request.user),
        note=body.note,
        version=request.expected_version() if request.if_match else None,
        acting=bootstrap.acting.witness().actor(request),
    )
    return signal_reply(decided)
