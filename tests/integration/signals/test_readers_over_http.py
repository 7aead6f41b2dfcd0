"""What readers leave behind, over HTTP: a word on a signal, and a choice of what to hear of."""

from datetime import timedelta
from typing import Any

import pytest

from builders.signals_api import ANALYST, ENTERPRISE, PREMIUM, Desk

pytestmark = pytest.mark.stores


def test_a_reader_has_one_word_on_a_signal(desk: Desk) -> None:
    live = desk.world.published()
    path = f"/signals/{live.id}/feedback"
    assert desk.ask("GET", path, PREMIUM).json["code"] == "FEEDBACK_NOT_FOUND"

    first = desk.ask("POST", path, PREMIUM, {"action": "followed", "rating": 5})
    desk.world.at += timedelta(minutes=1)
    retried = desk.ask("POST", path, PREMIUM, {"action": "followed", "rating": 5})
    desk.ask("POST", path, PREMIUM, {"action": "ignored", "comment": "late"})
    desk.ask("POST", path, ENTERPRISE, {"action": "followed", "rating": 3})

    assert retried.json == first.json
    assert desk.ask("GET", path, PREMIUM).json["action"] == "ignored"
    assert desk.ask("GET", f"{path}/summary", ANALYST).json == {
        "followed": 1,
        "ignored": 1,
        "ratings": [0, 0, 1, 0, 0],
        "average_rating": 3.0,
        "comments": ["late"],
    }
    assert desk.ask("GET", f"{path}/summary", PREMIUM).status == 403
    for bad in (
        {"action": "loved"},
        {"action": "followed", "rating": 6},
        {"action": "followed", "comment": "x" * 1001},
    ):
        assert desk.ask("POST", path, PREMIUM, bad).status == 422


def test_a_person_chooses_what_to_hear_of(desk: Desk) -> None:
    made = desk.many()
    path = "/signals/subscriptions"
    start = desk.ask("GET", path, PREMIUM)
    assert (start.json["version"], start.headers["ETag"]) == (0, '"v0"')
    assert desk.ask("GET", "/signals?mine=true", PREMIUM).json["items"] == []
    wish: dict[str, Any] = {"symbols": ["SPX", "AAPL", "SPX"], "strategies": []}
    assert desk.ask("PUT", path, PREMIUM, wish).status == 428

    chosen = desk.ask("PUT", path, PREMIUM, wish, if_match='"v0"')
    stale = desk.ask("PUT", path, PREMIUM, wish, if_match='"v0"')

    assert (chosen.json["symbols"], chosen.headers["ETag"]) == (["AAPL", "SPX"], '"v1"')
    assert (stale.status, stale.json["code"]) == (412, "SUBSCRIPTIONS_CHANGED")
    wanted = [one.id for one in reversed(made) if one.terms.symbol != "MSFT"]
    for route in ("/signals?mine=true", "/signals/live?mine=true"):
        assert [one["id"] for one in desk.ask("GET", route, PREMIUM).json["items"]] == wanted
    assert desk.ask("GET", path, ENTERPRISE).json["version"] == 0
    assert desk.ask("DELETE", path, PREMIUM).json["version"] == 2
    assert desk.ask("DELETE", path, PREMIUM).json["version"] == 2
    too_many = {"symbols": [f"S{number}" for number in range(101)]}
    assert desk.ask("PUT", path, PREMIUM, too_many, if_match='"v2"').status == 422
