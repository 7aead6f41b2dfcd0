"""The end of the money's story, seen from outside: trial balance, the gateway's books, the audit chain."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from demo.people import RefusedError
from demo.shop import Customer
from treum_audit import Head, Report, verify
from treum_audit.reading import head_of, keys_of

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Balance:
    """``difference``: debits less credits of all books, in paise; ``clearing``: what the gateway owes us."""

    difference: int
    clearing: int


def read_ledger(auditor: Customer) -> Balance:
    """Return what the trial balance says."""
    found = auditor.ask("GET", "/ledger/trial-balance")
    clearing = [one for one in found["lines"] if one["control"].endswith(":clearing:INR")]
    return Balance(
        sum(abs(one["difference"]) for one in found["differences"]),
        sum(one["debits"] - one["credits"] for one in clearing),
    )


def read_gateway(auditor: Customer) -> int:
    """Return what the gateway holds for us, in paise: taken less refunds, disputes and its fees."""
    totals = auditor.person.client.get("/_local/stripe/books")["totals"]
    return int(totals.get("inr", {}).get("net", 0))


def verify_audit(auditor: Customer) -> Report | None:
    """Export every chain up to the newest signed head and verify it offline; None before the first head.

    Raises ``treum_audit.Wrong`` at a flaw.
    """
    checkpoints = auditor.ask("GET", "/audit/checkpoints?limit=1")["items"]
    if not checkpoints:
        return None
    newest = checkpoints[0]
    keys = keys_of(auditor.ask("GET", "/audit/keys"))
    kept: Head = head_of(newest)
    exports = [page for chain in _chains(newest) for page in _pages(auditor, *chain, newest)]
    return verify(exports, kept=kept, keys=keys)


def _chains(checkpoint: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for one in checkpoint["marks"]:
        yield one["topic"], one["partition"]


def _pages(auditor: Customer, topic: str, partition: int, newest: dict[str, Any]) -> Iterator[list[str]]:
    after: str | None = "0"
    while after is not None:
        path = (
            f"/api/v1/audit/export?topic={topic}&partition={partition}&after={after}&limit={_PAGE}"
            f"&size={newest['size']}"
        )
        try:
            text, headers = auditor.person.client.exchange("GET", path)
        except RefusedError as error:
            if error.problem.get("code") == "NOT_CHECKPOINTED":
                return
            raise
        yield [line for line in text.decode().splitlines() if json.loads(line)]
        after = headers.get("X-Next-After")
