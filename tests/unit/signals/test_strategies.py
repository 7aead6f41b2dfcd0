"""Strategies on made and on real prices: no look-ahead, no dependence on batching, no fright at splits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from builders.signals import NOW, World, walk
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import MemorySignalBook
from signals.model.market import Candle, Split
from signals.model.people import Person
from signals.model.signal import Signal, SignalId
from signals.policies.compliance import findings
from signals.strategies import ALL, WIDTH, Idea, Series, Window
from signals.strategies.ema_trend import EmaTrend

TAPES = Path(__file__).resolve().parents[3] / "infra" / "local" / "tapes"
NAMES = ("us-equities-1d", "eurusd-1h", "spx-1d")
WALK = walk(600, seed=4)
PERSON = Person("person-1", frozenset({"approver"}))


def decisions(candles: Sequence[Candle], splits: Sequence[Split] = ()) -> list[Idea | None]:
    series = Series(candles, splits)
    return [EmaTrend().decide(series.until(index)) for index in range(len(candles))]


def test_a_decision_is_the_same_when_the_future_is_cut_off() -> None:
    whole = decisions(WALK)
    acting = [index for index, idea in enumerate(whole) if idea is not None]
    assert len(acting) >= 5

    for index in [*acting, *range(150, 600, 50)]:
        assert decisions(WALK[: index + 1])[-1] == whole[index]


def test_a_strategy_that_looks_ahead_is_caught() -> None:
    class Clairvoyant:
        """Acts when tomorrow is higher: what the windows must make impossible."""

        def __init__(self, candles: Sequence[Candle]) -> None:
            self.candles = candles

        def decide(self, window: Window) -> bool:
            tomorrow = self.candles[len(window) : len(window) + 1]
            return bool(tomorrow) and float(tomorrow[0].close) > window.close[-1]

    part = WALK[:100]
    whole = [Clairvoyant(part).decide(Series(part, ()).until(index)) for index in range(100)]
    cut = [
        Clairvoyant(part[: index + 1]).decide(Series(part[: index + 1], ()).until(index))
        for index in range(100)
    ]

    assert whole != cut


def test_a_decision_depends_on_the_last_candles_alone() -> None:
    whole = decisions(WALK)

    for index in range(WIDTH, len(WALK)):
        window = WALK[index + 1 - WIDTH : index + 1]
        assert EmaTrend().decide(Series(window, ()).until(len(window) - 1)) == whole[index]


def test_a_replay_in_other_batches_drafts_the_same_signals() -> None:
    drafts = []
    for size in (1, 7, 600):
        world = World()
        for start in range(0, len(WALK), size):
            world.take(WALK[start : start + size])
        assert isinstance(world.book, MemorySignalBook)
        drafts.append([(event.subject, event.data) for event in world.book.events])

    assert drafts[0]
    assert drafts[0] == drafts[1] == drafts[2]


def test_a_candle_delivered_twice_drafts_nothing_twice() -> None:
    world = World()
    world.take(WALK)
    assert isinstance(world.book, MemorySignalBook)
    before = len(world.book.events)

    world.take(WALK)

    assert len(world.book.events) == before


def halved(candles: Sequence[Candle], since: int) -> list[Candle]:
    return [*candles[:since]] + [
        replace(one, open=one.open / 2, high=one.high / 2, low=one.low / 2, close=one.close / 2)
        for one in candles[since:]
    ]


def test_a_split_changes_no_decision_but_its_prices() -> None:
    at = 300
    split = Split("AAPL", WALK[at].closed_at.date(), Decimal(2))

    plain, split_up = decisions(WALK), decisions(halved(WALK, at), [split])

    assert [idea and (idea.side, idea.confidence) for idea in plain] == [
        idea and (idea.side, idea.confidence) for idea in split_up
    ]


def test_without_the_adjustment_the_split_would_show() -> None:
    plain, fooled = decisions(WALK), decisions(halved(WALK, 300))

    assert plain != fooled


@pytest.mark.parametrize(
    ("symbol", "day", "before", "after"),
    [
        ("AAPL", "2000-06-21", "101.25", "55.63"),
        ("AAPL", "2005-02-28", "88.99", "44.86"),
        ("MSFT", "2003-02-18", "48.30", "24.96"),
    ],
)
def test_the_tapes_splits_stand_in_the_reference_data(symbol: str, day: str, before: str, after: str) -> None:
    reference = FileReference()
    tape = [one for one in _tape("us-equities-1d") if one.symbol == symbol]
    at = next(index for index, one in enumerate(tape) if one.closed_at.date().isoformat() == day)

    assert (tape[at - 1].close, tape[at].close) == (Decimal(before), Decimal(after))
    assert day in [split.effective.isoformat() for split in reference.splits(symbol)]
    assert reference.splits("GOOG") == ()


def test_no_split_of_the_tape_becomes_a_signal() -> None:
    reference = FileReference()
    for symbol in ("AAPL", "MSFT"):
        tape = [one for one in _tape("us-equities-1d") if one.symbol == symbol]
        ideas = decisions(tape, reference.splits(symbol))
        for split in reference.splits(symbol):
            at = next(i for i, one in enumerate(tape) if one.closed_at.date() == split.effective)
            assert ideas[at : at + 3] == [None, None, None]
            window = Series(tape, reference.splits(symbol)).until(at)
            assert abs(window.close[-1] / window.close[-2] - 1) < 0.15


def _tape(name: str) -> Sequence[Candle]:
    return RecordedTape(TAPES / f"{name}.csv.gz", FileReference()).read(0, 20_000)


@pytest.mark.parametrize(
    ("name", "drafts", "published"), [(NAMES[0], 100, 15), (NAMES[1], 60, 15), (NAMES[2], 60, 15)]
)
def test_a_real_tape_gives_signals(name: str, drafts: int, published: int) -> None:
    world, made = World(at=NOW), list[Signal]()
    tape = _tape(name)
    for start in range(0, len(tape), 10):  # a workflow that lags further finds its signals overtaken
        world.take(tape[start : start + 10])
        assert isinstance(world.book, MemorySignalBook)
        new = [e.subject for e in world.book.events if e.type == "signal.drafted"][len(made) :]
        for subject in new:
            draft = world.book.find(SignalId(subject))
            assert draft is not None
            made.append(draft)
            if world.run(draft)[-1] == "waiting":  # left open it would stand in the way of every later one
                world.approval.ask(draft.id, draft.id)
                world.approval.decide(draft.id, "decline", by=PERSON, note="")

    counts = world.book.counts()
    gone_out = sum(counts.get(status, 0) for status in ("live", "target_hit", "stopped", "expired"))
    print(name, len(tape), dict(counts), len(made))  # noqa: T201 - how many, for the reader of the log
    assert len(made) >= drafts
    assert gone_out >= published
    assert counts.get("target_hit", 0) >= 3
    assert counts.get("stopped", 0) >= 3


def test_every_draft_of_the_walk_is_compliant_and_explains_itself() -> None:
    world = World()
    world.take(WALK)
    policy = world.rules.compliance_on(NOW.date())
    horizons = {one.name: timedelta(days=one.horizon) for one in ALL}
    drafts = (
        [event.subject for event in world.book.events] if isinstance(world.book, MemorySignalBook) else []
    )
    for subject in drafts:
        draft = world.book.find(SignalId(subject))
        assert draft is not None
        assert findings(draft.terms, policy, world.reference.registered, NOW) == ()
        assert f"{float(draft.terms.entry):.6g}" in draft.terms.rationale
        assert draft.terms.expires_at == draft.terms.candle_at + horizons[draft.terms.strategy]


def test_strategies_have_names_of_their_own() -> None:
    assert len({strategy.name for strategy in ALL}) == len(ALL)
