"""The life of an application: nothing leaves the table of states, whoever does whatever in whichever order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.kyc import NOW, somebody
from kit import ids
from kyc.errors import SecondPersonRequired, StateRefused, TakenBySomebodyElse
from kyc.model.application import STEPS, Application, ApplicationId
from kyc.model.states import EDITABLE, ENDED, MOVES, TOLD, WAITING

PERSON = somebody()
PEOPLE = ("maker", "checker", "other", PERSON)
PATIENCE = timedelta(minutes=30)
Act = Callable[[Application, str], Application]
ACTS: dict[str, Act] = {
    "edit": lambda one, _: one.edited(details="s1.x"),
    "submit": lambda one, _: one.submitted(NOW, "kyc-1"),
    "step": lambda one, _: one.done(one.next_step or "tell", NOW),
    "refuse": lambda one, _: one.refused(NOW, ("PHOTO:DOCUMENT_TYPE",)),
    "approve": lambda one, _: one.decided("approved", NOW).granted(NOW),
    "reject": lambda one, _: one.decided("rejected", NOW),
    "review": lambda one, _: one.decided("in_review", NOW),
    "video": lambda one, _: one.decided("video_wanted", NOW),
    "take": lambda one, by: one.taken(by, NOW, PATIENCE),
    "propose approval": lambda one, by: one.proposed(by, "approve", NOW),
    "propose return": lambda one, by: one.proposed(by, "return", NOW),
    "agree": lambda one, by: one.checked(by, NOW, agree=True),
    "disagree": lambda one, by: one.checked(by, NOW, agree=False),
    "appoint": lambda one, by: one.appointed(by, NOW),
    "see": lambda one, by: one.seen(by, NOW, None),
    "tell": lambda one, _: one.told(),
    "expire": lambda one, _: one.expired(NOW),
}


def fresh(**values: Any) -> Application:
    return replace(Application(ApplicationId(ids.uuid7()), PERSON, "basic", NOW, NOW, "kyc-1"), **values)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(PEOPLE)), max_size=25))
def test_no_order_of_acts_leaves_the_table(acts: list[tuple[str, str]]) -> None:
    one = fresh()
    for name, by in acts:
        try:
            after = ACTS[name](one, by)
        except (StateRefused, SecondPersonRequired, TakenBySomebodyElse):
            continue
        assert after.state == one.state or after.state in MOVES[one.state], (name, one, after)
        assert after.version == one.version + 1, "one version a change"
        assert after.owes_letter in {one.owes_letter, after.state in TOLD, False}
        if after.state in {"approved", "rejected"} and after.checker is not None:
            assert len({after.maker, after.checker, PERSON}) == 3, "maker, checker and applicant differ"
        assert after.maker != PERSON
        assert after.officer != PERSON
        one = after


def test_the_table_is_whole() -> None:
    states = set(MOVES)
    assert set().union(*MOVES.values()) <= states
    reached, todo = set(), ["draft"]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += MOVES[state]  # type: ignore[index] # a state
    assert reached == states, "every state is reached"
    assert {state for state, after in MOVES.items() if not after} == {"rejected", "expired"}
    assert EDITABLE | ENDED | WAITING | {"submitted", "verifying"} == states


def test_nothing_is_decided_by_one_person() -> None:
    one = fresh(state="in_review")
    with pytest.raises(SecondPersonRequired):
        one.taken(PERSON, NOW, PATIENCE)
    with pytest.raises(TakenBySomebodyElse):
        one.proposed("maker", "approve", NOW)
    taken = one.taken("maker", NOW, PATIENCE)
    with pytest.raises(TakenBySomebodyElse):
        taken.taken("other", NOW + timedelta(minutes=29), PATIENCE)
    assert taken.taken("maker", NOW, PATIENCE).maker == "maker"
    assert taken.taken("other", NOW + timedelta(minutes=30), PATIENCE).maker == "other"
    with pytest.raises(SecondPersonRequired):
        taken.proposed(PERSON, "approve", NOW)
    proposed = taken.proposed("maker", "reject", NOW)
    for who in ("maker", PERSON):
        with pytest.raises(SecondPersonRequired):
            proposed.checked(who, NOW, agree=True)
    assert proposed.checked("checker", NOW, agree=True).state == "rejected"
    back = proposed.checked("checker", NOW, agree=False)
    assert (back.state, back.maker, back.proposal) == ("in_review", None, None)


def test_a_video_is_recorded_by_its_officer() -> None:
    one = fresh(state="video_wanted")
    with pytest.raises(SecondPersonRequired):
        one.appointed(PERSON, NOW)
    with pytest.raises(TakenBySomebodyElse):
        one.seen("officer", NOW, None)
    appointed = one.appointed("officer", NOW)
    assert appointed.owes_letter
    with pytest.raises(TakenBySomebodyElse):
        appointed.seen("other", NOW, None)
    assert appointed.seen("officer", NOW, None).reasons == ()
    assert appointed.seen("officer", NOW, "VIDEO_NOT_CONFIRMED").reasons == ("VIDEO_NOT_CONFIRMED",)


def test_the_steps_come_in_their_order_once_a_round() -> None:
    one = fresh().submitted(NOW, "kyc-1")
    for step in STEPS[:-1]:
        assert one.next_step == step
        one = one.done(step, NOW)
    assert one.next_step == "decide"
    decided = one.decided("in_review", NOW)
    assert (decided.next_step, decided.has("decide")) == (None, True)
    rejected = one.decided("rejected", NOW)
    assert rejected.next_step == "tell"
    assert rejected.told().next_step is None
    with pytest.raises(StateRefused):
        rejected.edited(details=None)


def test_a_first_step_that_finds_a_flaw_returns_it() -> None:
    one = fresh().submitted(NOW, "kyc-1")
    back = one.refused(NOW, ("PHOTO:DOCUMENT_TYPE",))
    assert (back.state, back.version, back.reasons) == ("returned", one.version + 1, ("PHOTO:DOCUMENT_TYPE",))
    assert back.submitted(NOW, "kyc-2").round == 2
    with pytest.raises(StateRefused):
        back.refused(NOW, ())
