"""The main job on the whole platform: real prices become signals that are screened, committed and provable."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from demo.people import Client, Person, RefusedError, sign_in
from local.stores.base import until
from treum_verify import verify_proof, verify_record

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
_PATIENCE_S = 120
_ENDED = {"target_hit", "stopped", "expired"}
_FIRST_DRAFTS = 150
"""Rows of the tape after which strategies have seen enough to decide."""
_PUBLISHED = {"live", *_ENDED}


@dataclass(frozen=True)
class Market:
    """A platform whose tape this test plays by hand, and two people who look on."""

    controls: Client
    admin: Person
    premium: Person
    free: Person

    def play_until(self, seen: Callable[[], bool]) -> None:
        """Step the tape on until ``seen``; the market's own time decides, not the machine's speed."""

        def stepped() -> bool:
            if seen():
                return True
            if self.caught_up():
                self.controls.post("/_local/tape/step", {"count": self.stride()})
            return False

        assert until(stepped, _PATIENCE_S), "the tape gave nothing of the kind in time"

    def stride(self) -> int:
        """How many candles to step: a few once strategies decide, or the market overtakes every draft."""
        return 12 if self.controls.get("/_local/tape")["row"] > _FIRST_DRAFTS else 60

    def caught_up(self) -> bool:
        """Whether the market's consumer has taken every candle, and no draft is on its way."""
        kafka = self.controls.get("/_local/status")["sources"]["kafka"].values()
        behind = sum(one["backlog"] for one in kafka if one["function"].endswith("-signals-market"))
        return behind == 0 and not self.signals(self.admin, "draft")

    def signals(self, who: Person, status: str) -> list[dict[str, Any]]:
        """Return the newest signals in ``status`` that ``who`` sees."""
        found: list[dict[str, Any]] = who.client.get(f"/api/v1/signals?status={status}&limit=100")["items"]
        return found

    def approved(self) -> str | None:
        """Approve the first waiting signal that is news still; what the market has overtaken ends by itself."""
        for one in self.signals(self.admin, "awaiting_approval"):
            path = f"/api/v1/signals/{one['id']}"
            try:
                self.admin.client.post(f"{path}/approval", {"decision": "approve", "note": "read and agreed"})
            except RefusedError as refused:
                if refused.problem["code"] not in {"SIGNAL_STALE", "NOT_AWAITING_APPROVAL"}:
                    raise
            else:
                return path
        return None

    def record(self) -> list[dict[str, Any]]:
        """Return the house analyst's whole public record."""
        public, proofs, cursor = Client(self.premium.client.base), list[dict[str, Any]](), ""
        while True:
            page = public.get(f"/api/v1/commitments/treum-house?limit=100{cursor}")
            proofs += page["items"]
            if page["next_cursor"] is None:
                return proofs
            cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def market(platform: "RunningPlatform") -> Iterator[Market]:
    controls = Client(platform.api)
    controls.post("/_local/tape/pause", {})
    admin = controls.get("/_local/admin")
    people = [controls.post("/_local/demo-user", {"plan": plan}) for plan in ("premium", "free")]
    signed = [sign_in(platform.api, one["email"], one["password"]) for one in (admin, *people)]
    yield Market(controls, *signed)
    controls.post("/_local/tape/play", {})


def test_real_prices_become_committed_signals_that_anybody_can_verify(market: Market) -> None:
    market.play_until(lambda: len(market.signals(market.admin, "screened_out")) > 0)
    market.play_until(lambda: any(one["status"] in _ENDED for one in market.record()))

    record = market.record()
    report = verify_record(record)

    assert report.findings == []
    assert report.revealed >= 1
    stats = market.admin.client.get("/api/v1/signals/stats")
    assert stats["generated"] >= stats["screened_out"] + stats["published"]
    told = {one["signal_id"] for one in record if one["published_at"] is not None}
    assert stats["published"] >= len(told) > 0


def test_a_paid_plan_sees_a_live_signal_with_its_proof_and_the_free_one_does_not(market: Market) -> None:
    market.play_until(lambda: market.caught_up() and len(market.signals(market.premium, "live")) > 0)
    live = market.signals(market.premium, "live")[0]

    proof = market.premium.client.get(f"/api/v1/signals/{live['id']}/proof")

    assert verify_proof(proof) == []
    assert proof["payload"] is not None
    assert market.signals(market.free, "live") == []
    try:
        market.free.client.get(f"/api/v1/signals/{live['id']}")
    except RefusedError as refused:
        assert refused.status == 404  # noqa: PT017 - that it is not refused can be right as well
    else:  # it was hidden from the list just now, and is shown: only an end in between explains that
        assert market.premium.client.get(f"/api/v1/signals/{live['id']}")["status"] != "live"
    public = next(one for one in market.record() if one["signal_id"] == live["id"])
    assert public["hash"] == proof["hash"]
    if public["payload"] is not None:  # revealed: only an end in between explains that as well
        assert market.premium.client.get(f"/api/v1/signals/{live['id']}")["status"] != "live"


def test_a_person_approves_what_the_rule_leaves_to_people(market: Market) -> None:
    market.play_until(lambda: len(market.signals(market.admin, "awaiting_approval")) > 0)
    waiting = market.signals(market.admin, "awaiting_approval")[0]
    path = f"/api/v1/signals/{waiting['id']}"
    with pytest.raises(RefusedError) as refused:
        market.premium.client.post(f"{path}/approval", {"decision": "approve"})
    assert refused.value.status == 403

    taken: list[str] = []

    def approved() -> bool:
        path = market.approved() if market.caught_up() else None
        taken.extend([path] if path else [])
        return bool(taken)

    market.play_until(approved)
    path = taken[0]

    assert until(lambda: market.admin.client.get(path)["status"] in _PUBLISHED, _PATIENCE_S)
    decided = market.admin.client.get(f"{path}/decisions")["items"]
    assert [(one["step"], one["passed"]) for one in decided] == [
        ("screen", True),
        ("compliance", True),
        ("approval", True),
    ]
    assert decided[-1]["decided_by"] == market.admin.id
    with pytest.raises(RefusedError) as again:
        market.admin.client.post(f"{path}/approval", {"decision": "decline"})
    assert again.value.problem["code"] == "NOT_AWAITING_APPROVAL"


def test_prices_are_read_back(market: Market) -> None:
    market.play_until(lambda: market.controls.get("/_local/tape")["row"] > 0)

    def shown() -> bool:
        try:
            return bool(market.free.client.get("/api/v1/instruments/AAPL/quote")["price"])
        except RefusedError:
            return False

    assert until(shown, _PATIENCE_S)
    candles = market.free.client.get("/api/v1/instruments/AAPL/candles?limit=5")["items"]
    assert [one["closed_at"] for one in candles] == sorted(one["closed_at"] for one in candles)
    assert {one["symbol"] for one in market.free.client.get("/api/v1/instruments")["items"]} >= {
        "AAPL",
        "SPX",
    }
    with pytest.raises(RefusedError) as refused:
        market.free.client.get("/api/v1/instruments/AAPL/candles?timeframe=5m")
    assert refused.value.problem["code"] == "TIMEFRAME_NOT_OFFERED"
