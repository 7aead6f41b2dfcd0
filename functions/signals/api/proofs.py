"""Proofs: of one signal for who may see it, of an analyst's whole record for everybody."""

import re
from typing import Annotated

from msgspec import Meta

from kit.http import PUBLIC, Page, PageQuery, Rate, Request, Routes, signed_in
from kit.pagination import decode_cursor, encode_cursor
from signals import bootstrap
from signals.api.access import access_of
from signals.errors import AnalystNotFound, SignalNotFound
from signals.model.signal import AnalystId, SignalId
from signals.schemas.proofs import ProofView, proof_view

routes = Routes()
_ANALYST = re.compile(r"[a-z0-9-]{1,64}")
_Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]


@routes.get(
    "/signals/{id}/proof",
    summary="The commitment made before a signal was published, with what opens it",
    reply=ProofView,
    access=signed_in(),
    errors=(SignalNotFound,),
)
def get_proof(request: Request) -> ProofView:
    """Read the proof of one signal."""
    return proof_view(bootstrap.api.reading().proof(access_of(request.user), SignalId(request.path["id"])))


@routes.get(
    "/commitments/{analyst}",
    summary="Every promise of an analyst in order, for anybody to verify; closed ones are revealed",
    query=PageQuery,
    reply=Page[ProofView],
    access=PUBLIC,
    errors=(AnalystNotFound,),
    rate=Rate(60, 60),
)
def list_commitments(request: Request) -> Page[ProofView]:
    """List an analyst's promises."""
    limit, cursor = request.query.limit, request.query.cursor
    analyst = request.path["analyst"]
    if _ANALYST.fullmatch(analyst) is None:
        raise AnalystNotFound
    after = decode_cursor(cursor, tuple[_Number])[0] if cursor else 0
    found = bootstrap.api.reading().commitments_of(AnalystId(analyst), after, limit + 1)
    shown = found[:limit]
    more = encode_cursor((shown[-1].commitment.number,)) if len(found) > limit else None
    return Page[ProofView](items=tuple(proof_view(one) for one in shown), next_cursor=more)
