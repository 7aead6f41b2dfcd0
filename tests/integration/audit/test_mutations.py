"""History cannot be rewritten unseen: forgeries of the stored rows, found from a head kept outside (quick tier)."""

import os
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from builders.audit_forgery import CHANGES, DEPTHS, Change, Undone, edit
from builders.audit_store import exports, kept
from builders.audit_storm import Storm
from treum_audit import Wrong, verify

if TYPE_CHECKING:
    from fixtures.database import Databases

pytestmark = pytest.mark.stores
_TIMES = 300


@pytest.fixture
def storm(database: "Databases") -> Iterator[Storm]:
    made = Storm(database)
    yield made
    made.owner.close()


def test_every_forgery_is_found_from_the_head_that_was_kept(storm: Storm) -> None:
    seed = int(os.environ.get("AUDIT_SEED", random.randrange(2**32)))  # noqa: S311 - no secret
    print(f"AUDIT_SEED={seed}")  # noqa: T201 - replays it
    assert storm.noticed() is None  # the store as it is verifies
    toll = storm.rage(_TIMES, random.Random(seed))  # noqa: S311 - as above
    assert toll.unseen == []
    assert toll.tried.total() == _TIMES
    assert toll.impossible.total() < _TIMES / 10, toll.impossible
    assert storm.noticed() is None  # and all was undone


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.__name__))
def test_each_kind_of_forgery_is_found(storm: Storm, change: Change, depth: str) -> None:
    found = [storm._try(change, depth, random.Random(seed), spoils=False) for seed in range(3)]  # noqa: S311 - no secret
    assert all(found), found


def test_a_forgery_signed_with_the_stolen_key_is_found_by_the_kept_head_alone(storm: Storm) -> None:
    """Every hash, root and signature is made anew: within itself the forged store is whole."""
    with pytest.raises(Undone), storm.owner.transaction():
        storm.forger.forge(edit, "signed", random.Random(2))  # noqa: S311 - no secret
        store = storm.forger.store
        forged = kept(store.proving().checkpoint(None).signed)
        parts = list(exports(store, forged.size))
        verify(parts, keys=store.public_keys(), kept=forged, complete=True)
        for head in (storm.head, storm.old):
            with pytest.raises(Wrong):
                verify(parts, kept=head)
        raise Undone(None)
