"""The stores of KYC: one contract in memory and in PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.kyc import CHECKER, MAKER, NOW, KycDesk, somebody
from builders.kyc_matrix import Case, cases, play
from kit import ids
from kyc.model.application import Application, ApplicationId, Done
from kyc.model.decision import Decision
from kyc.model.document import Document, DocumentId
from kyc.model.evidence import AmlScreening, Answer, Hit, Screened, Verification
from kyc.model.tier import PersonId, Standing
from kyc.ports.applications import Filed
from kyc.ports.evidence import Disclosure


def fresh(person: PersonId | None = None) -> Application:
    return Application(ApplicationId(ids.uuid7()), person or somebody(), "standard", NOW, NOW, "kyc-1")


def fresh_kept(desk: KycDesk) -> Application:
    one = fresh()
    assert desk.applications.put(one, 0)
    return one


def decision(one: Application, **changed: object) -> Decision:
    made = Decision(one.id, one.version, 1, NOW, "rule", "rule", "review", "kyc-1", 55, ("PAN_UNAVAILABLE",))
    return replace(made, **changed)  # type: ignore[arg-type] # by name


def test_an_application_is_kept_whole(desk: KycDesk) -> None:
    one = fresh()
    assert desk.applications.put(one, 0)
    full = replace(
        one,
        state="rejected",
        version=2,
        round=3,
        details="s1.sealed",
        pan_index=b"i" * 32,
        steps=(Done("documents", NOW), Done("pan", NOW + timedelta(microseconds=1))),
        score=85,
        reasons=("PAN_INVALID",),
        maker=MAKER.id,
        taken_at=NOW,
        proposal="reject",
        redo=("details", "photo"),
        checker=CHECKER.id,
        appointment=NOW,
        officer=MAKER.id,
        owes_letter=True,
        keep_until=NOW,
    )
    assert desk.applications.put(full, 1)
    assert desk.applications.find(one.id) == full
    assert desk.applications.newest(one.person) == full
    assert desk.applications.find(ApplicationId(ids.uuid7())) is None
    assert desk.applications.newest(somebody()) is None


def test_only_the_newest_version_is_replaced_and_nothing_is_filed_otherwise(desk: KycDesk) -> None:
    one = fresh()
    assert desk.applications.put(one, 0)
    assert not desk.applications.put(one, 0), "an id is taken once"
    on = replace(one, version=2)
    assert desk.applications.put(on, 1)
    late = Filed(decision(one), Standing(one.person, "basic", NOW, one.id, 1))
    assert not desk.applications.put(on, 1, late)
    assert desk.applications.decisions(one.id) == []
    assert desk.applications.standing(one.person) == Standing(one.person)


def test_a_person_has_one_open_application(desk: KycDesk) -> None:
    one = fresh()
    assert desk.applications.put(one, 0)
    assert not desk.applications.put(fresh(one.person), 0)
    over = replace(one, state="rejected", version=2, keep_until=NOW)
    assert desk.applications.put(over, 1)
    next_ = replace(fresh(one.person), opened_at=NOW + timedelta(seconds=1))
    assert desk.applications.put(next_, 0)
    assert desk.applications.newest(one.person) == next_


def test_a_standing_of_another_version_keeps_everything_out(desk: KycDesk) -> None:
    one = fresh()
    assert desk.applications.put(one, 0)
    held = Standing(one.person, "basic", NOW, one.id, 1)
    assert desk.applications.put(replace(one, version=2), 1, Filed(decision(one), held))
    again = Filed(decision(one, version=3), held)
    assert not desk.applications.put(replace(one, version=3), 2, again)
    kept = desk.applications.find(one.id)
    assert kept is not None
    assert kept.version == 2
    assert desk.applications.standing(one.person) == held
    assert [each.version for each in desk.applications.decisions(one.id)] == [1]


def test_decisions_are_read_in_their_order(desk: KycDesk) -> None:
    one = fresh()
    assert desk.applications.put(one, 0)
    made = [
        decision(one),
        decision(one, version=2, kind="maker", verdict="approve", by=MAKER.id, note="Fine", score=None),
        decision(one, version=3, kind="checker", verdict="agree", by=CHECKER.id, reasons=()),
    ]
    for version, each in enumerate(made, 1):
        assert desk.applications.put(replace(one, version=version + 1), version, Filed(each))
    assert desk.applications.decisions(one.id) == made


def test_queues_go_on_where_a_page_ended(desk: KycDesk) -> None:
    far = NOW - timedelta(days=3_000)
    made = []
    for second in (3, 1, 2, 2):
        one = replace(fresh(), state="in_check", changed_at=far + timedelta(seconds=second))
        assert desk.applications.put(one, 0)
        made.append(one)
    wanted = sorted(made, key=lambda one: (one.changed_at, one.id))
    first = desk.applications.queue("in_check", None, 3)
    assert first == wanted[:3]
    rest = desk.applications.queue("in_check", (first[-1].changed_at, first[-1].id), 1)
    assert rest == wanted[3:]
    assert desk.applications.waiting_since(far + timedelta(seconds=2)) == 1
    assert desk.applications.waiting_since(far + timedelta(seconds=4)) == 4


def test_other_people_with_a_pan_are_counted_once_submitted(desk: KycDesk) -> None:
    index = ids.uuid7().replace("-", "").encode()
    first, second, third = (replace(fresh(), pan_index=index, round=number) for number in (1, 1, 0))
    for one in (first, second, third):
        assert desk.applications.put(one, 0)
    assert desk.applications.others_with(index, first.person) == 1
    assert desk.applications.others_with(index, third.person) == 2
    assert desk.applications.others_with(b"o" * 32, first.person) == 0


def test_nothing_is_forgotten_before_its_time_and_then_all_of_it(desk: KycDesk) -> None:
    one = desk.driven(name="Minister Rao", person=somebody())
    document = desk.documents.of(one.id)[0]
    ended = replace(one, state="rejected", version=one.version + 1, keep_until=NOW + timedelta(days=1))
    note = decision(ended, note="Private words", version=ended.version)
    assert desk.applications.put(ended, one.version, Filed(note))
    desk.disclosures.note(Disclosure(ids.uuid7(), one.id, document.id, MAKER.id, NOW, "A look"), ())

    assert not desk.applications.forget(one.id, NOW)
    assert desk.find(one.id) == ended
    assert desk.applications.forget(one.id, NOW + timedelta(days=1))
    assert not desk.applications.forget(one.id, NOW + timedelta(days=1)), "once"

    left = desk.find(one.id)
    assert (left.forgotten, left.details, left.pan_index, left.reasons, left.score) == (
        True, None, None, (), None,
    )  # fmt: skip
    assert {each.note for each in desk.applications.decisions(one.id)} == {None}
    assert not desk.applications.put(replace(left, version=left.version + 1), left.version)


def test_a_document_is_settled_once(desk: KycDesk) -> None:
    one = fresh()
    assert desk.applications.put(one, 0)
    made = Document(DocumentId(ids.uuid7()), one.id, one.person, "photo", "image/png", NOW)
    desk.documents.put(made)
    kept = replace(made, state="kept", size=7, sha256="a" * 64)
    desk.documents.put(kept)
    desk.documents.put(replace(made, state="refused", reason="DOCUMENT_TYPE"))
    assert desk.documents.of(one.id) == [kept], "what is kept is not refused afterwards"
    again = replace(kept, id=DocumentId(ids.uuid7()), application=fresh_kept(desk).id)
    desk.documents.put(again)
    asked = replace(again, state="refused", reason="ASKED_AGAIN")
    desk.documents.put(asked)
    assert desk.documents.of(again.application) == [asked], "unless a reviewer asks for it again"
    later = replace(made, id=DocumentId(ids.uuid7()), offered_at=NOW + timedelta(seconds=1))
    desk.documents.put(later)
    assert desk.documents.of(one.id) == [kept, later]
    assert desk.documents.of(ApplicationId(ids.uuid7())) == []


def test_the_first_answer_of_a_number_stands(desk: KycDesk) -> None:
    one = fresh()
    assert desk.applications.put(one, 0)
    first = Verification(one.id, 1, "pan", 1, NOW, Answer("unavailable"))
    second = replace(first, attempt=2, answer=Answer("match", "ver-1"))
    for each in (second, first, replace(second, answer=Answer("invalid"))):
        desk.evidence.note(each)
    desk.evidence.note(replace(first, kind="aadhaar"))
    desk.evidence.note(replace(first, round=2))
    assert desk.evidence.verifications(one.id, 1, "pan") == [first, second]
    nobody = AmlScreening(one.id, 1, 1, NOW, None)
    hit = replace(nobody, attempt=2, screened=Screened((Hit("pep", "A list", 80),), "scr-1"))
    clear = replace(nobody, attempt=3, screened=Screened((), None))
    for screening in (nobody, hit, clear, replace(nobody, attempt=2)):
        desk.evidence.note_screening(screening)
    assert desk.evidence.screenings(one.id, 1) == [nobody, hit, clear]
    assert desk.evidence.screenings(one.id, 2) == []


def test_due_rows_are_leased_moved_and_dropped(desk: KycDesk) -> None:
    subject = ids.uuid7()
    desk.due.plan("kyc.drive", subject, NOW)
    desk.due.plan("kyc.tell", subject, NOW - timedelta(seconds=1))
    desk.due.plan("kyc.forget", subject, NOW + timedelta(days=1))
    taken = desk.due.take(NOW, 10)
    assert [(row.kind, row.attempt) for row in taken] == [("kyc.tell", 1), ("kyc.drive", 1)]
    assert desk.due.take(NOW, 10) == [], "leased"
    again = desk.due.take(NOW + timedelta(minutes=1), 10)
    assert [row.attempt for row in again] == [2, 2]
    desk.due.done(again[0])
    desk.due.plan("kyc.drive", subject, NOW + timedelta(hours=1))
    desk.due.done(again[1])
    assert [row.kind for row in desk.due.take(NOW + timedelta(hours=2), 10)] == ["kyc.drive"], "planned anew"
    desk.due.drop("kyc.forget", subject)
    assert desk.due.take(NOW + timedelta(days=2), 10) == [
        replace(again[1], due_at=NOW + timedelta(hours=1), attempt=2)
    ]


@pytest.mark.parametrize("case", [*cases(("broken",))], ids=lambda case: " ".join(case.cuts) or "whole")
def test_a_workflow_that_is_cut_off_ends_on_both(desk: KycDesk, case: Case) -> None:
    desk.strikes.passed.clear()
    play(desk, case)
