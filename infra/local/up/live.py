"""What is shown while the platform runs: a live status on a terminal, one plain line elsewhere."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

Status = Mapping[str, Any]

_BUSIEST = 10
_LATELY = 8
_STATE = {True: "[green]up[/]", False: "[bold red]down[/]"}


@dataclass(slots=True)
class Rates:
    """Turns the status' counters into rates between two looks at it."""

    _before: Mapping[str, float] | None = None
    _at: float = 0.0

    def of(self, counters: Mapping[str, float]) -> dict[str, float]:
        """Return each counter's increase per second since the last call (0 at the first)."""
        now = time.monotonic()
        before, since = self._before or counters, max(now - self._at, 1e-3)
        self._before, self._at = dict(counters), now
        return {name: max(0.0, (value - before.get(name, value)) / since) for name, value in counters.items()}


def counters(status: Status) -> dict[str, float]:
    """Return what is counted over the whole platform: requests, invocations, errors, frames."""
    functions = status.get("functions", {}).values()
    gateway = status.get("gateway", {})
    return {
        "requests": gateway.get("requests", 0),
        "invocations": sum(one["invocations"] for one in functions),
        "errors": sum(one["errors"] + one["crashes"] for one in functions) + gateway.get("errors", 0),
        "signals": _signals(status),
        "frames": gateway.get("frames_out", 0),
    }


def line(status: Status) -> str:
    """Return the status as one plain line."""
    count = counters(status)
    down = [store["name"] for store in status.get("stores", ()) if not store["running"]]
    return (
        f"{count['requests']:.0f} requests, {count['invocations']:.0f} invocations, "
        f"{count['signals']:.0f} signals published, {subscribers(status)} subscribers, "
        f"{count['errors']:.0f} errors, "
        f"stores {'down: ' + ', '.join(down) if down else 'up'}"
    )


def picture(status: Status, rates: Mapping[str, float]) -> RenderableType:
    """Return the status for a terminal."""
    parts = (_head(status, rates), _stores(status), _functions(status), _troubles(status), _lately(status))
    return Group(*parts)


def subscribers(status: Status) -> int:
    """Return the number of open sockets."""
    return int(status.get("gateway", {}).get("sockets", 0))


def _signals(status: Status) -> int:
    return int(status.get("signals", {}).get("published", 0))


def troubles(status: Status) -> list[str]:
    """Return in words what went wrong in this run and whether it is over."""
    sources = status.get("sources", {}).get("kafka", {})
    dead = status.get("dead_letters", {})
    told = [(store["name"], store.get("history", "")) for store in status.get("stores", ())]
    told += [(name.rpartition("/")[2], one.get("history", "")) for name, one in sources.items()]
    told += [(name, one.get("deaths", "")) for name, one in status.get("functions", {}).items()]
    told += [("dead letter", words) for words in dead.get("latest", ())]
    return [f"{name}: {words}" for name, words in told if words]


def _tape(status: Status) -> str:
    tape = status.get("tape")
    if not tape:
        return ""
    pace = f"{tape['speed']:g} candles/s" if tape["playing"] else "paused"
    return f"tape {tape['tape']} row {tape['row']}, {pace}"


def _head(status: Status, rates: Mapping[str, float]) -> RenderableType:
    count = counters(status)
    text = Text.from_markup(
        f"[bold]{status['url']}[/]  docs {status['url']}/docs  sockets {status['socket_url']}\n"
        f"requests [bold]{count['requests']:.0f}[/] ({rates.get('requests', 0):.0f}/s)  "
        f"invocations [bold]{count['invocations']:.0f}[/] ({rates.get('invocations', 0):.0f}/s)  "
        f"signals published [bold]{count['signals']:.0f}[/]  subscribers [bold]{subscribers(status)}[/]  "
        f"errors [{'bold red' if count['errors'] else 'bold'}]{count['errors']:.0f}[/]\n"
        f"{_tape(status)}",
    )
    return Panel(text, title="TREUM", subtitle="Ctrl-C stops everything", border_style="green")


def _stores(status: Status) -> RenderableType:
    table = Table(box=None, pad_edge=False, show_header=False)
    for store in status.get("stores", ()):
        label = "" if store["label"] == "real" else "[yellow]emulator[/]"
        pid = f"pid {store['pid']}" if store["pid"] else ""
        table.add_row(store["name"], _STATE[bool(store["running"])], store["version"], pid, label)
    return table


def _functions(status: Status) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("function", "calls", "errors", "cold", "workers", "queued", "p50 ms", "p99 ms"):
        table.add_column(column, justify="left" if column == "function" else "right")
    busiest = sorted(status.get("functions", {}).items(), key=lambda item: -item[1]["invocations"])
    for name, one in busiest[:_BUSIEST]:
        errors = one["errors"] + one["crashes"]
        table.add_row(
            name,
            *(str(one["invocations"]), f"[red]{errors}[/]" if errors else "0", str(one["cold_starts"])),
            *(f"{one['busy']}/{one['workers']}", str(one["queued"])),
            *(f"{one['p50_ms']:.1f}", f"{one['p99_ms']:.1f}"),
        )
    return table


def _troubles(status: Status) -> RenderableType:
    return Text("\n".join(troubles(status)[:_LATELY]), style="yellow")


def _lately(status: Status) -> RenderableType:
    return Text("\n".join(status.get("events", [])[-_LATELY:]), style="dim")
