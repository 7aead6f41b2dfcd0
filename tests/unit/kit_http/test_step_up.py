"""The step-up a caller carries: what satisfies a demand, what a refusal says, how it crosses the gateway."""

import pytest

from kit import clock
from kit.http import StepUpRequired, demand_step_up
from kit.identity import Caller, from_context, to_context


def test_a_refused_step_up_says_how_to_confirm() -> None:
    """A code that was sent is not the authenticator app; the app is more than a code."""
    now = int(clock.unix())
    by_code, by_app = (
        Caller("u", step_up_at=now, step_up_level=1),
        Caller("u", step_up_at=now, step_up_level=2),
    )
    demand_step_up(by_code, 1)
    demand_step_up(by_app, 1)
    demand_step_up(by_app, 2)
    with pytest.raises(StepUpRequired, match="authenticator app"):
        demand_step_up(by_code, 2)
    with pytest.raises(StepUpRequired, match="one-time code: POST /auth/step-up"):
        demand_step_up(Caller("u"), 1)


def test_a_caller_survives_the_context() -> None:
    """An authorizer or a ticket from before the level counts as none."""
    caller = Caller("u", frozenset({"user"}), family="f", step_up_at=7, step_up_level=2, issued_at=5)
    assert from_context(to_context(caller)) == caller
    old = {name: text for name, text in to_context(caller).items() if name != "step_up_level"}
    assert from_context(old).step_up_level == 0
