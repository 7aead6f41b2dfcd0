"""The authorizer, the socket's frames and the worker's batch format: what they refuse."""

import base64
import json
from typing import Any

import pytest

from builders.realtime import NOW, caller
from kit.errors import Poison, Unauthenticated
from realtime import parcels
from realtime.adapters.memory import MemoryPlans
from realtime.adapters.memory_registry import MemoryTickets
from realtime.authorizer import allowed
from realtime.model import CAPS, loses, notice_at, public_name, shard_of
from realtime.model import ChannelKey as Key
from realtime.service.tickets import give_ticket, take_ticket


def test_a_ticket_carries_the_plan_that_events_told_of() -> None:
    tickets, plans = MemoryTickets(), MemoryPlans()
    plans.change("user-1", "free", 2, NOW, None)
    ticket = give_ticket(caller(), tickets, plans, lambda: "made", NOW)
    found, at = take_ticket(ticket, tickets)
    assert (ticket, found.plan, at) == ("made", "free", NOW.timestamp())
    with pytest.raises(Unauthenticated):
        take_ticket(ticket, tickets)
    with pytest.raises(Unauthenticated):
        take_ticket("", tickets)


@pytest.mark.parametrize(
    ("origin", "passes"),
    [("", True), ("https://app.treum.example", True), ("https://evil.example", False), ("null", False)],
)
def test_only_listed_pages_may_open_a_socket(origin: str, passes: bool) -> None:  # noqa: FBT001 - a table's column
    assert allowed(origin, ("https://app.treum.example",)) is passes


def batch(*values: bytes) -> dict[str, Any]:
    records = [
        {"topic": "fanout", "partition": 0, "offset": at, "value": base64.b64encode(value).decode()}
        for at, value in enumerate(values)
    ]
    return {"eventSource": "aws:kafka", "records": {"fanout-0": records}}


def test_a_parcel_survives_kafka_and_lambda() -> None:
    sent = parcels.Record(["a=", "b="], '{"₹":1}'.encode(), then_close=True)
    ((arrived, found),) = parcels.decode(batch(parcels.encode(sent)))
    assert found == sent
    assert (arrived.partition, arrived.offset) == (0, 0)


@pytest.mark.parametrize("value", [b"", b"\xc1", b"{}", parcels.encode(parcels.Record([], b""))[:2]])
def test_what_is_no_parcel_is_poison(value: bytes) -> None:
    with pytest.raises(Poison):
        parcels.decode(batch(value))


def test_what_is_no_batch_is_poison() -> None:
    with pytest.raises(Poison):
        parcels.decode({"records": 1})


def test_shards_and_notices_are_spread_and_fixed() -> None:
    names = [f"L0SM9cOFvHcCIhw{number}=" for number in range(2000)]
    counts = [sum(shard_of(name, 8) == shard for name in names) for shard in range(8)]
    assert min(counts) > 150
    times = {notice_at(name, 0.0) for name in names}
    assert min(times) >= 6600
    assert max(times) < 6900
    assert len(times) > 200


def test_losing_and_gaining_plans() -> None:
    assert loses("premium", "free")
    assert loses("enterprise", "free")
    assert not loses("free", "premium")
    assert not loses("enterprise", "premium")
    assert set(CAPS) == {"free", "premium", "enterprise"}


def test_own_channels_lose_the_users_id_on_the_wire() -> None:
    assert public_name(Key("orders:user-1")) == "orders"
    assert public_name(Key("quotes:NIFTY")) == "quotes:NIFTY"
    assert json.dumps(public_name(Key("signals"))) == '"signals"'
