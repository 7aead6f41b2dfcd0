"""A refund whose drivers are killed where a failpoint says, over real PostgreSQL and the gateway's emulator."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builders.orders import NOW, course, person
from builders.refund_database import DatabaseDesk
from builders.refund_worker import Real
from builders.refunds import APPROVER, SUPPORT
from builders.stripe_gateway import Counter
from fixtures.database import settings_of
from kit.money import Money
from kit.stores.postgres import Database
from local.stripe.controls import acted
from payments.model.gateway import CheckoutOrder
from payments.model.notice import PaymentState
from payments.model.payment import Payment
from payments.model.refund import Refund, RefundId
from payments.service.refunding.deciding import Wish

_TESTS = Path(__file__).parents[1]
KILLED = 70
_PATIENCE_S = 60


@dataclass
class Scene:
    """A shop whose gateway is the emulator; :meth:`drive` is one process that dies at ``points``."""

    db: Database
    running: Counter
    folder: Path

    def __post_init__(self) -> None:
        self.desk: DatabaseDesk = Real(self.db, self.running.stripe()).desk()
        self._runs = 0

    def sold(self) -> Payment:
        """Return a course paid on the emulator's page."""
        one, gateway = course(person(), state="KA"), self.running.payments
        buyer = gateway.customer(one.person, "asha@example.com", key=f"c:{one.person}")
        back = "https://app.example/back"
        order = CheckoutOrder(one.id, buyer, Money(one.sale.gross), "Course", back, back)
        page = gateway.open_checkout(order, key=one.id)
        assert page.address is not None
        assert self.running.click(page.address, number="4242424242424242")[0] == 303
        found = self.running.reader.checkout(page.ref)
        assert found is not None
        self.desk.capturing.capture(one, found.payment, NOW)
        return self.desk.payment(one)

    def approved(self, sold: Payment, paise: int) -> Refund:
        wish = Wish("Please", paise, override="As agreed")
        asked = self.desk.deciding.request(sold.id, wish, SUPPORT)
        return self.desk.deciding.approve(asked.id, APPROVER, asked.version)

    def drive(self, refund: RefundId, points: Sequence[str] = ()) -> int:
        """Run a process to its end; return its exit code."""
        self._runs += 1
        file = self.folder / f"failpoints-{self._runs}.json"
        wish = {"action": "exit", "count": 1, "generation": 1}
        file.write_text(json.dumps(dict.fromkeys(points, wish)))
        given = {
            "database": asdict(settings_of(self.db)),
            "key": self.running.server.api_key,
            "url": self.running.server.url,
            "refund": refund,
        }
        roots = os.pathsep.join([str(_TESTS), *(entry for entry in sys.path if entry)])
        done = subprocess.run(
            [sys.executable, "-m", "builders.refund_worker", json.dumps(given)],
            env={**os.environ, "PYTHONPATH": roots, "FAILPOINT_FILE": str(file)},
            stdout=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            check=False,
        )
        return done.returncode

    def bank(self, sold: Payment, act: str) -> None:
        """Let the customer's bank act, and the worker read that back."""
        assert sold.ref is not None
        ref = sold.ref
        self.running.run(lambda server: acted(server, ref, act))
        found = self.running.reader.payment(ref)
        assert found is not None
        state = PaymentState(found, self.running.reader.refunds(ref), self.running.reader.disputes(ref))
        with self.desk.together():
            self.desk.following.follow(state)
            self.desk.disputing.follow(state)

    def judge(self, sold: Payment, one: Refund) -> str:
        """Hold everything against everything; return how it ended."""
        assert sold.ref is not None
        ended = self.desk.refund(one.id)
        assert ended.status in {"completed", "compensated"}, ended
        back = ended.sale.gross if ended.status == "completed" else 0
        found = self.running.reader.payment(sold.ref)
        assert found is not None
        assert found.refunded.amount == back, "the gateway gave back what the refund says, once"
        assert self.desk.ledger.discrepancies() == []
        assert self.desk.clearing(sold) == sold.sale.gross - back
        assert self.desk.held("courses:clearing:INR") == 0
        assert self.desk.entitled(sold) == (ended.status == "compensated")
        kinds = self._papers(sold)
        noted = ended.has("note")
        assert kinds.count("credit_note") == noted
        assert kinds.count("invoice") == noted + (noted and ended.status == "compensated")
        assert self.desk.told(one, f"refund.{ended.status}") == 1
        assert self.desk.due_rows(one) == 0
        return ended.status

    def _papers(self, sold: Payment) -> list[Any]:
        return [row[0] for row in self.db.all("SELECT kind FROM papers WHERE payment = %s", (sold.id,))]
