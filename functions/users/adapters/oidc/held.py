"""A value that is fetched from somebody else: kept, renewed, fetched once a cool-down at most."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from kit import clock, telemetry
from kit.errors import Retryable

COOL_DOWN_S: Final = 15.0
FRESH_S: Final = 600.0
KEPT_S: Final = 24 * 3600.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Fetched(Generic[T]):
    value: T
    began: float


def _any(_value: object) -> bool:
    return True


class Held(Generic[T]):
    """The value that ``fetch`` gives (``Retryable`` when it cannot): one stays until another is had.

    It is renewed after ``fresh_s`` and, while that fails, served for ``kept_s`` at most. Fetches begin
    ``cool_down_s`` apart, however many ask and whether they succeed. Threads share it.
    """

    def __init__(
        self,
        fetch: Callable[[], T],
        *,
        cool_down_s: float = COOL_DOWN_S,
        fresh_s: float = FRESH_S,
        kept_s: float = KEPT_S,
    ) -> None:
        self._fetch = fetch
        self._cool_down_s, self._fresh_s, self._kept_s = cool_down_s, fresh_s, kept_s
        self._turn = threading.Lock()
        self._held: _Fetched[T] | None = None
        self._tried = -math.inf

    def get(self, fits: Callable[[T], bool] = _any) -> T:
        """Return the value: one that ``fits``, or one that was fetched after this question was asked.

        Raises ``Retryable`` while neither can be had: nobody knows yet then.
        """
        asked = clock.monotonic()
        held = self._fresh(fits)
        if held is not None:
            return held.value
        with self._turn:
            held = self._fresh(fits)  # somebody fetched it while we waited
            if held is not None:
                return held.value
            if clock.monotonic() - self._tried >= self._cool_down_s:
                self._renew()
            return self._settled(asked, fits)

    def _fresh(self, fits: Callable[[T], bool]) -> _Fetched[T] | None:
        held = self._held
        if held is None or clock.monotonic() - held.began >= self._fresh_s or not fits(held.value):
            return None
        return held

    def _renew(self) -> None:
        began = self._tried = clock.monotonic()
        try:
            self._held = _Fetched(self._fetch(), began)
        except Retryable as away:
            telemetry.warning("the provider could not be asked", why=away.detail)

    def _settled(self, asked: float, fits: Callable[[T], bool]) -> T:
        held, now = self._held, clock.monotonic()
        usable = held is not None and now - held.began < self._kept_s
        if held is not None and usable and (held.began >= asked or fits(held.value)):
            return held.value
        wait_s = math.ceil(self._tried + self._cool_down_s - now)
        raise Retryable("Sign-in by your provider is not possible for a moment", retry_after_s=wait_s)
