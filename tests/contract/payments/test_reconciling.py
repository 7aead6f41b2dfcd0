"""The reconciler: sound books say nothing; each kind of difference is planted, found once, and cleared."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from builders.orders import NOW, course, person, top_up
from builders.reconciling import Office, office
from builders.refund_matrix import KINDS, sold_as, subscribed
from builders.refunds import RefundDesk
from kit.money import Money
from payments.model.gateway import CustomerRef, PaymentRef
from payments.model.ledger import Book, Chain, Transfer
from payments.model.ledger_chart import clearing, fees, revenue
from payments.model.payment import Payment
from payments.model.reconciliation import BookEntry
from payments.service.access import cause_of
from payments.service.capturing import reference_of
from payments.service.ledger_chains import transfer_id


@pytest.fixture
def shop(desk: RefundDesk) -> Office:
    """Return the reconciler of a shop that posts the gateway's fees with its captures."""
    desk.fees_are_known = True
    return office(desk)


def ref(sold: Payment) -> PaymentRef:
    assert sold.ref is not None
    return sold.ref


def differed(shop: Office, what: str, about: str, expected: int, found: int) -> None:
    """Look three times: it is found, once."""
    shop.look()
    assert shop.open() == [(what, about, expected, found)]
    assert shop.look().opened == 0
    assert shop.open() == [(what, about, expected, found)]


def mended(shop: Office) -> None:
    assert shop.open() != []
    shop.look()
    assert shop.open() == []


# ---- sound ----


def test_sound_books_are_silent_whatever_happens(shop: Office) -> None:
    desk = shop.desk
    sold = {kind: sold_as(desk, kind) for kind in KINDS}
    for one in sold.values():
        desk.saga.drive(desk.approved(one, one.sale.gross // 2, override="Half").id)
    later = desk.approved(desk.sold())
    desk.saga.drive(later.id)
    turned = desk.refund(later.id)
    assert turned.gateway_ref is not None
    desk.bank.refuse(turned.gateway_ref)
    back = desk.payments.find(turned.payment)
    assert back is not None
    desk.told_back(back)
    desk.saga.drive(later.id)
    for won in (True, False):
        disputed = desk.sold()
        desk.bank.decide(desk.bank.dispute(ref(disputed)), won=won)
        desk.told_back(disputed)
    run = shop.look()
    assert shop.open() == []
    assert run.looked_at > 0
    assert shop.findings.last_run() == run
    first = shop.matching.differing(desk.clock.now() + timedelta(days=1), 10)
    assert first == []


def test_what_is_on_its_way_is_no_difference(shop: Office) -> None:
    """The gateway has it, our webhook is not processed: silent for a minute, then a finding, then mended."""
    one = course(person())
    paid = shop.desk.gateway.paid(one.id, CustomerRef("cus_1"), Money(one.sale.gross), "captured")
    shop.reconciling.run()
    shop.desk.clock.forward(seconds=55)
    assert shop.reconciling.run().opened == 0
    shop.desk.clock.forward(seconds=10)
    assert shop.reconciling.run().opened == 2, "the money and its fee"
    shop.desk.capturing.capture(one, paid, shop.desk.clock.now())
    mended(shop)


# ---- each kind of difference ----


def test_a_capture_the_gateway_does_not_have(shop: Office) -> None:
    sold = shop.desk.sold()
    shop.books.forget(ref(sold))
    fee = shop.desk.gateway.payments[ref(sold)].fee
    assert fee is not None
    shop.look()
    assert sorted(shop.open()) == [
        ("missing at the gateway", f"{ref(sold)} fee", 0, -fee.amount),
        ("missing at the gateway", f"{ref(sold)} money", 0, sold.sale.gross),
    ]


def test_a_capture_our_books_lack(shop: Office) -> None:
    """Somebody paid for what we know nothing of."""
    stray = shop.desk.gateway.paid(None, CustomerRef("cus_1"), Money(500_00), "captured")
    shop.desk.gateway.payments[stray] = replace(shop.desk.gateway.payments[stray], fee=None)
    differed(shop, "missing in the books", f"{stray} money", 500_00, 0)


def test_a_capture_posted_twice(shop: Office) -> None:
    sold = shop.desk.sold()
    twice = posted(shop, sold, sold.sale.gross, "again")
    differed(shop, "another amount", f"{ref(sold)} money", sold.sale.gross, 2 * sold.sale.gross)
    undone(shop, sold, twice)
    mended(shop)


@pytest.mark.parametrize("paise", [1, -1])
def test_one_paisa_too_much_or_too_little(shop: Office, paise: int) -> None:
    sold = shop.desk.sold()
    made = posted(shop, sold, 1, "a paisa", back=paise < 0)
    differed(shop, "another amount", f"{ref(sold)} money", sold.sale.gross, sold.sale.gross + paise)
    undone(shop, sold, made)
    mended(shop)


def test_a_fee_that_is_another(shop: Office) -> None:
    sold = shop.desk.sold()
    fee = shop.desk.gateway.payments[ref(sold)].fee
    assert fee is not None
    event = reference_of(sold)
    extra = Transfer(transfer_id(event, "more"), fees(sold.line), clearing(sold.line), Money(7), "fee", event)
    shop.desk.ledger.post(Chain((extra,)), shop.desk.clock.now())
    differed(shop, "another amount", f"{ref(sold)} fee", -fee.amount, -fee.amount - 7)


def test_a_refund_our_books_lack(shop: Office) -> None:
    """Made in the dashboard, and its webhook lost."""
    sold = shop.desk.sold()
    made = shop.desk.bank.refund_elsewhere(ref(sold), 100_00)
    differed(shop, "missing in the books", f"{made} money", -100_00, 0)
    shop.desk.told_back(sold)
    for one in shop.desk.refunds.of_payment(sold.id):
        shop.desk.saga.drive(one.id)
    mended(shop)


def test_a_refund_the_gateway_lacks(shop: Office) -> None:
    sold = shop.desk.sold()
    one = shop.desk.approved(sold)
    shop.desk.saga.drive(one.id)
    made = shop.desk.refund(one.id).gateway_ref
    assert made is not None
    shop.books.forget(made)
    differed(shop, "missing at the gateway", f"{made} money", 0, -sold.sale.gross)


def test_an_entry_that_does_not_add_up(shop: Office) -> None:
    sold = shop.desk.sold()
    shop.look()
    shop.books.forge(BookEntry("txn_forged", "other", "adj_1", 0, 0, -5, shop.desk.clock.now(), ref(sold)))
    differed(shop, "an entry does not add up", "txn_forged", 0, -5)


def test_charged_without_entitlement(shop: Office) -> None:
    sold = shop.desk.sold()
    shop.desk.entitling.revoke(cause_of(sold), "by mistake")
    differed(shop, "charged without entitlement", sold.id, 1, 0)
    shop.desk.entitling.restore(cause_of(sold))
    mended(shop)


def test_entitled_without_charge(shop: Office) -> None:
    sold = shop.desk.sold()
    shop.desk.saga.drive(shop.desk.approved(sold).id)
    shop.desk.entitling.restore(cause_of(sold))
    differed(shop, "entitled without charge", sold.id, 0, 1)
    shop.desk.access.settle(sold)
    mended(shop)


def test_a_subscription_charged_without_its_plan(shop: Office) -> None:
    sold = subscribed(shop.desk)
    assert sold.subscription is not None
    shop.desk.entitling.revoke(cause_of(sold), "by mistake")
    differed(shop, "charged without entitlement", sold.subscription, 1, 0)


def test_everybody_is_looked_at_in_turn(shop: Office) -> None:
    """More than a page of people, long ago: the one that is wrong is found within a round."""
    sold = [shop.desk.sold() for _ in range(5)]
    shop.desk.clock.forward(days=3)
    wrong = sold[-1]
    shop.desk.entitling.revoke(cause_of(wrong), "by mistake")
    shop.desk.clock.forward(minutes=5)
    after = "00000000-0000-0000-0000-000000000000"
    seen: list[str] = []
    for _ in range(5):
        page = shop.access.causes(after, shop.desk.clock.now(), 2)
        seen += page
        if not page:
            break
        after = page[-1]
    assert {one.id for one in sold} <= set(seen)
    found = shop.access.judge(seen, shop.desk.clock.now(), shop.desk.clock.now() - timedelta(minutes=1))
    assert [(one.what, one.about) for one in found] == [("charged without entitlement", wrong.id)]


# ---- the settlement ----


def test_a_days_settlement_adds_up_by_line(shop: Office) -> None:
    """Net = payments ± adjustments - refunds - fees - transfers, as the day's entries say it."""
    desk = shop.desk
    sold = [desk.sold(), desk.sold(top_up(person(), 1_000_00)), subscribed(desk)]
    desk.saga.drive(desk.approved(sold[0], 100_00, override="A part").id)
    desk.bank.dispute(ref(sold[2]))
    desk.told_back(sold[2])
    shop.look()
    found = {one.line: one for one in shop.matching.settlements(date(2026, 11, 1))}
    assert set(found) == {Book.COURSES, Book.WALLET, Book.RESEARCH}
    assert all(one.adds_up for one in found.values())
    assert found[Book.COURSES].payments == sold[0].sale.gross
    assert found[Book.COURSES].refunds == 100_00
    assert found[Book.RESEARCH].adjustments == -sold[2].sale.gross
    for line, one in found.items():
        assert line is not None
        balance = desk.ledger.balance(clearing(line))
        assert balance is not None
        assert one.net == balance.debits_posted - balance.credits_posted, "to the paisa what our books say"


def test_an_equation_that_does_not_hold_says_so(shop: Office) -> None:
    shop.desk.sold()
    shop.look()
    (one,) = shop.matching.settlements(date(2026, 11, 1))
    assert one.adds_up
    assert not replace(one, net=one.net + 1).adds_up


# ---- two at once ----


def test_a_stream_is_read_once_by_two_readers(shop: Office) -> None:
    sold = shop.desk.sold()
    shop.desk.clock.forward(minutes=1)
    at = shop.desk.clock.now()
    was = shop.matching.read_to(sold.line)
    assert shop.matching.keep_postings(sold.line, was, (NOW, 7), [], at)
    assert not shop.matching.keep_postings(sold.line, was, (NOW, 8), [], at)
    assert shop.matching.read_to(sold.line) == (NOW, 7)
    entries = shop.books.entries(None, 5)
    assert shop.matching.keep_entries(entries, at) == 1
    assert shop.matching.keep_entries(entries, at) == 0


def posted(shop: Office, sold: Payment, paise: int, part: str, *, back: bool = False) -> Transfer:
    event = reference_of(sold)
    sides = (revenue(sold.line), clearing(sold.line))
    debit, credit = sides if back else sides[::-1]
    made = Transfer(transfer_id(event, part), debit, credit, Money(paise), "by hand", event)
    shop.desk.ledger.post(Chain((made,)), shop.desk.clock.now())
    return made


def undone(shop: Office, sold: Payment, made: Transfer) -> None:
    shop.desk.clock.forward(minutes=1)
    event = reference_of(sold)
    back = Transfer(
        transfer_id(event, f"undo {made.id}"), made.credit, made.debit, made.amount, "by hand", event
    )
    shop.desk.ledger.post(Chain((back,)), shop.desk.clock.now())
