"""An application: every change is a method that returns the next version, or refuses by the states' table."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, NewType

from kyc.errors import SecondPersonRequired, StateRefused, TakenBySomebodyElse
from kyc.model.states import DRIVEN, EDITABLE, ENDED, MOVES, TOLD, State
from kyc.model.tier import PersonId, Redo, Tier, Wanted

ApplicationId = NewType("ApplicationId", str)
Step = Literal["documents", "pan", "aadhaar", "screening", "score", "decide", "tell"]
STEPS: Final[tuple[Step, ...]] = ("documents", "pan", "aadhaar", "screening", "score", "decide")
"""In this order, once a round; ``tell`` follows wherever a letter is owed."""
Outcome = Literal["approve", "reject", "return"]
ASKED_AGAIN: Final = "ASKED_AGAIN"
_DETAILS_AGAIN: Final = f"DETAILS:{ASKED_AGAIN}"
_ENDS: Final[dict[Outcome, State]] = {"approve": "approved", "reject": "rejected", "return": "returned"}


@dataclass(frozen=True, slots=True)
class Done:
    """A step of this round that is done, and since when."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """``details`` is the sealed text of what the person said; ``pan_index`` finds the same PAN elsewhere.

    ``round`` counts submissions. ``redo`` is what a proposal to return asks for again. ``changed_at`` is when
    the state was entered: what waits is waiting since then. ``keep_until`` is set
    once it has ended: what is kept of it is forgotten from then on.
    """

    id: ApplicationId
    person: PersonId
    wanted: Wanted
    opened_at: datetime
    changed_at: datetime
    policy_version: str
    state: State = "draft"
    version: int = 1
    round: int = 0
    details: str | None = None
    pan_index: bytes | None = None
    steps: tuple[Done, ...] = ()
    score: int | None = None
    reasons: tuple[str, ...] = ()
    maker: str | None = None
    taken_at: datetime | None = None
    proposal: Outcome | None = None
    redo: tuple[Redo, ...] = ()
    checker: str | None = None
    appointment: datetime | None = None
    officer: str | None = None
    tier: Tier = "none"
    valid_until: datetime | None = None
    owes_letter: bool = False
    keep_until: datetime | None = None
    forgotten: bool = False

    def has(self, step: Step) -> bool:
        """Whether ``step`` of this round is done."""
        return any(one.step == step for one in self.steps)

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.state not in ENDED

    @property
    def next_step(self) -> Step | None:
        """What the workflow does next: None where it waits for a person, or is over."""
        if self.state in DRIVEN:
            return next(step for step in STEPS if not self.has(step))
        return "tell" if self.owes_letter else None

    # ---- the applicant ----

    def edited(self, **changed: object) -> "Application":
        """Return it with other contents. Raises ``StateRefused`` where it is not the applicant's."""
        if self.state not in EDITABLE:
            raise StateRefused(f"It is {self.state}")
        return replace(self, version=self.version + 1, **changed)  # type: ignore[arg-type] # by name

    def described(self, details: str, pan_index: bytes) -> "Application":
        """Return it with what its person says of themselves. Raises ``StateRefused``."""
        left = tuple(one for one in self.reasons if one != _DETAILS_AGAIN)
        return self.edited(details=details, pan_index=pan_index, reasons=left)

    @property
    def described_enough(self) -> bool:
        """Whether details are there that nobody asked for again."""
        return self.details is not None and _DETAILS_AGAIN not in self.reasons

    def submitted(self, at: datetime, policy_version: str) -> "Application":
        """Return it handed in: a new round, of which nothing is done yet."""
        return replace(
            self._to("submitted", at),
            round=self.round + 1,
            policy_version=policy_version,
            steps=(),
            score=None,
            reasons=(),
            maker=None,
            taken_at=None,
            proposal=None,
            redo=(),
            checker=None,
            appointment=None,
            officer=None,
        )

    # ---- the workflow ----

    def done(self, step: Step, at: datetime) -> "Application":
        """Return it with ``step`` done; the first step of a round begins the verification."""
        now = self._to("verifying", at) if self.state == "submitted" else self._on()
        return replace(now, steps=(*self.steps, Done(step, at)))

    def refused(self, at: datetime, reasons: tuple[str, ...]) -> "Application":
        """Return it to its applicant, who can mend ``reasons``."""
        return replace(self._to("returned", at), reasons=reasons)

    def scored(self, score: int, reasons: tuple[str, ...], at: datetime) -> "Application":
        """Return it with its risk."""
        return replace(self.done("score", at), score=score, reasons=reasons)

    def decided(self, to: State, at: datetime) -> "Application":
        """Return it where the rules send it."""
        return replace(self._to(to, at), steps=(*self.steps, Done("decide", at)))

    def granted(self, valid_until: datetime) -> "Application":
        """Return an approved one with the tier it wanted."""
        return replace(self, tier=self.wanted, valid_until=valid_until)

    def told(self) -> "Application":
        """Return it without the letter it owed."""
        return replace(self._on(), owes_letter=False)

    # ---- the staff ----

    def taken(self, by: str, at: datetime, patience: timedelta) -> "Application":
        """Return it in the hands of ``by``; after ``patience`` it may be taken out of somebody's hands.

        Raises ``StateRefused``, ``SecondPersonRequired``, ``TakenBySomebodyElse``.
        """
        self._demand("in_review")
        self._demand_other(by)
        held = self.taken_at is not None and at < self.taken_at + patience
        if held and self.maker != by:
            raise TakenBySomebodyElse
        return replace(self._on(), maker=by, taken_at=at)

    def proposed(self, by: str, outcome: Outcome, at: datetime, redo: tuple[Redo, ...] = ()) -> "Application":
        """Return it with what its maker proposes; ``redo`` where it is returned. Raises as :meth:`taken`."""
        self._demand("in_review")
        self._demand_other(by)
        if self.maker != by:
            raise TakenBySomebodyElse("Take it first")
        return replace(self._to("in_check", at), proposal=outcome, redo=redo)

    def checked(self, by: str, at: datetime, *, agree: bool) -> "Application":
        """Return it ended as proposed, or sent back to review by a checker who does not agree."""
        self._demand("in_check")
        self._demand_other(by)
        if by == self.maker:
            raise SecondPersonRequired
        assert self.proposal is not None, "what is checked was proposed"
        if not agree:
            back = self._to("in_review", at)
            return replace(back, maker=None, taken_at=None, proposal=None, redo=(), checker=None)
        ended = replace(self._to(_ENDS[self.proposal], at), checker=by)
        if ended.state != "returned":
            return ended
        # what weighed against them is not told: only what is to be done again
        return replace(ended, reasons=tuple(f"{one.upper()}:{ASKED_AGAIN}" for one in self.redo))

    def appointed(self, by: str, when: datetime) -> "Application":
        """Return it with a video appointment with the officer ``by``; a later one takes its place."""
        self._demand("video_wanted")
        self._demand_other(by)
        return replace(self._on(), appointment=when, officer=by, owes_letter=True)

    def seen(self, by: str, at: datetime, reason: str | None) -> "Application":
        """Return it after its video: to review, with ``reason`` where the person was not confirmed."""
        self._demand("video_wanted")
        self._demand_other(by)
        if self.officer != by:
            raise TakenBySomebodyElse("Another officer has the appointment")
        reasons = (*self.reasons, reason) if reason else self.reasons
        return replace(self._to("in_review", at), reasons=reasons)

    # ---- the time ----

    def expired(self, at: datetime) -> "Application":
        """Return it over."""
        return self._to("expired", at)

    def kept_until(self, until: datetime) -> "Application":
        """Return it with the end of its retention; part of the change that ended it."""
        return replace(self, keep_until=until)

    # ---- common ----

    def _to(self, state: State, at: datetime) -> "Application":
        return _moved(self, state, at)

    def _on(self) -> "Application":
        return replace(self, version=self.version + 1)

    def _demand(self, state: State) -> None:
        if self.state != state:
            raise StateRefused(f"It is {self.state}")

    def _demand_other(self, by: str) -> None:
        if by == self.person:
            raise SecondPersonRequired


def _moved(one: Application, state: State, at: datetime) -> Application:
    """Return ``one`` in ``state``, one version on. Raises ``StateRefused``."""
    if state not in MOVES[one.state]:
        raise StateRefused(f"It is {one.state}")
    return replace(one, state=state, changed_at=at, owes_letter=state in TOLD, version=one.version + 1)
