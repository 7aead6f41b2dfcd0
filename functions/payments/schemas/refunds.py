"""Refunds: what is asked, decided and shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from kit.http import Body, PageQuery, View
from payments.model.refund import BACK, FORWARD, Origin, Refund, RefundStatus, Step
from payments.model.sale import Gst
from payments.policies.refunding import Quote, Rule
from payments.schemas.money import AmountView, money

_Words = Annotated[str, Field(min_length=3, max_length=500)]


class RefundQuoteView(View):
    """``amount`` goes back by the rules now, of ``left`` that was not refunded yet; ``rule`` says why."""

    amount: AmountView
    left: AmountView
    rule: Rule
    policy_version: str

    @classmethod
    def of(cls, quote: Quote) -> "RefundQuoteView":
        """Return what is shown of ``quote``."""
        return cls(
            amount=money(quote.paise),
            left=money(quote.left),
            rule=quote.rule,
            policy_version=quote.version,
        )


class RefundIn(Body):
    """Ask for money back; ``override`` and ``keeps_access`` are support's alone."""

    reason: _Words
    amount: int | None = Field(
        default=None, ge=100, le=10**12, description="Paise; as much as is quoted when left out"
    )
    override: _Words | None = Field(default=None, description="Why more than the quote goes back")
    keeps_access: bool = Field(default=False, description="What was bought stays")


class DeclineIn(Body):
    """Why nothing goes back."""

    reason: _Words


class RefundsQuery(PageQuery):
    """Filters of the list."""

    status: RefundStatus | None = None


class PartsView(View):
    """What an amount is made of, in paise."""

    net: int
    cgst: int
    sgst: int
    igst: int


class StepView(View):
    """One step of the saga: ``failed`` is where it turned back, ``skipped`` what it then never came to."""

    step: Step
    state: Literal["done", "next", "to_do", "failed", "skipped"]
    at: datetime | None


class RefundView(View):
    """A refund; ``steps`` are those of its way forward and, once it turned back, of its way back."""

    id: str
    payment_id: str
    user_id: str
    sku: str
    line: str
    amount: AmountView
    parts: PartsView
    status: RefundStatus
    origin: Origin
    reason: str
    requested_by: str
    requested_at: datetime
    quoted: AmountView
    policy_version: str
    override: str | None
    keeps_access: bool
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    failure: str | None
    steps: tuple[StepView, ...]

    @classmethod
    def of(cls, one: Refund) -> "RefundView":
        """Return what is shown of ``one``."""
        plain = (
            "id", "sku", "status", "origin", "reason", "requested_by", "requested_at", "policy_version",
            "override", "decided_by", "decided_at", "decision", "failure",
        )  # fmt: skip
        taxes = {kind.value: one.sale.tax(kind) for kind in Gst}
        return cls(
            **{name: getattr(one, name) for name in plain},
            payment_id=one.payment,
            user_id=one.person,
            line=one.line.value,
            amount=money(one.sale.gross),
            parts=PartsView(net=one.sale.net, **taxes),
            quoted=money(one.quoted),
            keeps_access=not one.revokes,
            steps=tuple(_steps(one)),
        )


def _steps(one: Refund) -> list[StepView]:
    """Return the graph: forward, and back where it turned."""
    turned = one.failure is not None
    shown = [_step(one, step, forward=True, turned=turned) for step in FORWARD]
    if turned:
        first = next((place for place, each in enumerate(shown) if each.state == "skipped"), None)
        if first is not None:
            shown[first] = shown[first].model_copy(update={"state": "failed"})
        shown += [_step(one, step, forward=False, turned=turned) for step in BACK]
    return shown


def _step(one: Refund, step: Step, *, forward: bool, turned: bool) -> StepView:
    at = next((done.at for done in one.steps if done.step == step), None)
    if at is not None:
        return StepView(step=step, state="done", at=at)
    if one.next_step == step:
        return StepView(step=step, state="next", at=None)
    return StepView(step=step, state="skipped" if forward and turned else "to_do", at=None)
