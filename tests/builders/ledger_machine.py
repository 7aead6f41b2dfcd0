"""Random lives of the books, in PostgreSQL and in memory at once: they answer alike, and what must hold holds.

Each example begins with empty books and two wallets. hypothesis prints the steps that led to a failure; with
``derandomize`` the same run comes again, and ``@reproduce_failure`` replays one.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from builders.ledger import COURSES, NOW, OTHERS, VOUCHER, WALLET, chain, ended, transfer, voided
from kit.errors import Rejected
from kit.money import Money
from payments.adapters.memory.ledger import MemoryLedger
from payments.model.ledger import AccountCode, Chain, PersonId, PostPending, Transfer
from payments.model.ledger_books import Receipt, StatementLine
from payments.model.ledger_chart import bridge, clearing, fees, refunds, revenue
from payments.ports.ledger import Ledger

PEOPLE = [PersonId(str(UUID(int=number))) for number in (1, 2)]
AMOUNTS = st.integers(1, 120)
PICK = st.integers(0, 7)
TIMEOUTS = st.sampled_from([None, 5, 60])


class LedgerMachine(RuleBasedStateMachine):
    """``fresh`` is set by :func:`machine_over`: empty books on PostgreSQL."""

    fresh: Callable[[], Ledger]

    @initialize()
    def begin(self) -> None:
        self.real = type(self).fresh()
        self.model = MemoryLedger(OTHERS)
        self.now = NOW
        self.held: list[Transfer] = []
        self.taken: list[Transfer] = []
        self.sent: list[Chain] = []
        wallets = [
            (self.real.open_wallet(one, "INR", NOW), self.model.open_wallet(one, "INR", NOW))
            for one in PEOPLE
        ]
        assert all(real == model for real, model in wallets)
        self.wallets = [real for real, _ in wallets]
        self.accounts: list[AccountCode] = [*self.wallets, clearing(WALLET), fees(WALLET), VOUCHER.code,
                                            clearing(COURSES), revenue(COURSES), refunds(COURSES)]  # fmt: skip

    def both(self, links: Chain) -> bool:
        real, model = outcome(self.real, links, self.now), outcome(self.model, links, self.now)
        assert real == model, f"the books said {real}, the rules {model}: {links} at {self.now}"
        self.sent.append(links)
        return isinstance(real, Receipt)

    @rule(who=st.integers(0, 1), paise=AMOUNTS)
    def top_up(self, who: int, paise: int) -> None:
        assert self.both(chain(transfer(clearing(WALLET), self.wallets[who], paise)))

    @rule(debit=PICK, credit=PICK, paise=AMOUNTS, pending=st.booleans(), timeout=TIMEOUTS)
    def move(self, debit: int, credit: int, paise: int, pending: bool, timeout: int | None) -> None:  # noqa: FBT001 - hypothesis gives it by name
        if debit == credit:
            return
        one = transfer(self.accounts[debit], self.accounts[credit], paise, pending=pending,
                       timeout_s=timeout if pending else None)  # fmt: skip
        if self.both(chain(one)):
            (self.held if pending else self.taken).append(one)

    @rule(who=st.integers(0, 1), paise=AMOUNTS, timeout=TIMEOUTS, share=st.none() | st.integers(1, 110))
    def top_up_and_hold(self, who: int, paise: int, timeout: int | None, share: int | None) -> None:
        """Hold what was just put in for the other person, and mostly post a part of it."""
        self.top_up(who=who, paise=paise)
        one = transfer(self.wallets[who], self.wallets[1 - who], paise, pending=True, timeout_s=timeout)
        assert self.both(chain(one))
        self.held.append(one)
        if share is not None:
            self.both(chain(ended(one, max(1, paise * share // 100))))

    @rule(who=st.integers(0, 1), seconds=st.integers(4, 6))
    def let_a_hold_lapse(self, who: int, seconds: int) -> None:
        """Hold all there is for five seconds, wait about as long, then try to spend it."""
        found = self.model.balance(self.wallets[who])
        if found is not None and found.available.amount:
            paise = found.available.amount
            self.both(chain(transfer(self.wallets[who], clearing(WALLET), paise, pending=True, timeout_s=5)))
            self.tick(seconds=seconds)
            self.both(chain(transfer(self.wallets[who], clearing(WALLET), paise)))

    @rule(which=PICK, share=st.none() | st.integers(1, 130), void=st.booleans())
    def end(self, which: int, share: int | None, void: bool) -> None:  # noqa: FBT001 - as above
        """Void a pending transfer, or post all or a percentage of it, which may be more than all."""
        if self.held:
            one = self.held[which % len(self.held)]
            part = None if share is None else max(1, one.amount.amount * share // 100)
            self.both(chain(voided(one) if void else ended(one, part)))

    @rule(paise=AMOUNTS, back=st.lists(AMOUNTS, min_size=1, max_size=4), pending=st.booleans())
    def capture_and_refund(self, paise: int, back: list[int], pending: bool) -> None:  # noqa: FBT001 - as above
        taken = transfer(clearing(COURSES), revenue(COURSES), paise)
        assert self.both(chain(taken))
        self.taken.append(taken)
        for part in back:
            self.refund_of(taken, part, pending=pending)

    @rule(which=PICK, paise=AMOUNTS, pending=st.booleans())
    def refund(self, which: int, paise: int, pending: bool) -> None:  # noqa: FBT001 - as above
        if self.taken:
            self.refund_of(self.taken[which % len(self.taken)], paise, pending=pending)

    def refund_of(self, taken: Transfer, paise: int, *, pending: bool) -> None:
        one = transfer(refunds(COURSES), clearing(COURSES), paise, reverses=taken.id, pending=pending,
                       timeout_s=5 if pending else None)  # fmt: skip
        if self.both(chain(one)) and pending:
            self.held.append(one)

    @rule(paise=AMOUNTS, part=st.integers(1, 110), times=st.integers(1, 3), pending=st.booleans())
    def refund_and_restore(self, paise: int, part: int, times: int, pending: bool) -> None:  # noqa: FBT001 - as above
        """Give all back, take some of that back again, and give again; a restoration is not reversed."""
        taken = transfer(clearing(COURSES), revenue(COURSES), paise)
        back = transfer(refunds(COURSES), clearing(COURSES), paise, reverses=taken.id)
        assert self.both(chain(taken))
        assert self.both(chain(back))
        share = max(1, paise * part // 100)
        for _ in range(times):
            restored = transfer(clearing(COURSES), refunds(COURSES), share, reverses=back.id, pending=pending)
            if self.both(chain(restored)) and not pending:
                self.refund_of(restored, 1, pending=False)
            self.refund_of(taken, share, pending=pending)

    @rule(who=st.integers(0, 1), paise=AMOUNTS, other=AMOUNTS, same=st.booleans(), pending=st.booleans())
    def buy_from_the_wallet(self, who: int, paise: int, other: int, same: bool, pending: bool) -> None:  # noqa: FBT001 - as above
        pay = transfer(self.wallets[who], bridge(WALLET, COURSES), paise, pending=pending)
        sell = transfer(bridge(COURSES, WALLET), revenue(COURSES), paise if same else other, pending=pending)
        if self.both(chain(pay, sell)) and pending:
            self.held += [pay, sell]
            self.both(chain(ended(pay), ended(sell)))

    @rule(which=PICK)
    def again(self, which: int) -> None:
        if self.sent:
            self.both(self.sent[which % len(self.sent)])

    @rule(which=PICK, paise=AMOUNTS)
    def twist(self, which: int, paise: int) -> None:
        """The same id with another amount: refused, unless it is the same after all or was never recorded."""
        if self.sent:
            first, *rest = self.sent[which % len(self.sent)].links
            if isinstance(first, Transfer | PostPending):
                self.both(chain(replace(first, amount=Money(paise)), *rest))

    @rule(who=st.integers(0, 1), paise=AMOUNTS)
    def spend_by_a_slower_clock(self, who: int, paise: int) -> None:
        self.top_up(who=who, paise=paise)
        self.tick(seconds=-2)
        self.both(chain(transfer(self.wallets[who], clearing(WALLET), paise)))

    @rule(seconds=st.sampled_from([-3, 1, 5, 30, 61]))
    def tick(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(limit=st.integers(1, 3))
    def expire(self, limit: int) -> None:
        assert self.real.expire(self.now, limit) == self.model.expire(self.now, limit)

    @invariant()
    def holds(self) -> None:
        assert self.real.discrepancies() == []
        for one in self.wallets:
            found = self.real.balance(one)
            assert found == self.model.balance(one)
            assert found is not None
            assert found.available.amount >= 0

    def teardown(self) -> None:
        latest = self.now + timedelta(days=1)
        trial = self.real.trial_balance(latest)
        assert trial == self.model.trial_balance(latest)
        assert set(trial.difference().values()) <= {0}
        for one in self.accounts:
            assert self.real.balance(one, latest) == self.model.balance(one, latest)
        for one in self.wallets:
            lines = self.real.statement(one, latest, None, 500)
            assert bare(lines) == bare(self.model.statement(one, latest, None, 500))
            assert all(line.running <= 0 for line in lines), "a wallet was negative at some time"
        ids = [one.id for links in self.sent for one in links.links]
        assert {one.id: one for one in self.real.find(ids)} == {one.id: one for one in self.model.find(ids)}


def machine_over(books: Callable[[], Ledger]) -> type[LedgerMachine]:
    """Return the machine whose examples begin with what ``books`` returns."""
    return type("MachineOverPostgres", (LedgerMachine,), {"fresh": staticmethod(books)})


def outcome(ledger: Ledger, links: Chain, at: Any) -> Receipt | str:
    """Return the receipt, or the name of the refusal."""
    try:
        return ledger.post(links, at)
    except Rejected as error:
        return type(error).__name__


def bare(lines: list[StatementLine]) -> list[StatementLine]:
    """Return ``lines`` without their numbers, which depend on what was refused in between."""
    return [replace(one, seq=0) for one in lines]
