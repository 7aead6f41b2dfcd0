"""Whoever is overtaken by somebody else keeps nothing and is told to look again; and the edges of the schedule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders.kyc import CHECKER, MAKER, NOW, KycDesk, in_memory, somebody
from kit.due.upkeep import Upkeep
from kit.errors import PreconditionFailed, Retryable
from kit.ids import uuid7
from kyc.adapters.memory.applications import MemoryApplications
from kyc.errors import ApplicationNotFound, StateRefused
from kyc.model.application import ApplicationId
from kyc.model.due import DueRow
from kyc.service.outcomes import Ruling
from kyc.service.reviewing import Proposal


@pytest.fixture
def desk() -> KycDesk:
    return in_memory()


class Overtaken(MemoryApplications):
    """Somebody else is first with every command."""

    def put(self, *_: Any) -> bool:
        return False

    def forget(self, *_: Any) -> bool:
        return False


def overtake(desk: KycDesk) -> None:
    """Let every later command find another version."""
    desk.applications = Overtaken(**vars(desk.applications))


def test_an_applicant_who_is_overtaken(desk: KycDesk) -> None:
    one = desk.filled(desk.draft())
    overtake(desk)
    acts: tuple[Callable[[], Any], ...] = (
        lambda: desk.draft(),  # noqa: PLW0108 - raises when called
        lambda: desk.draft("standard", one.person),
        lambda: desk.applying.say(one.id, one.person, one.version, desk.said()),
        lambda: desk.applying.submit(one.id, one.person, one.version),
    )
    for act in acts:
        with pytest.raises(PreconditionFailed):
            act()


def test_a_reviewer_who_is_overtaken(desk: KycDesk) -> None:
    one = desk.in_review()
    taken = desk.reviewing.take(one.id, MAKER, one.version)
    overtake(desk)
    with pytest.raises(PreconditionFailed):
        desk.reviewing.take(one.id, MAKER, taken.version)
    with pytest.raises(PreconditionFailed):
        desk.reviewing.propose(one.id, MAKER, taken.version, Proposal("approve", "Fine"))
    with pytest.raises(ApplicationNotFound):
        desk.reviewing.check(ApplicationId(uuid7()), CHECKER, 1, agree=True, note="Fine")


def test_a_rule_that_is_overtaken(desk: KycDesk) -> None:
    one, draft = desk.driven(), desk.draft()
    desk.clock.forward(days=730 + 3653)
    overtake(desk)
    with pytest.raises(Retryable):
        desk.outcomes.keep(draft.expired(NOW), draft.version, Ruling("time", "expire"))
    desk.lapsing.forget(one.id)
    assert not desk.find(one.id).forgotten


def test_a_letter_that_is_overtaken_is_owed_still(desk: KycDesk) -> None:
    one = desk.submitted()
    for step in ("documents", "pan", "aadhaar", "screening", "score", "decide"):
        desk.verifying.run(one.id, step)
    overtake(desk)
    with pytest.raises(Retryable):
        desk.telling.tell(one.id)
    assert desk.find(one.id).owes_letter


def test_what_is_told_is_not_told_again(desk: KycDesk) -> None:
    one = desk.driven()
    desk.telling.tell(one.id)
    assert len(desk.letters.sent) == 1


def test_only_a_draft_takes_documents(desk: KycDesk) -> None:
    one = desk.driven()
    with pytest.raises(StateRefused):
        desk.applying.offer(one.id, one.person, "photo", "image/png")


def test_nobody_is_alarmed_about_what_has_just_begun(desk: KycDesk) -> None:
    one = desk.submitted()
    desk.clock.forward(minutes=5)
    (row,) = desk.due.take(desk.clock.now(), 10)
    desk.driving.again(row)
    assert desk.workflow.started == [f"{one.id}-1"]


# ---- the schedule ----


def test_a_row_that_fails_comes_again_and_holds_up_nobody(desk: KycDesk) -> None:
    first, second = somebody(), somebody()
    done: list[str] = []

    def work(row: DueRow) -> None:
        if row.subject == first and row.attempt == 1:
            raise Retryable("away")
        done.append(row.subject)

    desk.due.plan("kyc.tell", first, NOW - timedelta(seconds=1))
    desk.due.plan("kyc.tell", second, NOW)
    upkeep = Upkeep(desk.due, {"kyc.tell": work}, desk.clock.now)
    assert upkeep.run() == 1
    assert upkeep.run() == 0, "leased"
    desk.clock.forward(minutes=1)
    assert upkeep.run() == 1
    assert done == [second, first]
    assert replace(DueRow("kyc.tell", first, NOW), attempt=1).attempt == 1
