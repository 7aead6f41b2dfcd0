"""Entry point of jobs: what schedules and the bootstrap call, and what an operator may."""

import msgspec

from audit.bootstrap import stores
from audit.bootstrap import tasks as wiring
from kit import clock, telemetry
from kit.task import Tasks

_ENTRIES_A_RUN = 20_000
_SEGMENTS_A_RUN = 50


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A job without input."""


def make_checkpoint(_: Nothing) -> dict[str, int]:
    """Sign where every chain ends, unless nothing moved."""
    made = wiring.checkpointing().run()
    telemetry.count("AuditCheckpointRuns")
    return {"size": made.number if made else 0}


def verify_store(_: Nothing) -> dict[str, int]:
    """Verify the part of the store that comes next, and the tree."""
    found = wiring.watching().run(_ENTRIES_A_RUN)
    return {"checked": found.checked, "differences": len(found.differences)}


def archive_segments(_: Nothing) -> dict[str, int]:
    """Write closed spans to the archive, and make the partitions of the months to come."""
    return {
        "months": stores.log().keep_months(clock.now()),
        "segments": wiring.archiving().run(_SEGMENTS_A_RUN),
    }


def ensure_audit_key(_: Nothing) -> dict[str, bool]:
    """Make the first signing key unless there is one; publish what there is."""
    return {"made": wiring.signing_keys().ensure()}


def rotate_audit_key(_: Nothing) -> dict[str, str]:
    """Sign with a new key from now on."""
    return {"key_id": wiring.signing_keys().rotate().key_id}


tasks = Tasks(
    {
        "make_checkpoint": (Nothing, make_checkpoint),
        "verify_store": (Nothing, verify_store),
        "archive_segments": (Nothing, archive_segments),
        "ensure_audit_key": (Nothing, ensure_audit_key),
        "rotate_audit_key": (Nothing, rotate_audit_key),
    }
)
handler = tasks.handler
