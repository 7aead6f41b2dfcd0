"""Both books beside one another, what differs, and who may use what, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from kit.events import Event
from kit.events.payment_events import BooksDiffered
from payments.adapters.memory.entitlements import MemoryEntitlements
from payments.adapters.memory.payments import MemoryPayments
from payments.adapters.memory.refunds import MemoryRefunds
from payments.model.ledger import Book
from payments.model.paper import IST
from payments.model.payment import Payment, PaymentId
from payments.model.reconciliation import BookEntry, Finding, Pair, Posting, Run, Settlement, What
from payments.model.refund import RefundId

_Key = tuple[str, What]


@dataclass
class MemoryMatching:
    """See :class:`payments.ports.reconciling.Matching`."""

    payments: MemoryPayments
    refunds: MemoryRefunds
    kept: dict[str, BookEntry] = field(default_factory=dict)
    pairs: dict[_Key, tuple[Pair, datetime]] = field(default_factory=dict)
    places: dict[Book, tuple[datetime, int]] = field(default_factory=dict)

    def last_entry(self) -> str | None:
        """Return the last key."""
        return next(reversed(self.kept), None)

    def keep_entries(self, entries: Sequence[BookEntry], at: datetime) -> int:
        """Add what is new."""
        new = [one for one in entries if one.ref not in self.kept]
        for one in new:
            self.kept[one.ref] = one
            if one.kind != "payout":
                self._add((one.about, "money"), at, gateway=one.amount)
                self._add((one.about, "fee"), at, gateway=-one.fee)
        return len(new)

    def read_to(self, line: Book) -> tuple[datetime, int] | None:
        """Look it up."""
        return self.places.get(line)

    def keep_postings(
        self,
        line: Book,
        was: tuple[datetime, int] | None,
        now: tuple[datetime, int],
        postings: Sequence[Posting],
        at: datetime,
    ) -> bool:
        """Compare and add."""
        if self.places.get(line) != was:
            return False
        self.places[line] = now
        for one in postings:
            self._add((one.about, one.what), at, ledger=one.amount)
        return True

    def _add(self, key: _Key, at: datetime, *, ledger: int = 0, gateway: int = 0) -> None:
        if ledger or gateway:
            known, _ = self.pairs.get(key, (Pair(*key, 0, 0), at))
            moved = replace(known, ledger=known.ledger + ledger, gateway=known.gateway + gateway)
            self.pairs[key] = (moved, at)

    def names(self, references: Collection[str]) -> dict[str, str]:
        """Look them up."""
        found = {name: self._name(*f"{name}:".split(":")[:2]) for name in references}
        return {name: ref for name, ref in found.items() if ref is not None}

    def _name(self, kind: str, own: str) -> str | None:
        if kind == "payment":
            paid = self.payments.kept.get(PaymentId(own))
            return paid.ref if paid else None
        refund = self.refunds.kept.get(RefundId(own)) if kind == "refund" else None
        return refund.gateway_ref if refund else None

    def differing(self, before: datetime, limit: int) -> list[Pair]:
        """Search."""
        found = [pair for pair, at in self.pairs.values() if pair.ledger != pair.gateway and at <= before]
        return found[:limit]

    def unsound(self, limit: int) -> list[BookEntry]:
        """Search."""
        return [one for one in self.kept.values() if one.net != one.amount - one.fee][:limit]

    def settlements(self, since: date) -> list[Settlement]:
        """Sum."""
        days: dict[tuple[date, Book | None], list[BookEntry]] = {}
        lines = {one.ref: one.line for one in self.payments.kept.values()}
        for one in self.kept.values():
            day = one.occurred_at.astimezone(IST).date()
            if day >= since:
                days.setdefault((day, lines.get(one.payment) if one.payment else None), []).append(one)
        return [
            Settlement(
                day,
                line,
                payments=_sum(entries, "payment"),
                adjustments=_sum(entries, "dispute", "other"),
                refunds=-_sum(entries, "refund"),
                fees=sum(one.fee for one in entries),
                transfers=-_sum(entries, "payout"),
                net=sum(one.net for one in entries),
            )
            for (day, line), entries in sorted(days.items(), key=str, reverse=True)
        ]


def _sum(entries: Sequence[BookEntry], *kinds: str) -> int:
    return sum(one.amount for one in entries if one.kind in kinds)


@dataclass
class MemoryFindings:
    """See :class:`payments.ports.reconciling.Findings`; ``told`` is what was told, in order."""

    found: dict[tuple[str, str], Finding] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)
    newest: Run | None = None

    def open(self) -> list[Finding]:
        """Return all."""
        return list(self.found.values())

    def note(
        self, opened: Sequence[tuple[Finding, Event[BooksDiffered]]], cleared: Sequence[Finding], run: Run
    ) -> None:
        """Put and drop."""
        for one, event in opened:
            if (one.what, one.about) not in self.found:
                self.found[one.what, one.about] = replace(one, since=run.at)
                self.told.append(event)
        for one in cleared:
            self.found.pop((one.what, one.about), None)
        self.newest = run

    def last_run(self) -> Run | None:
        """Return it."""
        return self.newest


@dataclass
class MemoryAccessBook:
    """See :class:`payments.ports.reconciling.AccessBook`. When a fact changed is not known here."""

    payments: MemoryPayments
    refunds: MemoryRefunds
    entitlements: MemoryEntitlements

    def causes(self, after: str, since: datetime, limit: int) -> list[str]:
        """Sort."""
        bought = {str(one.subscription or one.id): one for one in self._captured()}
        known = sorted({*bought, *map(str, self.entitlements.facts)})
        recent = {
            cause for cause, one in bought.items() if one.captured_at is not None and one.captured_at >= since
        }
        return sorted({*[cause for cause in known if cause > after][:limit], *recent})

    def judge(self, causes: Sequence[str], now: datetime, before: datetime) -> list[Finding]:
        """Look at each."""
        judged = (self._judged(cause, now, before) for cause in causes)
        return [one for one in judged if one is not None]

    def _judged(self, cause: str, now: datetime, before: datetime) -> Finding | None:
        bought = [one for one in self._captured() if _grants(one, cause, now)]
        if any(self._moves(one, before) for one in bought):
            return None
        paid = sum(self._counts(one) for one in bought)
        facts = [one for one in self.entitlements.facts.values() if one.cause == cause]
        held = [
            one for one in facts if one.revoked_for is None and (one.ends_at is None or one.ends_at > now)
        ]
        if paid and not held:
            return Finding("charged without entitlement", cause, paid, 0)
        if not paid and held and (bought or held[0].item is not None):
            return Finding("entitled without charge", cause, 0, len(held))
        return None

    def _captured(self) -> list[Payment]:
        kept = self.payments.kept.values()
        return [one for one in kept if one.status == "captured" and one.purpose != "top_up"]

    def _counts(self, one: Payment) -> bool:
        taken = any(
            each.revokes and each.status in {"approved", "completed"}
            for each in self.refunds.of_payment(one.id)
        )
        return one.dispute not in {"open", "lost"} and not taken

    def _moves(self, one: Payment, before: datetime) -> bool:
        assert one.captured_at is not None, "what is captured knows when"
        return one.captured_at > before or any(
            each.status in {"approved", "reversing"} or any(done.at > before for done in each.steps[-1:])
            for each in self.refunds.of_payment(one.id)
        )


def _grants(one: Payment, cause: str, now: datetime) -> bool:
    if one.subscription is None:
        return one.id == cause
    return one.subscription == cause and one.period is not None and one.period.start <= now < one.period.end
