"""Entry: every topic of business events, appended to the event store a partition at a time."""

from collections.abc import Mapping
from typing import Any

from audit.bootstrap import consumer as wiring
from kit.kafka import records
from kit.kafka.consumer import Context, Response


def handler(batch: Mapping[str, Any], context: Context) -> Response:
    """Append a batch; what could not be appended now comes again."""
    del context
    return records.failures(wiring.keeping().keep(records.decode(batch)))
