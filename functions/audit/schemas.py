"""What crosses HTTP: queries in, views out. Hashes, keys and signatures are hexadecimal."""

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from kit.http import Body, PageQuery, View

_TEXT = r"^[^\x00]*$"


class SearchIn(PageQuery):
    """Which entries; times are those of recording."""

    topic: str | None = Field(default=None, max_length=60, pattern=_TEXT)
    type: str | None = Field(default=None, max_length=100, pattern=_TEXT, description="`user.roles_changed`")
    subject: str | None = Field(default=None, max_length=200, pattern=_TEXT, description="What it is about")
    actor: str | None = Field(default=None, max_length=200, pattern=_TEXT, description="Who did it")
    since: AwareDatetime | None = Field(default=None, description="At or after")
    until: AwareDatetime | None = Field(default=None, description="Before")


class SizeIn(Body):
    """In which tree to prove."""

    size: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Of a checkpoint; the newest without"
    )


class SizesIn(Body):
    """Two checkpoints, the older one first."""

    first: int = Field(ge=1, le=2**31 - 1)
    second: int = Field(ge=1, le=2**31 - 1)


class VerifyIn(Body):
    """Which part of the store to check; follow `next_cursor` for all of it."""

    cursor: str | None = Field(default=None, max_length=512)
    limit: int = Field(default=1000, ge=1, le=5000, description="Entries to check now")


class SpanIn(Body):
    """Which part of a chain; indexes have no gaps, so the last one seen tells where to go on."""

    topic: str = Field(max_length=60, pattern=_TEXT)
    partition: int = Field(default=0, ge=0, le=9999)
    after: int = Field(default=0, ge=0, le=2**53 - 1, description="Entries past this index")
    limit: int = Field(default=500, ge=1, le=1000, description="Lines at most")


class ExportIn(SpanIn):
    """As above; `size` proves in the tree of that checkpoint, `kept` against a head you kept."""

    size: int | None = Field(default=None, ge=1, le=2**31 - 1)
    kept: int | None = Field(default=None, ge=1, le=2**31 - 1)


class EntryView(View):
    """An entry. `event` is its value where that is JSON; of a repeated event the first entry holds it."""

    id: str
    topic: str
    partition: int
    index: int
    offset: int
    kind: Literal["record", "repeated", "tombstone"]
    recorded_at: datetime
    event_id: str | None
    type: str | None
    subject: str | None
    actor: str | None
    happened_at: datetime | None
    content: str
    hash: str
    event: Any = None


class NetworkView(View):
    """Where an action came from: opened, erased with its actor's key, or broken."""

    state: Literal["open", "erased", "broken"]
    address: str | None


class EntryInFullView(EntryView):
    """An entry; of a privileged action also where it came from."""

    network: NetworkView | None = None


class MarkView(View):
    """The hash of a chain's entry number `length`."""

    topic: str
    partition: int
    length: int
    hash: str


class HeadView(View):
    """A signed tree head: keep it, and nothing before it can change unseen."""

    format: str
    origin: str
    size: int
    root: str
    at_us: int
    key_id: str
    signature: str


class CheckpointView(HeadView):
    """A signed tree head and the marks of its newest leaf."""

    marks: tuple[MarkView, ...]


class LinkView(View):
    """What the hash of an entry covers beside the hash before it."""

    index: int
    offset: int
    kind: int
    timestamp_ms: int
    recorded_us: int
    key: dict[str, str] | None
    content: str


class ProofView(View):
    """That an entry is in the tree of `head`: `previous`, the entry, `links` to a mark, the leaf, `path`."""

    topic: str
    partition: int
    previous: str
    entry: dict[str, Any]
    links: tuple[LinkView, ...]
    marks: tuple[MarkView, ...]
    leaf: int
    path: tuple[str, ...]
    head: HeadView


class ConsistencyView(View):
    """That the tree of `first` begins the tree of `second` (RFC 9162, 2.1.4)."""

    first: HeadView
    second: HeadView
    path: tuple[str, ...]


class DifferenceView(View):
    """What is not as it was stored or signed, and where."""

    what: str
    where: str


class WalkView(View):
    """What was checked now; all is verified when `next_cursor` is null."""

    checked: int
    differences: tuple[DifferenceView, ...]
    next_cursor: str | None


class VerificationView(View):
    """A run of the verification that goes on by itself."""

    began_at: datetime
    ended_at: datetime
    checked: int
    number: int | None
    differences: tuple[DifferenceView, ...]


class StandingView(View):
    """Where the store stands: `covered` of its `entries` are under the newest signed head."""

    head: HeadView | None
    counts: dict[str, int]
    entries: int
    covered: int
    conflicts: int
    verification: VerificationView | None
    last_difference: VerificationView | None


class SegmentView(View):
    """A span in the archive: an export to verify alone. The link opens it for five minutes."""

    first: int
    last: int
    size: int
    sha256: str
    archived_at: datetime
    link: str


class SegmentsView(View):
    """Archived spans of one chain, in order."""

    items: tuple[SegmentView, ...]


class KeyView(View):
    """A public key (Ed25519) and the moment from which it signs."""

    key_id: str
    public_key: str
    valid_from: datetime


class KeysView(View):
    """Every key that ever signed a head, the oldest first."""

    items: tuple[KeyView, ...]


class ExportLineView(View):
    """A line of an export; see `clients/python/treum_audit`."""

    index: int
    hash: str
