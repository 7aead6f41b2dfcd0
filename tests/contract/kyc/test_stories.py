"""What people live through, on both kinds of store."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from builders.kyc import CHECKER, MAKER, PNG, KycDesk, somebody
from kit.audit import Actor
from kit.errors import Invalid, PreconditionFailed
from kyc.errors import (
    AlreadyVerified,
    ApplicationNotFound,
    DocumentNotFound,
    Incomplete,
    NumberRefused,
    SecondPersonRequired,
    StateRefused,
    TakenBySomebodyElse,
    TooManyDocuments,
    TooSoon,
)
from kyc.model.document import MOST, DocumentId
from kyc.model.tier import PersonId
from kyc.service.reviewing import Proposal

OTHER = Actor("0190c000-0000-7000-8000-00000000000a", ("compliance",))


# ---- applying ----


def test_what_is_begun_is_gone_on_with(desk: KycDesk) -> None:
    person = somebody()
    one, new = desk.applying.begin(person, "basic")
    assert new
    assert desk.applying.begin(person, "basic") == (one, False)
    more, new = desk.applying.begin(person, "standard")
    assert (more.id, more.wanted, new) == (one.id, "standard", False)
    filled = desk.filled(more)
    desk.applying.submit(one.id, person, filled.version)
    with pytest.raises(StateRefused):
        desk.applying.begin(person, "unlimited")


def test_nothing_is_submitted_before_it_is_complete(desk: KycDesk) -> None:
    one = desk.draft()
    with pytest.raises(Incomplete) as caught:
        desk.applying.submit(one.id, one.person, one.version)
    assert [each.pointer for each in caught.value.errors] == ["/details", "/pan_card", "/photo"]
    desk.upload(one, "photo")
    with pytest.raises(Incomplete) as caught:
        desk.applying.submit(one.id, one.person, one.version)
    assert [each.pointer for each in caught.value.errors] == ["/details", "/pan_card"]


def test_a_submission_begins_once(desk: KycDesk) -> None:
    one = desk.submitted()
    assert desk.told(one.id, "kyc.submitted") == 1
    assert desk.due_kinds(one) == ["kyc.drive"]
    with pytest.raises(StateRefused):
        desk.applying.submit(one.id, one.person, one.version)
    with pytest.raises(PreconditionFailed):
        desk.applying.submit(one.id, one.person, one.version - 1)
    with pytest.raises(StateRefused):
        desk.applying.say(one.id, one.person, one.version, desk.said())
    with pytest.raises(StateRefused):
        desk.applying.offer(one.id, one.person, "photo", "image/png")


def test_somebody_elses_application_is_not_there(desk: KycDesk) -> None:
    one, stranger = desk.draft(), somebody()
    for act in (
        lambda: desk.applying.say(one.id, stranger, one.version, desk.said()),
        lambda: desk.applying.offer(one.id, stranger, "photo", "image/png"),
        lambda: desk.applying.submit(one.id, stranger, one.version),
    ):
        with pytest.raises(ApplicationNotFound):
            act()
    assert desk.applying.overview(stranger).application is None


def test_a_number_nobody_has_is_refused(desk: KycDesk) -> None:
    one, said = desk.draft(), desk.said()
    with pytest.raises(NumberRefused):
        desk.applying.say(
            one.id,
            one.person,
            one.version,
            replace(said, aadhaar="9999" * 3),
        )
    assert desk.find(one.id).details is None


def test_documents_have_a_measure(desk: KycDesk) -> None:
    one = desk.draft()
    for _ in range(MOST):
        desk.upload(one, "photo", None)
    with pytest.raises(TooManyDocuments):
        desk.upload(one, "photo")


def test_a_form_that_was_never_used_does_no_harm(desk: KycDesk) -> None:
    one = desk.filled(desk.draft())
    desk.upload(one, "photo", None)
    desk.applying.submit(one.id, one.person, one.version)
    desk.drive(one.id)
    assert desk.find(one.id).state == "approved"
    assert sorted(each.state for each in desk.documents.of(one.id)) == ["kept", "kept", "refused"]


def test_what_never_came_is_asked_for_again(desk: KycDesk) -> None:
    draft = desk.draft()
    one = desk.applying.say(draft.id, draft.person, draft.version, desk.said())
    desk.upload(one, "pan_card")
    desk.upload(one, "photo", None)
    desk.applying.submit(one.id, one.person, one.version)
    desk.drive(one.id)
    back = desk.find(one.id)
    assert (back.state, back.reasons) == ("returned", ("PHOTO:DOCUMENT_MISSING",))
    assert desk.applying.overview(one.person).todo == ("upload_photo",)
    assert desk.due_kinds(back) == ["kyc.expire"]


def test_under_age_is_rejected_and_may_come_again_after_a_while(desk: KycDesk) -> None:
    one = desk.driven(born=date(2015, 1, 1))
    assert one.state == "rejected"
    with pytest.raises(TooSoon):
        desk.draft(person=one.person)
    assert desk.applying.overview(one.person).todo == ("apply_later",)
    desk.clock.forward(days=7)
    assert desk.applying.overview(one.person).todo == ("apply",)
    assert desk.draft(person=one.person).id != one.id


# ---- reviewing ----


def test_two_people_end_a_review(desk: KycDesk) -> None:
    one = desk.reviewed()
    assert (one.state, one.maker, one.checker) == ("approved", MAKER.id, CHECKER.id)
    assert desk.applications.standing(one.person).tier == "basic"
    assert desk.told(one.id, "kyc.decided") == 2, "to review, and approved"
    assert desk.told(one.person, "kyc.tier_changed") == 1
    assert desk.told(one.id, "action.performed") == 3, "take, propose, check"
    history = [(each.kind, each.verdict) for each in desk.reviewing.history(one.id)]
    assert history == [("rule", "review"), ("maker", "approve"), ("checker", "agree")]
    desk.telling.tell(one.id)
    assert [state for of, state, _ in desk.letters.sent if of == one.id] == ["approved"]
    assert desk.due_kinds(one) == ["kyc.expire", "kyc.forget"]


def test_a_checker_who_does_not_agree_sends_it_back(desk: KycDesk) -> None:
    one = desk.reviewed("reject", agree=False)
    assert (one.state, one.maker, one.proposal) == ("in_review", None, None)
    assert desk.due_kinds(one) == []
    with pytest.raises(TakenBySomebodyElse):
        desk.reviewing.propose(one.id, MAKER, one.version, Proposal("reject", "Again"))


def test_what_reviewers_return_is_mended_and_comes_again(desk: KycDesk) -> None:
    one = desk.reviewed("return", "details", "photo")
    assert (one.state, one.owes_letter) == ("returned", True)
    assert one.reasons == ("DETAILS:ASKED_AGAIN", "PHOTO:ASKED_AGAIN"), (
        "and nothing of what weighs against them"
    )
    assert desk.applying.overview(one.person).todo == ("give_details", "upload_photo")
    with pytest.raises(Incomplete) as caught:
        desk.applying.submit(one.id, one.person, one.version)
    assert [each.pointer for each in caught.value.errors] == ["/details", "/photo"]
    desk.upload(one, "photo", None)
    again = desk.applying.say(one.id, one.person, one.version, desk.said(pan="XYZ"))
    sent = desk.applying.submit(one.id, one.person, again.version)
    desk.drive(one.id)
    back = desk.find(one.id)
    assert (back.state, back.reasons) == ("returned", ("PHOTO:DOCUMENT_MISSING",)), (
        "the old one does not count"
    )
    desk.upload(back, "photo")
    desk.applying.submit(one.id, one.person, back.version)
    desk.drive(one.id)
    assert (desk.find(one.id).state, sent.round) == ("approved", 2)


def test_a_return_says_what_is_to_be_done_again(desk: KycDesk) -> None:
    one = desk.in_review()
    taken = desk.reviewing.take(one.id, MAKER, one.version)
    for wrong in (Proposal("return", "Blurred"), Proposal("approve", "Fine", ("photo",))):
        with pytest.raises(Invalid):
            desk.reviewing.propose(one.id, MAKER, taken.version, wrong)


def test_nobody_decides_twice_or_about_themselves(desk: KycDesk) -> None:
    one = desk.in_review()
    self_ = Actor(one.person, ("compliance",))
    with pytest.raises(SecondPersonRequired):
        desk.reviewing.take(one.id, self_, one.version)
    with pytest.raises(PreconditionFailed):
        desk.reviewing.take(one.id, MAKER, one.version + 1)
    taken = desk.reviewing.take(one.id, MAKER, one.version)
    with pytest.raises(TakenBySomebodyElse):
        desk.reviewing.take(one.id, OTHER, taken.version)
    proposed = desk.reviewing.propose(one.id, MAKER, taken.version, Proposal("approve", "Fine"))
    for who in (MAKER, self_):
        with pytest.raises(SecondPersonRequired):
            desk.reviewing.check(one.id, who, proposed.version, agree=True, note="Fine")
    with pytest.raises(StateRefused):
        desk.reviewing.take(one.id, OTHER, proposed.version)
    assert desk.applications.standing(one.person).tier == "none"


def test_a_video_leads_to_a_review(desk: KycDesk) -> None:
    one = desk.driven("unlimited")
    when = desk.clock.now() + timedelta(days=1)
    for wrong in (desk.clock.now(), desk.clock.now() + timedelta(days=15)):
        with pytest.raises(Invalid):
            desk.reviewing.appoint(one.id, MAKER, one.version, wrong)
    appointed = desk.reviewing.appoint(one.id, MAKER, one.version, when)
    desk.telling.tell(one.id)
    assert desk.applying.overview(one.person).todo == ("attend_video",)
    with pytest.raises(TakenBySomebodyElse):
        desk.reviewing.see(one.id, OTHER, appointed.version + 1, confirmed=True, note="Seen")
    seen = desk.reviewing.see(one.id, MAKER, appointed.version + 1, confirmed=True, note="It is them")
    taken = desk.reviewing.take(one.id, MAKER, seen.version)
    proposed = desk.reviewing.propose(one.id, MAKER, taken.version, Proposal("approve", "Seen them"))
    ended = desk.reviewing.check(one.id, CHECKER, proposed.version, agree=True, note="Agreed")
    assert (ended.state, ended.tier) == ("approved", "unlimited")


def test_a_video_that_does_not_confirm_is_a_reason(desk: KycDesk) -> None:
    one = desk.driven("standard")
    appointed = desk.reviewing.appoint(one.id, MAKER, one.version, desk.clock.now() + timedelta(hours=1))
    seen = desk.reviewing.see(one.id, MAKER, appointed.version, confirmed=False, note="Somebody else")
    assert (seen.state, seen.reasons) == ("in_review", ("VIDEO_NOT_CONFIRMED",))


def test_personal_data_is_shown_with_a_record(desk: KycDesk) -> None:
    one = desk.in_review()
    details, documents = desk.disclosing.details(one.id, MAKER, "Reviewing")
    assert details is not None
    assert (details.name, details.aadhaar_last4) == ("Minister Rao", "0124")
    _, content = desk.disclosing.document(one.id, documents[0].id, MAKER, "Reviewing")
    assert content == PNG
    assert desk.told(one.id, "action.performed") == 2
    self_ = Actor(one.person, ("compliance",))
    with pytest.raises(SecondPersonRequired):
        desk.disclosing.details(one.id, self_, "Curious")
    other = desk.in_review()
    with pytest.raises(DocumentNotFound):
        desk.disclosing.document(other.id, documents[0].id, MAKER, "Reviewing")
    with pytest.raises(DocumentNotFound):
        desk.disclosing.document(one.id, DocumentId(one.id), MAKER, "Reviewing")
    with pytest.raises(ApplicationNotFound):
        desk.disclosing.details(type(one.id)(somebody()), MAKER, "Reviewing")


# ---- time ----


def test_a_tier_ends_after_two_years_and_is_redone_before(desk: KycDesk) -> None:
    one = desk.driven()
    with pytest.raises(AlreadyVerified):
        desk.draft(person=one.person)
    assert desk.draft("standard", one.person).wanted == "standard", "a higher tier is another matter"
    other = desk.driven()
    desk.clock.forward(days=730 - 60)
    redo = desk.driven(person=other.person)
    assert redo.state == "approved"
    desk.clock.forward(days=60)
    for each in (one, other):
        desk.lapsing.expire(each.id)
    assert (desk.find(one.id).state, desk.find(other.id).state) == ("expired", "expired")
    assert desk.applications.standing(one.person).tier == "none"
    assert desk.applications.standing(other.person).application == redo.id
    assert desk.told(one.person, "kyc.tier_changed") == 2
    assert desk.told(other.person, "kyc.tier_changed") == 2, "the old one's end changes nothing"


def test_nothing_expires_before_its_time(desk: KycDesk) -> None:
    approved, reviewed = desk.driven(), desk.in_review()
    desk.clock.forward(days=729)
    for one in (approved, reviewed):
        desk.lapsing.expire(one.id)
        assert desk.find(one.id) == one
    desk.lapsing.expire(type(approved.id)(somebody()))


def test_a_draft_nobody_finishes_ends_and_is_forgotten_soon(desk: KycDesk) -> None:
    one = desk.draft()
    assert desk.due_kinds(one) == ["kyc.expire"]
    desk.clock.forward(days=14)
    desk.lapsing.expire(one.id)
    ended = desk.find(one.id)
    assert ended.keep_until == desk.clock.now() + timedelta(days=30)
    desk.lapsing.forget(one.id)
    assert not desk.find(one.id).forgotten
    desk.clock.forward(days=30)
    desk.lapsing.forget(one.id)
    assert desk.find(one.id).forgotten


def test_records_are_kept_ten_years_beyond_the_end_and_then_deleted(desk: KycDesk) -> None:
    one = desk.driven()
    desk.clock.forward(days=730)
    desk.lapsing.expire(one.id)
    desk.clock.forward(days=3652)
    desk.lapsing.forget(one.id)
    assert len(desk.store.lies) == 2
    desk.clock.forward(days=1)
    desk.lapsing.forget(one.id)
    desk.lapsing.forget(one.id)
    assert desk.store.lies == {}
    assert desk.told(one.id, "action.performed") == 1, "that it was deleted is known for ever"


def test_a_sanction_takes_the_tier_that_is_held(desk: KycDesk) -> None:
    person = somebody()
    desk.driven(person=person)
    desk.driven("standard", person, name="Sanctioned Rao")
    assert desk.applications.standing(person).tier == "none"
    assert desk.told(person, "kyc.tier_changed") == 2


def test_another_rejection_leaves_the_tier_that_is_held(desk: KycDesk) -> None:
    person = somebody()
    desk.driven(person=person)
    assert desk.driven("standard", person, pan="REJ").state == "rejected"
    assert desk.applications.standing(person).tier == "basic"


def test_late_reviews_are_counted(desk: KycDesk) -> None:
    before = desk.lapsing.late()
    one = desk.in_review()
    assert desk.reviewing.due_by(one) == one.changed_at + timedelta(hours=24)
    desk.clock.forward(hours=24, seconds=1)
    assert desk.lapsing.late() > before
    assert PersonId(one.person) in {each.person for each in desk.reviewing.queue("in_review", None, 100)}
