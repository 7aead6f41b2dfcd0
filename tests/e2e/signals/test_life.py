"""A signal written by hand lives on the whole platform: approved, revised, recalled, cancelled; or escalated."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from standardwebhooks import Webhook

from builders.market import PATIENCE_S, Answer, Trading, alerts, ask, hook_of, message
from demo.people import Client, Person
from demo.receiver import Receiver, receiving
from local.stores.base import until
from treum_verify import verify_record

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
HOOKED = ["signal.cancelled", "signal.published", "signal.recalled", "signal.revised"]
SYMBOLS = ("GOOG", "EURUSD", "MSFT", "AAPL", "SPX")
WHY = "The test gives this reason."


@pytest.fixture(scope="module")
def trading(platform: "RunningPlatform") -> Iterator[Trading]:
    made = Trading.at(platform.api)
    yield made
    made.controls.post("/_local/tape/play", {})


@pytest.fixture(scope="module")
def analyst(trading: Trading) -> Person:
    """Return the person who signs as the house analyst."""
    found = trading.person("premium", "analyst")
    path = "/api/v1/analysts/treum-house/account"
    assert ask(trading.admin.client, "PUT", path, {"user_id": found.id}).status == 200
    return found


@pytest.fixture(scope="module")
def approver(trading: Trading) -> Person:
    return trading.person("premium", "approver")


def proposal(candle: dict[str, Any], symbol: str) -> dict[str, Any]:
    """Return terms on ``candle`` that no later day is likely to end at once."""
    close, step = Decimal(candle["close"]), Decimal("0.00001" if symbol == "EURUSD" else "0.01")
    return {
        "symbol": symbol,
        "timeframe": "1d",
        "side": "buy",
        "stop": str((close * Decimal("0.5")).quantize(step)),
        "targets": [str((close * Decimal("1.9")).quantize(step))],
        "confidence": 90,
        "life": 200,
        "rationale": "Written by hand on the newest candle, far from stop and target.",
        "ai_generated": False,
    }


def waiting(trading: Trading, analyst: Person) -> dict[str, Any]:
    """Return a signal written by hand that passed the gate and waits; other symbols when one is taken."""
    found: dict[str, Any] = {}

    def drafted() -> bool:
        for symbol in SYMBOLS:
            candle = trading.newest(symbol)
            if candle is None:
                continue
            made = ask(analyst.client, "POST", "/api/v1/signals", proposal(candle, symbol))
            assert made.status == 201, made.body
            assert until(lambda: trading.signal(made.body["id"]).body["status"] != "draft", PATIENCE_S)  # noqa: B023 - run at once
            found.update(trading.signal(made.body["id"]).body)
            if found["status"] == "awaiting_approval":
                return True
        return False

    trading.play_until(drafted)
    return found


def change(who: Person, trading: Trading, signal_id: str, what: str, body: dict[str, Any]) -> Answer:
    """Send a change of the version that ``trading`` shows now."""
    tag = trading.signal(signal_id).etag
    return ask(who.client, "POST", f"/api/v1/signals/{signal_id}/{what}", body, {"If-Match": tag})


def record(base: str) -> list[dict[str, Any]]:
    """Return the house analyst's public record."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = Client(base).get(f"/api/v1/commitments/treum-house?limit=100{cursor}")
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def partner(trading: Trading) -> Iterator[tuple[Receiver, str]]:
    """Return a receiver that is told of signals by webhook, and its signing secret."""
    with receiving() as receiver:
        owner = trading.person("enterprise").client
        application = owner.post("/api/v1/partners/applications", {"name": "Life"})["id"]
        wish = {"url": receiver.url, "types": HOOKED}
        made = owner.post(f"/api/v1/partners/applications/{application}/endpoints", wish)
        yield receiver, made["secret"]
        owner.send("DELETE", f"/api/v1/partners/endpoints/{made['id']}")


def test_a_signal_by_hand_is_approved_revised_recalled_and_cancelled(
    trading: Trading, analyst: Person, approver: Person, partner: tuple[Receiver, str]
) -> None:
    signal = waiting(trading, analyst)
    path = f"/api/v1/signals/{signal['id']}"
    assert signal["deciders"] == ["analyst", "approver", "compliance"]
    own = ask(analyst.client, "POST", f"{path}/approval", {"decision": "approve"})
    assert (own.status, own.body["code"]) == (403, "OWN_SIGNAL")

    assert ask(approver.client, "POST", f"{path}/approval", {"decision": "approve"}).status == 200
    assert until(lambda: trading.signal(signal["id"]).body["status"] == "live", PATIENCE_S)

    untagged = ask(analyst.client, "POST", f"{path}/recall", {"reason": WHY})
    assert untagged.status == 428
    stop = str(Decimal(signal["terms"]["stop"]) + 10 * Decimal(signal["terms"]["tick"]))
    revised = change(analyst, trading, signal["id"], "revisions", {"reason": WHY, "stop": stop})
    assert (revised.status, revised.body["state"]) == (201, "approved"), revised.body
    assert until(lambda: len(trading.signal(signal["id"]).body["revisions"]) == 1, PATIENCE_S)
    wider = change(
        analyst, trading, signal["id"], "revisions", {"reason": WHY, "stop": signal["terms"]["stop"]}
    )
    assert (wider.status, wider.body["errors"][0]["code"]) == (422, "STOP_WIDENED")

    recalled = change(trading.admin, trading, signal["id"], "recall", {"reason": WHY})
    assert (recalled.status, recalled.body["status"]) == (200, "live")
    cancelled = change(analyst, trading, signal["id"], "cancellation", {"reason": WHY})
    assert (cancelled.status, cancelled.body["status"]) == (200, "cancelled"), cancelled.body
    assert cancelled.body["exit_price"] is not None
    assert cancelled.body["recall_reason"] == WHY

    public = record(trading.controls.base)
    mine = [one for one in public if one["signal_id"] == signal["id"]]
    assert [one["revision"] for one in mine] == [0, 1]
    assert all(one["payload"] is not None for one in mine)
    assert verify_record(public).findings == []

    receiver, secret = partner

    def told() -> dict[str, Any]:
        heard = [Webhook(secret).verify(one["body"], one["headers"]) for one in receiver.heard()]
        return {one["type"]: one["data"] for one in heard if one["data"]["signal_id"] == signal["id"]}

    assert until(lambda: sorted(told()) == HOOKED, PATIENCE_S), told().keys()
    assert told()["signal.published"]["commitment"]["hash"] == mine[0]["hash"]
    assert trading.admin.id not in str(told())


def test_what_nobody_decides_about_escalates_and_is_declined_by_rule(
    trading: Trading, analyst: Person, approver: Person, platform: "RunningPlatform"
) -> None:
    signal = waiting(trading, analyst)
    path = f"/api/v1/signals/{signal['id']}"

    def forgotten(status: str) -> bool:
        """Let the time to decide run out and the schedule come round."""
        with psycopg.connect(platform.stores["postgres"], autocommit=True) as owner:
            owner.execute(
                "UPDATE signals.waiting SET due_at = due_at - interval '4 hours' WHERE signal_id = %s",
                (signal["id"],),
            )
        trading.controls.post("/_local/clock", {"advance_s": 61})
        return until(lambda: trading.signal(signal["id"]).body["status"] == status, PATIENCE_S)

    assert forgotten("escalated")
    shown = ask(approver.client, "GET", "/api/v1/signals?status=escalated").body["items"]
    assert [one["deciders"] for one in shown if one["id"] == signal["id"]] == [["compliance"]]
    refused = ask(approver.client, "POST", f"{path}/approval", {"decision": "approve"})
    assert (refused.status, refused.body["code"]) == (403, "NOT_YOUR_DECISION")

    assert forgotten("screened_out")
    decided = ask(approver.client, "GET", f"{path}/decisions").body["items"][-1]
    assert (decided["reasons"], decided["decided_by"]) == (["APPROVAL_TIMEOUT"], "rule:approval_within")


def test_an_analysts_tradingview_alert_becomes_a_draft_under_the_own_registration(
    trading: Trading, analyst: Person
) -> None:
    trading.play_until(lambda: trading.newest("AAPL") is not None)
    candle = trading.newest("AAPL")
    assert candle is not None
    hook = hook_of(analyst, as_analyst=True)

    sent = ask(
        Client(trading.controls.base), "POST", hook["address"], message(hook, candle | {"symbol": "AAPL"})
    )
    assert sent.status == 202
    assert until(lambda: alerts(analyst, hook)[0]["status"] == "drafted", PATIENCE_S)

    drafted = trading.signal(alerts(analyst, hook)[0]["signal_id"]).body
    assert (drafted["terms"]["strategy"], drafted["terms"]["analyst"]) == ("tradingview", "treum-house")
