"""The record on the whole platform: what the bus told is what anybody recounts from the export alone."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from demo.people import Client, Person, RefusedError, sign_in
from local.stores.base import until
from treum_verify import Rate, Report, verify_record

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
_PATIENCE_S = 120
ANALYST = "treum-house"


@dataclass(frozen=True)
class Public:
    """A platform whose tape this test plays, a member of staff, a subscriber, and the public."""

    controls: Client
    admin: Person
    premium: Person

    def export(self) -> list[dict[str, Any]]:
        """Return the whole record, page by page, as anybody downloads it."""
        lines: list[dict[str, Any]] = []
        after = "0"
        while after:
            url = f"{self.controls.base}/api/v1/commitments/{ANALYST}/export?limit=5&after={after}"
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the platform on loopback
                lines += [json.loads(line) for line in answer.read().decode().splitlines()]
                after = answer.headers.get("X-Next-After", "")
        return lines

    def report(self) -> Report:
        """Return what the offline verifier says about a head noted first and the record read after it."""
        head = self.controls.get(f"/api/v1/commitments/{ANALYST}/head")
        return verify_record(self.export(), head=(head["number"], head["link"]))

    def figures(self) -> dict[str, Any]:
        """Return the figures of the analyst that staff see."""
        answer = self.admin.client.get(f"/api/v1/signals/performance?period=all&analyst={ANALYST}")
        found: dict[str, Any] = answer["groups"][0]["figures"] if answer["groups"] else {}
        return found

    def agree(self) -> bool:
        """Whether the figures have caught up with the record."""
        rate, told = self.rate(), self.figures()
        return bool(told) and (told["closed"], told["open"], told["voided"]) == (
            rate.ended,
            rate.open,
            rate.voided,
        )

    def rate(self) -> Rate:
        """Return the rate recounted from the export."""
        return self.report().rates.get(ANALYST, Rate())


@pytest.fixture
def public(platform: "RunningPlatform") -> Iterator[Public]:
    controls = Client(platform.api)
    controls.post("/_local/tape/pause", {})
    admin, premium = controls.get("/_local/admin"), controls.post("/_local/demo-user", {"plan": "premium"})
    people = [sign_in(platform.api, one["email"], one["password"]) for one in (admin, premium)]
    yield Public(controls, *people)
    controls.post("/_local/tape/play", {})


def test_the_figures_of_the_bus_are_what_anybody_recounts_offline(public: Public) -> None:
    def some_ended() -> bool:
        if public.controls.get("/_local/status")["sources"] and _ended(public) >= 1:
            return True
        public.controls.post("/_local/tape/step", {"count": 12})  # more, and the market overtakes each draft
        return False

    assert until(some_ended, _PATIENCE_S), "no signal ended in time"
    assert until(public.agree, _PATIENCE_S), f"{public.figures()} beside {public.rate()}"

    report, told = public.report(), public.figures()
    rate = report.rates[ANALYST]
    assert report.findings == []
    assert told["win_rate"] == rate.win_rate
    assert told["average_r"] == rate.average_r
    with pytest.raises(RefusedError) as refused:
        public.premium.client.get("/api/v1/signals/performance")
    assert refused.value.problem["code"] == "PERFORMANCE_NOT_VERIFIED"


def _ended(public: Public) -> int:
    try:
        return public.rate().ended
    except urllib.error.HTTPError:
        return 0  # nobody promised anything yet
    except RefusedError:
        return 0  # as above


def test_a_choice_filters_lists_and_is_told_on_the_bus(public: Public, platform: "RunningPlatform") -> None:
    client, path = public.premium.client, "/api/v1/signals/subscriptions"
    version = client.get(path)["version"]

    chosen = put(client, path, {"symbols": ["AAPL"], "strategies": []}, f'"v{version}"')

    assert (chosen["symbols"], chosen["version"]) == (["AAPL"], version + 1)
    items = client.get("/api/v1/signals?mine=true&limit=100")["items"]
    assert {one["terms"]["symbol"] for one in items} <= {"AAPL"}

    def told() -> bool:
        with psycopg.connect(platform.stores["postgres"]) as db:
            row = db.execute(
                "SELECT count(*) FROM signals.outbox WHERE topic = 'reader-events' AND key = %s"
                " AND version = %s AND published_at IS NOT NULL",
                (public.premium.id, version + 1),
            ).fetchone()
        return row == (1,)

    assert until(told, _PATIENCE_S), "the choice was not published"


def put(client: Client, path: str, body: dict[str, Any], tag: str) -> Any:
    """Return the JSON that putting ``body`` over the version ``tag`` answers."""
    request = urllib.request.Request(  # noqa: S310 - the platform on loopback
        client.base + path,
        method="PUT",
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {client.token}",
            "Content-Type": "application/json",
            "If-Match": tag,
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        return json.loads(answer.read())
