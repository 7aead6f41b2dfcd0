"""Where the platform speaks: a live picture on a terminal, plain lines in a pipe or a CI."""

import os
import time
from typing import Protocol

from rich.console import Console
from rich.live import Live

from local.up import live

_PLAIN_EVERY_S = 60.0


class Screen(Protocol):
    """Told what happens and, several times a second, how things stand."""

    def say(self, text: str) -> None:
        """Show one line."""

    def show(self, status: live.Status) -> None:
        """Show how things stand."""

    def close(self) -> None:
        """Give the terminal back."""


class Plain:
    """Every line as it comes, and a summary now and then."""

    def __init__(self) -> None:
        self._shown_at = time.monotonic()

    def say(self, text: str) -> None:
        """Print one line."""
        print(text, flush=True)

    def show(self, status: live.Status) -> None:
        """Print a summary line once a minute."""
        if time.monotonic() - self._shown_at >= _PLAIN_EVERY_S:
            self._shown_at = time.monotonic()
            self.say(live.line(status))

    def close(self) -> None:
        """Nothing is held."""


class Terminal:
    """A picture that stays at the bottom; lines scroll away above it until it is first drawn."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._rates = live.Rates()

    def say(self, text: str) -> None:
        """Print a line; once the picture stands, it shows what happened lately itself."""
        if self._live is None:
            self._console.print(text, highlight=False, markup=False)

    def show(self, status: live.Status) -> None:
        """Draw the picture."""
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        rates = self._rates.of(live.counters(status))
        self._live.update(live.picture(status, rates), refresh=True)

    def close(self) -> None:
        """Take the picture away."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def choose() -> Screen:
    """Return the terminal's picture where there is a terminal and nobody asked for plain lines."""
    console = Console()
    return Terminal(console) if console.is_terminal and not os.environ.get("CI") else Plain()
