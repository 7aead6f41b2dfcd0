"""The life of an erasure in any order of acts, repeated and late ones too, against what must never be."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import sampled_from

from builders.privacy import CHECKER, MAKER, PrivacyDesk, in_memory, somebody
from kit.events import Event
from kit.events.privacy_events import PrivacyErased
from privacy.adapters.memory import MemoryHolds
from privacy.errors import ErasureBegun, ErasureOpen
from privacy.model.erasure import NEXT, Erasure, ErasureState
from privacy.model.export import DOMAINS, PersonId
from privacy.model.hold import HoldId


class Life(RuleBasedStateMachine):
    """One person, one of the staff who holds and one who releases, and domains that answer whenever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: PrivacyDesk = in_memory()
        self.person = somebody()
        self.one: Erasure | None = None
        self.seen: list[ErasureState] = []
        self.holds: list[HoldId] = []
        self.told: list[Event[PrivacyErased]] = []

    @rule()
    def request(self) -> None:
        try:
            self.one = self.desk.erasing.request(self.person)
        except ErasureOpen:
            assert self.one is not None
            assert self.desk.find(self.one).state != "cancelled"
        else:
            self.seen, self.told = ["waiting"], []

    @rule()
    def cancel(self) -> None:
        if self.one is None:
            return
        before = self.desk.find(self.one).state
        try:
            self.desk.erasing.cancel(self.one.id, self.person)
        except ErasureBegun:
            assert before in {"erasing", "closing", "completed"}
        else:
            assert before in {"waiting", "held", "cancelled"}

    @rule(hours=sampled_from((0, 1, 24, 48)))
    def wait(self, hours: int) -> None:
        self.desk.clock.at += timedelta(hours=hours)

    @rule()
    def upkeep(self) -> None:
        held = self.desk.holds.latest(self.person, self.desk.clock.at) is not None
        before = self.desk.find(self.one).state if self.one else None
        self.desk.upkeep()
        if held and before in {"waiting", "held"} and self.one:
            assert self.desk.find(self.one).state in {"waiting", "held"}, "a hold holds"

    @rule()
    def hold(self) -> None:
        until = self.desk.clock.at + timedelta(hours=100)
        self.holds.append(self.desk.holding.set(self.person, "an inquiry", until, MAKER).id)

    @rule()
    def release(self) -> None:
        if self.holds:
            self.desk.holding.release(self.holds.pop(), CHECKER)

    @rule(domain=sampled_from(DOMAINS))
    def answer(self, domain: str) -> None:
        if self.one is None or domain not in self.desk.find(self.one).asked:
            return
        self.told.append(self.desk.answer(self.one, domain))
        self.desk.erasing.answered(self.told[-1])

    @rule(data=sampled_from(range(8)))
    def replay(self, data: int) -> None:
        if data < len(self.told):
            self.desk.erasing.answered(self.told[data])

    @invariant()
    def it_only_goes_where_the_table_says(self) -> None:
        if self.one is None:
            return
        now = self.desk.find(self.one)
        if now.state != self.seen[-1]:
            ways = {self.seen[-1]: NEXT[self.seen[-1]], "held": NEXT["held"] | NEXT["waiting"]}
            assert now.state in ways[self.seen[-1]], (self.seen, now.state)
            self.seen.append(now.state)
        if now.state in {"erasing", "closing", "completed"}:
            assert now.began_at is not None
            assert now.began_at >= now.due_at, "never before 48 hours are over"

    @invariant()
    def the_account_and_the_key_go_last(self) -> None:
        if self.one is None:
            return
        now = self.desk.find(self.one)
        answered = {answer.domain for answer in self.desk.erasing.answers(now)}
        if now.state in {"closing", "completed"}:
            assert answered >= set(now.first)
        if "users" in answered:
            assert answered >= set(now.first)
        if self.desk.keys.asked:
            assert answered == {*DOMAINS}


def lived() -> None:
    run_state_machine_as_test(Life, settings=settings(max_examples=300, stateful_step_count=30))


def test_no_order_of_acts_erases_too_soon_too_much_or_against_the_law() -> None:
    lived()


def test_a_planted_bug_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the look at holds the machine finds an erasure against the law."""

    class Blind(MemoryHolds):
        def latest(self, person: PersonId, now: datetime) -> None:
            """See nothing."""

    sound = vars(PrivacyDesk)["erasing"].fget
    monkeypatch.setattr(PrivacyDesk, "erasing", property(lambda desk: replace(sound(desk), holds=Blind())))
    with pytest.raises(AssertionError, match="a hold holds"):
        lived()
