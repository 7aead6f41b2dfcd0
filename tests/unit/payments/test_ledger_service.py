"""Chains of business events on the books in memory, and the use cases around them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.ledger import COURSES, NOW, OTHERS, WALLET, capture, chain, transfer, wallet_with
from kit import clock
from kit.errors import Invalid, Retryable
from payments import errors
from payments.adapters.memory.ledger import MemoryLedger
from payments.model.ledger import AccountCode, Book, Chain, PersonId
from payments.model.ledger_books import Discrepancy, Receipt
from payments.model.ledger_chart import bank, bridge, clearing, fees, gst, refunds, revenue, wallet
from payments.model.sale import Gst, Sale
from payments.service import ledger as use
from payments.service import ledger_chains as chains

SALE = Sale(net=847_46, taxes=((Gst.CGST, 76_27), (Gst.SGST, 76_27)))
PERSON = PersonId("0190a1b2-0000-7000-8000-000000000001")


def books(*recorded: Chain) -> MemoryLedger:
    ledger = MemoryLedger(OTHERS)
    ledger.open_wallet(PERSON, "INR", NOW)
    for one in recorded:
        ledger.post(one, NOW)
    return ledger


def net(ledger: MemoryLedger, account: AccountCode) -> int:
    """Return debits less credits."""
    found = ledger.balance(account)
    assert found is not None
    return found.debits_posted - found.credits_posted


def test_a_sale_splits_into_revenue_and_tax_and_the_gateway_s_money_flows_on() -> None:
    ledger = books(
        chains.captured("evt_1", COURSES, SALE),
        chains.fee_charged("evt_2", COURSES, 20_00),
        chains.paid_out("evt_3", COURSES, 980_00),
    )
    assert SALE.gross == 1000_00
    assert [net(ledger, account) for account in (clearing(COURSES), fees(COURSES), bank(COURSES))] == [
        0, 20_00, 980_00,
    ]  # fmt: skip
    assert net(ledger, revenue(COURSES)) == -847_46
    assert [net(ledger, gst(COURSES, kind)) for kind in Gst] == [-76_27, -76_27, 0]


def test_an_event_that_comes_twice_is_recorded_once() -> None:
    ledger = books(chains.captured("evt_1", COURSES, SALE))
    assert ledger.post(chains.captured("evt_1", COURSES, SALE), NOW).replayed
    with pytest.raises(errors.TransferDiffers):
        ledger.post(chains.captured("evt_1", COURSES, Sale(1)), NOW)
    assert net(ledger, clearing(COURSES)) == 1000_00


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 9)), max_size=8))
def test_refunds_together_never_exceed_the_sale_in_any_part(parts: Sequence[tuple[int, int]]) -> None:
    ledger = books(chains.captured("evt_1", COURSES, Sale(100, ((Gst.IGST, 18),))))
    for number, (value, tax) in enumerate(parts):
        back = Sale(value, ((Gst.IGST, tax),))
        if back.gross:
            try:
                ledger.post(chains.refunded(f"evt_back_{number}", COURSES, "evt_1", back), NOW)
            except errors.ReversalExceeded:
                continue
    assert 0 <= net(ledger, refunds(COURSES)) <= 100
    assert -18 <= net(ledger, gst(COURSES, Gst.IGST)) <= 0
    assert net(ledger, clearing(COURSES)) >= 0


def test_a_held_refund_is_settled_or_released() -> None:
    ledger = books(chains.captured("evt_1", COURSES, SALE), chains.refund_held("r1", COURSES, "evt_1", SALE))
    with pytest.raises(errors.ReversalExceeded):
        ledger.post(chains.refunded("r2", COURSES, "evt_1", Sale(1)), NOW)
    assert net(ledger, clearing(COURSES)) == 1000_00
    ledger.post(chains.refund_released("r1-no", "r1", SALE), NOW)
    ledger.post(chains.refund_held("r3", COURSES, "evt_1", SALE), NOW)
    ledger.post(chains.refund_settled("r3-yes", "r3", SALE), NOW)
    assert net(ledger, clearing(COURSES)) == net(ledger, gst(COURSES, Gst.CGST)) == 0
    assert net(ledger, refunds(COURSES)) == 847_46


def test_a_wallet_buys_through_the_bridge_and_is_refunded_through_it() -> None:
    ledger = books(
        chains.topped_up("evt_1", PERSON, 1500_00),
        chains.bought_from_wallet("buy_1", PERSON, Book.RESEARCH, SALE),
        chains.refunded_to_wallet("back_1", PERSON, Book.RESEARCH, "buy_1", Sale(100_00)),
    )
    assert net(ledger, wallet(PERSON)) == -600_00
    assert net(ledger, bridge(WALLET, Book.RESEARCH)) == -900_00
    assert net(ledger, bridge(Book.RESEARCH, WALLET)) == 900_00
    with pytest.raises(errors.BalanceInsufficient):
        ledger.post(chains.bought_from_wallet("buy_2", PERSON, COURSES, SALE), NOW)
    assert set(ledger.trial_balance(NOW).difference().values()) == {0}


class Flaky(MemoryLedger):
    """Records, then loses the answer as often as told."""

    def __init__(self, losses: int) -> None:
        super().__init__()
        self.losses = losses

    def post(self, chain: Chain, at: datetime) -> Receipt:
        receipt = super().post(chain, at)
        if self.losses:
            self.losses -= 1
            raise Retryable
        return receipt


def test_a_lost_answer_is_asked_for_again_with_the_same_chain() -> None:
    ledger = Flaky(losses=2)
    assert use.record(chain(capture(7)), ledger).replayed
    assert net(ledger, clearing(COURSES)) == 7
    with pytest.raises(Retryable):
        use.record(chain(capture(7)), Flaky(losses=3))


def test_pages_of_a_statement_are_one_picture_though_more_is_recorded_meanwhile() -> None:
    ledger = books(*[chain(transfer(clearing(WALLET), wallet(PERSON), paise)) for paise in (1, 2, 3, 4, 5)])
    first = use.read_statement(wallet(PERSON), ledger, limit=2, at=NOW)
    ledger.post(chain(transfer(clearing(WALLET), wallet(PERSON), 6)), NOW + timedelta(seconds=1))

    pages = [first]
    while cursor := pages[-1].next_cursor:
        pages.append(use.read_statement(wallet(PERSON), ledger, limit=2, cursor=cursor))

    assert [[-line.amount for line in page.lines] for page in pages] == [[1, 2], [3, 4], [5]]
    assert {page.as_of for page in pages} == {NOW}


def test_a_statement_of_nothing_is_empty_and_of_nobody_is_refused() -> None:
    assert use.read_statement(clearing(COURSES), books(), limit=5).lines == ()
    with pytest.raises(errors.AccountUnknown):
        use.read_statement(AccountCode("courses:nothing:INR"), books(), limit=5)
    with pytest.raises(Invalid):
        use.read_statement(clearing(COURSES), books(), limit=5, cursor="e30")


def test_all_that_is_due_expires_in_batches() -> None:
    ledger = MemoryLedger()
    past = clock.now() - timedelta(days=1)
    for _ in range(3):
        links = [
            transfer(clearing(COURSES), revenue(COURSES), 1, pending=True, timeout_s=1) for _ in range(90)
        ]
        ledger.post(chain(*links), past)
    assert use.expire_pending(ledger) == 270
    assert use.expire_pending(ledger) == 0


class Broken(MemoryLedger):
    since: datetime | None = NOW

    def discrepancies(self, since: datetime | None = None) -> list[Discrepancy]:
        self.since = since
        return [Discrepancy("a book does not sum to zero", "courses INR", 0, 1)]


def test_a_discrepancy_is_told() -> None:
    assert use.check_books(books()) == []
    broken = Broken()
    assert [one.found for one in use.check_books(broken)] == [1]
    assert broken.since is not None
    assert timedelta(hours=23) < clock.now() - broken.since < timedelta(hours=25)
    assert [one.found for one in use.check_books(broken, whole=True)] == [1]
    assert broken.since is None


def test_sound_books_in_memory_tell_a_broken_guard() -> None:
    ledger = books()
    account = wallet_with(ledger, 5)
    spend = transfer(account, clearing(WALLET), 5)
    ledger.post(chain(spend), NOW)
    for key in [one.id for one in ledger.caused_by("evt_topup")]:
        del ledger._transfers[key]
    assert [one.what for one in ledger.discrepancies()] == ["a guard is broken"]
