"""Any order of what people, rules, the market and the clock do: a closed signal stays closed, a step is an event."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from builders.signals import NOW, World, candle
from kit.errors import TreumError
from signals.adapters.memory import MemorySignalBook
from signals.model.people import Person
from signals.model.signal import CLOSED, NEXT, AnalystId, Signal, Status
from signals.service.publication import Publication
from signals.service.revising import Change

ANALYST = Person("analyst-1", frozenset({"analyst"}))
OFFICER = Person("officer-1", frozenset({"compliance"}))
PEOPLE = st.sampled_from([ANALYST, OFFICER, Person("approver-1", frozenset({"approver"}))])
WHY = "The reason is long enough."
TASKS = (
    Publication.screen,
    Publication.comply,
    Publication.approve,
    Publication.commit,
    Publication.publish,
)
ENDED = CLOSED | {"screened_out", "withdrawn"}


class Life(RuleBasedStateMachine):
    """One signal, and everybody who may touch it, at any moment and in any order."""

    @initialize(confidence=st.sampled_from([70, 76, 90]))
    def draft(self, confidence: int) -> None:
        """Begin with a draft that is refused, waits, or passes by rule."""
        self.world = World()
        self.world.signers.assign(AnalystId("treum-house"), ANALYST.user, by="admin", at=NOW)
        self.world.candles.save([candle(0, 99, 101)])
        self.signal_id = self.world.drafted(confidence=confidence).id
        self.day = 0
        self.path: list[Status] = ["draft"]

    def signal(self) -> Signal:
        """Return the signal as it is."""
        found = self.world.book.find(self.signal_id)
        assert found is not None
        return found

    def attempt(self, act: Callable[[], object]) -> None:
        """Let it happen or be refused; a refusal changes nothing."""
        before, told = self.signal(), len(self.events())
        try:
            act()
        except TreumError:
            assert (self.signal(), len(self.events())) == (before, told)
        if self.signal().status != self.path[-1]:
            self.path.append(self.signal().status)

    def events(self) -> list[tuple[str, int]]:
        """Return type and version of what was told."""
        assert isinstance(self.world.book, MemorySignalBook)
        return [(event.type, event.version) for event in self.world.book.events]

    @rule(task=st.sampled_from(TASKS))
    def run(self, task: Callable[[Publication, str], object]) -> None:
        """Run any task of the workflow, early, late or again."""
        self.attempt(lambda: task(self.world.publication, self.signal_id))

    @rule()
    def workflow(self) -> None:
        """Run the whole workflow."""
        self.attempt(lambda: self.world.run(self.signal()))

    @rule()
    def ask(self) -> None:
        """Ask a person, as the workflow does after a screening that passed."""
        self.attempt(lambda: self.world.approval.ask(self.signal_id, "token"))

    @rule(by=PEOPLE, yes=st.booleans())
    def decide(self, by: Person, *, yes: bool) -> None:
        """Decide."""
        verdict = "approve" if yes else "decline"
        self.attempt(
            lambda: self.world.approval.decide(self.signal_id, verdict, by=by, note="")  # type: ignore[arg-type]  # one of the two
        )

    @rule(hours=st.sampled_from([1, 4]))
    def wait(self, hours: int) -> None:
        """Let time pass and the schedule run."""
        self.world.at += timedelta(hours=hours)
        self.attempt(self.world.recovery.resume)

    @rule(by=PEOPLE)
    def cancel(self, by: Person) -> None:
        """Cancel."""
        self.attempt(lambda: self.world.amending.cancel(self.signal_id, self.signal().version, WHY, by))

    @rule(by=PEOPLE)
    def recall(self, by: Person) -> None:
        """Recall."""
        self.attempt(lambda: self.world.amending.recall(self.signal_id, self.signal().version, WHY, by))

    @rule(stop=st.sampled_from(["94.00", "96.00", "97.00"]), goal=st.sampled_from([None, "112.00"]))
    def revise(self, stop: str, goal: str | None) -> None:
        """Revise."""
        change = Change(WHY, stop=Decimal(stop), targets=(Decimal(goal),) if goal else None)
        version = self.signal().version
        self.attempt(lambda: self.world.amending.revise(self.signal_id, version, change, ANALYST))

    @rule(yes=st.booleans())
    def decide_revision(self, *, yes: bool) -> None:
        """Decide about the newest revision."""
        number = len(self.world.revisions.of(self.signal_id))
        verdict = "approve" if yes else "decline"
        self.attempt(lambda: self.world.amending.decide(self.signal_id, number, verdict, OFFICER))  # type: ignore[arg-type]  # one of the two

    @precondition(lambda self: self.day < 12)
    @rule(low=st.sampled_from([93, 97, 99]), high=st.sampled_from([101, 111]))
    def trade(self, low: int, high: int) -> None:
        """Let the market trade a day."""
        self.day += 1
        self.attempt(lambda: self.world.take([candle(self.day, low, high)]))

    @invariant()
    def every_step_is_one_event_and_one_version(self) -> None:
        """The versions told are 1, 2, 3, … up to the signal's, each once."""
        told = Counter(version for _, version in self.events())
        assert told == Counter(range(1, self.signal().version + 1))

    @invariant()
    def no_path_leads_back(self) -> None:
        """Each step is one of the model's, and nothing follows an end."""
        steps = list(zip(self.path, self.path[1:], strict=False))
        assert all(after in _reachable(before) for before, after in steps)
        assert not any(before in ENDED for before, _ in steps)

    @invariant()
    def whatever_was_told_was_promised(self) -> None:
        """A published signal and each published revision have a kept commitment."""
        signal = self.signal()
        numbers = [one.number for one in signal.revisions] + ([0] if signal.published_at else [])
        for number in numbers:
            promise = self.world.commitments.find(signal.id, number)
            assert promise is not None
            assert promise.kept_at is not None


def _reachable(status: Status) -> set[Status]:
    """Return what can follow ``status``, also by several steps that one rule takes."""
    found: set[Status] = set()
    todo = [status]
    while todo:
        for after in NEXT[todo.pop()]:
            if after not in found:
                found.add(after)
                todo.append(after)
    return found


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25)
