"""Drafts by hand, cancellation, recall and revisions, on memory adapters."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from builders.signals import CANDLE_AT, NOW, World, candle, signal
from kit.errors import PreconditionFailed
from signals.adapters.files import FileReference
from signals.adapters.memory import MemoryRevisionBook, MemorySignalBook, MemoryVault
from signals.errors import (
    AnalystNotFound,
    InstrumentNotFound,
    NoRegistration,
    NotCancellable,
    NotLive,
    NotYetApproved,
    NotYourSignal,
    OwnSignal,
    ProposalRefused,
    RevisionNotFound,
    RevisionPending,
    SignalNotFound,
    TimeframeNotOffered,
)
from signals.model.market import Candle, Instrument, Timeframe
from signals.model.people import Person
from signals.model.signal import CLOSED, NEXT, UNPUBLISHED, AnalystId, Signal, SignalId, Status
from signals.service import facts
from signals.service.drafting import Proposal
from signals.service.publication import Publication
from signals.service.revising import Change

ANALYST = Person("analyst-1", frozenset({"analyst"}))
OTHER = Person("analyst-2", frozenset({"analyst"}))
OFFICER = Person("officer-1", frozenset({"compliance"}))
WHY = "The reason is long enough."
PROPOSAL = Proposal(
    symbol="AAPL",
    timeframe="1d",
    side="buy",
    stop=Decimal("95.00"),
    targets=(Decimal("110.00"),),
    confidence=90,
    life=20,
    rationale="Price broke out of a long base on rising volume this week.",
    ai_generated=False,
)


@pytest.fixture
def world() -> World:
    """Return a world whose house analyst is signed for by :data:`ANALYST`."""
    made = World()
    made.signers.assign(AnalystId("treum-house"), ANALYST.user, by="admin", at=NOW)
    made.candles.save([candle(0, 99, 101)])
    return made


def found(world: World, signal_id: SignalId) -> Signal:
    one = world.book.find(signal_id)
    assert one is not None
    return one


def kinds(world: World) -> list[str]:
    assert isinstance(world.book, MemorySignalBook)
    return [event.type for event in world.book.events]


def publish(world: World, signal_id: SignalId) -> None:
    """Run what the workflow runs when it is started for a revision."""
    for step in (Publication.screen, Publication.commit, Publication.publish):
        step(world.publication, signal_id)


def test_an_analyst_drafts_under_the_own_registration_on_the_newest_candle(world: World) -> None:
    made = world.proposing.propose(ANALYST.user, PROPOSAL)

    assert (made.terms.analyst, made.drafted_by) == ("treum-house", "analyst-1")
    assert (made.terms.entry, made.terms.candle_at) == (Decimal("100.00"), CANDLE_AT)
    assert made.terms.expires_at == CANDLE_AT + timedelta(days=20)
    assert made.terms.disclaimer
    assert kinds(world) == ["signal.drafted"]


def test_what_a_person_wrote_is_never_approved_by_rule_or_by_its_author(world: World) -> None:
    made = world.proposing.propose(ANALYST.user, replace(PROPOSAL, confidence=99))

    assert world.run(made) == ["passed", "passed", "waiting"]
    world.approval.ask(made.id, "token")
    with pytest.raises(OwnSignal):
        world.approval.decide(made.id, "approve", by=ANALYST, note="")
    assert world.approval.decide(made.id, "approve", by=OTHER, note="").status == "approved"


def test_an_author_who_signs_for_nobody_any_more_still_cannot_approve(world: World) -> None:
    made = world.proposing.propose(ANALYST.user, PROPOSAL)
    world.run(made)
    world.approval.ask(made.id, "token")
    world.signers.assign(AnalystId("treum-house"), OTHER.user, by="admin", at=NOW)

    with pytest.raises(OwnSignal):
        world.approval.decide(made.id, "approve", by=ANALYST, note="")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"entry": Decimal("101.01")}, "ENTRY_OFF_MARKET"),
        ({"entry": Decimal("98.99")}, "ENTRY_OFF_MARKET"),
        ({"stop": Decimal("0.004")}, "PRICE_NOT_POSITIVE"),
        ({"life": 201}, "LIFE_OUT_OF_RANGE"),
    ],
)
def test_a_proposal_that_contradicts_the_market_is_refused(
    world: World, changed: dict[str, object], code: str
) -> None:
    with pytest.raises(ProposalRefused) as refused:
        world.proposing.propose(ANALYST.user, replace(PROPOSAL, **changed))  # type: ignore[arg-type]  # a row

    assert [one.code for one in refused.value.errors] == [code]


def test_only_a_registered_analyst_proposes_and_only_what_is_offered(world: World) -> None:
    with pytest.raises(NoRegistration):
        world.proposing.propose(OTHER.user, PROPOSAL)
    with pytest.raises(InstrumentNotFound):
        world.proposing.propose(ANALYST.user, replace(PROPOSAL, symbol="NOTHING"))
    with pytest.raises(TimeframeNotOffered):
        world.proposing.propose(ANALYST.user, replace(PROPOSAL, timeframe="5m"))


def test_a_draft_is_withdrawn_unseen(world: World) -> None:
    made = world.drafted()

    out = world.amending.cancel(made.id, 1, WHY, ANALYST)

    assert (out.status, out.version, out.cancel_reason) == ("withdrawn", 2, WHY)
    assert kinds(world)[-1] == "signal.withdrawn"
    assert world.publication.screen(made.id) == world.publication.approve(made.id) == "withdrawn"
    assert world.commitments.find(made.id) is None


def test_a_live_signal_is_cancelled_at_the_market_and_counts(world: World) -> None:
    live = world.published()
    world.take([candle(1, 97, 103), candle(2, 101, 105)])

    out = world.amending.cancel(live.id, live.version, WHY, OFFICER)

    assert (out.status, out.exit_price, out.closed_at) == (
        "cancelled",
        Decimal("103.00"),
        CANDLE_AT + timedelta(days=2),
    )
    assert (out.mfe, out.mae) == (Decimal("5.00"), Decimal("3.00"))
    assert (out.result_r, out.mfe_r, out.mae_r) == (Decimal("0.60"), Decimal("1.00"), Decimal("0.60"))
    assert kinds(world)[-1] == "signal.cancelled"


def test_a_loss_cannot_be_cancelled_away_before_the_watcher_sees_it(world: World) -> None:
    live = world.published()
    world.candles.save([candle(1, 94, 96), candle(2, 105, 106)])

    with pytest.raises(NotCancellable):
        world.amending.cancel(live.id, live.version, WHY, ANALYST)


class Hourly(FileReference):
    """A reference whose feed gives hours."""

    def instrument(self, symbol: str) -> Instrument | None:
        known = super().instrument(symbol)
        return None if known is None else replace(known, base="1h")


def hourly(day: int, hour: int, low: float, high: float) -> Candle:
    """Return an hour of the day after candle ``day``."""
    at = CANDLE_AT + timedelta(days=day, hours=hour)
    return replace(candle(0, low, high), timeframe="1h", closed_at=at)


def test_a_cancelled_signal_leaves_at_the_feeds_newest_price_not_at_yesterdays_close(world: World) -> None:
    world.reference = Hourly()
    live = world.published()
    world.candles.save([candle(1, 100, 104), hourly(1, 1, 97, 99), hourly(1, 2, 96, 97)])

    out = world.amending.cancel(live.id, live.version, WHY, ANALYST)

    assert (out.exit_price, out.closed_at) == (Decimal("96.50"), CANDLE_AT + timedelta(days=1, hours=2))
    assert (out.mfe, out.mae) == (Decimal("4.00"), Decimal("4.00"))


def test_a_stop_met_within_the_running_day_cannot_be_cancelled_away(world: World) -> None:
    world.reference = Hourly()
    live = world.published()
    world.candles.save([hourly(0, 1, 94, 99), hourly(0, 2, 99, 101)])

    with pytest.raises(NotCancellable):
        world.amending.cancel(live.id, live.version, WHY, ANALYST)


class Overtaken(MemorySignalBook):
    """A book in which a person cancels a live signal just after the watcher has read it."""

    def live(self, symbol: str, timeframe: Timeframe) -> list[Signal]:
        read = super().live(symbol, timeframe)
        for one in read:
            gone = replace(one.to("cancelled"), exit_price=one.terms.entry, closed_at=NOW)
            self.save(gone, facts.cancelled(gone, OFFICER.user, NOW))
        return read


def test_a_signal_cancelled_while_the_watcher_closes_it_ends_once(world: World) -> None:
    world = World(book=Overtaken(), candles=world.candles)
    live = world.published()

    watched = world.watching.take({candle(1, 90, 96): None})

    assert watched.closed == 0
    assert found(world, live.id).status == "cancelled"
    assert kinds(world)[-2:] == ["signal.published", "signal.cancelled"]


def test_what_ended_or_is_being_published_cannot_be_cancelled(world: World) -> None:
    approved = world.drafted()
    for step in (Publication.screen, Publication.comply, Publication.approve):
        step(world.publication, approved.id)

    with pytest.raises(NotCancellable):
        world.amending.cancel(approved.id, 2, WHY, ANALYST)
    with pytest.raises(SignalNotFound):
        world.amending.cancel(SignalId("absent"), 1, WHY, ANALYST)


def test_only_the_own_analyst_or_compliance_cancels_and_only_the_version_that_was_read(world: World) -> None:
    live = world.published()

    with pytest.raises(NotYourSignal):
        world.amending.cancel(live.id, live.version, WHY, OTHER)
    with pytest.raises(NotYourSignal):
        world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("96.00")), OFFICER)
    with pytest.raises(PreconditionFailed):
        world.amending.cancel(live.id, live.version - 1, WHY, ANALYST)


def test_a_recalled_signal_stays_live_and_its_loss_counts(world: World) -> None:
    live = world.published()

    recalled = world.amending.recall(live.id, live.version, WHY, OFFICER)

    assert (recalled.status, recalled.recalled_at, recalled.version) == ("live", NOW, live.version + 1)
    assert kinds(world)[-1] == "signal.recalled"
    with pytest.raises(NotLive):
        world.amending.recall(live.id, recalled.version, WHY, OFFICER)
    world.take([candle(1, 90, 99)])
    ended = found(world, live.id)
    assert (ended.status, ended.result_r, ended.recall_reason) == ("stopped", Decimal("-1.10"), WHY)


def test_a_tighter_stop_is_promised_before_it_is_told_and_counts_from_then_on(world: World) -> None:
    live = world.published()
    world.take([candle(1, 97, 103)])

    made = world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("98.00")), ANALYST)

    assert (made.number, made.state, made.decided_by) == (1, "approved", "rule:tightening")
    assert world.workflow.started[-1] == f"{live.id}-revision-1"
    assert found(world, live.id) == live
    publish(world, live.id)
    revised = found(world, live.id)
    assert (revised.version, revised.current.stop, revised.terms.stop) == (
        live.version + 1,
        Decimal("98.00"),
        Decimal("95.00"),
    )
    promise = world.commitments.find(live.id, 1)
    first = world.commitments.find(live.id)
    assert promise is not None
    assert first is not None
    assert (promise.number, promise.kept_at) == (2, NOW)
    assert f'"revises":"{first.sealed.hash}"' in promise.sealed.canonical
    assert isinstance(world.vault, MemoryVault)
    assert promise.key in world.vault.documents
    assert kinds(world)[-1] == "signal.revised"
    world.take([candle(2, 97.5, 103)])
    ended = found(world, live.id)
    assert (ended.status, ended.exit_price) == ("stopped", Decimal("98.00"))


def test_publishing_a_revision_twice_changes_nothing(world: World) -> None:
    live = world.published()
    world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("98.00")), ANALYST)
    publish(world, live.id)
    before = (found(world, live.id), kinds(world))

    publish(world, live.id)

    assert (found(world, live.id), kinds(world)) == before


def test_a_revision_is_not_published_before_its_promise_is_kept(world: World) -> None:
    live = world.published()
    world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("98.00")), ANALYST)

    with pytest.raises(NotYetApproved):
        world.publication.publish(live.id)


def test_new_targets_need_a_second_person(world: World) -> None:
    live = world.published()
    change = Change(WHY, targets=(Decimal("115.00"),))

    made = world.amending.revise(live.id, live.version, change, ANALYST)

    assert made.state == "proposed"
    with pytest.raises(RevisionPending):
        world.amending.revise(live.id, live.version, change, ANALYST)
    with pytest.raises(OwnSignal):
        world.amending.decide(live.id, 1, "approve", ANALYST)
    assert world.amending.decide(live.id, 1, "approve", OTHER).state == "approved"
    with pytest.raises(RevisionNotFound):
        world.amending.decide(live.id, 1, "decline", OFFICER)
    publish(world, live.id)
    assert found(world, live.id).current.targets == (Decimal("115.00"),)


def test_a_declined_or_forgotten_revision_makes_room_for_the_next(world: World) -> None:
    live = world.published()
    later = Change(WHY, expires_at=CANDLE_AT + timedelta(days=30))
    world.amending.revise(live.id, live.version, later, ANALYST)
    assert world.amending.decide(live.id, 1, "decline", OTHER).state == "declined"
    world.amending.revise(live.id, live.version, later, ANALYST)
    world.at = NOW + timedelta(hours=4)

    with pytest.raises(RevisionNotFound):
        world.amending.decide(live.id, 2, "approve", OTHER)
    assert world.amending.revise(live.id, live.version, later, ANALYST).number == 3
    assert [one.state for one in world.revisions.of(live.id)] == ["declined", "lapsed", "proposed"]
    with pytest.raises(RevisionNotFound):
        world.amending.decide(live.id, 9, "approve", OTHER)


def test_a_revision_lapses_when_the_signal_ended_first(world: World) -> None:
    live = world.published()
    world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("98.00")), ANALYST)
    world.take([candle(1, 109, 112)])

    publish(world, live.id)

    assert [one.state for one in world.revisions.of(live.id)] == ["lapsed"]
    assert found(world, live.id).revisions == ()
    with pytest.raises(NotLive):
        world.amending.revise(live.id, live.version + 1, Change(WHY, stop=Decimal("98.50")), ANALYST)


def test_a_lost_revision_workflow_is_driven_again(world: World) -> None:
    live = world.published()
    world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("98.00")), ANALYST)
    world.at = NOW + timedelta(seconds=61)

    assert world.recovery.resume().started == 1
    assert world.recovery.resume().started == 0

    assert world.workflow.started[-1] == f"{live.id}-revision-1-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Change(WHY), "NOTHING_REVISED"),
        (Change(WHY, stop=Decimal("95.00")), "NOTHING_REVISED"),
        (Change(WHY, stop=Decimal("94.99")), "STOP_WIDENED"),
        (Change(WHY, stop=Decimal("98.005")), "PRICE_OFF_GRID"),
        (Change(WHY, stop=Decimal("100.00")), "STOP_BEYOND_MARKET"),
        (Change(WHY, targets=(Decimal("99.00"),)), "TARGET_BEHIND_MARKET"),
        (Change(WHY, expires_at=CANDLE_AT), "END_BEHIND_MARKET"),
        (
            Change(WHY, expires_at=CANDLE_AT + timedelta(hours=20), targets=(Decimal("125.00"),)),
            "INTRADAY_TARGET_TOO_FAR",
        ),
    ],
)
def test_a_revision_moves_only_towards_safety_and_ahead_of_the_market(
    world: World, change: Change, code: str
) -> None:
    live = world.published()

    with pytest.raises(ProposalRefused) as refused:
        world.amending.revise(live.id, live.version, change, ANALYST)

    assert [one.code for one in refused.value.errors] == [code]


def test_a_signal_without_any_price_is_neither_cancelled_nor_revised(world: World) -> None:
    live = world.published(symbol="MSFT")

    with pytest.raises(NotLive):
        world.amending.cancel(live.id, live.version, WHY, ANALYST)


def test_a_decision_that_came_a_moment_late_changes_nothing(world: World) -> None:
    class Settled(MemoryRevisionBook):
        def settle(self, *_: object) -> bool:  # somebody was first
            return False

    world.revisions = Settled(world.book)
    live = world.published()
    world.amending.revise(live.id, live.version, Change(WHY, targets=(Decimal("115.00"),)), ANALYST)

    with pytest.raises(RevisionNotFound):
        world.amending.decide(live.id, 1, "approve", OTHER)
    assert world.workflow.started == []


def test_an_account_is_assigned_to_a_registered_analyst_only(world: World) -> None:
    assert world.proposing.assign(AnalystId("treum-house"), OTHER.user, by="officer-1") == NOW
    assert world.proposing.registration(OTHER.user) == "treum-house"
    with pytest.raises(NoRegistration):
        world.proposing.registration(ANALYST.user)
    with pytest.raises(AnalystNotFound):
        world.proposing.assign(AnalystId("nobody"), OTHER.user, by="officer-1")


def test_nobody_decides_about_what_is_not_there(world: World) -> None:
    with pytest.raises(SignalNotFound):
        world.approval.decide(SignalId("absent"), "approve", by=OFFICER, note="")


def test_every_path_ends_and_none_leads_back() -> None:
    def paths(status: Status) -> list[list[Status]]:
        after = [path for one in NEXT[status] for path in paths(one)]
        return [[status, *path] for path in after] or [[status]]

    every = paths("draft")

    assert {path[-1] for path in every} == CLOSED | {"screened_out", "withdrawn"}
    assert all(len(path) == len(set(path)) for path in every)
    for path in every:
        told = [status not in UNPUBLISHED for status in path]
        assert told == sorted(told), "what was published is never unpublished"
        assert ("live" in path) == (path[-1] in CLOSED)
    assert set(NEXT) == {status for path in every for status in path}


def test_the_model_refuses_a_step_its_life_does_not_have() -> None:
    draft = signal()

    with pytest.raises(ValueError, match="draft to live"):
        draft.to("live")
    with pytest.raises(ValueError, match="recalled"):
        draft.recalled(WHY, NOW)
    with pytest.raises(ValueError, match="revised"):
        draft.revised(Change(WHY).on(draft.terms, "x", NOW))
    assert (draft.result_r, draft.mfe_r, draft.deciders) == (None, None, ())
    assert replace(draft, terms=replace(draft.terms, stop=draft.terms.entry), mfe=Decimal(1)).mfe_r is None


def test_a_sold_signals_stop_tightens_downwards(world: World) -> None:
    live = world.published(side="sell", stop=Decimal("105.00"), targets=(Decimal("90.00"),))

    with pytest.raises(ProposalRefused):
        world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("106.00")), ANALYST)
    made = world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("104.00")), ANALYST)
    assert made.state == "approved"
