"""History cannot be rewritten unseen: 10,000 forgeries of the stored rows (full tier)."""

import os
import random
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from builders.audit_storm import Storm

if TYPE_CHECKING:
    from fixtures.database import Databases

pytestmark = pytest.mark.stores
_TIMES = int(os.environ.get("AUDIT_FORGERIES", "10000"))


@pytest.fixture
def storm(database: "Databases") -> Iterator[Storm]:
    made = Storm(database)
    yield made
    made.owner.close()


def test_ten_thousand_forgeries_are_all_found(storm: Storm) -> None:
    seed = int(os.environ.get("AUDIT_SEED", random.randrange(2**32)))  # noqa: S311 - no secret
    began = time.monotonic()
    toll = storm.rage(_TIMES, random.Random(seed))  # noqa: S311 - as above
    took = time.monotonic() - began
    print(f"\nAUDIT_SEED={seed}: {_TIMES} forgeries in {took:.0f} s, {dict(toll.tried)}")  # noqa: T201 - what replays the run
    print(f"impossible: {dict(toll.impossible)}")  # noqa: T201 - as above
    assert toll.unseen == []
    assert toll.impossible.total() < _TIMES / 10
    assert storm.noticed() is None
