"""One suite for the books in memory and on PostgreSQL: what is recorded, what is refused, what can be read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from builders.ledger import (
    COURSES,
    DOLLARS,
    NOW,
    VOUCHER,
    WALLET,
    capture,
    chain,
    ended,
    new_id,
    transfer,
    voided,
    wallet_with,
)
from kit.errors import Rejected
from kit.money import Money
from payments import errors
from payments.model.ledger import AccountCode, Book, Link, Phase, Transfer
from payments.model.ledger_books import Balance
from payments.model.ledger_chart import bridge, clearing, fees, refunds, revenue, wallet_account
from payments.ports.ledger import Ledger

CLEARING, REVENUE = clearing(COURSES), revenue(COURSES)
LATER = NOW + timedelta(minutes=10)


def post(ledger: Ledger, *links: Link) -> None:
    assert not ledger.post(chain(*links), NOW).replayed


def refused(ledger: Ledger, error: type[Rejected], *links: Link) -> None:
    """Assert that the chain is refused with ``error`` and leaves nothing behind."""
    with pytest.raises(error) as caught:
        ledger.post(chain(*links), NOW)
    assert caught.type is error
    assert ledger.find([one.id for one in links]) == []
    sound(ledger)


def sound(ledger: Ledger) -> None:
    assert ledger.discrepancies() == []
    assert set(ledger.trial_balance(LATER + timedelta(days=900)).difference().values()) <= {0}


def sums(ledger: Ledger, account: AccountCode) -> tuple[int, int, int, int]:
    found = ledger.balance(account)
    assert found is not None
    return found.debits_posted, found.debits_pending, found.credits_posted, found.credits_pending


def test_a_transfer_moves_its_amount_and_is_read_back_whole(ledger: Ledger) -> None:
    one = capture(999_00)
    receipt = ledger.post(chain(one), NOW)

    assert (receipt.recorded_at, receipt.replayed) == (NOW, False)
    assert sums(ledger, CLEARING) == (999_00, 0, 0, 0)
    assert sums(ledger, REVENUE) == (0, 0, 999_00, 0)
    (found,) = ledger.find([one.id])
    assert (found.phase, found.debit, found.credit, found.amount) == (
        Phase.POSTED, CLEARING, REVENUE, one.amount,
    )  # fmt: skip
    assert ledger.caused_by("evt_1") == [found]
    assert ledger.caused_by("evt_absent") == ledger.find([new_id()]) == []


def test_the_same_chain_again_is_the_earlier_result(ledger: Ledger) -> None:
    links = capture(100), capture(18)
    first = ledger.post(chain(*links), NOW)

    again = ledger.post(chain(*links), LATER)

    assert (again.recorded_at, again.replayed) == (first.recorded_at, True)
    assert sums(ledger, CLEARING)[0] == 118


@pytest.mark.parametrize(
    "changed",
    [{"paise": 101}, {"credit": fees(COURSES)}, {"reference": "evt_9"}, {"pending": True}],
    ids=str,
)
def test_the_same_id_with_other_content_is_refused(ledger: Ledger, changed: dict[str, object]) -> None:
    first = transfer(CLEARING, REVENUE, 100)
    post(ledger, first)
    given: dict[str, object] = {"debit": CLEARING, "credit": REVENUE, "paise": 100, "key": first.id} | changed

    with pytest.raises(errors.TransferDiffers):
        ledger.post(chain(transfer(**given)), NOW)  # type: ignore[arg-type]  # a row of the table above

    assert sums(ledger, CLEARING) == (100, 0, 0, 0)


def test_an_id_belongs_to_the_chain_it_was_recorded_in(ledger: Ledger) -> None:
    first, second, third = capture(1), capture(2), capture(3)
    post(ledger, first, second)

    for links in ((first,), (second,), (second, first), (first, second, third), (third, first)):
        with pytest.raises(errors.TransferDiffers):
            ledger.post(chain(*links), NOW)

    assert ledger.find([third.id]) == []
    assert sums(ledger, CLEARING)[0] == 3


def test_linked_transfers_are_recorded_all_or_none(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 50)
    refused(ledger, errors.BalanceInsufficient, capture(10), transfer(clearing(WALLET), fees(WALLET), 1),
            transfer(fees(WALLET), wallet, 1), transfer(wallet, clearing(WALLET), 52))  # fmt: skip
    assert sums(ledger, CLEARING) == (0, 0, 0, 0)


def test_a_guard_is_held_by_the_chain_as_a_whole(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 0)
    post(ledger, transfer(wallet, fees(WALLET), 5), transfer(clearing(WALLET), wallet, 5))
    assert sums(ledger, wallet) == (5, 0, 5, 0)


def test_a_wallet_never_pays_more_than_it_has(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 100)
    refused(ledger, errors.BalanceInsufficient, transfer(wallet, clearing(WALLET), 101))
    post(ledger, transfer(wallet, clearing(WALLET), 100))
    refused(ledger, errors.BalanceInsufficient, transfer(wallet, clearing(WALLET), 1))


def test_what_is_held_cannot_be_spent_and_what_is_pending_in_cannot_either(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 100)
    hold = transfer(wallet, clearing(WALLET), 60, pending=True)
    post(ledger, hold)
    post(ledger, transfer(clearing(WALLET), wallet, 1000, pending=True))

    assert sums(ledger, wallet) == (0, 60, 100, 1000)
    refused(ledger, errors.BalanceInsufficient, transfer(wallet, clearing(WALLET), 41))
    post(ledger, voided(hold))
    post(ledger, transfer(wallet, clearing(WALLET), 100))


def test_the_guard_the_other_way_round_holds_too(ledger: Ledger) -> None:
    post(ledger, transfer(VOUCHER.code, CLEARING, 10))
    refused(ledger, errors.BalanceInsufficient, transfer(REVENUE, VOUCHER.code, 11))
    post(ledger, transfer(REVENUE, VOUCHER.code, 10, pending=True))
    found = ledger.balance(VOUCHER.code)
    assert found is not None
    assert found.available.amount == 0


def test_a_pending_transfer_is_posted_in_part_and_the_rest_is_free(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 100)
    hold = transfer(wallet, clearing(WALLET), 80, pending=True)
    post(ledger, hold)
    end = ended(hold, 30)
    post(ledger, end)

    assert sums(ledger, wallet) == (30, 0, 100, 0)
    assert ledger.find([hold.id])[0].ended is Phase.POST
    assert ledger.post(chain(end), LATER).replayed
    for again in (ended(hold), voided(hold)):
        refused(ledger, errors.PendingEnded, again)


def test_a_pending_transfer_is_posted_whole_unless_an_amount_is_given(ledger: Ledger) -> None:
    hold = capture(70, pending=True)
    post(ledger, hold)
    assert sums(ledger, CLEARING) == (0, 70, 0, 0)
    refused(ledger, errors.PendingExceeded, ended(hold, 71))
    post(ledger, ended(hold))
    assert sums(ledger, CLEARING) == (70, 0, 0, 0)


def test_a_void_gives_everything_back_once(ledger: Ledger) -> None:
    hold = capture(70, pending=True)
    post(ledger, hold)
    end = voided(hold)
    post(ledger, end)
    assert sums(ledger, CLEARING) == (0, 0, 0, 0)
    assert ledger.post(chain(end), LATER).replayed
    refused(ledger, errors.PendingEnded, ended(hold))


def test_only_a_pending_transfer_can_be_ended(ledger: Ledger) -> None:
    one = capture()
    post(ledger, one)
    refused(ledger, errors.PendingUnknown, ended(one))
    refused(ledger, errors.PendingUnknown, voided(capture()))


def test_a_pending_transfer_expires_and_frees_what_it_held(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 100)
    hold = transfer(wallet, clearing(WALLET), 100, pending=True, timeout_s=60)
    post(ledger, hold)
    due = NOW + timedelta(seconds=60)

    assert ledger.find([hold.id])[0].expires_at == due
    assert ledger.expire(due - timedelta(milliseconds=1), 10) == 0
    with pytest.raises(errors.PendingExpired):
        ledger.post(chain(ended(hold)), due)
    assert ledger.expire(due, 10) == 1
    assert ledger.expire(due, 10) == 0
    assert sums(ledger, wallet) == (0, 0, 100, 0)
    assert ledger.find([hold.id])[0].ended is Phase.EXPIRE
    with pytest.raises(errors.PendingExpired):
        ledger.post(chain(voided(hold)), due)
    sound(ledger)


def test_what_is_due_is_free_before_anybody_swept(ledger: Ledger) -> None:
    wallet, other = wallet_with(ledger, 100), wallet_with(ledger, 5)
    post(ledger, transfer(wallet, other, 100, pending=True, timeout_s=60))
    spend = transfer(wallet, clearing(WALLET), 100)
    with pytest.raises(errors.BalanceInsufficient):
        ledger.post(chain(spend), NOW + timedelta(seconds=59))

    ledger.post(chain(spend), NOW + timedelta(seconds=60))

    assert sums(ledger, wallet) == (100, 0, 100, 0)
    assert sums(ledger, other) == (0, 0, 5, 0)
    sound(ledger)


def test_the_longest_overdue_expire_first_and_no_more_than_asked(ledger: Ledger) -> None:
    holds = [transfer(CLEARING, REVENUE, 1, pending=True, timeout_s=seconds) for seconds in (30, 10, 20, 99)]
    for one in holds:
        post(ledger, one)
    assert ledger.expire(NOW + timedelta(seconds=40), 2) == 2
    assert [one.ended for one in ledger.find([hold.id for hold in holds])] == [
        None, Phase.EXPIRE, Phase.EXPIRE, None,
    ]  # fmt: skip


def test_reversals_never_exceed_what_they_reverse(ledger: Ledger) -> None:
    taken = capture(100)
    post(ledger, taken)

    def back(paise: int, *, pending: bool = False) -> Transfer:
        return transfer(refunds(COURSES), CLEARING, paise, reverses=taken.id, pending=pending)

    hold = back(60, pending=True)
    post(ledger, hold)
    refused(ledger, errors.ReversalExceeded, back(41))
    post(ledger, ended(hold, 50))
    refused(ledger, errors.ReversalExceeded, back(51))
    refused(ledger, errors.ReversalExceeded, back(25), back(26))
    post(ledger, back(50))
    refused(ledger, errors.ReversalExceeded, back(1))


def test_a_voided_reversal_counts_no_longer(ledger: Ledger) -> None:
    taken = capture(100)
    post(ledger, taken)
    hold = transfer(refunds(COURSES), CLEARING, 100, reverses=taken.id, pending=True)
    post(ledger, hold)
    post(ledger, voided(hold))
    post(ledger, transfer(refunds(COURSES), CLEARING, 100, reverses=taken.id))
    sound(ledger)


def test_an_expired_reversal_counts_no_longer(ledger: Ledger) -> None:
    taken = capture(100)
    post(ledger, taken)
    back = transfer(refunds(COURSES), CLEARING, 100, reverses=taken.id, pending=True, timeout_s=5)
    post(ledger, back)
    ledger.post(chain(transfer(refunds(COURSES), CLEARING, 100, reverses=taken.id)), LATER)
    sound(ledger)


def test_only_what_was_posted_in_the_same_book_is_reversed(ledger: Ledger) -> None:
    hold, taken = capture(pending=True), capture()
    post(ledger, hold)
    post(ledger, taken)
    for original in (hold.id, new_id()):
        refused(ledger, errors.ReversalUnfounded, transfer(refunds(COURSES), CLEARING, 1, reverses=original))
    elsewhere = transfer(fees(WALLET), clearing(WALLET), 1, reverses=taken.id)
    refused(ledger, errors.ReversalUnfounded, elsewhere)


def test_currencies_do_not_mix(ledger: Ledger) -> None:
    refused(ledger, errors.CurrencyMixed, transfer(DOLLARS.code, REVENUE, 1))
    refused(ledger, errors.CurrencyMixed, transfer(CLEARING, REVENUE, 1, currency="USD"))
    hold = capture(pending=True)
    post(ledger, hold)
    refused(ledger, errors.CurrencyMixed, replace(ended(hold), amount=Money(1, "USD")))


def test_a_transfer_stays_in_its_book(ledger: Ledger) -> None:
    refused(ledger, errors.BooksCrossed, transfer(CLEARING, revenue(Book.RESEARCH), 1))
    refused(ledger, errors.BooksCrossed, transfer(wallet_with(ledger, 5), REVENUE, 1))


def across(paise: int, other: int, *, pending: bool = False) -> Sequence[Transfer]:
    payer, product = bridge(WALLET, COURSES), bridge(COURSES, WALLET)
    return (
        transfer(fees(WALLET), payer, paise, pending=pending),
        transfer(product, REVENUE, other, pending=pending),
    )


def test_books_meet_through_both_sides_of_their_bridge_at_once(ledger: Ledger) -> None:
    for broken in (across(5, 4), across(5, 5)[:1], across(5, 5)[1:]):
        refused(ledger, errors.BridgeUnbalanced, *broken)
    mixed = (across(5, 5)[0], across(5, 5, pending=True)[1])
    refused(ledger, errors.BridgeUnbalanced, *mixed)
    post(ledger, *across(5, 5))
    sound(ledger)


def test_pending_sides_of_a_bridge_end_alike(ledger: Ledger) -> None:
    first, second = across(50, 50, pending=True)
    post(ledger, first, second)
    refused(ledger, errors.BridgeUnbalanced, ended(first))
    refused(ledger, errors.BridgeUnbalanced, ended(first, 20), ended(second, 21))
    refused(ledger, errors.BridgeUnbalanced, ended(first, 20), voided(second))
    post(ledger, ended(first, 20), ended(second, 20))
    sound(ledger)


def test_unknown_accounts_are_refused_by_name(ledger: Ledger) -> None:
    with pytest.raises(errors.AccountUnknown, match="courses:nothing:INR"):
        ledger.post(chain(transfer(CLEARING, AccountCode("courses:nothing:INR"), 1)), NOW)
    assert ledger.balance(AccountCode("courses:nothing:INR")) is None


def test_a_wallet_is_opened_once(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 7)
    person = wallet.split(":")[2]
    assert ledger.open_wallet(person, "INR", LATER) == wallet  # type: ignore[arg-type]  # read from the code
    assert ledger.balance(wallet) == Balance(wallet, "INR", wallet_account(person).guard, 0, 0, 7, 0)  # type: ignore[arg-type]


def test_a_balance_as_of_a_time_knows_nothing_later(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 100)
    hold = transfer(wallet, clearing(WALLET), 40, pending=True)
    ledger.post(chain(hold), LATER)
    ledger.post(chain(ended(hold)), LATER + timedelta(seconds=1))

    def at(moment: timedelta) -> tuple[int, int, int]:
        found = ledger.balance(wallet, NOW + moment)
        assert found is not None
        return found.credits_posted, found.debits_pending, found.debits_posted

    assert at(timedelta(seconds=-1)) == (0, 0, 0)
    assert at(timedelta()) == (100, 0, 0)
    assert at(timedelta(minutes=10)) == (100, 40, 0)
    assert at(timedelta(minutes=11)) == (100, 0, 40)


def test_the_times_of_a_wallet_never_run_backwards(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 100, LATER)
    early = ledger.post(chain(transfer(wallet, clearing(WALLET), 100)), NOW)
    assert early.recorded_at == LATER
    assert [line.running for line in ledger.statement(wallet, LATER, None, 9)] == [-100, 0]


def test_a_statement_is_read_page_by_page_with_its_running_balance(ledger: Ledger) -> None:
    wallet = wallet_with(ledger, 0)
    amounts = [500, -20, -30, 7, -400]
    for number, amount in enumerate(amounts):
        sides = (clearing(WALLET), wallet) if amount > 0 else (wallet, clearing(WALLET))
        ledger.post(chain(transfer(*sides, abs(amount))), NOW + timedelta(seconds=number // 2))

    whole = ledger.statement(wallet, LATER, None, 50)
    since, paged = None, []
    while page := ledger.statement(wallet, LATER, since, 2):
        assert len(page) <= 2
        paged += page
        since = (page[-1].recorded_at, page[-1].seq)

    assert paged == whole
    assert [-line.amount for line in whole] == amounts
    assert [-line.running for line in whole] == [500, 480, 450, 457, 57]
    assert {line.counterpart for line in whole} == {clearing(WALLET)}
    assert all(before.seq < after.seq for before, after in pairwise(whole))
    assert ledger.statement(wallet, NOW, None, 50) == whole[:2]


def test_the_trial_balance_has_one_line_for_all_wallets(ledger: Ledger) -> None:
    wallet_with(ledger, 100)
    wallet_with(ledger, 11)
    post(ledger, capture(40))
    post(ledger, capture(7, pending=True))

    trial = ledger.trial_balance(NOW)

    assert {(line.control, line.debits, line.credits) for line in trial.lines} == {
        ("wallet:persons:INR", 0, 111), ("wallet:clearing:INR", 111, 0),
        ("courses:clearing:INR", 40, 0), ("courses:revenue:INR", 0, 40),
    }  # fmt: skip
    assert trial.difference() == {(COURSES, "INR"): 0, (WALLET, "INR"): 0}
    assert ledger.trial_balance(NOW - timedelta(seconds=1)).lines == ()
