"""Every way to interrupt a refund, and what must be true when it is over."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations

from builders.orders import NOW, course, offer, person, top_up
from builders.refunds import RefundDesk
from builders.strikes import Cut
from kit.errors import Retryable
from payments.model.entitlement import Cause, Entitlement
from payments.model.gateway import RefundRef
from payments.model.ledger import Book
from payments.model.payment import Payment, Period, SubscriptionId
from payments.model.refund import BACK, FORWARD, Refund, Step
from payments.model.sale import sold_within

STEPS: tuple[Step, ...] = (*FORWARD, *BACK)
POINTS = tuple(f"refund.{step}.{when}" for step in STEPS for when in ("before", "after"))
ALL_POINTS = (*POINTS, "refund.pay.answered")
FATES = ("paid", "busy", "lost", "refused", "fails", "fails later")
KINDS = ("course", "part of a course", "from the wallet", "top-up", "subscription")
_MOST_TRIES = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One life: what was bought, what the gateway does, where whoever drives is cut, in which order tasks come."""

    kind: str
    fate: str
    cuts: tuple[str, ...]
    seed: int


def cases(kinds: Sequence[str], most_cuts: int, seed: int) -> Iterator[Case]:
    """Yield all combinations of up to ``most_cuts`` failpoints with every fate of the money."""
    for kind in kinds:
        for fate in FATES if kind != "from the wallet" else FATES[:1]:
            for count in range(most_cuts + 1):
                for place, cuts in enumerate(combinations(ALL_POINTS, count)):
                    yield Case(kind, fate, cuts, seed + place)


def play(desk: RefundDesk, case: Case) -> None:
    """Live it, and judge the end."""
    sold = sold_as(desk, case.kind)
    desk.gateway.faults = [] if case.fate in {"paid", "fails later"} else [case.fate]
    one = desk.approved(sold, _paise(sold, case.kind), override="As agreed")
    desk.strikes.plan = dict.fromkeys(case.cuts, 1)
    chance = random.Random(case.seed)  # noqa: S311 - a seed that replays a case
    finish(desk, one, chance)
    if case.fate == "fails later" and case.kind != "from the wallet":
        refuse_later(desk, one, sold)
        finish(desk, one, chance)
    judge(desk, sold, one)


def _paise(sold: Payment, kind: str) -> int:
    return sold.sale.gross * (40 if kind == "part of a course" else 100) // 100


def refuse_later(desk: RefundDesk, one: Refund, sold: Payment) -> None:
    """Let the bank refuse what was paid, and the worker read that back."""
    ref = desk.refund(one.id).gateway_ref
    assert ref is not None
    desk.bank.refuse(RefundRef(ref))
    desk.told_back(sold)


def finish(desk: RefundDesk, one: Refund, chance: random.Random) -> None:
    """Call the tasks in any order, as machines that were started twice do, until the refund is over."""
    for _ in range(_MOST_TRIES):
        if desk.refund(one.id).next_step is None:
            return
        order = list(STEPS)
        chance.shuffle(order)
        for step in order:
            try:
                desk.saga.run(one.id, step)
            except (Cut, Retryable):
                break
    raise AssertionError(f"it never ended: {desk.refund(one.id)}")


def judge(desk: RefundDesk, sold: Payment, one: Refund) -> None:
    """Nobody is charged without entitlement or entitled without charge, and every book agrees to the paisa."""
    ended, now = desk.refund(one.id), desk.clock.now()
    assert ended.status in {"completed", "compensated"}, ended
    back = ended.sale.gross if ended.status == "completed" else 0
    assert desk.ledger.discrepancies() == []
    assert set(desk.ledger.trial_balance(now + timedelta(days=1)).difference().values()) <= {0}
    if sold.ref is not None:
        went = sum(
            each.amount.amount
            for each in desk.gateway.refunds(sold.ref)
            if each.status != "failed" and each.refund_id == one.id
        )
        assert went == back, "the gateway and the refund agree"
        assert desk.clearing(sold) == sold.sale.gross - back, "the books and the gateway agree"
        assert desk.held(f"{sold.line}:clearing:INR") == 0, "nothing is held for ever"
    if sold.purpose == "top_up":
        assert desk.net(f"wallet:person:{sold.person}:INR") == back - sold.sale.gross
    else:
        assert desk.entitled(sold) == (ended.status == "compensated"), "entitled is charged"
    if sold.source == "wallet":
        assert -desk.net(f"wallet:person:{sold.person}:INR") == back
    assert desk.told(one, "refund.completed") + desk.told(one, "refund.compensated") >= 1
    assert desk.told(one, "refund.compensated") == (ended.status == "compensated")
    assert desk.noted(one) == (ended.status == "completed")
    assert desk.due_rows(one) == 0, "nothing is left to drive"


def sold_as(desk: RefundDesk, kind: str) -> Payment:
    who = person()
    if kind == "top-up":
        return desk.sold(top_up(who))
    if kind == "from the wallet":
        one = replace(course(who), source="wallet")
        desk.sold(top_up(who, one.sale.gross))
        return desk.sold(one)
    if kind == "subscription":
        return subscribed(desk)
    return desk.sold(course(who))


def subscribed(desk: RefundDesk) -> Payment:
    wanted, who = offer("premium-yearly"), person()
    subscription = SubscriptionId(str(who).replace("-7", "-8", 1))
    one = replace(
        course(who),
        purpose="subscription",
        sku=wanted.sku,
        line=Book.RESEARCH,
        sale=sold_within(wanted.price, "MH", "KA"),
        subscription=subscription,
        period=Period(NOW, NOW + timedelta(days=365)),
    )
    sold = desk.sold(one)
    desk.entitling.grant(
        Entitlement(Cause(subscription), who, NOW, plan="premium", ends_at=NOW + timedelta(days=365))
    )
    return sold
