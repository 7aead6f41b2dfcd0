"""The main job: people sign up, prices play, signals reach sockets that are cut off, proofs are verified."""

import asyncio
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from demo.people import Client, Person, RefusedError, sign_in, sign_up
from demo.report import Report, percentile
from demo.session import Addresses
from demo.subscriber import CHANNEL, Subscriber
from local.model import LocalError
from treum_verify import verify_proof

SUBSCRIBERS = 4
_BEAT_S = 0.1
_BLIND_S = 5.0
_DESK = ("signals-market", "signals-starter")


@dataclass(slots=True)
class Job:
    """One run: ``wanted`` signals or ``seconds``, whichever comes first; ``seed`` replays the drops.

    The market goes on by at most ``speed`` candles a second, and waits while a draft is under way: what it
    overtakes is never published. While nobody can say whether one is (a fault lasts), it goes on for five
    seconds' worth of candles and no further, or their drafts would wait for one another afterwards.

    ``faults`` are called one after another, in a thread, spread over the signals published: a test breaks
    something there. ``patience`` is how many seconds what is under way may take to arrive afterwards.
    """

    at: Addresses
    wanted: int
    seconds: float
    speed: float
    seed: int
    faults: Sequence[Callable[[], None]] = ()
    patience: float = 45.0
    step: str = "starting"
    subscribers: list[Subscriber] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)
    proofs: list[list[str]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    admin: Person | None = None
    _broken: int = 0
    _blind: int = 0

    async def run(self) -> Report:
        """Do the whole job and return its report."""
        await asyncio.to_thread(self._sign_up)
        streams = [asyncio.create_task(one.stream.run()) for one in self.subscribers]
        try:
            await self._subscribe()
            await self._play()
            await self._settle()
            for stream in streams:
                if stream.done():
                    stream.result()  # a stream ends by close() alone: whatever else ended it is raised here
            await asyncio.to_thread(self._verify)
        finally:
            for one in self.subscribers:
                await one.stream.close()
            await asyncio.gather(*streams, return_exceptions=True)
        return self.report()

    def report(self) -> Report:
        """Return what is known so far."""
        latencies = [ms for one in self.subscribers for ms in one.latencies_ms]
        return Report(
            signals_generated=self._since("generated"),
            signals_screened_out=self._since("screened_out"),
            signals_published=self._since("published"),
            signals_unfinished=self._under_way(self.now),
            subscribers=len(self.subscribers),
            frames_received=sum(len(one.offsets) for one in self.subscribers),
            publish_to_frame_ms_p50=percentile(latencies, 0.50),
            publish_to_frame_ms_p99=percentile(latencies, 0.99),
            drops_forced=sum(one.drops for one in self.subscribers),
            gaps_undetected=sum(one.missing() for one in self.subscribers) + self._tails_missing(),
            gap_frames=sum(len(one.gaps) for one in self.subscribers),
            duplicates_undetected=sum(one.doubled() for one in self.subscribers),
            proofs_verified=sum(not wrong for wrong in self.proofs),
            proofs_failed=sum(bool(wrong) for wrong in self.proofs),
            seconds=round(time.monotonic() - self.began, 1),
        )

    def _sign_up(self) -> None:
        self.step = "signing in the administrator"
        first = Client(self.at.api).get("/_local/admin")
        admin = self.admin = sign_in(self.at.api, first["email"], first["password"])
        ahead = timedelta(seconds=Client(self.at.api).get("/_local/clock")["offset_s"])
        for number in range(SUBSCRIBERS):
            self.step = f"signing up person {number + 1} of {SUBSCRIBERS} with a one-time code"
            email = f"demo-{secrets.token_hex(4)}@example.com"
            password = secrets.token_urlsafe(18)
            person = sign_up(self.at.api, email, password)
            admin.client.send("PUT", f"/api/v1/users/{person.id}/plan", {"plan": "premium"})
            person = sign_in(self.at.api, email, password)  # the old token is stale: it names the old plan
            self.subscribers.append(Subscriber(person, self.at.ws, ahead))
        self.before = self.now = self._stats()

    async def _subscribe(self) -> None:
        self.step = "connecting the sockets"
        for one in self.subscribers:
            await one.stream.subscribe(CHANNEL)
        await self._until(
            lambda: all(one.stream.positions[CHANNEL].epoch is not None for one in self.subscribers), 30.0
        )

    async def _play(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - chooses whom to cut off, hides nothing
        self.step = f"playing the market, at most {self.speed:g} candles a second"
        before = await asyncio.to_thread(Client(self.at.api).get, "/_local/tape")
        await asyncio.to_thread(self._control, "tape/pause", {})
        market = asyncio.create_task(self._market())
        try:
            await self._play_until_wanted(chance)
        finally:
            market.cancel()
            await asyncio.gather(market, return_exceptions=True)
        if before["playing"]:
            await asyncio.to_thread(self._control, "tape/play", {"speed": before["speed"]})

    async def _play_until_wanted(self, chance: random.Random) -> None:
        deadline = time.monotonic() + self.seconds
        next_drop = 1
        while self._since("published") < self.wanted and time.monotonic() < deadline:
            self.now = await asyncio.to_thread(self._stats)
            await self._break()
            if max((len(one.signals) for one in self.subscribers), default=0) >= next_drop:
                next_drop += 2
                chance.choice(self.subscribers).drop()
            await asyncio.sleep(0.1)
        await self._break(rest=True)

    async def _market(self) -> None:
        while True:
            await asyncio.to_thread(self._advance)
            await asyncio.sleep(_BEAT_S)

    def _advance(self) -> None:
        """Step the tape once what it caused is decided. A platform that is away for a moment stands still."""
        client = Client(self.at.api)
        try:
            sources = client.get("/_local/status")["sources"]["kafka"].values()
            behind = sum(one["backlog"] for one in sources if one["function"].endswith(_DESK))
            if not behind and not self._under_way(self.now) and self._blind < self.speed * _BLIND_S:
                count = max(1, round(self.speed * _BEAT_S))
                self._blind += count  # until the main loop asks: asking here too would eat the caller's quota
                client.post("/_local/tape/step", {"count": count})
        except (RefusedError, OSError):
            return

    async def _break(self, *, rest: bool = False) -> None:
        """Call the faults that are due: the nth of m after n/(m + 1) of the signals, or all the ``rest``."""
        share = self._since("published") * (len(self.faults) + 1)
        while self._broken < len(self.faults) and (rest or share >= (self._broken + 1) * self.wanted):
            self._broken += 1
            self.step = f"breaking something, {self._broken} of {len(self.faults)}"
            await asyncio.to_thread(self.faults[self._broken - 1])
            self.step = "playing on after the fault"

    async def _settle(self) -> None:
        """Wait until no signal is on its way and every subscriber has caught up."""
        self.step = "letting the last signals arrive"
        for one in self.subscribers[:1]:
            one.drop()  # somebody is always away when the last one is published
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            self.now = await asyncio.to_thread(self._stats)
            if not self._under_way(self.now) and not self._tails_missing():
                return
            await asyncio.sleep(0.2)

    def _verify(self) -> None:
        published = sorted({one for subscriber in self.subscribers for one in subscriber.signals})
        reader = self.subscribers[0].person.client
        for number, signal_id in enumerate(published):
            self.step = f"verifying proof {number + 1} of {len(published)} offline"
            proof = reader.get(f"/api/v1/signals/{signal_id}/proof")
            wrong = verify_proof(proof)
            sent = self.subscribers[0].signals[signal_id]["commitment"]["hash"]
            if sent != proof["hash"] or proof["payload"] is None:
                wrong.append(f"{signal_id}: the proof is not of the commitment that was sent")
            self.proofs.append(wrong)
        self.step = "done"

    @staticmethod
    def _under_way(stats: dict[str, Any]) -> int:
        """Return how many signals have neither been published nor ended, and wait for no person."""
        by_status = stats.get("by_status", {})
        return sum(by_status.get(one, 0) for one in ("draft", "approved"))

    def _tails_missing(self) -> int:
        """Return how many published signals subscribers have not received (and were not told they lack)."""
        published = self._since("published")
        return sum(max(0, published - len(one.signals)) for one in self.subscribers if not one.gaps)

    def _since(self, name: str) -> int:
        return int(self.now.get(name, 0)) - int(self.before.get(name, 0))

    def _stats(self) -> dict[str, Any]:
        assert self.admin is not None, "signed in first"
        try:
            found: dict[str, Any] = self.admin.client.get("/api/v1/signals/stats")
        except (RefusedError, OSError):
            if not self.before:
                raise
            return self.now  # the platform is away for a moment: what was known stands
        self._blind = 0
        return found

    def _control(self, name: str, body: dict[str, Any]) -> None:
        Client(self.at.api).post(f"/_local/{name}", body)

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                errors = sorted({code for one in self.subscribers for code in one.errors})
                raise LocalError(
                    f"while {self.step}: not within {seconds:g} s ({', '.join(errors) or 'silence'})"
                )
            await asyncio.sleep(0.05)
