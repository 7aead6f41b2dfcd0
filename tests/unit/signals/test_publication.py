"""The publication workflow's tasks, on memory adapters."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest

from builders.signals import CANDLE_AT, NOW, World
from kit.errors import PreconditionFailed
from signals.adapters.memory import MemoryAnnouncer, MemorySignalBook, MemoryVault
from signals.errors import (
    NotAwaitingApproval,
    NotYetApproved,
    NotYourDecision,
    OwnSignal,
    SignalNotFound,
)
from signals.model.people import Person
from signals.model.signal import AnalystId, SignalId
from signals.service.recovery import Recovered
from signals.service.starting import begin_publication

PERSON = Person("person-1", frozenset({"approver"}))


def kinds(world: World) -> list[str]:
    assert isinstance(world.book, MemorySignalBook)
    return [event.type for event in world.book.events]


def test_a_confident_compliant_draft_goes_live_by_rule() -> None:
    world = World()
    made = world.drafted()

    assert world.run(made) == ["passed", "passed", "approved", "committed", "published"]

    live = world.book.find(made.id)
    assert live is not None
    assert (live.status, live.published_at, live.day_rank) == ("live", NOW, 1)
    assert kinds(world) == ["signal.drafted", "signal.approved", "signal.published"]
    assert isinstance(world.announcer, MemoryAnnouncer)
    assert world.announcer.announced == [made.id]


def test_running_every_task_twice_changes_nothing() -> None:
    world = World()
    made = world.drafted()
    world.run(made)
    before = (world.book.find(made.id), world.commitments.find(made.id), kinds(world))

    world.run(made)

    assert (world.book.find(made.id), world.commitments.find(made.id), kinds(world)) == before


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"confidence": 75}, "CONFIDENCE_TOO_LOW"),
        ({"candle_at": CANDLE_AT + timedelta(days=3)}, "DUPLICATE"),
        ({"candle_at": CANDLE_AT + timedelta(days=3), "side": "sell"}, "COOLDOWN"),
    ],
)
def test_screening_names_why_it_refuses(changed: dict[str, object], reason: str) -> None:
    world = World()
    world.published()
    draft = world.drafted(**({"strategy": "other-1"} | changed))

    assert world.publication.screen(draft.id) == "screened_out"

    (decision,) = world.book.decisions(draft.id)
    assert reason in decision.reasons
    assert (decision.policy_version, decision.passed) == ("screening-1", False)
    assert kinds(world)[-1] == "signal.screened_out"


def test_a_confidence_of_76_passes_and_waits_for_a_person() -> None:
    world = World()
    draft = world.drafted(confidence=76)

    assert world.run(draft) == ["passed", "passed", "waiting"]


def test_a_compliance_breach_is_screened_out_under_the_version_in_force() -> None:
    world = World()
    draft = world.drafted(stop=Decimal("101.00"))

    assert world.run(draft) == ["passed", "screened_out"]

    decision = world.book.decisions(draft.id)[-1]
    assert (decision.step, decision.policy_version) == ("compliance", "sebi-ra-2024-12")
    assert decision.reasons == ("STOP_ON_WRONG_SIDE",)


def test_the_commitment_is_kept_before_anything_is_published() -> None:
    world = World()
    made = world.drafted()
    for step in (world.publication.screen, world.publication.comply, world.publication.approve):
        step(made.id)

    with pytest.raises(NotYetApproved):
        world.publication.publish(made.id)
    world.publication.commit(made.id)

    commitment = world.commitments.find(made.id)
    assert commitment is not None
    assert isinstance(world.vault, MemoryVault)
    assert commitment.kept_at is not None
    assert world.vault.documents[commitment.key] == commitment.document()
    assert world.vault.until[commitment.key] == NOW + timedelta(days=365)
    sealed = commitment.sealed
    assert sealed.hash == sha256(sealed.canonical.encode() + sealed.nonce).hexdigest()
    assert sealed.hash.encode() in commitment.document()
    assert b"rationale" not in commitment.document()


def test_a_crash_between_numbering_and_keeping_keeps_the_same_promise() -> None:
    class Broken(MemoryVault):
        def keep(self, key: str, document: bytes, until: object) -> None:
            raise ConnectionError(key)

    world = World(vault=Broken())
    made = world.drafted()
    with pytest.raises(ConnectionError):
        world.run(made)
    with pytest.raises(NotYetApproved):
        world.publication.publish(made.id)
    first = world.commitments.find(made.id)
    world.vault = MemoryVault()

    world.run(made)

    second = world.commitments.find(made.id)
    assert first is not None
    assert first.kept_at is None
    assert second == replace(first, kept_at=NOW)


def test_an_unapproved_signal_is_neither_committed_nor_published() -> None:
    world = World()
    draft = world.drafted()

    with pytest.raises(NotYetApproved):
        world.publication.commit(draft.id)
    with pytest.raises(NotYetApproved):
        world.publication.publish(draft.id)
    with pytest.raises(SignalNotFound):
        world.publication.screen(SignalId("018f0000-0000-7000-8000-000000000000"))


def waiting(world: World) -> SignalId:
    draft = world.drafted(confidence=76)
    world.run(draft)
    world.approval.ask(draft.id, "token-1")
    return draft.id


def test_a_person_approves_and_the_workflow_wakes() -> None:
    world = World()
    signal_id = waiting(world)

    decided = world.approval.decide(signal_id, "approve", by=PERSON, note="looks right")

    assert decided.status == "approved"
    assert list(world.workflow.answered) == ["token-1"]
    assert world.publication.commit(signal_id) == "committed"
    assert world.publication.publish(signal_id) == "published"
    approval = world.book.decisions(signal_id)[-1]
    assert (approval.decided_by, approval.note) == ("person-1", "looks right")


def test_a_workflow_that_stopped_waiting_is_started_again_by_the_decision() -> None:
    world = World()
    signal_id = waiting(world)
    world.workflow.expired.add("token-1")

    world.approval.decide(signal_id, "approve", by=PERSON, note="")

    assert world.workflow.started == [f"{signal_id}-decided"]


def test_the_workflow_wakes_only_after_the_decision_is_committed() -> None:
    world = World()
    signal_id = waiting(world)
    committed: list[Callable[[], None]] = []
    approval = replace(world.approval, after=committed.append)

    approval.decide(signal_id, "approve", by=PERSON, note="")

    assert world.workflow.answered == {}
    for act in committed:
        act()
    assert list(world.workflow.answered) == ["token-1"]


def test_a_person_declines_and_nothing_is_published() -> None:
    world = World()
    signal_id = waiting(world)

    world.approval.decide(signal_id, "decline", by=PERSON, note="")

    assert world.publication.approve(signal_id) == "screened_out"
    with pytest.raises(NotAwaitingApproval):
        world.approval.decide(signal_id, "approve", by=Person("person-2", frozenset({"approver"})), note="")


def test_nobody_approves_their_own_signal() -> None:
    world = World()
    world.signers.assign(AnalystId("treum-house"), "analyst-1", by="admin", at=NOW)

    with pytest.raises(OwnSignal):
        world.approval.decide(
            waiting(world), "approve", by=Person("analyst-1", frozenset({"analyst"})), note=""
        )


def test_a_decision_made_before_the_token_was_stored_is_not_lost() -> None:
    world = World()
    signal_id = waiting(world)
    world.approval.decide(signal_id, "approve", by=PERSON, note="")

    world.approval.ask(signal_id, "token-2")

    assert "token-2" in world.workflow.answered


def test_what_nobody_decides_about_escalates_to_compliance_and_is_declined_after_a_second_period() -> None:
    world = World()
    signal_id = waiting(world)
    world.at = NOW + timedelta(hours=3, minutes=59)
    assert world.recovery.resume() == Recovered(0, 0, 0, 0)
    world.at = NOW + timedelta(hours=4)

    assert world.recovery.resume() == Recovered(0, 0, 1, 0)

    escalated = world.book.find(signal_id)
    assert escalated is not None
    assert (escalated.status, escalated.deciders) == ("escalated", ("compliance",))
    assert kinds(world)[-2:] == ["signal.approval_requested", "signal.escalated"]
    with pytest.raises(NotYourDecision):
        world.approval.decide(signal_id, "approve", by=PERSON, note="")
    world.at = NOW + timedelta(hours=7, minutes=59)
    assert world.recovery.resume() == Recovered(0, 0, 0, 0)
    world.at = NOW + timedelta(hours=8)
    assert world.recovery.resume() == Recovered(0, 0, 0, 1)
    found = world.book.find(signal_id)
    assert found is not None
    assert found.status == "screened_out"
    decision = world.book.decisions(signal_id)[-1]
    assert (decision.reasons, decision.decided_by) == (("APPROVAL_TIMEOUT",), "rule:approval_within")


def test_compliance_decides_about_what_escalated() -> None:
    world = World()
    signal_id = waiting(world)
    world.at = NOW + timedelta(hours=4)
    world.recovery.resume()
    officer = Person("officer-1", frozenset({"compliance"}))

    decided = world.approval.decide(signal_id, "approve", by=officer, note="", version=3)

    assert decided.status == "approved"
    assert world.workflow.answered == {"token-1": {"signal_id": signal_id}}


def test_a_decision_about_another_version_than_the_one_read_is_refused() -> None:
    world = World()
    signal_id = waiting(world)

    with pytest.raises(PreconditionFailed):
        world.approval.decide(signal_id, "approve", by=PERSON, note="", version=1)


def test_a_new_token_does_not_move_the_deadline() -> None:
    world = World()
    signal_id = waiting(world)
    first = world.book.waiting(signal_id)
    world.at = NOW + timedelta(hours=1)

    world.approval.ask(signal_id, "token-2")

    assert first is not None
    assert world.book.waiting(signal_id) == replace(first, token="token-2")


def test_a_workflow_lost_in_a_restart_is_started_again_by_its_name() -> None:
    world = World()
    draft = world.drafted()
    world.at = NOW + timedelta(seconds=61)

    world.recovery.resume()

    assert world.workflow.started == [draft.id]


def test_a_dead_workflow_is_started_under_the_attempts_number_and_not_twice_at_once() -> None:
    world = World()
    draft = world.drafted()
    assert begin_publication(draft.id, world.workflow)
    assert not begin_publication(draft.id, world.workflow)
    world.at = NOW + timedelta(seconds=61)

    world.recovery.resume()
    world.recovery.resume()

    assert world.workflow.started == [draft.id, f"{draft.id}-1"]


def test_a_finished_signal_is_not_driven_again() -> None:
    world = World()
    world.published()
    world.at = NOW + timedelta(days=1)

    assert world.recovery.resume().started == 0
