"""People at the market of a running platform, for end-to-end tests: they step its tape and ask its API."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from demo.people import Client, Person, RefusedError, demo_user, sign_in
from local.stores.base import until

PATIENCE_S = 120
HOOKS = "/api/v1/webhooks/tradingview"


@dataclass(frozen=True)
class Answer:
    """What the API answered: status, JSON, entity tag, and how long it took."""

    status: int
    body: Any
    etag: str
    seconds: float


def ask(
    client: Client, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return whatever is answered, refusals included; ``body`` may be raw bytes."""
    sent = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
    if client.token:
        sent["Authorization"] = f"Bearer {client.token}"
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(client.base + path, data, sent, method=method)  # noqa: S310 - loopback
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            status, text, etag = answer.status, answer.read(), answer.headers.get("ETag", "")
    except urllib.error.HTTPError as error:
        status, text, etag = error.code, error.read(), ""
    return Answer(status, json.loads(text) if text else None, etag, time.perf_counter() - began)


@dataclass(frozen=True)
class Trading:
    """A platform whose tape a test plays by hand, with its admin."""

    controls: Client
    admin: Person

    @classmethod
    def at(cls, base: str) -> "Trading":
        """Return it, with the tape at rest."""
        controls = Client(base)
        controls.post("/_local/tape/pause", {})
        admin = controls.get("/_local/admin")
        return cls(controls, sign_in(base, admin["email"], admin["password"]))

    def person(self, plan: str, *roles: str) -> Person:
        """Return a new signed-in person on ``plan`` with ``roles`` beside ``user``."""
        return demo_user(self.controls.base, plan, *roles)

    def play_until(self, seen: Callable[[], bool]) -> None:
        """Step the tape on until ``seen``; the market's own time decides, not the machine's speed."""

        def stepped() -> bool:
            if seen():
                return True
            if self.caught_up():
                self.controls.post("/_local/tape/step", {"count": 60})
            return False

        assert until(stepped, PATIENCE_S), "the tape gave nothing of the kind in time"

    def caught_up(self) -> bool:
        """Whether the market's consumer has taken every candle."""
        kafka = self.controls.get("/_local/status")["sources"]["kafka"].values()
        return not any(one["backlog"] for one in kafka if one["function"].endswith("-signals-market"))

    def newest(self, symbol: str) -> dict[str, Any] | None:
        """Return the newest daily candle of ``symbol``, None while there is none."""
        try:
            path = f"/api/v1/instruments/{symbol}/candles?limit=1&timeframe=1d"
            items: list[dict[str, Any]] = self.admin.client.get(path)["items"]
        except RefusedError:
            return None
        return items[-1] if items else None

    def signal(self, signal_id: str) -> Answer:
        """Return a signal as the admin sees it, with its tag."""
        return ask(self.admin.client, "GET", f"/api/v1/signals/{signal_id}")


def hook_of(who: Person, *, as_analyst: bool = False) -> dict[str, Any]:
    """Return a new webhook with its secret."""
    made = ask(who.client, "POST", HOOKS, {"name": "alerts", "as_analyst": as_analyst})
    assert made.status == 201, made.body
    found: dict[str, Any] = made.body
    return found


def message(hook: dict[str, Any], candle: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return the hook's own message as TradingView would fill it in."""
    began = datetime.fromisoformat(candle["closed_at"]) - timedelta(hours=6)
    filled: dict[str, Any] = json.loads(hook["message"]) | {
        "ticker": f"NASDAQ:{candle['symbol']}",
        "action": "buy",
        "close": candle["close"],
        "time": began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "interval": "1D",
        "order_id": "Long",
        "comment": "",
    }
    return filled | changed


def alerts(who: Person, hook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what came to a hook, as ``who`` sees it."""
    items: list[dict[str, Any]] = ask(who.client, "GET", f"{HOOKS}/{hook['id']}/alerts?limit=100").body[
        "items"
    ]
    return items
