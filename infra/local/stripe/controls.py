"""The gateway's buttons under ``/_local/stripe``: faults, how webhooks go out, the books."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from local.controls.routes import Body, Control, Query, Rest
from local.stripe import disputes, refunds
from local.stripe.faults import KINDS
from local.stripe.server import StripeServer

_KINDS: Final = {"refund_failure": "refund"}


class StripeControls:
    """``server`` is asked when a control is used, because it exists only once the platform runs."""

    def __init__(self, server: Callable[[], StripeServer]) -> None:
        self._server = server

    def routes(self) -> tuple[Control, ...]:
        """Return the controls."""
        return (
            Control("GET", "/stripe", self._state),
            Control("GET", "/stripe/books", self._books),
            Control("GET", "/stripe/faults", self._faults),
            Control("POST", "/stripe/faults", self._plan),
            Control("DELETE", "/stripe/faults", self._clear),
            Control("POST", "/stripe/deliveries", self._manner),
            Control("POST", "/stripe/deliver", self._deliver),
            Control("POST", "/stripe/bank", self._bank),
        )

    async def _state(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        """Where it is, the key it takes, how webhooks fare."""
        server = self._server()
        return {
            "url": server.url,
            "api_key": server.api_key,
            "manner": asdict(server.deliveries.manner),
            "deliveries": server.records.ended(),
        }

    async def _books(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        return books(self._server())

    async def _faults(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        faults = self._server().api.faults
        return {
            "waiting": [asdict(each) for each in faults.listed()],
            "struck": faults.struck,
            "kinds": KINDS,
        }

    async def _plan(self, _rest: Rest, _query: Query, body: Body) -> Any:
        """Take ``{"kind", "method", "path", "times", "hold_s"}``."""
        return asdict(self._server().api.faults.add(body))

    async def _clear(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        self._server().api.faults.clear()
        return {"waiting": []}

    async def _manner(self, _rest: Rest, _query: Query, body: Body) -> Any:
        """Take ``{"copies": 2, "shuffled": true, "paused": true}``, each optional."""
        return asdict(self._server().deliveries.change(dict(body)))

    async def _deliver(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        """Send everything that waits, due or not; answer when it was tried."""
        server = self._server()
        tried = await server.deliveries.flush()
        return {"tried": tried, "deliveries": server.records.ended()}

    async def _bank(self, _rest: Rest, _query: Query, body: Body) -> Any:
        """Take ``{"payment", "act"}``: ``dispute``, ``won`` or ``lost``, ``refuse`` its newest refund."""
        return acted(self._server(), str(body.get("payment", "")), str(body.get("act", "")))


def acted(server: StripeServer, intent: str, act: str) -> Any:
    """Let the customer's bank do ``act`` about a payment; raises ``ValueError`` where there is nothing."""
    records, world = server.records, server.api.world
    kinds = {"dispute": "charge", "won": "dispute", "lost": "dispute", "refuse": "refund"}
    if act not in kinds:
        raise ValueError(f"act is one of {', '.join(kinds)}")
    found = next(records.newest(kinds[act], intent), None)
    if found is None:
        raise ValueError(f"the payment {intent} has no {kinds[act]}")
    with records.change():
        if act == "dispute":
            made = disputes.opened(world, found)
        elif act == "refuse":
            made = refunds.refused(world, found["id"])
        else:
            made = disputes.decided(world, found["id"], won=act == "won")
    server.deliveries.wake()
    return made


def books(server: StripeServer) -> dict[str, Any]:
    """Return what the gateway holds: sums in minor units by currency, each payment, each page."""
    sums: dict[str, dict[str, int]] = {}
    for entry in server.records.newest("balance_transaction"):
        line = sums.setdefault(
            entry["currency"], {"charge": 0, "refund": 0, "adjustment": 0, "fee": 0, "net": 0}
        )
        kind = str(entry["type"])
        line[_KINDS.get(kind, kind)] += entry["amount"]
        line["fee"] += entry["fee"]
        line["net"] += entry["net"]
    payments = [
        {
            "payment": each["payment_intent"],
            "charge": each["id"],
            "captured": each["amount_captured"],
            "refunded": each["amount_refunded"] - (each["amount"] - each["amount_captured"]),
            "currency": each["currency"],
            "metadata": each["metadata"],
        }
        for each in server.records.newest("charge")
        if each["captured"]
    ]
    pages = [
        {"page": each["id"], "status": each["status"], "metadata": each["metadata"]}
        for each in server.records.newest("checkout.session")
    ]
    events = sum(1 for _ in server.records.newest("event"))
    return {"totals": sums, "payments": payments, "pages": pages, "events": events}
