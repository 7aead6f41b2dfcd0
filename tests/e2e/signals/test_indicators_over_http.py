"""Indicators through the whole platform: a subscriber's view of what the tape has played."""

from typing import TYPE_CHECKING

import pytest

from demo.people import Client, RefusedError, sign_in
from local.stores.base import until

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
MAY = "2000-05-01T00:00:00Z"  # before the tape's first split


def test_a_subscriber_reads_indicators_of_the_prices_that_were_played(platform: "RunningPlatform") -> None:
    controls = Client(platform.api)
    made = controls.post("/_local/demo-user", {"plan": "premium"})
    reader = sign_in(platform.api, made["email"], made["password"]).client

    def played() -> bool:
        try:
            newest = reader.get("/api/v1/instruments/AAPL/candles?limit=1")["items"]
        except RefusedError:
            newest = []
        if newest and newest[0]["closed_at"] > MAY:
            return True
        controls.post("/_local/tape/step", {"count": 30})
        return False

    assert until(played, 60), "the tape did not come to May 2000 in time"
    candles = reader.get(f"/api/v1/instruments/AAPL/candles?limit=10&until={MAY}")["items"]

    known = {one["name"]: one for one in reader.get("/api/v1/indicators")["items"]}
    found = reader.get(f"/api/v1/instruments/AAPL/indicators?name=MOM&timeperiod=3&limit=5&until={MAY}")
    strategies = reader.get("/api/v1/strategies")["items"]

    assert len(known) > 150
    assert known["MOM"]["parameters"][0]["default"] == 10
    assert found["closed_at"] == [one["closed_at"] for one in candles[-5:]]
    closes = [float(one["close"]) for one in candles]
    moved = [after - before for after, before in zip(closes[-5:], closes[-8:-3], strict=True)]
    assert found["values"]["real"] == pytest.approx(moved)
    assert {one["name"] for one in strategies} >= {"ema-trend-2", "donchian-breakout-1"}
    with pytest.raises(RefusedError) as refused:
        reader.get("/api/v1/instruments/AAPL/indicators?name=RSI&timeperiod=1")
    assert refused.value.problem["code"] == "INDICATOR_REFUSED"
