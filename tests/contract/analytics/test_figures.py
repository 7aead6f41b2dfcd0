"""Figures: one contract in memory and in PostgreSQL."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from analytics.model.counting import RULES, counted
from analytics.model.facts import Fact
from analytics.model.figures import FIGURES, MEASURES, EventId, Key
from analytics.model.reports import REVENUE, Total
from analytics.ports import Advance, Advanced, Chain, Consumer, EventsQuery, Reading, Switched, TotalsQuery
from analytics.ports.projection import ConsumerName
from analytics.service.facts import fact_of
from analytics.service.projecting import Projector
from builders.figures import MONTH, START, Life, captured, chose, entitled, lives, seeded, shuffled, store_of
from contract.analytics.conftest import Figures
from kit.events import Event
from kit.ids import uuid7

AT = datetime(2026, 12, 1, tzinfo=UTC)
LIVE, ANEW = ConsumerName("live"), ConsumerName("anew")
CHAIN = Chain("payment-events", 0)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def paid(user: str = "", net: int = 1000) -> Fact:
    found = fact_of(captured(user or uuid7(), net, START))
    assert found is not None
    return found


def read(
    figures: Figures, *facts: Fact, after: int = 0, to: int = 1, name: ConsumerName = LIVE
) -> Advanced | None:
    return figures.projections.advance(Advance(name, [Reading(CHAIN, after, to)], facts), counted)


def net(figures: Figures) -> int:
    found = figures.answers.totals(TotalsQuery(("revenue-net",), *YEAR, "month"))
    return sum(one.amount for one in found)


def test_the_first_consumer_is_shown_and_the_next_one_built(figures: Figures) -> None:
    assert figures.projections.begin(LIVE, RULES, AT)
    assert figures.projections.begin(ANEW, RULES, AT)
    assert figures.projections.consumers() == [
        Consumer(LIVE, "active", RULES, AT),
        Consumer(ANEW, "building", RULES, AT),
    ]


def test_one_is_built_at_a_time_and_no_name_is_used_twice(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    assert not figures.projections.begin(LIVE, RULES, AT)
    figures.projections.begin(ANEW, RULES, AT)
    assert not figures.projections.begin(ConsumerName("third"), RULES, AT)


def test_a_step_counts_and_moves(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    assert read(figures, paid(), paid(), to=7) == Advanced(2, 2)
    assert figures.projections.positions(LIVE) == {CHAIN: 7}
    assert net(figures) == 2000
    assert figures.projections.consumers()[0].facts == 2


def test_an_event_counts_once_however_often_it_is_read(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    one = paid()
    read(figures, one, one)
    assert read(figures, one, after=1, to=2) == Advanced(0, 0)
    assert net(figures) == 1000


def test_a_step_from_where_nobody_is_any_more_changes_nothing(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    read(figures, paid(), to=5)
    assert read(figures, paid(), to=9) is None
    assert (net(figures), figures.projections.positions(LIVE)) == (1000, {CHAIN: 5})


def test_a_later_fact_replaces_what_was_counted_before(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    user = uuid7()
    first, second = Life(user), Life(user)
    told: list[Event[Any]] = [first.started(START), first.ended(START + MONTH)]
    told.append(second.started(START + 2 * MONTH))
    for number, event in enumerate(reversed(told)):
        fact = fact_of(event)
        assert fact is not None
        read(figures, fact, after=number, to=number + 1)
    found = figures.answers.totals(TotalsQuery(FIGURES["mrr"], *YEAR, "month"))
    assert {one.measure for one in found} == {"mrr-new", "mrr-churn", "mrr-reactivation"}
    assert figures.projections.discrepancies(LIVE, counted) == []


def test_what_could_not_be_read_is_kept_and_counted(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    step = Advance(LIVE, [Reading(CHAIN, 0, 1)], (), {EventId(uuid7()): "no such field"})
    assert figures.projections.advance(step, counted) == Advanced(0, 0)
    assert figures.projections.consumers()[0].unread == 1


def test_how_fresh_it_is_never_goes_back(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    figures.projections.caught_up(LIVE, AT)
    figures.projections.caught_up(LIVE, AT - timedelta(seconds=1))
    assert figures.projections.consumers()[0].caught_up_at == AT


def test_sums_by_day_month_label_and_from_before(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    times = (START, START + timedelta(days=1), START + 2 * MONTH)
    events = [captured(uuid7(), 100 * 10**place, at) for place, at in enumerate(times)]
    events.append(captured(uuid7(), 7, START, "research"))
    read(figures, *(fact for one in events if (fact := fact_of(one))))

    def asked(**more: object) -> list[Total]:
        given = {"measures": ("revenue-net",), "first": YEAR[0], "last": YEAR[1], "by": "month"} | more
        found = figures.answers.totals(TotalsQuery(**given))  # type: ignore[arg-type]  # a test's own words
        return sorted(found, key=lambda one: (str(one.since), one.label))

    january, march = date(2026, 1, 1), date(2026, 3, 1)
    assert asked(label="courses") == [
        Total(january, "revenue-net", "courses", 1100),
        Total(march, "revenue-net", "courses", 10_000),
    ]
    assert asked(label="research") == [Total(january, "revenue-net", "research", 7)]
    assert [one.since for one in asked(by="day", label="courses")] == [
        date(2026, 1, 10),
        date(2026, 1, 11),
        date(2026, 3, 11),
    ]
    assert asked(first=march, label="courses") == [Total(march, "revenue-net", "courses", 10_000)]
    assert asked(first=march, label="courses", before=True) == [
        Total(march, "revenue-net", "courses", 10_000),
        Total(None, "revenue-net", "courses", 1100),
    ]
    assert asked(first=date(2026, 2, 1), last=date(2026, 2, 28)) == []


def test_every_event_behind_a_figure_is_listed_once_page_by_page(figures: Figures) -> None:
    chance = seeded(4)
    told = [event for _, event in shuffled(chance, lives(chance, 6))]
    figures.projections.begin(LIVE, RULES, AT)
    read(figures, *(fact for one in told if (fact := fact_of(one))))
    last = date(2030, 1, 1)
    seen: dict[Key, int] = {}
    after: Key | None = None
    while page := figures.answers.events(EventsQuery(MEASURES, YEAR[0], last, 7, None, after)):
        assert [one.key for one in page] == sorted(one.key for one in page)
        assert not seen.keys() & {one.key for one in page}
        seen |= {one.key: one.amount for one in page}
        after = page[-1].key
    for total in figures.answers.totals(TotalsQuery(MEASURES, YEAR[0], last, "day")):
        behind = [
            amount
            for key, amount in seen.items()
            if (key.day, key.measure, key.label) == (total.since, total.measure, total.label)
        ]
        assert sum(behind) == total.amount
    assert {key.event for key in seen} <= {event.id for event in told}
    some = figures.answers.events(EventsQuery(REVENUE, *YEAR, 100, "courses"))
    assert {one.key.label for one in some} == {"courses"}


def test_a_persons_facts_are_theirs_alone_and_come_back_as_they_went(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    me = uuid7()
    told: list[Event[Any]] = [captured(me, 5, START), entitled(me, "premium", START), chose(me, START)]
    told.append(Life(me).started(START))
    mine = [fact for one in told if (fact := fact_of(one))]
    read(figures, *mine, paid())
    assert sorted(figures.answers.facts_of(me), key=lambda one: one.event) == sorted(
        mine, key=lambda one: one.event
    )
    assert figures.answers.facts_of(uuid7()) == []


def test_nothing_is_shown_before_there_is_a_consumer(figures: Figures) -> None:
    assert figures.answers.totals(TotalsQuery(MEASURES, *YEAR, "day")) == []
    assert figures.answers.events(EventsQuery(MEASURES, *YEAR, 10)) == []
    assert figures.projections.switch(AT) is None
    assert figures.projections.drop(100) == 0


def test_what_is_built_is_shown_once_it_is_as_far_and_the_other_is_dropped(figures: Figures) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    figures.projections.begin(ANEW, RULES, AT)
    facts = [paid(), paid()]
    read(figures, *facts, to=2)
    read(figures, facts[0], to=1, name=ANEW)
    assert figures.projections.switch(AT) is None
    read(figures, facts[1], after=1, to=2, name=ANEW)
    assert figures.projections.switch(AT) == Switched(ANEW, 0)
    assert [(one.name, one.state, one.differences) for one in figures.projections.consumers()] == [
        (LIVE, "retired", None),
        (ANEW, "active", 0),
    ]
    assert net(figures) == 2000
    assert figures.projections.switch(AT) is None
    while figures.projections.drop(3):
        pass
    assert [one.state for one in figures.projections.consumers()] == ["dropped", "active"]
    assert net(figures) == 2000
    assert not figures.projections.begin(LIVE, RULES, AT)


@pytest.mark.parametrize(
    ("rules", "to", "differences"), [(RULES, 1, 2), (RULES + 1, 1, None), (RULES, 2, None)]
)
def test_totals_that_differ_are_told_where_they_can_be_compared(
    figures: Figures, rules: int, to: int, differences: int | None
) -> None:
    figures.projections.begin(LIVE, RULES, AT)
    figures.projections.begin(ANEW, rules, AT)
    read(figures, paid(), paid())
    read(figures, paid(), to=to, name=ANEW)
    assert figures.projections.switch(AT) == Switched(ANEW, differences)


@pytest.mark.parametrize("seed", range(4))
def test_both_stores_come_to_what_the_facts_say(figures: Figures, seed: int) -> None:
    chance = seeded(seed)
    store = store_of(shuffled(chance, lives(chance, 10)))
    figures.projections.begin(LIVE, RULES, AT)
    projector = Projector(store, figures.projections, lambda: AT)
    while not projector.step(LIVE, chance.randrange(1, 40)).done:
        pass
    assert figures.projections.discrepancies(LIVE, counted) == [], f"seed {seed}"
    assert figures.projections.consumers()[0].caught_up_at == AT
