"""What the gateway tells of refunds and disputes: made elsewhere, failed later, won, lost, in any order, twice."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from builders.orders import NOW, course, person, top_up
from builders.refund_matrix import subscribed
from builders.refunds import RefundDesk
from kit.money import Money
from payments.adapters.memory.gateway_bank import FEE
from payments.model.gateway import CustomerRef, PaymentRef
from payments.model.notice import PaymentState
from payments.model.payment import Payment
from payments.model.refund import Refund


def sound(desk: RefundDesk) -> None:
    at = desk.clock.now() + timedelta(days=1)
    assert desk.ledger.discrepancies() == []
    assert set(desk.ledger.trial_balance(at).difference().values()) <= {0}


def driven(desk: RefundDesk, sold: Payment) -> list[Refund]:
    for one in desk.refunds.of_payment(sold.id):
        desk.saga.drive(one.id)
    sound(desk)
    return desk.refunds.of_payment(sold.id)


# ---- refunds made elsewhere ----


@pytest.mark.parametrize("part", [100, 40])
def test_a_refund_of_the_dashboard_is_taken_over(desk: RefundDesk, part: int) -> None:
    """The whole takes what was bought, a part leaves it; twice told is once done."""
    sold = desk.sold()
    paise = sold.sale.gross * part // 100
    desk.bank.refund_elsewhere(_ref(sold), paise)
    desk.told_back(sold)
    desk.told_back(sold)
    (one,) = driven(desk, sold)
    desk.told_back(sold)
    assert (one.origin, one.status, one.sale.gross) == ("gateway", "completed", paise)
    assert desk.told(one, "refund.approved") == 1
    assert desk.entitled(sold) == (part < 100)
    assert desk.clearing(sold) == sold.sale.gross - paise
    assert len(driven(desk, sold)) == 1


def test_a_refund_of_the_dashboard_waits_for_ours_to_give_way(desk: RefundDesk) -> None:
    """Ours holds the whole in the books; the gateway has nothing left for it, so it turns back first."""
    sold = desk.sold()
    ours = desk.approved(sold)
    desk.saga.run(ours.id, "hold")
    desk.bank.refund_elsewhere(_ref(sold), sold.sale.gross)
    assert desk.saga.drive(ours.id) == "compensated"
    desk.told_back(sold)
    kinds = {one.origin: one.status for one in driven(desk, sold)}
    assert kinds == {"person": "compensated", "gateway": "completed"}
    assert not desk.entitled(sold)
    assert desk.clearing(sold) == 0


def test_money_of_a_spent_wallet_that_went_back_elsewhere_is_our_loss(desk: RefundDesk) -> None:
    sold = desk.sold(top_up(person(), 1_000_00))
    bought = course(sold.person)
    bought = replace(bought, source="wallet", sale=bought.sale.share(700_00))
    desk.capturing.capture(bought, None, NOW)
    desk.bank.refund_elsewhere(_ref(sold), 1_000_00)
    desk.told_back(sold)
    (one,) = driven(desk, sold)
    assert one.status == "completed"
    assert desk.net("wallet:chargebacks:INR") == 700_00
    assert desk.net(f"wallet:person:{sold.person}:INR") == 0


# ---- refunds that fail later ----


def test_a_refund_the_bank_refuses_later_leaves_everything_as_it_was(desk: RefundDesk) -> None:
    sold = desk.sold()
    one = desk.approved(sold)
    desk.saga.drive(one.id)
    ref = desk.refund(one.id).gateway_ref
    assert ref is not None
    desk.bank.refuse(ref)
    for _ in range(2):
        desk.told_back(sold)
        desk.saga.drive(one.id)
    assert desk.refund(one.id).status == "compensated"
    assert desk.refund(one.id).failure == "REFUND_FAILED_AT_BANK"
    assert desk.entitled(sold)
    assert desk.clearing(sold) == sold.sale.gross
    assert desk.net("courses:refunds:INR") == 0
    assert desk.letters.sent[-1] == (one.id, "compensated")
    sound(desk)


# ---- late and double authorisation ----


def test_money_that_came_a_second_time_goes_back_by_itself(desk: RefundDesk) -> None:
    """Two pages of one payment were paid: the second money is a payment of its own, granted to nobody."""
    sold = desk.sold()
    again = desk.gateway.paid(sold.id, CustomerRef("cus_1"), Money(sold.sale.gross), "captured")
    for _ in range(2):
        with desk.together():
            desk.following.follow(_state(desk, again))
    twin = desk.payments.of_ref(again)
    assert twin is not None
    assert twin.id != sold.id
    (one,) = driven(desk, twin)
    assert (one.origin, one.status) == ("rule", "completed")
    assert desk.gateway.payments[again].refunded.amount == sold.sale.gross
    assert desk.entitled(sold)
    assert not desk.entitled(twin)
    assert desk.clearing(sold) == sold.sale.gross


def test_a_course_bought_twice_is_refunded_once(desk: RefundDesk) -> None:
    first = desk.sold()
    second = desk.sold(course(first.person))
    desk.told_back(second)
    desk.told_back(second)
    (one,) = driven(desk, second)
    assert one.status == "completed"
    assert desk.entitled(first)
    desk.told_back(first)
    assert desk.refunds.of_payment(first.id) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_late_authorisation_is_honoured_in_any_order(desk: RefundDesk, order: tuple[int, ...]) -> None:
    """The webhook before its page is stored, after the time-out, and again: one capture, one entitlement."""
    one = course(person())
    desk.payments.put(replace(one, version=1), 0)
    ref = desk.gateway.paid(one.id, CustomerRef("cus_1"), Money(one.sale.gross), "captured")

    def lapse() -> None:
        known = desk.payment(one)
        if known.status == "opened":
            desk.payments.put(replace(known, status="lapsed", version=known.version + 1), known.version)

    def tell() -> None:
        with desk.together():
            desk.capturing.capture(desk.payment(one), ref)
            desk.following.follow(_state(desk, ref))

    for act in [(lapse, tell, tell)[place] for place in order]:
        act()
    assert desk.payment(one).status == "captured"
    assert desk.entitled(one)
    assert desk.refunds.of_payment(one.id) == []
    assert desk.clearing(one) == one.sale.gross


# ---- disputes ----


def test_a_dispute_suspends_and_winning_restores(desk: RefundDesk) -> None:
    sold = desk.sold()
    dispute = desk.bank.dispute(_ref(sold))
    for _ in range(2):
        desk.told_back(sold)
    assert desk.payment(sold).dispute == "open"
    assert not desk.entitled(sold)
    assert (desk.net("courses:disputed:INR"), desk.net("courses:fees:INR")) == (sold.sale.gross, FEE)
    assert desk.clearing(sold) == -FEE
    desk.bank.decide(dispute, won=True)
    for _ in range(2):
        desk.told_back(sold)
    assert desk.payment(sold).dispute == "won"
    assert desk.entitled(sold)
    assert (desk.net("courses:disputed:INR"), desk.clearing(sold)) == (0, sold.sale.gross - FEE)
    assert desk.told_of(sold, "payment.disputed") == 1
    assert desk.told_of(sold, "payment.dispute_ended") == 1
    sound(desk)
    one = desk.approved(sold)
    assert desk.saga.drive(one.id) == "completed", "what the bank gave back can be refunded"


def test_a_lost_dispute_is_a_chargeback(desk: RefundDesk) -> None:
    sold = desk.sold(course(person(), state="KA"))
    dispute = desk.bank.dispute(_ref(sold))
    desk.bank.decide(dispute, won=False)
    for _ in range(2):
        desk.told_back(sold)
    assert desk.payment(sold).dispute == "lost"
    assert not desk.entitled(sold)
    assert desk.net("courses:chargebacks:INR") == sold.sale.gross
    assert desk.net("courses:gst:igst:INR") == -sold.sale.taxes[0][1], "the tax stays owed"
    assert desk.net("courses:disputed:INR") == 0
    sound(desk)


def test_a_lost_dispute_of_a_subscription_ends_it(desk: RefundDesk) -> None:
    sold = subscribed(desk)
    desk.bank.decide(desk.bank.dispute(_ref(sold)), won=False)
    desk.told_back(sold)
    assert [(row.kind, row.subject) for row in desk.due_now() if row.kind == "dispute.end"] == [
        ("dispute.end", sold.subscription)
    ]
    assert not desk.entitled(sold)


@pytest.mark.parametrize("won", [True, False])
def test_a_disputed_top_up_freezes_what_is_left_of_it(desk: RefundDesk, won: bool) -> None:  # noqa: FBT001 - by name
    sold = desk.sold(top_up(person(), 1_000_00))
    bought = course(sold.person)
    desk.capturing.capture(replace(bought, source="wallet", sale=bought.sale.share(400_00)), None, NOW)
    dispute = desk.bank.dispute(_ref(sold))
    desk.told_back(sold)
    assert desk.held(f"wallet:person:{sold.person}:INR") == 600_00
    desk.bank.decide(dispute, won=won)
    desk.told_back(sold)
    desk.told_back(sold)
    assert desk.held(f"wallet:person:{sold.person}:INR") == 0
    assert -desk.net(f"wallet:person:{sold.person}:INR") == (600_00 if won else 0)
    assert desk.net("wallet:chargebacks:INR") == (0 if won else 400_00)
    sound(desk)


def test_a_dispute_after_a_refund_takes_more_than_there_was(desk: RefundDesk) -> None:
    """A bank may: what was refunded already is our loss at once, and won back in whole."""
    sold = desk.sold()
    one = desk.approved(sold, sold.sale.gross // 2, override="Half", keeps_access=True)
    desk.saga.drive(one.id)
    dispute = desk.bank.dispute(_ref(sold))
    desk.told_back(sold)
    assert desk.net("courses:disputed:INR") == sold.sale.gross
    desk.bank.decide(dispute, won=True)
    desk.told_back(sold)
    assert desk.net("courses:disputed:INR") == 0
    assert desk.clearing(sold) == sold.sale.gross - sold.sale.gross // 2 - FEE
    left = desk.last_of(sold, "payment.dispute_ended")["left"]
    assert left["net"] == sold.sale.net - one.sale.net
    sound(desk)


@pytest.mark.parametrize("seed", range(12))
def test_refund_and_dispute_in_any_order_leave_one_truth(desk: RefundDesk, seed: int) -> None:
    """Whatever stands against a course at the end, and only that, decides whether it may be used."""
    chance = random.Random(seed)  # noqa: S311 - a seed that replays
    sold = desk.sold()
    one = desk.approved(sold)
    dispute = desk.bank.dispute(_ref(sold))
    desk.gateway.faults = ["refused"] if chance.random() < 0.5 else []
    acts = ["told", "told", "run", "run", "run", "decide"]
    chance.shuffle(acts)
    won = chance.random() < 0.5
    for act in acts:
        if act == "told":
            desk.told_back(sold)
        elif act == "decide":
            desk.bank.decide(dispute, won=won)
        elif (step := desk.refund(one.id).next_step) is not None:
            desk.saga.run(one.id, step)
    desk.told_back(sold)
    desk.saga.drive(one.id)
    against = not won or desk.refund(one.id).status == "completed"
    assert desk.entitled(sold) == (not against), f"seed {seed}"
    sound(desk)


def _ref(sold: Payment) -> PaymentRef:
    assert sold.ref is not None
    return sold.ref


def _state(desk: RefundDesk, ref: PaymentRef) -> PaymentState:
    found = desk.gateway.payment(ref)
    assert found is not None
    return PaymentState(found, desk.gateway.refunds(ref), desk.gateway.disputes(ref))
