"""Proofs: of one signal for who may see it, of an analyst's whole record for everybody."""

import re
from typing import Annotated

from msgspec import Meta

from kit.http import PUBLIC, Page, PageQuery, Rate, Reply, Request, Routes, Text, role, signed_in
from kit.http.etag import of_parts
from kit.pagination import decode_cursor, encode_cursor
from signals import bootstrap
from signals.api.access import access_of
from signals.api.answers import signal_id
from signals.errors import AlreadyPublished, AnalystNotFound, NothingPromised, SignalNotFound
from signals.model.signal import AnalystId
from signals.schemas.proofs import HeadView, ProofView, RecordQueryIn, VoidIn, proof_view

routes = Routes()
_ANALYST = re.compile(r"[a-z0-9-]{1,64}")
_Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]


@routes.get(
    "/signals/{id}/proof",
    summary="The commitment made before a signal was published, with what opens it",
    reply=ProofView,
    access=signed_in().with_scope("signals:read"),
    errors=(SignalNotFound,),
)
def get_proof(request: Request) -> ProofView:
    """Read the proof of one signal."""
    found = bootstrap.api.reading().proof(access_of(request.user), signal_id(request))
    return proof_view(found)


@routes.post(
    "/signals/{id}/void",
    summary="Say that a numbered promise was never published and why; it counts, never as won",
    body=VoidIn,
    reply=ProofView,
    access=role("approver", "compliance"),
    errors=(SignalNotFound, NothingPromised, AlreadyPublished),
)
def void_promise(request: Request) -> ProofView:
    """Void a promise; again it changes nothing."""
    body: VoidIn = request.body
    named = signal_id(request)
    bootstrap.record.voiding().void(named, body.reason, by=request.user.subject, note=body.note)
    return proof_view(bootstrap.api.reading().entry(named))


@routes.get(
    "/commitments/{analyst}",
    summary="Every promise of an analyst in order, for anybody to verify; ended ones are revealed",
    query=PageQuery,
    reply=Page[ProofView],
    access=PUBLIC,
    errors=(AnalystNotFound,),
    rate=Rate(60, 60),
    etag=True,
)
def list_commitments(request: Request) -> Reply:
    """List an analyst's promises."""
    limit, cursor = request.query.limit, request.query.cursor
    after = decode_cursor(cursor, tuple[_Number])[0] if cursor else 0
    found = bootstrap.api.reading().commitments_of(_analyst(request), after, limit + 1)
    items = tuple(proof_view(one) for one in found[:limit])
    more = encode_cursor((items[-1].number,)) if len(found) > limit else None
    tag = of_parts([*(one.model_dump_json() for one in items), more or "end"])
    return Reply(Page[ProofView](items=items, next_cursor=more), etag=tag)


@routes.get(
    "/commitments/{analyst}/head",
    summary="The newest number of an analyst and the digest that pins everything before it",
    reply=HeadView,
    access=PUBLIC,
    errors=(AnalystNotFound,),
    rate=Rate(60, 60),
    etag=True,
)
def get_head(request: Request) -> Reply:
    """Read the head of an analyst's chain."""
    analyst = _analyst(request)
    head = bootstrap.api.reading().head(analyst)
    view = HeadView(analyst=analyst, number=head.number, link=head.hash, committed_at=head.committed_at)
    return Reply(view, etag=of_parts([head.hash]))


@routes.get(
    "/commitments/{analyst}/export",
    summary="The record as JSON lines: all the offline verifier needs; `X-Next-After` has the next page",
    query=RecordQueryIn,
    reply=ProofView,  # one line of it
    access=PUBLIC,
    errors=(AnalystNotFound,),
    rate=Rate(60, 60),
    etag=True,
    media_type="application/x-ndjson",
)
def export_commitments(request: Request) -> Reply:
    """Export an analyst's promises, each with what became of it."""
    asked: RecordQueryIn = request.query
    found = bootstrap.api.reading().commitments_of(_analyst(request), asked.after, asked.limit + 1)
    shown = found[: asked.limit]
    text = "".join(proof_view(one).model_dump_json() + "\n" for one in shown)
    more = (("X-Next-After", str(shown[-1].entry.commitment.number)),) if len(found) > asked.limit else ()
    return Reply(Text(text), headers=more, etag=of_parts([text]))


def _analyst(request: Request) -> AnalystId:
    analyst = request.path["analyst"]
    if _ANALYST.fullmatch(analyst) is None:
        raise AnalystNotFound
    return AnalystId(analyst)
