"""One suite on memory and PostgreSQL: filters, pages and access of the lists of signals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from builders.facts import cancelled, published
from builders.record_stores import Side, side_over
from builders.signals import CANDLE_AT, NOW
from fixtures.database import Databases
from signals.model.access import ENTERPRISE, FREE, PLANS, STAFF, SUBSCRIBER, Access
from signals.model.signal import Signal
from signals.model.subscription import Subscriptions
from signals.ports import (
    SignalQuery,
)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        return side_over(None)
    databases: Databases = request.getfixturevalue("database")
    return side_over(databases("signals"))


def many(side: Side) -> list[Signal]:
    """Return 24 published signals, half of them closed, a minute apart, and a draft."""
    made = []
    for number in range(24):
        side.world.at = NOW + timedelta(minutes=number)
        one = side.record.live(
            symbol=("AAPL", "MSFT", "SPX")[number % 3],
            timeframe="1d",
            strategy=f"s-{number % 4}",
            side="sell" if number % 2 else "buy",
            stop=Decimal(105 if number % 2 else 95),
            targets=(Decimal(90 if number % 2 else 110),),
            confidence=60 + number,
            candle_at=CANDLE_AT + timedelta(days=number),
            rationale=f"The average crossed {'above' if number % 2 else 'below'} number {number}.",
        )
        made.append(one)
    side.world.drafted(strategy="a-draft")
    return made


FILTERS: list[dict[str, Any]] = [
    {},
    {"symbol": "AAPL"},
    {"strategy": "s-2"},
    {"analyst": "treum-house"},
    {"analyst": "nobody"},
    {"side": "sell", "timeframe": "1d"},
    {"timeframe": "1h"},
    {"confidence": 75},
    {"since": NOW + timedelta(minutes=5), "until": NOW + timedelta(minutes=9)},
    {"text": "crossed above"},
    {"text": "number 7"},
    {"symbol": "MSFT", "strategy": "s-1", "confidence": 62},
    {"statuses": ("live",)},
    {"statuses": ("live", "draft")},
    {"mine": Subscriptions("me", ("SPX",), ("s-0",))},
    {"mine": Subscriptions("me")},
]


def naive(asked: dict[str, Any], signals: Sequence[Signal]) -> list[Signal]:
    """Return what ``asked`` means, said once more and plainly."""

    def fits(one: Signal) -> bool:
        terms, at = one.terms, one.published_at or one.drafted_at
        words = asked.get("text", "").split()
        return (
            all(
                getattr(terms, n) == asked[n]
                for n in asked.keys() & {"symbol", "strategy", "analyst", "side", "timeframe"}
            )
            and terms.confidence >= asked.get("confidence", 0)
            and asked.get("since", at) <= at
            and ("until" not in asked or at < asked["until"])
            and all(word in terms.rationale.replace(".", " ").split() for word in words)
            and ("statuses" not in asked or one.status in asked["statuses"])
            and (
                "mine" not in asked
                or terms.symbol in asked["mine"].symbols
                or terms.strategy in asked["mine"].strategies
            )
        )

    kept = [one for one in signals if fits(one)]
    return sorted(kept, key=lambda one: (one.published_at or one.drafted_at, one.id), reverse=True)


def test_lists_are_filtered_and_paged_without_a_gap(side: Side) -> None:
    many(side)
    side.world.at += timedelta(hours=1)
    everything = side.world.book.page(SignalQuery(STAFF, side.world.at, 100))
    assert len(everything) == 25

    for asked in FILTERS:
        whole = side.world.book.page(SignalQuery(STAFF, side.world.at, 100, **asked))
        assert whole == naive(asked, everything), asked
        paged: list[Signal] = []
        while page := side.world.book.page(
            SignalQuery(STAFF, side.world.at, 5, after=_place(paged) if paged else None, **asked)
        ):
            paged += page
        assert paged == whole, asked


def _place(page: Sequence[Signal]) -> Any:
    return page[-1].published_at or page[-1].drafted_at, page[-1].id


def test_a_list_shows_exactly_what_the_access_allows(side: Side) -> None:
    for one in many(side)[::2]:
        ended = replace(one.to("cancelled"), closed_at=NOW)
        side.world.book.save(ended, cancelled(published(one.id)))
    everything = side.world.book.page(SignalQuery(STAFF, NOW + timedelta(days=500), 100))
    assert len(everything) == 25
    seen = set()

    for access, minutes in product(
        (FREE, SUBSCRIBER, ENTERPRISE, STAFF, Access()), (0, 20, 41760, 57600, 576000)
    ):
        now = NOW + timedelta(minutes=minutes)
        found = side.world.book.page(SignalQuery(access, now, 100))
        assert found == [one for one in everything if access.allows(one, now)], (access, minutes)
        seen.add(len(found))

    assert len(seen) > 5
    assert set(PLANS) == {"free", "premium", "enterprise"}
