"""A document in pages: each whole JSON by itself, and bounded."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from kit.errors import Poison
from kit.privacy import Document

LARGEST_PAGE: Final = 2 * 1024 * 1024
"""Bytes of records on a page; one record alone may be larger than that, up to ``LARGEST_RECORD``."""
LARGEST_RECORD: Final = 8 * 1024 * 1024
MOST_PAGES: Final = 40


def pages(domain: str, document: Document) -> Iterator[bytes]:
    """Yield ``{"domain", "page", "sections": {name: [records]}}``, page by page, one at least.

    Raises ``Poison`` when it is larger than an export may be: somebody has to look.
    """
    number, held, sections = 1, 0, {name: list[Any]() for name in document}
    for name, records in document.items():
        for record in records:
            size = len(msgspec.json.encode(record))
            if size > LARGEST_RECORD:
                raise Poison(f"a record of {domain}.{name} has {size} bytes")
            if held and held + size > LARGEST_PAGE:
                yield _page(domain, number, sections)
                number, held, sections = number + 1, 0, {}
                if number > MOST_PAGES:
                    raise Poison(f"the part of {domain} has more than {MOST_PAGES} pages")
            sections.setdefault(name, []).append(record)
            held += size
    yield _page(domain, number, sections)


def _page(domain: str, number: int, sections: dict[str, list[Any]]) -> bytes:
    whole = msgspec.json.encode({"domain": domain, "page": number, "sections": sections})
    return msgspec.json.format(whole, indent=1)
