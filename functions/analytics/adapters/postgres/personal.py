"""What this domain holds about a person: the facts behind the figures that concern them."""

from typing import Any, Final

import msgspec

from analytics.adapters.rows import unpacked
from kit.privacy.tables import Holdings, Keeping, Section


def _opened(_person: str, row: dict[str, Any]) -> dict[str, Any]:
    fact = unpacked(row["kind"], bytes.fromhex(row.pop("body").removeprefix("\\x")))
    return row | {"fact": msgspec.to_builtins(fact)}


HOLDINGS: Final = Holdings(
    sections=(
        Section(
            "facts",
            ("facts",),
            "SELECT f.event, f.kind, f.body FROM facts f JOIN consumers c ON c.id = f.consumer"
            " WHERE c.state = 'active' AND f.subject = %(person)s ORDER BY f.event",
            _opened,
        ),
    ),
    keepings=(
        Keeping(
            "figures",
            "Sums of the company; the facts they are made of name an id, which leads to nobody any more",
            "SELECT count(*), NULL::timestamptz FROM facts WHERE subject = %(person)s",
        ),
    ),
)
