"""The KYC workflow on Step Functions, by signed calls without boto3."""

import json

from kit.aws import stepfunctions
from kyc.model.application import ApplicationId


class KycMachine:
    """Executions of one machine, named by application and round."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, application_id: ApplicationId, round_: int, attempt: str = "") -> bool:
        """Start it. Raises ``Retryable``."""
        name = "-".join(part for part in (application_id, str(round_), attempt) if part)
        return stepfunctions.start(self._arn, name, json.dumps({"application_id": application_id}))
