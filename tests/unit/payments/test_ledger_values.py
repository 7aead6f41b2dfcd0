"""What a transfer, a chain and the chart of accounts refuse by themselves."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from builders.ledger import COURSES, NOW, WALLET, capture, chain, ended, voided
from kit.money import Money
from payments.model.ledger import (
    HIGHEST_AMOUNT,
    LONGEST_CHAIN,
    LONGEST_TIMEOUT_S,
    Book,
    Guard,
    PersonId,
    TransferId,
)
from payments.model.ledger_books import Balance, TrialBalance
from payments.model.ledger_chart import (
    bridge,
    clearing,
    gst,
    refunds,
    revenue,
    system_accounts,
    wallet,
)
from payments.model.sale import Gst

ONE = capture()


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Money(0)},
        {"amount": Money(-1)},
        {"amount": Money(HIGHEST_AMOUNT + 1)},
        {"credit": ONE.debit},
        {"timeout_s": 5},
        {"pending": True, "timeout_s": 0},
        {"pending": True, "timeout_s": LONGEST_TIMEOUT_S + 1},
        {"id": TransferId("not-a-uuid")},
        {"id": TransferId("0918A503DD304C2481A06E7C13829B91")},
        {"reason": ""},
        {"reason": "x" * 61},
        {"reference": ""},
        {"reference": "x" * 201},
        {"reference": "a\x00b"},
    ],
    ids=str,
)
def test_a_transfer_that_is_none_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(ONE, **wrong)  # type: ignore[arg-type]  # a row of the table above


@pytest.mark.parametrize(
    "make",
    [
        chain,
        lambda: chain(*[capture() for _ in range(LONGEST_CHAIN + 1)]),
        lambda: chain(ONE, ONE),
        lambda: chain(ended(ONE), voided(ONE)),
        lambda: ended(ONE, 0),
        lambda: replace(voided(ONE), reason=""),
    ],
    ids=["empty", "too long", "one id twice", "one end twice", "a part of nothing", "without a reason"],
)
def test_a_chain_that_is_none_cannot_be_made(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        make()


def test_the_chart_has_each_account_once_and_each_bridge_twice() -> None:
    accounts = system_accounts()
    assert len({one.code for one in accounts}) == len(accounts)
    pairs = [one.bridge for one in accounts if one.bridge]
    assert {pair: pairs.count(pair) for pair in pairs} == {"courses-wallet:INR": 2, "research-wallet:INR": 2}
    assert {one.guard for one in accounts} == {Guard.NONE}
    codes = {one.code for one in accounts}
    for book in (Book.COURSES, Book.RESEARCH):
        named = {clearing(book), revenue(book), refunds(book), bridge(book, WALLET), bridge(WALLET, book)}
        assert named | {gst(book, kind) for kind in Gst} <= codes


def test_a_wallet_sells_nothing_and_products_have_no_bridge_of_their_own() -> None:
    with pytest.raises(ValueError, match="sells nothing"):
        revenue(WALLET)
    for of, to in ((COURSES, Book.RESEARCH), (WALLET, WALLET)):
        with pytest.raises(ValueError, match="a bridge joins"):
            bridge(of, to)
    with pytest.raises(ValueError):
        wallet(PersonId("somebody"))


def test_what_is_available_leaves_out_what_is_held() -> None:
    code = wallet(PersonId(str(uuid4())))
    held = Balance(code, "INR", Guard.DEBITS_MUST_NOT_EXCEED_CREDITS, 10, 20, 100, 999)
    assert (held.available, held.within_guard) == (Money(70), True)
    other = replace(held, guard=Guard.CREDITS_MUST_NOT_EXCEED_DEBITS)
    assert (other.available, other.within_guard) == (Money(10 - 100 - 999), False)
    assert replace(other, guard=Guard.NONE).within_guard


def test_a_trial_balance_without_lines_differs_in_nothing() -> None:
    assert TrialBalance(NOW).difference() == {}
