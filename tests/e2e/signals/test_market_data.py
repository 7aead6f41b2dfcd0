"""Years of candles filled into the running platform, and what clients and staff read of them."""

from typing import TYPE_CHECKING

import pytest

from backfill.__main__ import main
from demo.people import Client, RefusedError, sign_in

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform


def test_a_backfill_is_read_as_traded_adjusted_resampled_and_graded(platform: "RunningPlatform") -> None:
    controls = Client(platform.api)
    controls.post("/_local/tape/pause", {})
    admin = controls.get("/_local/admin")
    person = controls.post("/_local/demo-user", {"plan": "free"})
    staff = sign_in(platform.api, admin["email"], admin["password"]).client
    reader = sign_in(platform.api, person["email"], person["password"]).client

    assert main(["--state", str(platform.state), "--rows", "5000", "--again"]) == 0
    assert main(["--state", str(platform.state)]) == 0

    instrument = reader.get("/api/v1/instruments/MSFT")
    assert (instrument["tick"], instrument["lot"], instrument["session"]["name"]) == ("0.01", 1, "XNYS")
    assert instrument["adjustments"][0] == {
        "kind": "split",
        "effective": "2003-02-18",
        "ratio": "2",
        "cash": None,
    }
    candles = "/api/v1/instruments/{}/candles?timeframe={}&limit=3&until={}"
    traded = reader.get(candles.format("MSFT", "1d", "2003-02-15T00:00:00Z"))
    adjusted = reader.get(candles.format("MSFT", "1d", "2003-02-15T00:00:00Z") + "&adjusted=true")
    assert (traded["adjusted"], traded["items"][-1]["close"]) == (False, "48.30")
    assert adjusted["adjusted"]
    assert 15 < float(adjusted["items"][-1]["close"]) < 24.15
    daily = reader.get(candles.format("EURUSD", "1d", "2017-07-08T00:00:00Z"))["items"]
    assert [one["closed_at"] for one in daily] == [f"2017-07-0{day}T21:00:00Z" for day in (5, 6, 7)]
    assert all(len(one["close"].partition(".")[2]) == 5 for one in daily)
    with pytest.raises(RefusedError) as refused:
        reader.get(candles.format("AAPL", "1h", "2003-02-15T00:00:00Z"))
    assert refused.value.status == 422
    with pytest.raises(RefusedError) as refused:
        reader.get("/api/v1/market-data/quality")
    assert refused.value.status == 403
    graded = {
        (one["symbol"], one["timeframe"]): one for one in staff.get("/api/v1/market-data/quality")["items"]
    }
    assert graded["SPX", "1d"]["stored"] == 5031
    assert graded["EURUSD", "1h"]["off_session"] == 2
    assert {key: (one["missing"], one["corrupt"]) for key, one in graded.items()} == dict.fromkeys(
        graded, (0, {})
    )
