"""Indicators: the catalogue, and their values for an instrument. Strategies: what decides."""

from typing import TYPE_CHECKING

from kit.errors import FieldError
from kit.http import Rate, Request, Routes, signed_in
from signals import bootstrap
from signals.errors import IndicatorRefused, IndicatorUnknown, InstrumentNotFound, TimeframeNotOffered
from signals.schemas.indicators import (
    IndicatorQueryIn,
    IndicatorsView,
    IndicatorValuesView,
    IndicatorView,
    StrategiesView,
    StrategyView,
    TunableView,
)

if TYPE_CHECKING:
    from signals.strategies import Strategy

routes = Routes()


@routes.get(
    "/indicators",
    summary="Every indicator with its parameters, their ranges, and its outputs",
    reply=IndicatorsView,
    access=signed_in().with_scope("market:read"),
)
def list_indicators(_request: Request) -> IndicatorsView:
    """List the catalogue."""
    found = bootstrap.indicators.indicating().indicators()
    return IndicatorsView(items=tuple(IndicatorView.model_validate(one) for one in found))


@routes.get(
    "/strategies",
    summary="Every strategy: what it bets on, why, and how long its signals may take",
    reply=StrategiesView,
    access=signed_in().with_scope("market:read"),
)
def list_strategies(_request: Request) -> StrategiesView:
    """List the strategies."""
    return StrategiesView(items=tuple(_view(one) for one in bootstrap.indicators.strategies()))


@routes.get(
    "/instruments/{symbol}/indicators",
    summary="An indicator of an instrument's closed candles, oldest first, adjusted for splits",
    query=IndicatorQueryIn,
    reply=IndicatorValuesView,
    access=signed_in().with_scope("market:read"),
    errors=(InstrumentNotFound, TimeframeNotOffered, IndicatorUnknown, IndicatorRefused),
    rate=Rate(60, 60),
)
def list_indicator_values(request: Request) -> IndicatorValuesView:
    """Compute the newest values."""
    asked: IndicatorQueryIn = request.query
    symbol = request.path["symbol"]
    found = bootstrap.indicators.indicating().values(
        symbol,
        asked.timeframe,
        asked.name,
        _once_each(asked.model_extra or {}),
        until=asked.until,
        limit=asked.limit,
    )
    return IndicatorValuesView(
        symbol=symbol,
        timeframe=asked.timeframe,
        name=found.asked.indicator.name,
        memory=found.asked.memory,
        parameters=found.asked.parameters,
        inputs=found.asked.sources,
        since=found.since,
        closed_at=tuple(found.closed_at),
        values={name: tuple(values) for name, values in found.answer.outputs.items()},
    )


def _view(strategy: "Strategy") -> StrategyView:
    return StrategyView(
        name=strategy.name,
        title=strategy.title,
        family=strategy.family,
        description=strategy.description,
        warm_up=strategy.warm_up,
        horizon=strategy.horizon,
        parameters={
            name: TunableView.model_validate(one)
            for name, one in bootstrap.indicators.parameters(strategy).items()
        },
    )


def _once_each(given: dict[str, object]) -> dict[str, str]:
    """Return ``given`` as text. Raises :class:`IndicatorRefused` where a parameter is given twice."""
    twice = [name for name, value in given.items() if not isinstance(value, str)]
    if twice:
        told = "Give each parameter once"
        raise IndicatorRefused(told, tuple(FieldError(f"?{name[:64]}", "TWICE", told) for name in twice[:10]))
    return {name: str(value) for name, value in given.items()}
