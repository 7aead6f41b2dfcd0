"""Signed heads, their consistency, the keys behind them, and verification."""

from typing import Annotated

import msgspec

from audit import bootstrap
from audit.api.answers import STAFF, checkpoint_view, head_view, verification_view
from audit.errors import CheckpointUnknown, SizesRefused
from audit.model.entry import Chain
from audit.model.upkeep import Place
from audit.schemas import (
    CheckpointView,
    ConsistencyView,
    DifferenceView,
    KeysView,
    KeyView,
    SizesIn,
    StandingView,
    VerifyIn,
    WalkView,
)
from kit.http import PUBLIC, Page, PageQuery, Rate, Request, Routes
from kit.pagination import decode_cursor, encode_cursor

routes = Routes()
_Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Partition = Annotated[int, msgspec.Meta(ge=0, le=9999)]


@routes.get(
    "/audit/checkpoints",
    summary="Signed tree heads, the newest first: keep one, and nothing before it can change unseen",
    query=PageQuery,
    reply=Page[CheckpointView],
    access=STAFF,
)
def list_checkpoints(request: Request) -> Page[CheckpointView]:
    """List the checkpoints that count."""
    limit, cursor = request.query.limit, request.query.cursor
    before = decode_cursor(cursor, tuple[_Number])[0] if cursor else None
    found = bootstrap.proofs.tree().page(before, limit + 1)
    shown = found[:limit]
    more = encode_cursor((shown[-1].number,)) if len(found) > limit else None
    return Page[CheckpointView](items=tuple(checkpoint_view(one) for one in shown), next_cursor=more)


@routes.get(
    "/audit/consistency",
    summary="The proof that the tree of one checkpoint begins the tree of a later one",
    query=SizesIn,
    reply=ConsistencyView,
    access=STAFF,
    errors=(CheckpointUnknown, SizesRefused),
)
def get_consistency(request: Request) -> ConsistencyView:
    """Prove that nothing was changed between two checkpoints."""
    asked: SizesIn = request.query
    first, second, path = bootstrap.proofs.proving().consistency(asked.first, asked.second)
    return ConsistencyView(
        first=head_view(first.signed),
        second=head_view(second.signed),
        path=tuple(one.hex() for one in path),
    )


@routes.get(
    "/audit/verify",
    summary="Recompute a part of the store from its bytes; the tree is checked with the last part",
    query=VerifyIn,
    reply=WalkView,
    access=STAFF,
)
def verify_entries(request: Request) -> WalkView:
    """Verify a part."""
    asked: VerifyIn = request.query
    place = None
    if asked.cursor:
        topic, partition, after = decode_cursor(asked.cursor, tuple[str, _Partition, _Number])
        place = Place(Chain(topic, partition), after)
    walk = bootstrap.proofs.verifying().walk(place, asked.limit)
    differences, more = list(walk.differences), None
    if walk.next is None:
        differences += bootstrap.proofs.verifying().check_tree()[1]
    else:
        more = encode_cursor((walk.next.chain.topic, walk.next.chain.partition, walk.next.after))
    shown = tuple(DifferenceView.model_validate(one) for one in differences)
    return WalkView(checked=walk.checked, differences=shown, next_cursor=more)


@routes.get(
    "/audit/status",
    summary="Where the store stands: the newest signed head, entries by topic, the last verification",
    reply=StandingView,
    access=STAFF,
)
def get_standing(_request: Request) -> StandingView:
    """Read how things stand."""
    found = bootstrap.api.showing().standing()
    return StandingView(
        head=None if found.newest is None else head_view(found.newest.signed),
        counts=dict(found.counts),
        entries=found.entries,
        covered=found.covered,
        conflicts=found.conflicts,
        verification=verification_view(found.verification),
        last_difference=verification_view(found.difference),
    )


@routes.get(
    "/audit/keys",
    summary="The public keys that sign the tree heads, and since when each does",
    reply=KeysView,
    access=PUBLIC,
    rate=Rate(60, 60),
)
def list_audit_keys(_request: Request) -> KeysView:
    """Publish every key that ever signed."""
    return KeysView(
        items=tuple(
            KeyView(key_id=one.key_id, public_key=one.raw.hex(), valid_from=one.valid_from)
            for one in bootstrap.proofs.keys().all()
        )
    )
