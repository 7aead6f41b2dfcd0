"""One suite on every store of a signal's life: revisions, signing accounts, escalation, live signals."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from builders.signals import CANDLE_AT, NOW, World
from fixtures.database import Databases
from kit.stores.postgres import Database
from signals.adapters.postgres import (
    PostgresCommitmentLog,
    PostgresRevisionBook,
    PostgresSignalBook,
    PostgresSigners,
)
from signals.errors import RevisionPending, SignalChanged
from signals.model.commitment import Sealed
from signals.model.signal import AnalystId, Revision, Signal
from signals.ports import Waiting
from signals.service import facts

HOUSE, OTHER = AnalystId("treum-house"), AnalystId("other")
ONE, TWO = "01936e00-0c00-7c30-ac30-4d8f3f2eb001", "01936e00-0c00-7c30-ac30-4d8f3f2eb002"
LATER = NOW + timedelta(minutes=2)
REVISION = Revision(
    stop=Decimal("97.00"),
    targets=(Decimal("111.00"), Decimal("121.00")),
    expires_at=CANDLE_AT + timedelta(days=25),
    reason="Half of the way is done",
    made_by=ONE,
    made_at=NOW,
)


@dataclass
class Stores:
    """One implementation of every port of a signal's life."""

    world: World
    db: Database | None


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(World(), None)
    databases: Databases = request.getfixturevalue("database")
    db = databases("signals")
    book = PostgresSignalBook(db, None)
    world = World(book=book, commitments=PostgresCommitmentLog(db), signers=PostgresSigners(db))
    world.revisions = PostgresRevisionBook(db, book)
    return Stores(world, db)


def published(stores: Stores, live: Signal, revision: Revision) -> Signal:
    """Publish ``revision`` of ``live`` and return the signal."""
    sealed = Sealed(live.id, HOUSE, f'{{"n":{revision.number}}}', bytes(32), NOW, revision.number)
    commitment = stores.world.commitments.append(sealed)
    revised = live.revised(replace(revision, state="published", since=CANDLE_AT, published_at=NOW))
    stores.world.revisions.publish(revised, facts.revised(revised, commitment))
    return revised


def test_a_revision_is_numbered_and_reads_back_as_it_was_written(stores: Stores) -> None:
    live = stores.world.published()

    made = stores.world.revisions.propose(live.id, REVISION)

    assert made == replace(REVISION, number=1)
    assert stores.world.revisions.of(live.id) == [made]
    assert stores.world.book.find(live.id) == live


def test_one_revision_is_open_at_a_time(stores: Stores) -> None:
    live = stores.world.published()
    stores.world.revisions.propose(live.id, REVISION)

    with pytest.raises(RevisionPending):
        stores.world.revisions.propose(live.id, REVISION)
    assert stores.world.revisions.settle(live.id, 1, "approved", TWO)
    with pytest.raises(RevisionPending):
        stores.world.revisions.propose(live.id, REVISION)


def test_a_decision_about_a_revision_stands_and_only_an_approved_one_can_lapse(stores: Stores) -> None:
    live = stores.world.published()
    book = stores.world.revisions
    book.propose(live.id, REVISION)

    assert not book.settle(live.id, 2, "approved", TWO)
    assert book.settle(live.id, 1, "approved", TWO)
    assert not book.settle(live.id, 1, "declined", ONE)
    assert book.settle(live.id, 1, "lapsed", "rule:stopped")
    assert not book.settle(live.id, 1, "approved", TWO)
    assert book.propose(live.id, REVISION).number == 2
    assert book.settle(live.id, 2, "declined", TWO)
    assert not book.settle(live.id, 2, "lapsed", TWO)
    assert [(one.state, one.decided_by) for one in book.of(live.id)] == [
        ("lapsed", "rule:stopped"),
        ("declined", TWO),
    ]


def test_a_published_revision_belongs_to_its_signal_and_costs_one_version(stores: Stores) -> None:
    live = stores.world.published()
    made = stores.world.revisions.propose(live.id, replace(REVISION, state="approved", decided_by="rule:x"))

    revised = published(stores, live, made)

    assert revised.version == live.version + 1
    assert stores.world.book.find(live.id) == revised
    assert stores.world.revisions.of(live.id) == list(revised.revisions)
    assert stores.world.book.live("AAPL", "1d") == [revised]
    with pytest.raises(SignalChanged):
        published(stores, live, made)
    declined = stores.world.revisions.propose(live.id, REVISION)
    assert stores.world.book.find(live.id) == revised
    assert declined.number == 2


def test_an_approved_revision_that_got_stuck_is_taken_once_a_period(stores: Stores) -> None:
    live = stores.world.published()
    book = stores.world.revisions
    book.propose(live.id, REVISION)
    assert book.take_stuck(LATER, LATER, 5) == []
    book.settle(live.id, 1, "approved", TWO)

    assert book.take_stuck(NOW, LATER, 5) == []
    assert book.take_stuck(LATER, LATER, 5) == [(live.id, 1, 1)]
    assert book.take_stuck(LATER, LATER, 5) == []
    assert book.take_stuck(LATER + timedelta(seconds=1), LATER, 5) == [(live.id, 1, 2)]


def test_each_revision_has_one_number_in_the_signals_chain(stores: Stores) -> None:
    live = stores.world.published()
    log = stores.world.commitments
    sealed = Sealed(live.id, HOUSE, "{}", bytes(32), NOW, 1)

    second = log.append(sealed)

    assert (second.number, second.sealed.revision) == (2, 1)
    assert log.append(replace(sealed, canonical="[]")) == second
    assert log.find(live.id, 1) == second
    assert log.find(live.id, 2) is None
    kept = log.kept(second, NOW)
    assert log.find(live.id, 1) == kept
    first = log.find(live.id)
    assert first is not None
    assert (first.number, first.sealed.revision) == (1, 0)


def test_an_account_signs_for_one_analyst_and_an_analyst_has_one_account(stores: Stores) -> None:
    signers = stores.world.signers
    signers.assign(HOUSE, ONE, by=TWO, at=NOW)
    assert (signers.analyst_of(ONE), signers.analyst_of(TWO)) == (HOUSE, None)

    signers.assign(HOUSE, TWO, by=TWO, at=NOW)
    signers.assign(OTHER, TWO, by=TWO, at=NOW)

    assert (signers.analyst_of(ONE), signers.analyst_of(TWO)) == (None, OTHER)


def test_an_escalated_signal_waits_on_and_becomes_overdue_again(stores: Stores) -> None:
    book = stores.world.book
    made = stores.world.drafted()
    waits = made.to("awaiting_approval")
    book.wait(Waiting(made.id, "token", NOW), waits, facts.approval_requested(waits, NOW, NOW))
    escalated = waits.to("escalated")

    book.wait(Waiting(made.id, "token", LATER), escalated, facts.escalated(escalated, LATER, NOW))

    assert book.overdue(NOW, 5) == []
    assert book.overdue(LATER, 5) == [escalated]
    assert book.counts() == {"escalated": 1}
    with pytest.raises(SignalChanged):
        book.wait(Waiting(made.id, "late", NOW), escalated, facts.escalated(escalated, NOW, NOW))
    waiting = book.waiting(made.id)
    assert waiting is not None
    assert waiting.token == "token"


def test_withdrawal_recall_and_cancellation_read_back_as_they_were_written(stores: Stores) -> None:
    world = stores.world
    draft = replace(world.drafted(strategy="other").to("withdrawn"), cancel_reason="Wrong instrument")
    world.book.save(draft, facts.withdrawn(draft, ONE, NOW))
    live = world.published()
    recalled = live.recalled("Published by mistake", NOW)
    world.book.save(recalled, facts.recalled(recalled, ONE))
    out = replace(
        recalled.to("cancelled"), cancel_reason="Enough", exit_price=Decimal("101.00"), mfe=Decimal(2)
    )

    world.book.save(out, facts.cancelled(out, ONE, NOW))

    assert world.book.find(draft.id) == draft
    assert world.book.find(live.id) == out
    assert world.book.live("AAPL", "1d") == []


def test_who_wrote_a_draft_is_kept(stores: Stores) -> None:
    made = replace(stores.world.drafted(), drafted_by="")
    written = replace(made, id=type(made.id)("01936e00-0c00-7c30-ac30-4d8f3f2eb009"), drafted_by=ONE)

    assert stores.world.book.draft(written, facts.drafted(written))

    assert stores.world.book.find(written.id) == written


@pytest.mark.stores
@pytest.mark.parametrize(
    "command",
    [
        "UPDATE revisions SET content = '{}'",
        "UPDATE revisions SET number = 7",
        "DELETE FROM revisions",
        "UPDATE signals SET drafted_by = ''",
    ],
)
def test_the_domains_role_cannot_rewrite_what_was_proposed(database: Databases, command: str) -> None:
    db = database("signals")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.run(command)
