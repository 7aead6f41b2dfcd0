"""Reading on, making anew and switching, on memory: nothing depends on the order between chains."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.adapters.memory import MemoryEventStore, MemoryFigures
from analytics.errors import NoSuchFigure, RangeTooLong, RebuildRuns
from analytics.model.counting import RULES, counted
from analytics.model.facts import Fact
from analytics.model.figures import MEASURES, Key
from analytics.ports import Advance, Advanced, Chain, Stored, TotalsQuery
from analytics.ports.projection import ConsumerName, Count
from analytics.service.answering import Answering, Span, freshness
from analytics.service.keeping import FIRST, Keeping
from analytics.service.projecting import Projector
from builders.figures import START, Told, captured, lives, seeded, shuffled, store_of
from kit import clock
from kit.ids import uuid7

EVER = (START.date() - timedelta(days=10), START.date() + timedelta(days=10_000))
ANEW = ConsumerName("anew")


@dataclass
class Bench:
    """A projector over memory, with a clock that a test moves."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    figures: MemoryFigures = field(default_factory=MemoryFigures)
    at: datetime = datetime(2026, 12, 1, tzinfo=UTC)
    ticks: int = 0

    def monotonic(self) -> float:
        """Every look costs a tenth of a second."""
        self.ticks += 1
        return self.ticks / 10

    @property
    def projector(self) -> Projector:
        return Projector(self.store, self.figures, lambda: self.at)

    @property
    def keeping(self) -> Keeping:
        return Keeping(self.projector, self.figures, lambda: self.at, self.monotonic)

    def drain(self) -> None:
        for _ in range(200):
            self.keeping.tick()

    def shown(self) -> dict[object, int]:
        found = self.figures.totals(TotalsQuery(MEASURES, *EVER, "day"))
        return {(one.since, one.measure, one.label): one.amount for one in found}

    def state(self) -> list[tuple[str, str]]:
        return [(one.name, one.state) for one in self.figures.consumers()]


def made_of(told: Iterable[Told], sizes: Iterable[int] = ()) -> Bench:
    bench = Bench(store_of(told))
    bench.figures.begin(FIRST, RULES, bench.at)
    for size in sizes:
        bench.projector.step(FIRST, size)
    while not bench.projector.step(FIRST).done:
        pass
    return bench


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_any_interleaving_of_topics_partitions_and_batches_gives_one_result(seed: int) -> None:
    chance = seeded(seed)
    streams = lives(chance, 4)
    first = made_of(shuffled(chance, streams))
    sizes = [chance.randrange(1, 30) for _ in range(20)]
    second = made_of(shuffled(chance, streams, partitions=5), sizes)
    assert first.shown() == second.shown()
    assert second.figures.discrepancies(FIRST, counted) == []


def test_a_day_of_figures_is_made_and_made_anew_while_events_arrive() -> None:
    chance = seeded(7)
    streams = lives(chance, 30)
    told = shuffled(chance, streams)
    bench = Bench(store_of(told[:200]))
    bench.drain()
    bench.keeping.rebuild(ANEW)
    for place in range(200, len(told), 5):
        for partition, event in told[place : place + 5]:
            bench.store.tell(event, partition)
        bench.keeping.tick()
    bench.drain()
    assert bench.state() == [(FIRST, "dropped"), (ANEW, "active")]
    assert bench.shown() == made_of(told).shown()
    assert bench.figures.consumers()[1].differences in {0, None}


def test_a_rebuild_of_the_same_facts_differs_in_nothing() -> None:
    chance = seeded(3)
    bench = made_of(shuffled(chance, lives(chance, 20)))
    before = bench.shown()
    bench.keeping.rebuild(ANEW)
    bench.drain()
    assert (bench.shown(), bench.figures.consumers()[1].differences) == (before, 0)


def test_a_rebuild_mends_what_was_spoiled_and_tells(capsys: pytest.CaptureFixture[str]) -> None:
    bench = made_of([(0, captured(uuid7(), 1000, START))])
    made = bench.figures._made[FIRST]
    made.totals = {total: amount + 1 for total, amount in made.totals.items()}
    assert len(bench.figures.discrepancies(FIRST, counted)) > 0
    bench.keeping.rebuild(ANEW)
    bench.drain()
    assert bench.figures.consumers()[1].differences == 2
    assert bench.figures.discrepancies(ANEW, counted) == []
    assert '"FiguresDiffered":2' in capsys.readouterr().out


def test_one_rebuild_at_a_time_and_no_name_twice() -> None:
    bench = made_of([(0, captured(uuid7(), 1000, START))])
    bench.keeping.rebuild(ANEW)
    with pytest.raises(RebuildRuns):
        bench.keeping.rebuild(ConsumerName("third"))
    bench.drain()
    with pytest.raises(RebuildRuns):
        bench.keeping.rebuild(ANEW)


def test_what_other_rules_made_is_left_alone_and_made_anew() -> None:
    bench = Bench(store_of([(0, captured(uuid7(), 1000, START))]))
    bench.figures.begin(ConsumerName("old"), RULES - 1, bench.at)
    bench.keeping.tick()
    assert bench.figures.positions(ConsumerName("old")) == {}
    assert bench.state() == [("old", "active"), (f"rules-{RULES}-1", "building")]
    bench.drain()
    assert bench.state() == [("old", "dropped"), (f"rules-{RULES}-1", "active")]
    assert bench.shown()


def test_what_newer_rules_build_is_left_to_the_newer_code() -> None:
    bench = made_of([(0, captured(uuid7(), 1000, START))])
    bench.figures.begin(ANEW, RULES + 1, bench.at)
    bench.drain()
    assert bench.figures.positions(ANEW) == {}


def test_a_tick_gives_both_what_is_shown_and_what_is_built_their_share() -> None:
    bench = made_of([(0, captured(uuid7(), 1000, START))])
    bench.keeping.rebuild(ANEW)
    for number in range(5):
        bench.store.tell(captured(uuid7(), number + 1, START))
    bench.keeping.tick()
    assert bench.figures.positions(ANEW) == {Chain("payment-events", 0): 6}
    assert bench.figures.consumers()[0].facts == 6


def test_an_event_that_fits_no_schema_is_set_aside_and_the_rest_counts() -> None:
    bench = Bench()
    bench.store.put(Chain("payment-events", 0), uuid7(), "payment.captured", b'{"not": "an event"}')
    bench.store.put(Chain("payment-events", 0), None, "payment.captured", b"\xff")
    bench.store.put(Chain("payment-events", 0), uuid7(), "payment.captured", None)
    bench.store.put(Chain("user-events", 0), uuid7(), "user.registered", b"{}")
    bench.store.tell(captured(uuid7(), 1000, START))
    bench.drain()
    [one] = bench.figures.consumers()
    assert (one.facts, one.unread) == (1, 2)
    assert bench.figures.positions(FIRST) == {Chain("payment-events", 0): 4}


def test_the_lag_is_how_long_ago_everything_was_in() -> None:
    bench = Bench()
    assert bench.keeping.lag() == timedelta()
    bench.drain()
    bench.at += timedelta(seconds=9)
    assert bench.keeping.lag() == timedelta(seconds=9)
    bench.keeping.tick()
    assert bench.keeping.lag() == timedelta()


def test_the_age_of_a_fact_is_measured_from_when_it_was_told_to_when_it_counts() -> None:
    bench = Bench()
    bench.drain()
    told = captured(uuid7(), 1000, START)
    bench.store.tell(told)
    bench.at = told.time + timedelta(seconds=3)
    ticked = bench.keeping.tick()
    assert (ticked.facts, ticked.age) == (1, timedelta(seconds=3))


def test_freshness_tells_how_far_each_consumer_is() -> None:
    bench = made_of([(0, captured(uuid7(), number + 1, START)) for number in range(4)])
    bench.figures.begin(ANEW, RULES, bench.at)
    bench.projector.step(ANEW, 1)
    found = [(one.consumer.name, one.behind, one.recorded) for one in freshness(bench.store, bench.figures)]
    assert found == [(FIRST, 0, 4), (ANEW, 3, 4)]


class Forgetful(MemoryFigures):
    """The planted bug: it moves the position and counts in two steps, and dies between them."""

    def advance(self, step: Advance, count: Count) -> Advanced | None:
        super().advance(Advance(step.consumer, step.readings), count)
        raise KeyboardInterrupt


def test_the_check_of_figures_sees_events_that_were_lost() -> None:
    told = [(0, captured(uuid7(), 1000, START))]
    bench = Bench(store_of(told), Forgetful())
    bench.figures.begin(FIRST, RULES, bench.at)
    with pytest.raises(KeyboardInterrupt):
        bench.projector.step(FIRST)
    assert bench.projector.step(FIRST).done
    assert bench.shown() != made_of(told).shown()


def test_a_count_that_forgets_a_fact_is_seen() -> None:
    bench = made_of([(0, captured(uuid7(), 1000, START))])

    def forgetful(facts: Iterable[Fact]) -> Mapping[Key, int]:
        return counted([*facts][1:])

    assert bench.figures.discrepancies(FIRST, forgetful) != []


def test_a_range_is_at_most_two_years_and_not_backwards() -> None:
    first = START.date()
    Span(first, first + timedelta(days=731))
    for last in (first + timedelta(days=732), first - timedelta(days=1)):
        with pytest.raises(RangeTooLong):
            Span(first, last)


def test_there_is_no_figure_of_another_name() -> None:
    with pytest.raises(NoSuchFigure):
        Answering(MemoryFigures()).events_behind("profit", Span(*[START.date()] * 2), None, None, 10)


def test_two_who_step_at_once_count_once() -> None:
    bench = made_of([])
    bench.store.tell(captured(uuid7(), 1000, clock.now()))
    slow = bench.figures.positions(FIRST)

    class Late(MemoryFigures):
        def positions(self, name: ConsumerName) -> Mapping[Chain, int]:
            del name
            return slow

    late = Late()
    late._made = bench.figures._made
    assert bench.projector.step(FIRST).facts == 1
    assert Projector(bench.store, late, lambda: bench.at).step(FIRST).facts == 0
    assert len(bench.figures.consumers()) == 1
    assert bench.figures.consumers()[0].facts == 1


def test_a_rebuild_may_be_asked_for_before_anything_was_counted() -> None:
    bench = Bench(store_of([(0, captured(uuid7(), 1000, START))]))
    bench.keeping.rebuild(ANEW)
    assert bench.state() == [(FIRST, "active"), (ANEW, "building")]


def test_a_tick_builds_for_a_slice_of_its_second_only(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = made_of([(0, captured(uuid7(), number + 1, START)) for number in range(40)])
    bench.keeping.rebuild(ANEW)
    monkeypatch.setattr(Projector.step, "__defaults__", (2,))
    bench.keeping.tick()
    assert 0 < bench.figures.positions(ANEW)[Chain("payment-events", 0)] < 40


class Promising(MemoryEventStore):
    """A store whose head is ahead of what it gives."""

    def read(self, chain: Chain, after: int, at_most: int) -> Sequence[Stored]:
        del chain, after, at_most
        return []


def test_a_head_without_events_moves_nothing() -> None:
    bench = Bench(Promising())
    bench.figures.begin(FIRST, RULES, bench.at)
    bench.store.tell(captured(uuid7(), 1000, START))
    assert not bench.projector.step(FIRST).done
    assert bench.figures.positions(FIRST) == {}
