"""The archive of an export: a ZIP of every page, and a manifest that names each with its digest."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec

from kit.errors import Retryable
from kit.privacy.contributing import part_key
from privacy.model import notice
from privacy.model.export import Export, Part

Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Packed:
    """The archive's bytes and their SHA-256 in hex."""

    content: bytes
    sha256: str


def archive_key(export: str) -> str:
    """Return where the archive lies."""
    return f"exports/{export}/archive.zip"


def packed(one: Export, parts: tuple[Part, ...], now: datetime, read: Read) -> Packed:
    """Read every page and pack it. Raises ``Retryable`` when a part is not what its domain told."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        told = [_add(archive, one, part, read) for part in parts]
        manifest = {
            "export": one.id,
            "person": one.person,
            "requested_at": one.requested_at,
            "made_at": now,
            "domains": told,
            "what_is_kept_of_whom": [asdict(line) for line in notice.LINES],
            "shared_with": [{"who": who, "what": what} for who, what in notice.SHARED_WITH],
        }
        archive.writestr("manifest.json", msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    content = out.getvalue()
    return Packed(content, hashlib.sha256(content).hexdigest())


def _add(archive: zipfile.ZipFile, one: Export, part: Part, read: Read) -> dict[str, Any]:
    whole, files = hashlib.sha256(), []
    for page in range(1, part.pages + 1):
        key = part_key(one.id, part.domain, page)
        content, name = read(key), key.rpartition("/")[2]
        whole.update(content)
        archive.writestr(name, content)
        files.append({"name": name, "sha256": hashlib.sha256(content).hexdigest()})
    if whole.hexdigest() != part.sha256:
        raise Retryable(f"the part of {part.domain} is not what the domain told: ask it to contribute again")
    return {"domain": part.domain, "records": part.records, "sha256": part.sha256, "files": files}
