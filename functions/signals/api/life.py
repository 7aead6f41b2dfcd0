"""What people change: drafts by hand, cancellation, recall, revisions, and who signs as which analyst."""

import re

from kit.errors import PreconditionFailed
from kit.http import OPTIONAL, Reply, Request, Routes, role
from kit.http.etag import PreconditionRequired
from signals import bootstrap
from signals.api.access import STAFF, access_of, person_of
from signals.api.answers import signal_id, signal_reply
from signals.errors import (
    AnalystNotFound,
    InstrumentNotFound,
    NoRegistration,
    NotCancellable,
    NotLive,
    NotYourSignal,
    OwnSignal,
    ProposalRefused,
    RevisionNotFound,
    RevisionPending,
    SignalNotFound,
    TimeframeNotOffered,
)
from signals.model.signal import AnalystId
from signals.schemas.life import (
    AccountIn,
    AccountView,
    ProposalIn,
    ReasonIn,
    RevisionDecisionIn,
    RevisionIn,
    StaffRevisionsView,
    StaffRevisionView,
)
from signals.schemas.signals import SignalView

routes = Routes()
_ANALYST = re.compile(r"[a-z0-9-]{1,64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@routes.post(
    "/signals",
    summary="Draft a signal by hand, under your own registration; the gate decides about it",
    body=ProposalIn,
    reply=SignalView,
    status=201,
    access=role("analyst"),
    idempotency=OPTIONAL,
    errors=(NoRegistration, InstrumentNotFound, TimeframeNotOffered, ProposalRefused),
    etag=True,
)
def draft_signal(request: Request) -> Reply:
    """Draft for the caller."""
    body: ProposalIn = request.body
    drafted = bootstrap.life.proposing().propose(
        request.user.subject, bootstrap.life.Proposal(**body.model_dump())
    )
    return signal_reply(drafted)


@routes.post(
    "/signals/{id}/cancellation",
    summary="Take a signal back before it is published, or close a live one at the market",
    body=ReasonIn,
    reply=SignalView,
    access=STAFF,
    idempotency=OPTIONAL,
    errors=(SignalNotFound, NotYourSignal, NotCancellable, PreconditionFailed, PreconditionRequired),
    etag=True,
)
def cancel_signal(request: Request) -> Reply:
    """Cancel the version that ``If-Match`` names."""
    body: ReasonIn = request.body
    return signal_reply(
        bootstrap.life.amending().cancel(
            signal_id(request),
            request.expected_version(),
            body.reason,
            person_of(request.user),
            bootstrap.acting.witness().actor(request),
        )
    )


@routes.post(
    "/signals/{id}/recall",
    summary="Tell subscribers that a live signal was published by mistake; its outcome still counts",
    body=ReasonIn,
    reply=SignalView,
    access=STAFF,
    idempotency=OPTIONAL,
    errors=(SignalNotFound, NotYourSignal, NotLive, PreconditionFailed, PreconditionRequired),
    etag=True,
)
def recall_signal(request: Request) -> Reply:
    """Recall the version that ``If-Match`` names."""
    body: ReasonIn = request.body
    return signal_reply(
        bootstrap.life.amending().recall(
            signal_id(request),
            request.expected_version(),
            body.reason,
            person_of(request.user),
            bootstrap.acting.witness().actor(request),
        )
    )


@routes.get(
    "/signals/{id}/revisions",
    summary="Every revision of a signal, also those that wait, were declined or lapsed",
    reply=StaffRevisionsView,
    access=STAFF,
    errors=(SignalNotFound,),
)
def list_revisions(request: Request) -> StaffRevisionsView:
    """List a signal's revisions."""
    bootstrap.api.reading().signal(access_of(request.user), signal_id(request))
    found = bootstrap.stores.revisions().of(signal_id(request))
    return StaffRevisionsView(items=tuple(StaffRevisionView.model_validate(one) for one in found))


@routes.post(
    "/signals/{id}/revisions",
    summary="Revise a live signal: a tighter stop is published at once, anything else needs approval",
    body=RevisionIn,
    reply=StaffRevisionView,
    status=201,
    access=role("analyst"),
    idempotency=OPTIONAL,
    errors=(
        SignalNotFound,
        NotYourSignal,
        NotLive,
        RevisionPending,
        ProposalRefused,
        PreconditionFailed,
        PreconditionRequired,
    ),
)
def revise_signal(request: Request) -> StaffRevisionView:
    """Revise the version that ``If-Match`` names."""
    body: RevisionIn = request.body
    made = bootstrap.life.amending().revise(
        signal_id(request),
        request.expected_version(),
        bootstrap.life.Change(**body.model_dump()),
        person_of(request.user),
    )
    return StaffRevisionView.model_validate(made)


@routes.post(
    "/signals/{id}/revisions/{number}/approval",
    summary="Approve or decline a revision that waits for a second person",
    body=RevisionDecisionIn,
    reply=StaffRevisionView,
    access=STAFF,
    idempotency=OPTIONAL,
    errors=(SignalNotFound, RevisionNotFound, OwnSignal),
)
def decide_revision(request: Request) -> StaffRevisionView:
    """Take a second person's decision."""
    body: RevisionDecisionIn = request.body
    if _NUMBER.fullmatch(request.path["number"]) is None:
        raise RevisionNotFound
    decided = bootstrap.life.amending().decide(
        signal_id(request), int(request.path["number"]), body.decision, person_of(request.user)
    )
    return StaffRevisionView.model_validate(decided)


@routes.put(
    "/analysts/{analyst}/account",
    summary="Let one account sign as a registered analyst, and no other",
    body=AccountIn,
    reply=AccountView,
    access=role("compliance"),
    errors=(AnalystNotFound,),
)
def assign_account(request: Request) -> AccountView:
    """Assign who signs."""
    body: AccountIn = request.body
    analyst = request.path["analyst"]
    if _ANALYST.fullmatch(analyst) is None:
        raise AnalystNotFound
    since = bootstrap.life.proposing().assign(AnalystId(analyst), str(body.user_id), by=request.user.subject)
    return AccountView(analyst=analyst, user_id=body.user_id, assigned_at=since)
