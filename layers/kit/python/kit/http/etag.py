"""Entity tags, strong ones: a resource's version number (``"v7"``), or the digest of what a list shows."""

import re
from collections.abc import Iterable
from hashlib import sha256

from kit.errors import PreconditionFailed

_OURS = re.compile(r'"v(\d{1,18})"')


class PreconditionRequired(PreconditionFailed):
    """The change must say which version it changes (428)."""

    status = 428
    code = "PRECONDITION_REQUIRED"
    title = "Send If-Match with the ETag you read, so that nobody's change is lost"


def of_version(version: int) -> str:
    """Return the tag of ``version``."""
    return f'"v{version}"'


def of_parts(parts: Iterable[str]) -> str:
    """Return the tag of something made of ``parts``, such as the ids and versions on a page of a list."""
    return f'"{sha256("|".join(parts).encode()).hexdigest()[:32]}"'


def expected_version(if_match: str | None) -> int:
    """Return the version that ``If-Match`` names. Raises 428 without one, 412 for a foreign one."""
    if if_match is None:
        raise PreconditionRequired
    found = _OURS.fullmatch(if_match.strip())
    if found is None:
        raise PreconditionFailed
    return int(found[1])


def none_match(header: str | None, tag: str | None) -> bool:
    """Whether ``If-None-Match`` names ``tag``, so that 304 answers the read (weak comparison, RFC 9110)."""
    if header is None or tag is None:
        return False
    return header.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in header.split(",")}
