"""The list of signals as one statement: only what is asked for stands in it, so that an index serves it."""

from typing import Any, Final, LiteralString

from signals.model.signal import CLOSED, UNPUBLISHED
from signals.ports import SignalQuery

_EQUAL: Final[dict[str, LiteralString]] = {
    "symbol": "symbol = %(symbol)s",
    "timeframe": "timeframe = %(timeframe)s",
    "strategy": "strategy = %(strategy)s",
    "analyst": "analyst = %(analyst)s",
    "side": "side = %(side)s",
    "since": "shown_at >= %(since)s",
    "until": "shown_at < %(until)s",
    "confidence": "confidence >= %(confidence)s",
    "text": "words @@ websearch_to_tsquery('rationale', %(text)s)",
}
_MINE: Final[LiteralString] = "(symbol = ANY(%(symbols)s) OR strategy = ANY(%(strategies)s))"
_AFTER: Final[LiteralString] = "(shown_at, id) < (%(after_at)s::timestamptz, %(after_id)s::uuid)"


def statement(columns: LiteralString, query: SignalQuery) -> tuple[LiteralString, dict[str, Any]]:
    """Return SQL and parameters of one page of ``query``, newest first, with ``columns`` of each signal."""
    conditions, params = _allowed(query)
    if query.statuses:
        # one status as an equation: only then does an index on it give the list's order
        conditions.append("status = %(status)s" if len(query.statuses) == 1 else "status = ANY(%(statuses)s)")
        params |= {"status": query.statuses[0], "statuses": list(query.statuses)}
    for name, condition in _EQUAL.items():
        if (value := getattr(query, name)) is not None:
            conditions.append(condition)
            params[name] = value
    if query.mine is not None:
        conditions.append(_MINE)
        params |= {"symbols": list(query.mine.symbols), "strategies": list(query.mine.strategies)}
    if query.after is not None:
        conditions.append(_AFTER)
        params |= {"after_at": query.after[0], "after_id": query.after[1]}
    where: LiteralString = " AND ".join(conditions)
    return (
        "SELECT "
        + columns
        + " FROM signals WHERE "
        + where
        + " ORDER BY shown_at DESC, id DESC LIMIT %(limit)s",
        params,
    )


def _allowed(query: SignalQuery) -> tuple[list[LiteralString], dict[str, Any]]:
    """Return what :meth:`Access.allows` says, in SQL: a test holds the two together."""
    access, params = query.access, dict[str, Any](limit=query.limit)
    live: list[LiteralString] = ["status <> ALL(%(closed)s)", "published_at <= %(visible)s"]
    params |= {"closed": sorted(CLOSED), "visible": query.now - access.delay}
    if access.per_day is not None:
        live.append("day_rank <= %(per_day)s")
        params["per_day"] = access.per_day
    closed: list[LiteralString] = ["status = ANY(%(closed)s)", "published_at IS NOT NULL"]
    if access.reach is not None:
        closed.append("published_at >= %(reached)s")
        params["reached"] = query.now - access.reach
    either: LiteralString = "(" + " AND ".join(live) + " OR " + " AND ".join(closed)
    params["unpublished"] = sorted(UNPUBLISHED)
    if access.unpublished:
        return [either + " OR status = ANY(%(unpublished)s))"], params
    return ["status <> ALL(%(unpublished)s)", either + ")"], params
