"""The gateway's books in memory: what happened to its payments, in the order in which it was seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from payments.adapters.memory.gateway import MemoryGateway
from payments.model.gateway import PaymentRef
from payments.model.reconciliation import BookEntry, EntryKind

_KINDS: Final[dict[str, EntryKind]] = {"pi": "payment", "re": "refund", "dp": "dispute"}


@dataclass
class MemoryGatewayBooks:
    """See :class:`payments.ports.reconciling.GatewayBooks`. A test may ``forget`` or ``forge`` entries."""

    gateway: MemoryGateway
    kept: dict[str, BookEntry] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)

    def entries(self, after: str | None, limit: int) -> Sequence[BookEntry]:
        """Look what is new, and go on."""
        for one in self._all():
            if one.ref not in self.forgotten:
                self.kept.setdefault(one.ref, one)
        names = list(self.kept)
        start = names.index(after) + 1 if after is not None else 0
        return [self.kept[name] for name in names[start : start + limit]]

    def forget(self, about: str) -> None:
        """Lose the entries about something, before they are read."""
        self.forgotten |= {one.ref for one in self._all() if one.about == about}

    def forge(self, one: BookEntry) -> None:
        """Add an entry of nothing that happened."""
        self.kept[one.ref] = one

    def _all(self) -> Iterator[BookEntry]:
        for paid in self.gateway.payments.values():
            if paid.captured.amount:
                fee = paid.fee.amount if paid.fee else 0
                yield self._entry(f"txn_{paid.ref}", paid.ref, paid.ref, (paid.captured.amount, fee))
        for refund in self.gateway.refunded.values():
            paise = refund.amount.amount
            yield self._entry(f"txn_{refund.ref}", refund.ref, refund.payment, (-paise, 0))
            if refund.status == "failed":
                yield self._entry(f"txn_{refund.ref}_failed", refund.ref, refund.payment, (paise, 0))
        for dispute in self.gateway.disputed.values():
            for one in dispute.movements:
                moved = (one.amount.amount, one.fee.amount)
                yield self._entry(one.ref, dispute.ref, dispute.payment, moved)

    def _entry(self, ref: str, about: str, payment: PaymentRef, moved: tuple[int, int]) -> BookEntry:
        kind, (amount, fee) = _KINDS[about.partition("_")[0]], moved
        return BookEntry(ref, kind, about, amount, fee, amount - fee, self.gateway.now(), payment)
