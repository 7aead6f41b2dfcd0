"""PDFs on S3 and the state machine that makes them, by signed calls without boto3."""

import json

from kit.aws import presign, s3, stepfunctions
from payments.model.paper import Paper, PaperCause, kept_until


class PaperBucket:
    """Documents under ``papers/``, locked until the law lets them go."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def keep(self, paper: Paper, document: bytes) -> None:
        """Put it: the same bytes again are another version of the same. Raises ``Retryable``."""
        s3.put(
            self._bucket,
            _key(paper),
            document,
            content_type="application/pdf",
            lock_until=kept_until(paper),
        )

    def link(self, paper: Paper, seconds: int) -> str:
        """Sign an address; the PDF is shown under its serial."""
        name = f"{paper.serial.replace('/', '-')}.pdf"
        named = (("response-content-disposition", f'inline; filename="{name}"'),)
        return presign.link(self._bucket, _key(paper), expires_s=seconds, query=named)


class FulfilmentStateMachine:
    """Executions named by the payment or the refund."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, cause: PaperCause, again: str = "") -> bool:
        """Start it. Raises ``Retryable``."""
        name = f"{cause}-{again}" if again else str(cause)
        return stepfunctions.start(self._arn, name, json.dumps({"cause": cause}))


def _key(paper: Paper) -> str:
    return f"papers/{paper.series.year}/{paper.id}.pdf"
