"""Indicators and strategies: what there is, a question, its values (numbers, not prices on a tick)."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, ConfigDict, Field

from kit.http import Body, View
from signals.model.market import Timeframe


class IndicatorQueryIn(Body):
    """Which indicator of which candles; every other parameter is one of the indicator's own.

    Their names, ranges and defaults stand in `GET /api/v1/indicators`.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"additionalProperties": {"type": "string"}})

    name: str = Field(min_length=1, max_length=32, description="Name in the catalogue, such as RSI")
    timeframe: Timeframe = "1d"
    limit: int = Field(default=200, ge=1, le=1000)
    until: AwareDatetime | None = None


class ParameterView(View):
    """A parameter: a whole or any number from `least` to `most`, or one of `choices` by name."""

    name: str
    title: str
    about: str
    kind: str
    default: int | float
    least: int | float
    most: int | float
    choices: Mapping[str, int]


class InputView(View):
    """A series that goes in; a column of the candle may be named instead unless it is fixed."""

    name: str
    default: str
    fixed: bool


class IndicatorView(View):
    """One indicator of TA-Lib."""

    name: str
    title: str
    group: str
    memory: str = Field(description="windowed, recursive or cumulative: how far a value reaches back")
    inputs: tuple[InputView, ...]
    parameters: tuple[ParameterView, ...]
    outputs: tuple[str, ...]


class IndicatorsView(View):
    """Every indicator, by name."""

    items: tuple[IndicatorView, ...]


class IndicatorValuesView(View):
    """An indicator's values. `values` has one list for each output, as long as `closed_at`, oldest first.

    Null where the candles do not reach far enough back, or where there is no finite value. A cumulative
    indicator counts from the candle of `since`: only differences between its values mean something.
    """

    symbol: str
    timeframe: Timeframe
    name: str
    memory: str
    parameters: Mapping[str, int | float]
    inputs: Mapping[str, str]
    since: datetime | None
    closed_at: tuple[datetime, ...]
    values: Mapping[str, tuple[int | float | None, ...]]


class TunableView(View):
    """A parameter that a backtest may vary."""

    default: float
    least: float
    most: float


class StrategyView(View):
    """A strategy. `warm_up` and `horizon` count candles: before it decides, until its signals expire."""

    name: str
    title: str
    family: str
    description: str
    warm_up: int
    horizon: int
    parameters: Mapping[str, TunableView]


class StrategiesView(View):
    """Every strategy."""

    items: tuple[StrategyView, ...]
