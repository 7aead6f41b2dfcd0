"""Exports that prove themselves: a page of a chain, or whole segments from the archive."""

from audit import bootstrap
from audit.api.answers import STAFF
from audit.errors import ChainUnknown, CheckpointUnknown, NotCheckpointed
from audit.model.entry import Chain
from audit.schemas import ExportIn, ExportLineView, SegmentsView, SegmentView, SpanIn
from audit.service.exporting import Wish
from kit.http import Reply, Request, Routes, Text

routes = Routes()


@routes.get(
    "/audit/export",
    summary="A span of a chain as JSON lines with its proof; `X-Next-After` has the next page",
    query=ExportIn,
    reply=ExportLineView,  # one line of it
    access=STAFF,
    errors=(ChainUnknown, CheckpointUnknown, NotCheckpointed),
    media_type="application/x-ndjson",
)
def export_entries(request: Request) -> Reply:
    """Export a span."""
    asked: ExportIn = request.query
    chain = Chain(asked.topic, asked.partition)
    made = bootstrap.proofs.exporting().export(Wish(chain, asked.after, asked.limit, asked.size, asked.kept))
    more = (("X-Next-After", str(made.last)),) if made.more else ()
    return Reply(Text(made.body.decode()), headers=more)


@routes.get(
    "/audit/segments",
    summary="Spans of a chain in the archive, each an export of its own with a link that opens for a while",
    query=SpanIn,
    reply=SegmentsView,
    access=STAFF,
)
def list_segments(request: Request) -> SegmentsView:
    """List archived spans."""
    asked: SpanIn = request.query
    found = bootstrap.api.segments().page(Chain(asked.topic, asked.partition), asked.after, asked.limit)
    return SegmentsView(
        items=tuple(
            SegmentView(
                first=one.first,
                last=one.last,
                size=one.size,
                sha256=one.sha256.hex(),
                archived_at=one.archived_at,
                link=bootstrap.proofs.bucket().link(one.key),
            )
            for one in found
        )
    )
