"""Keeps as many attempts going as there are slots: none waits for another one's answer."""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final

from kit import clock, telemetry
from kit.errors import TreumError
from partners.model.webhook import Answer
from partners.ports import Claimed, Courier
from partners.service.sending import Sending

SLOTS: Final = 32


class Pump:
    """Claims, hands over to threads that only send, and notes, all stores being used by one thread."""

    def __init__(self, sending: Sending, courier: Courier, slots: int = SLOTS) -> None:
        self._sending = sending
        self._courier = courier
        self._slots = slots
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="courier")
        self._running: dict[Future[Answer], Claimed] = {}

    def tick(self) -> int:
        """Note what has ended, begin what is due; return how many ended."""
        ended = self._note([one for one in self._running if one.done()])
        free = self._slots - len(self._running)
        for claimed in self._sending.claim(free) if free else []:
            self._begin(claimed)
        return ended

    def wait(self, seconds: float) -> int:
        """Wait up to ``seconds`` for an attempt to end; note and return how many did."""
        if not self._running:
            clock.sleep(seconds)
            return 0
        done, _ = wait(self._running, seconds, return_when=FIRST_COMPLETED)
        return self._note(list(done))

    @property
    def busy(self) -> bool:
        """Whether an attempt is going on."""
        return bool(self._running)

    def _begin(self, claimed: Claimed) -> None:
        try:
            prepared = self._sending.prepare(claimed)
            if isinstance(prepared, Answer):
                self._sending.note(claimed, prepared)
                return
        except TreumError as error:  # its claim ends, and the attempt is made again
            telemetry.failure("an attempt could not begin", error, delivery=claimed.delivery)
            return
        self._running[self._pool.submit(self._courier.send, prepared)] = claimed

    def _note(self, ended: list[Future[Answer]]) -> int:
        for one in ended:
            claimed = self._running.pop(one)
            try:
                self._sending.note(claimed, one.result())
            except TreumError as error:  # the claim ends, and the attempt is made again
                telemetry.failure("an attempt could not be noted", error, delivery=claimed.delivery)
        return len(ended)
