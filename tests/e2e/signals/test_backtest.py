"""A backtest on the whole platform: ordered, its worker killed once, worked off, read, opened in a browser."""

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from demo.people import Client, RefusedError, sign_in
from local.stores.base import until

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
_PATIENCE_S = 120
_CANDLES = 280


def _candles(person: Client) -> list[Any]:
    found: list[Any] = person.get("/api/v1/instruments/AAPL/candles?timeframe=1d&limit=1000")["items"]
    return found


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the platform on loopback
        body: bytes = answer.read()
        return body


def test_an_order_survives_a_killed_worker_and_becomes_a_page_and_a_paper(
    platform: "RunningPlatform",
) -> None:
    controls = Client(platform.api)
    controls.post("/_local/tape/pause", {})
    admin = controls.get("/_local/admin")
    staff = sign_in(platform.api, admin["email"], admin["password"]).client

    def played() -> bool:
        try:
            enough = len(_candles(staff)) >= _CANDLES
        except RefusedError:  # before its first candle the timeframe is not offered
            enough = False
        if not enough:
            controls.post("/_local/tape/step", {"count": 100})
        return enough

    assert until(played, _PATIENCE_S), "the tape gave too few candles in time"
    candles = _candles(staff)
    controls.send("PUT", "/_local/failpoints/backtest.before.decide", {"action": "exit", "count": 1})
    order = {
        "strategy": "sma-none",
        "symbols": ["AAPL"],
        "first": candles[-60]["closed_at"],
        "last": candles[-1]["closed_at"],
        "search": {"stop": [0.8, 1.2]},
    }
    problem = _refused(staff, order)
    assert problem["code"] == "UNFIT_BACKTEST"
    offered = problem["detail"].rpartition("one of ")[2].split(", ")[0]

    ordered = staff.post("/api/v1/backtests", {**order, "strategy": offered})
    address = f"/api/v1/backtests/{ordered['id']}"
    seen: list[int] = []

    def ended() -> bool:
        now = staff.get(address)
        seen.append(now["percent"])
        return now["status"] not in {"queued", "running"}

    assert until(ended, _PATIENCE_S), f"the backtest did not end: {staff.get(address)}"
    done = staff.get(address)
    assert (done["status"], done["reason"]) == ("done", "")
    assert seen == sorted(seen)
    finding = staff.get(f"{address}/report")["finding"]
    assert len(finding["tried"]) == 2
    page, paper = (staff.get(f"{address}/report.{kind}") for kind in ("html", "pdf"))
    assert b"<svg" in _fetch(page["url"])
    assert _fetch(paper["url"]).startswith(b"%PDF-")
    with pytest.raises(urllib.error.HTTPError) as refused:
        _fetch(page["url"][:-4] + "0000")
    with refused.value as answer:
        assert answer.code == 403
    controls.post("/_local/tape/play", {})


def _refused(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(RefusedError) as refused:
        client.post("/api/v1/backtests", body)
    return refused.value.problem
