"""Offers as data: one JSON file a date from which its prices are valid, never edited once in force."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from payments.model.ledger import Book
from payments.model.offer import Catalogue, Offer, Sku

HERE = Path(__file__).parent


@cache
def load(seller: str, folder: Path = HERE) -> Catalogue:
    """Return every offer in ``folder`` for a ``seller`` registered in that state.

    Raises ``ValueError``, which names the file, for what is no offer.
    """
    offers: list[Offer] = []
    for path in sorted(folder.glob("*.json")):
        since = date.fromisoformat(path.stem)
        for found in json.loads(path.read_text())["offers"]:
            try:
                offers.append(_offer(found, since))
            except (TypeError, KeyError, ValueError) as error:
                raise ValueError(f"{path.name} cannot be read: {error}") from error
    return Catalogue(tuple(offers), seller)


def _offer(found: dict[str, Any], since: date) -> Offer:
    return Offer(**found | {"sku": Sku(found["sku"]), "line": Book(found["line"]), "since": since})
