"""Webhooks as the gateway signs them, and batches as the event source brings them to the worker."""

import base64
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit.stores.postgres import Database
from local.stripe.deliveries import sign, signature_header
from payments.adapters.postgres.notices import PostgresNotices, PostgresStates
from payments.model.signature import TOLERANCE_S, is_authentic
from payments.ports.gateway import GatewayReader
from payments.service.applying import Applying
from payments.service.notices import Door, Keeping, ReadBack
from payments.worker import Wiring, Worker

SECRET = "whsec_for_tests"
_NOW = 1_774_000_000

NOBODY = Applying()


class Unhurried:
    """A context with time left."""

    def get_remaining_time_in_millis(self) -> int:
        """Half a minute."""
        return 30_000


def event(number: int = 1, kind: str = "payment_intent.succeeded", **found: Any) -> bytes:
    """Return the body of a webhook about a payment."""
    about = {"id": "pi_1", "object": "payment_intent"} | found
    body = {"id": f"evt_{number}", "object": "event", "type": kind, "created": 1_774_000_000 + number}
    return json.dumps(body | {"data": {"object": about}}).encode()


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> str:
    """Return the header of a signature made just now."""
    return signature_header(body, [secret], int(time.time() if at is None else at))


@dataclass(frozen=True)
class Desk:
    """Door and worker over one database and one gateway."""

    db: Database
    reader: GatewayReader
    secrets: tuple[str, ...] = (SECRET,)

    @property
    def door(self) -> Door:
        return Door(PostgresNotices(self.db, None), lambda: self.secrets)

    @property
    def states(self) -> PostgresStates:
        return PostgresStates(self.db)

    def worker(self, applying: Applying = NOBODY) -> Worker:
        """Return the worker's handler over this desk; ``applying`` follows what is read."""
        states = self.states
        keeping = Keeping(states, PostgresNotices(self.db, None), applying)
        return Worker(Wiring(lambda: self.db, lambda: ReadBack(self.reader), lambda: states, lambda: keeping))

    def told(self) -> list[tuple[str, bytes]]:
        """Return what the outbox holds, in order: key and event."""
        rows = self.db.all("SELECT key, payload FROM outbox ORDER BY version, seq", ())
        return [(key, bytes(payload)) for key, payload in rows]


def batch(told: Sequence[tuple[str, bytes]], first: int = 0) -> dict[str, Any]:
    """Return what a Kafka source hands to a function."""
    records = [
        {
            "topic": "payment-events",
            "partition": 0,
            "offset": first + place,
            "timestamp": 1_774_000_000_000,
            "timestampType": "CREATE_TIME",
            "key": base64.b64encode(key.encode()).decode(),
            "value": base64.b64encode(value).decode(),
            "headers": [],
        }
        for place, (key, value) in enumerate(told)
    ]
    return {"eventSource": "aws:kafka", "records": {"payment-events-0": records}}


def forgeries_accepted(count: int, seed: int) -> int:
    """Return how many of ``count`` forged webhooks were taken for authentic."""
    chance = random.Random(seed)  # noqa: S311 - a seed that replays a failure
    return sum(_forged(chance) for _ in range(count))


def _forged(chance: random.Random) -> bool:
    """Change one thing that matters in an authentic webhook; whether it is still accepted."""
    body, secret, at, now = bytearray(event(chance.randrange(10**6))), SECRET, _NOW, float(_NOW)
    kind = chance.randrange(6)
    if kind == 0:
        secret = "".join(chance.choices("abcdef", k=chance.randrange(1, 40)))
    made = sign(bytes(body), secret, at)
    if kind == 1:
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    if kind == 2:
        now += chance.choice([-1, 1]) * chance.randrange(TOLERANCE_S + 1, 10**8)
    if kind == 3:
        place = chance.randrange(len(made))
        made = (
            made[:place]
            + chance.choice([c for c in "0123456789abcdef" if c != made[place]])
            + made[place + 1 :]
        )
    if kind == 4:
        at += chance.choice([-1, 1]) * chance.randrange(1, TOLERANCE_S)
    if kind == 5:
        body += b" "
    return is_authentic(bytes(body), f"t={at},v1={made}", [SECRET], now)
