"""Entries: search, one in full, its proof."""

from datetime import datetime
from uuid import UUID

from audit import bootstrap
from audit.api.answers import STAFF, entry_fields, proof_view
from audit.errors import CheckpointUnknown, EntryUnknown, NotCheckpointed
from audit.model.entry import EntryId
from audit.ports import SearchQuery
from audit.schemas import EntryInFullView, EntryView, NetworkView, ProofView, SearchIn, SizeIn
from kit.http import Page, Request, Routes
from kit.pagination import decode_cursor, encode_cursor

routes = Routes()


@routes.get(
    "/audit/entries",
    summary="Search the event store, the newest entries first",
    query=SearchIn,
    reply=Page[EntryView],
    access=STAFF,
)
def list_entries(request: Request) -> Page[EntryView]:
    """Search."""
    asked: SearchIn = request.query
    before = None
    if asked.cursor:
        at, last = decode_cursor(asked.cursor, tuple[datetime, UUID])
        before = at, EntryId(str(last))
    found = bootstrap.api.showing().search(
        SearchQuery(
            limit=asked.limit + 1,
            before=before,
            topic=asked.topic,
            type=asked.type,
            subject=asked.subject,
            actor=asked.actor,
            since=asked.since,
            until=asked.until,
        )
    )
    shown = found[: asked.limit]
    more = encode_cursor((shown[-1].recorded_at, shown[-1].id)) if len(found) > asked.limit else None
    return Page[EntryView](items=tuple(EntryView(**entry_fields(one)) for one in shown), next_cursor=more)


@routes.get(
    "/audit/entries/{id}",
    summary="An entry with its event; of a privileged action also where it came from",
    reply=EntryInFullView,
    access=STAFF,
    errors=(EntryUnknown,),
)
def get_entry(request: Request) -> EntryInFullView:
    """Read an entry, by its own id or its event's."""
    entry, network = bootstrap.api.showing().entry(EntryId(request.path["id"]))
    shown = None if network is None else NetworkView.model_validate(network)
    return EntryInFullView(**entry_fields(entry), network=shown)


@routes.get(
    "/audit/proofs/{id}",
    summary="The proof that an entry is under a signed tree head; verify it without us",
    query=SizeIn,
    reply=ProofView,
    access=STAFF,
    errors=(EntryUnknown, CheckpointUnknown, NotCheckpointed),
)
def get_proof(request: Request) -> ProofView:
    """Prove an entry."""
    asked: SizeIn = request.query
    return proof_view(bootstrap.proofs.proving().prove(EntryId(request.path["id"]), asked.size))
