"""The gate's decisions, and the person's."""

from kit.http import OPTIONAL, Reply, Request, Route
from kit.http.etag import of_version
from signals.api.access import STAFF, access_of
from signals.bootstrap.api import approval, reading
from signals.errors import NotAwaitingApproval, OwnSignal, SignalNotFound
from signals.model.signal import SignalId
from signals.schemas import ApprovalIn, DecisionsView, DecisionView, SignalView


def _decisions(request: Request) -> DecisionsView:
    signal_id = SignalId(request.path["id"])
    reading().signal(access_of(request.user), signal_id)
    found = reading().decisions(signal_id)
    return DecisionsView(items=tuple(DecisionView.model_validate(one) for one in found))


def _decide(request: Request) -> Reply:
    body: ApprovalIn = request.body
    signal_id = SignalId(request.path["id"])
    decided = approval().decide(signal_id, body.decision, by=request.user.subject, note=body.note)
    return Reply(SignalView.model_validate(decided), etag=of_version(decided.version))


routes = (
    Route(
        "GET",
        "/signals/{id}/decisions",
        _decisions,
        id="list_decisions",
        summary="What screening, compliance and approval decided, and under which policy",
        reply=DecisionsView,
        access=STAFF,
        errors=(SignalNotFound,),
    ),
    Route(
        "POST",
        "/signals/{id}/approval",
        _decide,
        id="decide_approval",
        summary="Approve or decline a signal that waits for a person",
        body=ApprovalIn,
        reply=SignalView,
        access=STAFF,
        idempotency=OPTIONAL,
        errors=(SignalNotFound, NotAwaitingApproval, OwnSignal),
        etag=True,
    ),
)
