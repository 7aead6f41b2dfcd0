"""Refunds: one contract in memory and in PostgreSQL, and the whole saga on both."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from builders.orders import NOW, course, person, top_up
from builders.refund_database import DatabaseDesk, opened, over
from builders.refund_matrix import KINDS, Case, judge, play
from builders.refunds import APPROVER, SUPPORT, RefundDesk
from fixtures.database import Databases
from kit import ids
from kit.errors import PreconditionFailed
from payments.errors.orders import PaymentUnknown
from payments.errors.refunds import (
    OverrideNotYours,
    OwnRefund,
    RefundNotFound,
    RefundNotOpen,
    RefundNotPossible,
    RefundTooLarge,
    RefundUnderWay,
)
from payments.model.gateway import RefundRef
from payments.model.payment import Payment, PaymentId
from payments.model.refund import Refund, RefundId
from payments.service.refunding.deciding import Actor, Wish


def own(one: Payment) -> Actor:
    return Actor(one.person)


def test_a_refund_is_kept_whole_and_found_by_its_names(desk: RefundDesk) -> None:
    sold = desk.sold(course(person(), state="KA"))
    asked = desk.asked(sold, 1_000_00, override="A favour", keeps_access=True)
    assert desk.refunds.find(asked.id) == asked
    paid = replace(
        asked.done("hold", NOW).done("revoke", NOW),
        status="approved",
        version=2,
        decided_by=APPROVER.id,
        decided_at=NOW,
        decision="Yes",
        gateway_ref=RefundRef("re_1"),
        failure="BECAUSE",
    )
    assert desk.refunds.put(paid, 1)
    assert desk.refunds.find(asked.id) == paid
    assert desk.refunds.of_payment(sold.id) == [paid]
    assert desk.refunds.find(RefundId(ids.uuid7())) is None


def test_only_the_newest_version_is_replaced(desk: RefundDesk) -> None:
    asked = desk.asked(desk.sold())
    on = replace(asked, version=2, status="approved", decided_by=APPROVER.id, decided_at=NOW)
    assert desk.refunds.put(on, 1)
    assert not desk.refunds.put(on, 1)
    assert not desk.refunds.put(asked, 0), "an id is taken once"


def test_a_payment_has_one_open_request(desk: RefundDesk) -> None:
    sold = desk.sold()
    asked = desk.asked(sold, 500_00)
    with pytest.raises(RefundUnderWay):
        desk.asked(sold, 500_00)
    desk.deciding.decline(asked.id, APPROVER, 1, "No")
    assert desk.asked(sold, 500_00).status == "requested"


def test_lists_go_on_where_a_page_ended(desk: RefundDesk) -> None:
    who = person()
    made = []
    for _ in range(5):
        desk.clock.forward(minutes=1)
        made.append(desk.asked(desk.sold(course(who))).id)
    desk.asked(desk.sold())
    first = desk.refunds.page(who, None, None, 3)
    rest = desk.refunds.page(who, None, (first[-1].requested_at, first[-1].id), 3)
    assert [one.id for one in (*first, *rest)] == made[::-1]
    assert len(desk.refunds.page(None, None, None, 50)) == 6
    assert desk.refunds.page(None, "declined", None, 50) == []
    assert len(desk.refunds.page(who, "requested", None, 50)) == 5


# ---- asking and deciding ----


def test_whoever_pays_asks_and_somebody_else_decides(desk: RefundDesk) -> None:
    sold = desk.sold()
    one = desk.deciding.request(sold.id, Wish("Not for me"), own(sold))
    assert (one.sale.gross, one.quoted, one.policy_version) == (sold.sale.gross, sold.sale.gross, "refunds-1")
    for refused in (own(sold), replace(own(sold), staff=True)):
        with pytest.raises(OwnRefund):
            desk.deciding.approve(one.id, refused, 1)
    with pytest.raises(PreconditionFailed):
        desk.deciding.approve(one.id, APPROVER, 2)
    assert desk.deciding.approve(one.id, APPROVER, 1).status == "approved"
    assert desk.told(one, "refund.approved") == 1
    assert desk.told(one, "action.performed") == 1, "the audit log knows who approved"
    assert desk.due_rows(one) == 1
    with pytest.raises(RefundNotOpen):
        desk.deciding.decline(one.id, APPROVER, 2, "Too late")


def test_support_does_not_decide_about_what_support_asked_for(desk: RefundDesk) -> None:
    one = desk.asked(desk.sold())
    with pytest.raises(OwnRefund):
        desk.deciding.decline(one.id, SUPPORT, 1, "No")
    declined = desk.deciding.decline(one.id, APPROVER, 1, "No")
    assert (declined.status, declined.decision) == ("declined", "No")
    assert desk.told(one, "refund.declined") == 1


def test_more_than_the_quote_needs_support_and_a_reason(desk: RefundDesk) -> None:
    sold = desk.sold()
    desk.clock.forward(days=20)
    half = sold.sale.gross // 2
    with pytest.raises(RefundTooLarge):
        desk.deciding.request(sold.id, Wish("All of it", sold.sale.gross), own(sold))
    with pytest.raises(OverrideNotYours):
        desk.deciding.request(sold.id, Wish("All", sold.sale.gross, override="Please"), own(sold))
    with pytest.raises(RefundTooLarge):
        desk.asked(sold, sold.sale.gross + 1, override="More than was paid")
    assert desk.deciding.request(sold.id, Wish("Some"), own(sold)).sale.gross == half


def test_somebody_elses_is_as_absent(desk: RefundDesk) -> None:
    sold, stranger = desk.sold(), Actor(person())
    one = desk.asked(sold)
    with pytest.raises(PaymentUnknown):
        desk.deciding.request(sold.id, Wish("Mine"), stranger)
    with pytest.raises(PaymentUnknown):
        desk.deciding.request(PaymentId(ids.uuid7()), Wish("Any"), SUPPORT)
    for refund_id, by in ((one.id, stranger), (RefundId(ids.uuid7()), SUPPORT)):
        with pytest.raises(RefundNotFound):
            desk.deciding.find(refund_id, by)
    assert desk.deciding.find(one.id, own(sold)) == one
    assert desk.deciding.page(stranger, None, None, 5) == []


def test_nothing_to_give_back_is_said_at_once(desk: RefundDesk) -> None:
    sold = desk.sold()
    desk.clock.forward(days=40)
    with pytest.raises(RefundNotPossible):
        desk.asked(sold)


# ---- the saga ----


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fate", ["paid", "refused", "fails later"])
def test_the_saga_ends_with_every_book_agreeing(desk: RefundDesk, kind: str, fate: str) -> None:
    play(desk, Case(kind, "paid" if kind == "from the wallet" else fate, (), 1))


@pytest.mark.parametrize("point", ["refund.hold.after", "refund.pay.answered", "refund.release.before"])
def test_a_cut_is_taken_up_where_it_was(desk: RefundDesk, point: str) -> None:
    for fate in ("lost", "refused"):
        play(desk, Case("course", fate, (point,), 2))


def test_a_wallet_that_was_spent_meanwhile_turns_the_refund_back(desk: RefundDesk) -> None:
    sold = desk.sold(top_up(person(), 1_000_00))
    one = desk.approved(sold)
    bought = replace(course(sold.person, sku="course-options-basics"), source="wallet")
    bought = replace(bought, sale=bought.sale.share(600_00))
    desk.capturing.capture(bought, None, NOW)
    assert desk.saga.drive(one.id) == "compensated"
    assert desk.refund(one.id).failure == "BALANCE_INSUFFICIENT"
    again = desk.approved(sold)
    assert again.sale.gross == 400_00, "only what is unspent"
    assert desk.saga.drive(again.id) == "completed"


def test_what_a_bank_returned_can_be_refunded_again(desk: RefundDesk) -> None:
    sold = desk.sold(course(person(), state="KA"))
    first = desk.approved(sold)
    desk.saga.drive(first.id)
    ref = desk.refund(first.id).gateway_ref
    assert ref is not None
    desk.bank.refuse(ref)
    desk.told_back(sold)
    assert desk.saga.drive(first.id) == "compensated"
    second = desk.approved(sold)
    assert desk.saga.drive(second.id) == "completed"
    judge(desk, sold, second)


def test_parts_add_up_to_the_whole_and_never_to_more(desk: RefundDesk) -> None:
    sold = desk.sold(course(person()))
    for paise in (333_33, 777_77, None):
        one = desk.approved(sold, paise, override="Bit by bit")
        assert desk.saga.drive(one.id) == "completed"
    parts = [one.sale for one in desk.refunds.of_payment(sold.id)]
    assert sum(one.net for one in parts) == sold.sale.net
    assert sum(one.gross for one in parts) == sold.sale.gross
    with pytest.raises(RefundNotPossible):
        desk.asked(sold)


# ---- the table itself ----


@pytest.fixture
def stored(database: Databases) -> DatabaseDesk:
    return over(opened(database))


@pytest.mark.stores
@pytest.mark.parametrize("who", ["requester", "payer"])
def test_the_table_refuses_one_person_on_both_sides(stored: DatabaseDesk, who: str) -> None:
    """Whatever the service does: broken here once by writing past it."""
    asked = stored.asked(stored.sold())
    by = asked.requested_by if who == "requester" else asked.person
    forged = replace(asked, status="approved", version=2, decided_by=by, decided_at=NOW)
    with pytest.raises(psycopg.errors.CheckViolation, match="refunds_two_people"):
        stored.refunds.put(forged, 1)


@pytest.mark.stores
def test_the_table_refuses_more_than_the_quote_without_a_reason(stored: DatabaseDesk) -> None:
    sold = stored.sold()
    forged = _forged(sold, quoted=1)
    with pytest.raises(psycopg.errors.CheckViolation, match="refunds_within_quote"):
        stored.refunds.put(forged, 0)


@pytest.mark.stores
def test_what_was_asked_for_cannot_be_rewritten(stored: DatabaseDesk) -> None:
    asked = stored.asked(stored.sold())
    for command in ("UPDATE refunds SET net = 1", "DELETE FROM refunds"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            stored.db.run(command)
    assert stored.refund(asked.id) == asked


def _forged(sold: Payment, quoted: int) -> Refund:
    return Refund(
        id=RefundId(ids.uuid7()),
        payment=sold.id,
        person=sold.person,
        sku=sold.sku,
        line=sold.line,
        sale=sold.sale,
        revokes=True,
        origin="person",
        requested_by=sold.person,
        requested_at=NOW + timedelta(days=1),
        reason="More",
        policy_version="refunds-1",
        quoted=quoted,
    )
