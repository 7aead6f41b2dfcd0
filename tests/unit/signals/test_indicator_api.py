"""Indicators over HTTP: the catalogue, values with nulls, and refusals that name the parameter."""

from typing import Any

import pytest

from builders.proxy import ask, event
from builders.signals import walk
from kit.identity import Caller
from signals import bootstrap
from signals.adapters.files import FileReference
from signals.adapters.memory import MemoryCandleStore
from signals.api import api
from signals.indicators.memory import TOLERANCE
from signals.service.indicating import Indicating

READER = Caller("reader", frozenset({"user"}))
CANDLES = walk(400)


@pytest.fixture(autouse=True)
def _served(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryCandleStore()
    store.save(CANDLES)
    monkeypatch.setattr(bootstrap.indicators, "indicating", lambda: Indicating(store, FileReference()))


def asked(symbol: str, **query: str | list[str]) -> tuple[int, Any]:
    values = {name: [one] if isinstance(one, str) else one for name, one in query.items()}
    sent = event(
        "GET",
        "/api/v1/instruments/{symbol}/indicators",
        caller=READER,
        path={"symbol": symbol},
        query=values,
    )
    status, body, _ = ask(api, sent)
    return status, body


def test_the_catalogue_tells_parameters_ranges_and_outputs() -> None:
    status, body, _ = ask(api, event("GET", "/api/v1/indicators", caller=READER))

    assert status == 200
    assert len(body["items"]) > 150
    bands = next(one for one in body["items"] if one["name"] == "BBANDS")
    assert bands["outputs"] == ["upperband", "middleband", "lowerband"]
    assert bands["inputs"] == [{"name": "price", "default": "close", "fixed": False}]
    period = bands["parameters"][0]
    assert (period["name"], period["kind"], period["default"], period["least"], period["most"]) == (
        "timeperiod",
        "integer",
        20,
        2,
        250,
    )


def test_nobody_else_sees_them() -> None:
    assert ask(api, event("GET", "/api/v1/indicators"))[0] == 401


def test_values_stand_beside_their_candles_oldest_first() -> None:
    status, body = asked("AAPL", name="rsi", timeperiod="14", limit="50")

    assert status == 200
    assert (body["symbol"], body["timeframe"], body["name"], body["memory"]) == (
        "AAPL",
        "1d",
        "RSI",
        "recursive",
    )
    assert body["parameters"] == {"timeperiod": 14}
    assert body["inputs"] == {"price": "close"}
    assert len(body["closed_at"]) == len(body["values"]["real"]) == 50
    assert body["closed_at"] == sorted(body["closed_at"])
    assert all(0 < one < 100 for one in body["values"]["real"])


def test_the_same_candle_has_the_same_value_whatever_the_limit() -> None:
    few, many = (asked("AAPL", name="MACD", limit=limit)[1]["values"] for limit in ("20", "120"))

    for output in ("macd", "macdsignal", "macdhist"):
        scale = max(abs(one) for one in few[output])
        assert few[output] == pytest.approx(many[output][-20:], abs=TOLERANCE * scale)


def test_what_the_data_is_too_short_for_is_null() -> None:
    _, body = asked("AAPL", name="ADX", limit="400")

    assert body["values"]["real"][0] is None
    assert body["values"]["real"][-1] is None or body["values"]["real"][-1] > 0
    assert len(body["values"]["real"]) == 400


def test_a_kind_of_average_is_asked_for_by_its_name() -> None:
    _, body = asked("AAPL", name="BBANDS", matype="EMA", nbdevup="1.5", price="open")

    assert body["parameters"]["matype"] == 1
    assert body["parameters"]["nbdevup"] == 1.5
    assert body["inputs"] == {"price": "open"}


@pytest.mark.parametrize(
    ("query", "status", "code", "pointer"),
    [
        ({"name": "NOPE"}, 422, "INDICATOR_UNKNOWN", "?name"),
        ({}, 422, "INVALID", "?name"),
        ({"name": "RSI", "timeperiod": "1000"}, 422, "INDICATOR_REFUSED", "?timeperiod"),
        ({"name": "RSI", "colour": "red"}, 422, "INDICATOR_REFUSED", "?colour"),
        ({"name": "RSI", "timeperiod": ["14", "15"]}, 422, "INDICATOR_REFUSED", "?timeperiod"),
        ({"name": "RSI", "limit": "5000"}, 422, "INVALID", "?limit"),
        ({"name": "RSI", "timeframe": "2w"}, 422, "INVALID", "?timeframe"),
    ],
)
def test_a_refusal_is_a_problem_document_that_names_the_parameter(
    query: dict[str, str | list[str]], status: int, code: str, pointer: str
) -> None:
    found, body = asked("AAPL", **query)

    assert (found, body["code"]) == (status, code)
    assert [one["pointer"] for one in body["errors"]] == [pointer]


def test_strangers_and_unoffered_timeframes_are_refused() -> None:
    assert asked("NOPE", name="RSI")[1]["code"] == "INSTRUMENT_NOT_FOUND"
    assert asked("AAPL", name="RSI", timeframe="5m")[1]["code"] == "TIMEFRAME_NOT_OFFERED"


def test_strategies_say_what_they_are_and_claim_no_performance() -> None:
    status, body, _ = ask(api, event("GET", "/api/v1/strategies", caller=READER))

    assert status == 200
    assert {one["family"] for one in body["items"]} >= {"trend", "mean reversion", "breakout", "momentum"}
    said = {"name", "title", "family", "description", "warm_up", "horizon", "parameters"}
    assert all(set(one) == said for one in body["items"])
    trend = next(one for one in body["items"] if one["name"] == "ema-trend-2")
    assert trend["parameters"]["min_adx"] == {"default": 18.0, "least": 0.0, "most": 60.0}
