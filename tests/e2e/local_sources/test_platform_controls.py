"""The running platform: what functions called is allowed by the template; the controls do what they say."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from fixtures.platform import RunningPlatform
from local.stores.base import until

pytestmark = pytest.mark.platform


def _ask(
    platform: RunningPlatform, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(  # noqa: S310 - http on loopback
        f"{platform.controls}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers=headers,
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - http on loopback
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def _status(platform: RunningPlatform) -> dict[str, Any]:
    return _ask(platform, "GET", "/status")[1]


def _delivered(platform: RunningPlatform) -> int:
    kafka = _status(platform)["sources"]["kafka"]
    return sum(int(each["delivered"]) for each in kafka.values())


def test_no_function_called_what_the_template_would_deny(platform: RunningPlatform) -> None:
    before = _delivered(platform)
    assert _ask(platform, "POST", "/tape/step", {"count": 40})[0] == 200
    assert until(lambda: _delivered(platform) >= before + 40, 60), "the candles reached their consumers"
    dump = _ask(platform, "GET", "/dump")[1]
    judged = {call["role"] for call in dump["aws_calls"]} & set(dump["status"]["functions"])
    assert judged, "calls of functions were recorded"
    assert _ask(platform, "GET", "/policy") == (200, {"denied": []})


def test_advancing_the_clock_fires_the_schedules(platform: RunningPlatform) -> None:
    def counts() -> dict[str, int]:
        return {each["id"]: int(each["fired"]) for each in _status(platform)["sources"]["schedules"]}

    before = counts()
    assert before, "the templates declare schedules"
    assert _ask(platform, "POST", "/clock", {"advance_s": 61})[0] == 200
    assert until(lambda: sum(counts().values()) > sum(before.values()), 20)


@pytest.mark.parametrize("foreign", [{"Origin": "https://evil.test"}, {"Host": "evil.test"}])
def test_the_controls_answer_nobody_else(platform: RunningPlatform, foreign: dict[str, str]) -> None:
    status, problem = _ask(platform, "GET", "/clock", **foreign)
    assert status in {403, 421}
    assert problem["status"] == status


def test_an_unknown_control_and_a_bad_wish_are_problem_documents(platform: RunningPlatform) -> None:
    assert _ask(platform, "GET", "/nothing")[0] == 404
    assert _ask(platform, "POST", "/chaos/outage/kafka", {"seconds": -1})[0] == 422
    assert _ask(platform, "POST", "/chaos/kill/no-such-function")[0] in {404, 409}
