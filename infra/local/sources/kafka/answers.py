"""Reads a function's answer to a Kafka batch.

Source: Powertools for AWS Lambda (Python), ``BatchProcessor`` with ``EventType.Kafka``, which answers
``{"batchItemFailures": [{"itemIdentifier": {"partition": "orders-0", "offset": 101}}]}``; what counts as
success or as failure of the whole batch: AWS Lambda Developer Guide, "Partial batch response".
"""

import json
from collections.abc import Sequence
from typing import Any

from local.model import Invocation
from local.sources.kafka.records import Record


def first_failed(answer: Invocation, records: Sequence[Record], *, partial: bool) -> int | None:
    """Return the index of the record to resume from, or None when all of ``records`` are done.

    0 stands for a failure of the whole batch: the function failed, or its answer makes no sense.
    Without ``partial`` (ReportBatchItemFailures) an answer is not read at all.
    """
    if answer.error is not None:
        return 0
    if not partial:
        return None
    try:
        parsed = json.loads(answer.payload or b"null")
    except ValueError:
        return 0
    failures = parsed.get("batchItemFailures") if isinstance(parsed, dict) else None
    if not failures:
        return None
    if not isinstance(failures, list):
        return 0
    return min(_index(failure, records) for failure in failures)


def _index(failure: Any, records: Sequence[Record]) -> int:
    """Return which record ``failure`` names; an unknown one fails the whole batch."""
    named = failure.get("itemIdentifier") if isinstance(failure, dict) else None
    if not isinstance(named, dict):
        return 0
    expected = f"{records[0].topic}-{records[0].partition}"
    if named.get("partition") != expected:
        return 0
    offset = named.get("offset")
    return next((index for index, record in enumerate(records) if record.offset == offset), 0)
