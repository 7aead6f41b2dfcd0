"""What this domain refuses, each with a stable code."""

from kit.errors import Conflict, Invalid, NotFound, TreumError


class EntryUnknown(NotFound):
    """No such entry (404)."""

    code = "ENTRY_UNKNOWN"
    title = "There is no such entry in the event store"


class CheckpointUnknown(NotFound):
    """No checkpoint of that number counts (404)."""

    code = "CHECKPOINT_UNKNOWN"
    title = "There is no such checkpoint"


class ChainUnknown(NotFound):
    """No such chain (404)."""

    code = "CHAIN_UNKNOWN"
    title = "No events of this topic and partition were stored yet"


class NotCheckpointed(Conflict):
    """The entry is newer than the last checkpoint (409)."""

    code = "NOT_CHECKPOINTED"
    title = "The next checkpoint, within a minute, is the first to cover this: ask again then"


class SizesRefused(Invalid):
    """The sizes do not name two trees of which one can begin the other (422)."""

    code = "SIZES_REFUSED"
    title = "Name two checkpoints, the older one first"


class HistoryBroken(TreumError):  # noqa: N818 - the tree's classes are named for what happened
    """What is stored contradicts what was signed: nothing more is signed until a person has looked."""

    code = "HISTORY_BROKEN"
    title = "The event store contradicts what was signed before"
