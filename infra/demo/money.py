"""The money's story: a plan paid while a socket is open, a refund, a year of renewals, and the books."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from demo import books
from demo.money_report import MoneyReport
from demo.people import Client, sign_in, sign_up
from demo.session import Addresses
from demo.shop import DECLINED_CARD, GOOD_CARD, Customer, pay, wait_for
from demo.year import Year
from treum_audit import Wrong
from treum_client import Stream

_PLAN, _COURSE = "premium-plus-monthly", "course-first-trades"
_FREE, _PAID = "signals-delayed", "signals"
_COPIES = 2
T = TypeVar("T")


@dataclass(slots=True)
class MoneyJob:
    """One run. ``year``: also twelve renewals on the platform's clock, on a platform of the demo's own."""

    at: Addresses
    year: bool
    step: str = "money: starting"
    captured: int = 0
    refunds: int = 0
    renewals: int = 0
    recovered: int = 0
    upgrade_ms: float = 0.0
    audit_events: int = 0
    audit_flaw: str = ""
    difference: int = -1
    apart: int = 0
    webhooks: dict[str, int] = field(default_factory=dict)
    _admin: Customer = field(init=False)
    _customers: list[Customer] = field(default_factory=list)

    async def run(self) -> MoneyReport:
        """Do the whole job and return its report."""
        await self._away(self._open)
        buyer = await self._away(self._sign_up, "Asha Rao", "KA")
        await self._upgrade(buyer)
        await self._away(self._refund, buyer)
        if self.year:
            await self._away(self._play_year, buyer)
        await self._away(self._close)
        return self.report()

    def report(self) -> MoneyReport:
        """Return what is known so far."""
        return MoneyReport(
            payments_captured=self.captured,
            webhooks_delivered=self.webhooks.get("delivered", 0),
            webhooks_duplicated=self.webhooks.get("delivered", 0) * (_COPIES - 1),
            trial_balance_paise=self.difference,
            ledger_equals_gateway=self.difference >= 0 and self.apart == 0,
            refunds=self.refunds,
            renewals=self.renewals,
            dunning_recovered=self.recovered,
            year_played=self.year,
            payment_to_socket_ms=round(self.upgrade_ms, 1),
            audit_events=self.audit_events,
            audit_verified=self.audit_events > 0 and not self.audit_flaw,
        )

    def _open(self) -> None:
        """Let every webhook come twice and in any order; note how far books and gateway are apart before."""
        self.step = "money: doubling and shuffling the webhooks"
        self._control("stripe/deliveries", {"copies": _COPIES, "shuffled": True})
        first = Client(self.at.api).get("/_local/admin")
        self._admin = Customer(sign_in(self.at.api, first["email"], first["password"]))
        self.apart = self._apart()
        self.webhooks = self._delivered()

    def _sign_up(self, name: str, state: str) -> Customer:
        self.step = f"money: signing up {name}"
        email = f"demo-{secrets.token_hex(4)}@example.com"
        made = Customer(sign_up(self.at.api, email, secrets.token_urlsafe(18)))
        made.introduce(name, state)
        self._customers.append(made)
        return made

    async def _upgrade(self, buyer: Customer) -> None:
        """Pay for a plan while a socket is open: it is told, comes back, and hears what the plan includes."""

        async def ticket() -> str:
            asked = await asyncio.to_thread(buyer.ask, "POST", "/realtime/tickets", {})
            return str(asked["ticket"])

        stream = Stream(
            self.at.ws, ticket, on_event=lambda _channel, _frame: None, ping_s=2.0, patience_s=0.5
        )
        running = asyncio.create_task(stream.run())
        try:
            for channel in (_FREE, _PAID):  # the second is refused until it is paid for
                await stream.subscribe(channel)
            await self._until(lambda: stream.positions[_FREE].epoch is not None)
            page = (await self._away(buyer.order, _PLAN))["address"]
            self.step = "money: a card that is declined, then one that pays"
            if await self._away(pay, page, DECLINED_CARD) or not await self._away(pay, page, GOOD_CARD):
                raise TimeoutError("the hosted page took the wrong card")
            paid = time.monotonic()
            await self._until(lambda: stream.positions[_PAID].epoch is not None)
            self.upgrade_ms = (time.monotonic() - paid) * 1000
        finally:
            await stream.close()
            await asyncio.gather(running, return_exceptions=True)

    def _refund(self, buyer: Customer) -> None:
        """Buy a course, think better of it, and get the money back once somebody else approves."""
        self.step = "money: a course, and its refund"
        bought = buyer.order(_COURSE)
        pay(bought["address"], GOOD_CARD)
        wait_for("the course", lambda: _COURSE in buyer.may_use()["items"])
        asked = buyer.ask("POST", f"/payments/{bought['id']}/refunds", {"reason": "Not what I need"})
        path = f"/refunds/{asked['id']}"
        self._admin.ask("POST", f"{path}/approve", None, If_Match=self._admin.version(path))
        wait_for("the refund", lambda: self._admin.ask("GET", path)["status"] == "completed", 60.0)
        wait_for("the end of access", lambda: _COURSE not in buyer.may_use()["items"])
        self.refunds += 1

    def _play_year(self, buyer: Customer) -> None:
        other = self._sign_up("Ravi Iyer", "MH")
        year = Year(self.at, buyer, other, self._say)
        year.play()
        self.renewals, self.recovered = year.renewals, year.recovered

    def _close(self) -> None:
        self.step = "money: waiting for the books to be those of the gateway"
        before = self.apart
        wait_for("equality of books and gateway", lambda: self._apart() == before, 60.0)
        self.apart = self._apart() - before
        self.difference = books.read_ledger(self._admin).difference
        self.captured = sum(len(one.payments()) for one in self._customers)
        ended = self._delivered()
        self.webhooks = {name: ended[name] - self.webhooks.get(name, 0) for name in ended}
        self.step = "money: verifying the audit export offline"
        try:
            found = wait_for("a signed tree head", lambda: books.verify_audit(self._admin), 90.0)
        except Wrong as wrong:
            self.audit_flaw = str(wrong)
        else:
            self.audit_events = found.entries
        self._control("stripe/deliveries", {"copies": 1, "shuffled": False})
        self.step = "done"

    def _apart(self) -> int:
        return books.read_gateway(self._admin) - books.read_ledger(self._admin).clearing

    def _delivered(self) -> dict[str, int]:
        found: dict[str, int] = Client(self.at.api).get("/_local/stripe")["deliveries"]
        return found

    def _say(self, words: str) -> None:
        self.step = f"money: {words}"

    def _control(self, name: str, body: dict[str, Any]) -> None:
        Client(self.at.api).post(f"/_local/{name}", body)

    async def _away(self, doing: Callable[..., T], *given: Any) -> T:
        return await asyncio.to_thread(doing, *given)

    async def _until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"while {self.step}: not within {seconds:g} s")
            await asyncio.sleep(0.02)
