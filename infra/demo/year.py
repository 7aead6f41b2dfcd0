"""A year on the platform's clock: twelve renewals, and a card that fails and is made good by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from demo.people import Client
from demo.session import Addresses
from demo.shop import GOOD_CARD, LATER_FAILING_CARD, Customer, pay, wait_for

MONTHS = 12
_NOTICE = timedelta(hours=23)
_PLAN = "premium-plus-monthly"


@dataclass(slots=True)
class Year:
    """``steady`` has a subscription that renews; ``late`` takes one with a card that fails later."""

    at: Addresses
    steady: Customer
    late: Customer
    say: Callable[[str], None]
    renewals: int = 0
    recovered: int = 0

    def play(self) -> None:
        """Subscribe the second customer, then go from one end of a period to the next, twelve times."""
        self._begin_late()
        for month in range(1, MONTHS + 1):
            self.say(f"a year of renewals, month {month} of {MONTHS}")
            end = _moment(self._subscription(self.steady)["period_end"])
            for until in (end - _NOTICE, end + timedelta(hours=1)):  # the notice comes first
                self._go_to(until)
            wait_for("a renewal", partial(self._renewed, end))
            self.renewals += 1
            if not self.recovered:
                self._make_good()

    def _begin_late(self) -> None:
        page = self.late.order(_PLAN)["address"]
        if not pay(page, LATER_FAILING_CARD):
            raise TimeoutError("the hosted page refused a card that only fails later")
        wait_for("the second plan", lambda: self.late.may_use()["plan"] == "premium")

    def _make_good(self) -> None:
        """Pay what the card did not, on the page that its notice leads to; the plan was kept meanwhile."""
        self.say("a renewal that failed, paid by hand")
        owed = wait_for("a renewal that failed", self._arrears)
        if self.late.may_use()["plan"] != "premium" or not pay(owed["address"], GOOD_CARD):
            raise TimeoutError("the plan ended within its grace, or the page of the invoice took no card")
        wait_for("the recovery", lambda: self._subscription(self.late)["status"] == "active")
        self.recovered += 1

    def _arrears(self) -> dict[str, Any] | None:
        found = self._subscription(self.late)["arrears"]
        return found if found and found["address"] else None

    def _renewed(self, end: datetime) -> bool:
        return _moment(self._subscription(self.steady)["period_end"]) > end

    @staticmethod
    def _subscription(of: Customer) -> dict[str, Any]:
        found: dict[str, Any] = of.ask("GET", "/subscriptions")["items"][0]
        return found

    def _go_to(self, moment: datetime) -> None:
        control = Client(self.at.api)
        now = float(control.get("/_local/clock")["now"])
        control.post("/_local/clock", {"advance_s": max(0.0, moment.timestamp() - now)})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
