"""One thing of each kind that somebody owns on the running platform, and requests about them."""

import secrets
from collections.abc import Mapping
from typing import Any

from builders.stripe_gateway import click
from demo.kyc import AADHAAR
from demo.people import Client, Person, RefusedError, code_for, confirm
from demo.shop import GOOD_CARD, Customer, pay, wait_for
from kit import ids

BODIES: Mapping[str, Any] = {
    "kyc_put_kyc_details": {
        "name": "Asha Rao",
        "born": "1990-04-01",
        "pan": "ABCPE1234F",
        "aadhaar": AADHAAR,
        "email": "asha@example.com",
        "consent": True,
    },
    "kyc_offer_kyc_document": {"kind": "photo", "content_type": "image/jpeg"},
    "partners_change_application": {"name": "Mine now"},
    "partners_register_endpoint": {"url": "http://127.0.0.1:9/in", "types": ["signal.published"]},
    "partners_issue_key": {"name": "more", "scopes": ["signals:read"]},
    "partners_rotate_key": {"overlap_hours": 1},
    "partners_change_endpoint": {"active": False},
    "partners_replay_deliveries": {"failed_since": "2026-01-01T00:00:00Z"},
    "partners_rotate_endpoint_secret": {"overlap_hours": 1},
    "payments_request_refund": {"reason": "Not mine"},
    "payments_change_subscription": {"sku": "enterprise-monthly"},
    "payments_quote_subscription_change": {"sku": "enterprise-monthly"},
    "signals_change_webhook_template": {},
}
"""What an operation with a body is sent: nothing else may keep it from its owner's things."""


class Owner:
    """Somebody who steps up, and has one of everything. ``things`` are ids by the path that leads to them."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.things: dict[str, str] = {}
        confirm(person.client, person.email)

    def acquire(self) -> None:
        """Make, buy and begin one of each."""
        self.things["/api/v1/users/me/devices/"] = self._read("/users/me/devices")["items"][0]["id"]
        self._partner()
        self._practise()
        for kind in ("exports", "erasures"):
            self.things[f"/api/v1/privacy/{kind}/"] = self._made(f"/privacy/{kind}", {})["id"]
        self._buy()
        wish = f"new-{secrets.token_hex(6)}@example.com"
        change = {"change_id": self._made("/users/me/email", {"email": wish})["change_id"]}
        self._made(
            "/users/me/address-changes/confirm", change | {"new_code": code_for(self.person.client, wish)}
        )
        self.things["/api/v1/users/me/address-changes/"] = change["change_id"]

    def _partner(self) -> None:
        application = self._made("/partners/applications", {"name": "Mine"})["id"]
        path = f"/partners/applications/{application}"
        key = self._made(f"{path}/keys", {"name": "main", "scopes": ["signals:read"]})["id"]
        hook = {"url": "http://127.0.0.1:9/in", "types": ["signal.published"]}
        endpoint = self._made(f"{path}/endpoints", hook)["id"]
        delivery = self._made(f"/partners/endpoints/{endpoint}/tests", None)["delivery_id"]
        self.things |= {
            "/api/v1/partners/applications/": application,
            "key_id": key,
            "/api/v1/partners/endpoints/": endpoint,
            "/api/v1/partners/deliveries/": delivery,
        }

    def _practise(self) -> None:
        order = {"strategy": self._read("/strategies")["items"][0]["name"], "symbols": ["AAPL"]}
        order |= {"first": "2016-01-04T00:00:00Z", "last": "2016-06-30T00:00:00Z"}
        self.things["/api/v1/backtests/"] = self._made("/backtests", order)["id"]
        self.things["hook_id"] = self._made("/webhooks/tradingview", {"name": "Mine"})["id"]
        self.things["/api/v1/kyc/applications/"] = self._made("/kyc/applications", {"tier": "basic"})["id"]

    def _buy(self) -> None:
        buyer = Customer(self.person)
        buyer.introduce("Asha Rao", "KA")
        bought = buyer.order("course-first-trades")
        assert pay(bought["address"], GOOD_CARD)
        wait_for("an invoice", lambda: buyer.ask("GET", "/invoices")["items"], 60.0)
        refund = buyer.ask("POST", f"/payments/{bought['id']}/refunds", {"reason": "Not what I need"})
        assert click(buyer.order("premium-monthly")["address"], number=GOOD_CARD)[0] < 400
        wait_for("a subscription", lambda: buyer.ask("GET", "/subscriptions")["items"], 60.0)
        self.things |= {
            "/api/v1/payments/": bought["id"],
            "/api/v1/refunds/": refund["id"],
            "/api/v1/invoices/": buyer.ask("GET", "/invoices")["items"][0]["id"],
            "/api/v1/subscriptions/": buyer.ask("GET", "/subscriptions")["items"][0]["id"],
        }

    def _read(self, path: str) -> Any:
        return self.person.client.get(f"/api/v1{path}")

    def _made(self, path: str, body: Any) -> Any:
        return self.person.client.make(f"/api/v1{path}", body)


def filled(path: str, things: Mapping[str, str] | None) -> str:
    """Return ``path`` with the ids of ``things``, with ids that nobody has where it is None."""
    parts = path.split("/")
    for place, part in enumerate(parts):
        if part.startswith("{"):
            named, before = part.strip("{}"), "/".join(parts[:place]) + "/"
            parts[place] = ids.uuid7() if things is None else things.get(named) or things[before]
    return "/".join(parts)


def answered(client: Client, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Return status and code of the answer; ``""`` for a success."""
    headers = {"Idempotency-Key": secrets.token_hex(12), "If-Match": '"v1"'}
    try:
        client.exchange(method, path, body, headers if method != "GET" else {})
    except RefusedError as refused:
        return refused.status, str(refused.problem.get("code", ""))
    return 200, ""
