"""What the authorizer is told of one key."""

from dataclasses import dataclass
from datetime import datetime

from partners.model.application import OwnerId
from partners.model.key import KeyId


@dataclass(frozen=True, slots=True)
class MirroredKey:
    """One key's facts; not ``live``: that it opens nothing. A higher ``revision`` is newer.

    ``quota`` is requests an hour, taken from ``bucket``: keys of one owner share theirs, those of an
    application with a tier have one of its own. ``networks`` as :func:`partners.model.network.prefix_bits`.
    """

    prefix: str
    revision: int
    live: bool
    digest: bytes
    key: KeyId
    owner: OwnerId
    plan: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    expires_at: datetime
    quota: int
    bucket: str
