"""The refund workflow on Step Functions, by signed calls without boto3."""

import json

from kit.aws import stepfunctions
from payments.model.refund import RefundId


class RefundMachine:
    """Executions of one machine, named by the refund."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, refund_id: RefundId, attempt: str = "") -> bool:
        """Start it. Raises ``Retryable``."""
        name = f"{refund_id}-{attempt}" if attempt else str(refund_id)
        return stepfunctions.start(self._arn, name, json.dumps({"refund_id": refund_id}))
