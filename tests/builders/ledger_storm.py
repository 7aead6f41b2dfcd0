"""Many hands on few accounts: a script a seed can write again, a history of what came back, and its judgement.

The client keeps the history: a chain was recorded (ok), was refused, or is unknown because no answer came.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from builders.ledger import COURSES, NOW, WALLET, chain
from kit.errors import Rejected, Retryable
from kit.money import Money
from payments.model.ledger import (
    AccountCode,
    Chain,
    PersonId,
    PostPending,
    Transfer,
    TransferId,
    VoidPending,
)
from payments.model.ledger_books import Recorded
from payments.model.ledger_chart import bridge, clearing, refunds, revenue
from payments.ports.ledger import Ledger

HORIZON = NOW + timedelta(days=365)
CAPTURED = 400_00
START = 500_00
ORIGINAL = TransferId(str(UUID(int=7)))
"""A capture that everybody refunds parts of."""


@dataclass(slots=True)
class History:
    """Chains by what came back."""

    ok: list[Chain] = field(default_factory=list)
    refused: list[Chain] = field(default_factory=list)
    unknown: list[Chain] = field(default_factory=list)

    def add(self, other: "History") -> None:
        self.ok += other.ok
        self.refused += other.refused
        self.unknown += other.unknown


def begin(ledger: Ledger, wallets: int) -> list[AccountCode]:
    """Open wallets with money in them, and record the capture that is refunded."""
    first = Transfer(ORIGINAL, clearing(COURSES), revenue(COURSES), Money(CAPTURED), "capture", "begin")
    ledger.post(chain(first), NOW)
    opened = [
        ledger.open_wallet(PersonId(str(UUID(int=number + 1))), "INR", NOW) for number in range(wallets)
    ]
    for number, wallet in enumerate(opened):
        key = TransferId(str(UUID(int=1000 + number)))
        ledger.post(chain(Transfer(key, clearing(WALLET), wallet, Money(START), "top-up", "begin")), NOW)
    return opened


def script(seed: int, wallets: Sequence[AccountCode], count: int) -> list[Chain]:
    """Return ``count`` chains: the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable order, no secret
    made: list[Chain] = []
    held: list[TransferId] = []

    def move(debit: AccountCode, credit: AccountCode, paise: int, **more: object) -> Transfer:
        key = TransferId(str(UUID(int=chance.getrandbits(128), version=4)))
        return Transfer(key, debit, credit, Money(paise), "storm", f"storm-{seed}", **more)  # type: ignore[arg-type]  # flags of a transfer

    for _ in range(count):
        kind, paise = chance.randrange(6), chance.randrange(1, 60_00)
        one, other = chance.sample(list(wallets), 2)
        if kind == 0:
            made.append(chain(move(clearing(WALLET), one, paise // 3 + 1)))
        elif kind == 1:
            made.append(chain(move(one, other, paise), move(other, one, paise // 2 + 1)))
        elif kind == 2:
            made.append(
                chain(
                    move(one, bridge(WALLET, COURSES), paise),
                    move(bridge(COURSES, WALLET), revenue(COURSES), paise),
                )
            )
        elif kind == 3:
            made.append(chain(move(refunds(COURSES), clearing(COURSES), paise // 4 + 1, reverses=ORIGINAL)))
        elif kind == 4 or not held:
            hold = move(one, other, paise, pending=True)
            held.append(hold.id)
            made.append(chain(hold))
        else:
            pending = held.pop(chance.randrange(len(held)))
            key = TransferId(str(UUID(int=chance.getrandbits(128), version=4)))
            end = PostPending if chance.random() < 0.5 else VoidPending
            made.append(chain(end(key, pending, "storm", f"storm-{seed}")))
    return made


def drive(ledger: Ledger, chains: Iterable[Chain]) -> History:
    """Post each chain once and note what came back."""
    seen = History()
    for one in chains:
        try:
            ledger.post(one, NOW)
        except Rejected:
            seen.refused.append(one)
        except Retryable:
            seen.unknown.append(one)
        else:
            seen.ok.append(one)
    return seen


def judge(ledger: Ledger, seen: History) -> None:
    """Compare the books with the history, settle what is unknown by asking again, compare once more."""
    _compare(ledger, seen)
    settled = drive(ledger, seen.unknown)
    assert settled.unknown == [], "a quiet ledger answers"
    for one in seen.ok[:50]:
        assert ledger.post(one, HORIZON).replayed, f"recorded twice: {one}"
    _compare(ledger, History(seen.ok + settled.ok, seen.refused + settled.refused))


def _compare(ledger: Ledger, seen: History) -> None:
    every = [*seen.ok, *seen.refused, *seen.unknown]
    found = {one.id: one for one in _read(ledger, every)}
    for links in seen.ok:
        assert all(_same(link, found) for link in links.links), f"answered, but not recorded: {links}"
    for links in seen.refused:
        assert not any(link.id in found for link in links.links), f"refused, but recorded: {links}"
    for links in seen.unknown:
        there = [link.id in found for link in links.links]
        assert all(there) or not any(there), f"half recorded: {links}"
    recorded = {one.id for name in {_reference(one) for one in every} for one in ledger.caused_by(name)}
    assert recorded == set(found), "something is recorded that nobody sent"
    assert ledger.discrepancies() == []
    assert set(ledger.trial_balance(HORIZON).difference().values()) <= {0}


def _read(ledger: Ledger, chains: Sequence[Chain]) -> list[Recorded]:
    ids = [link.id for one in chains for link in one.links]
    return [one for start in range(0, len(ids), 500) for one in ledger.find(ids[start : start + 500])]


def _same(link: Transfer | PostPending | VoidPending, found: Mapping[TransferId, Recorded]) -> bool:
    one = found.get(link.id)
    if one is None or not isinstance(link, Transfer):
        return one is not None and one.pending_id == getattr(link, "pending_id", None)
    return (one.debit, one.credit, one.amount, one.reverses) == (
        link.debit,
        link.credit,
        link.amount,
        link.reverses,
    )


def _reference(one: Chain) -> str:
    return one.links[0].reference
