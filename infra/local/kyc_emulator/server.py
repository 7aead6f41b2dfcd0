"""The emulator on a loopback port of its own: JSON over POST, a bearer key, one answer a question.

A question with an ``Idempotency-Key`` it has answered gets the same answer, and costs nothing twice.
"""

import asyncio
import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from local.gateway.loopback import LoopbackServer
from local.gateway.messages import HttpRequest, HttpResponse, Problem, json_response
from local.kyc_emulator import personas
from local.kyc_emulator.personas import Manner
from local.kyc_emulator.state import State

SLOW_S: Final = 6.0
"""Longer than the five seconds that the functions wait."""
Answered = tuple[Manner, Any]


class KycServer(LoopbackServer):
    """``folder`` is where its :class:`State` lies."""

    def __init__(self, folder: Path, slow_s: float = SLOW_S) -> None:
        super().__init__()
        self.state = State(folder)
        self.slow_s = slow_s
        self.broken = False
        self.asked: Counter[str] = Counter()
        self._answered: dict[str, Any] = {}
        self._held: set[str] = set()
        self._routes: Mapping[str, Callable[[Mapping[str, Any]], Answered]] = {
            "/v1/pan/verifications": self._pan,
            "/v1/aadhaar/references": self._refer,
            "/v1/aadhaar/verifications": self._aadhaar,
            "/v1/screenings": self._screen,
        }

    def claim(self) -> int:
        """Take the port of the run before where it is free, else another; return it."""
        self.state.port = self.take(self.state.port)
        return self.port

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one question."""
        act = self._routes.get(request.path)
        if act is None or request.method != "POST":
            return Problem(404, "The KYC emulator has no such address").response()
        shown = request.header("authorization").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), self.state.api_key.encode()):
            return Problem(401, "The KYC emulator does not know this key").response()
        self.asked[request.path] += 1
        try:
            return await self._answer(act, request)
        except (msgspec.MsgspecError, KeyError, TypeError, AttributeError) as error:
            return Problem(400, f"The question cannot be read: {error!r}"[:300]).response()

    async def _answer(
        self, act: Callable[[Mapping[str, Any]], Answered], request: HttpRequest
    ) -> HttpResponse:
        key = request.header("idempotency-key")
        manner, answer = act(msgspec.json.decode(request.body, type=dict[str, Any]))
        if self.broken or manner == "broken":
            return Problem(503, "The register does not answer").response()
        if manner == "slow" and key not in self._held:
            self._held.add(key)
            await asyncio.sleep(self.slow_s)
        if answer is None:
            return Problem(422, "There is no such number").response()
        if key:
            answer = self._answered.setdefault(key, answer)
        return json_response(200, answer)

    def _pan(self, asked: Mapping[str, Any]) -> Answered:
        pan = str(asked["pan"])
        return personas.pan_manner(pan), _verified(personas.pan_outcome(pan))

    def _refer(self, asked: Mapping[str, Any]) -> Answered:
        number = str(asked["aadhaar"])
        if not personas.is_known(number):
            return "answer", None
        return "answer", {"reference": self.state.reference(number), "last4": number[-4:]}

    def _aadhaar(self, asked: Mapping[str, Any]) -> Answered:
        known = self.state.stands_for(str(asked["reference"]))
        return "answer", _verified(personas.aadhaar_outcome(str(asked["name"])) if known else "invalid")

    def _screen(self, asked: Mapping[str, Any]) -> Answered:
        name = str(asked["name"])
        found = {"reference": f"scr_{secrets.token_hex(8)}", "hits": personas.hits(name)}
        return personas.screening_manner(name), found


def _verified(outcome: str) -> dict[str, str]:
    return {"outcome": outcome, "reference": f"ver_{secrets.token_hex(8)}"}
