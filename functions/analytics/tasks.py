"""Entry: ``{"task": "rebuild", "input": {"name": "2026-12-audit"}}`` begins to make every figure anew."""

from typing import Annotated

import msgspec

from analytics.bootstrap import tasks as wiring
from analytics.ports.projection import ConsumerName
from kit.task import Tasks

_Name = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Under which name; one that was never used."""

    name: _Name


class Begun(msgspec.Struct, frozen=True):
    """The projector goes on with it; ``GET /analytics/admin/freshness`` tells how far it is."""

    name: str


def rebuild(wanted: Wanted) -> Begun:
    """Begin."""
    wiring.keeping().rebuild(ConsumerName(wanted.name))
    return Begun(wanted.name)


handler = Tasks({"rebuild": (Wanted, rebuild)}).handler
