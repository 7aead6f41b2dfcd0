"""Reports of backtests on S3, and their state machine, by signed calls without boto3."""

import json
from typing import Final

from kit.aws import presign, s3, stepfunctions
from signals.model.backtest import BacktestId
from signals.ports.research import Paper

TYPES: Final[dict[Paper, str]] = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


class ReportBucket:
    """Documents under ``backtests/``; the bucket forgets them after its own time."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def keep(self, backtest_id: BacktestId, kind: Paper, document: bytes) -> None:
        """Put it. Raises ``Retryable``."""
        s3.put(self._bucket, _key(backtest_id, kind), document, content_type=TYPES[kind])

    def link(self, backtest_id: BacktestId, kind: Paper, seconds: int) -> str:
        """Sign an address; the page is shown, the paper is saved under a name."""
        how = "inline" if kind == "html" else f'attachment; filename="backtest-{backtest_id}.pdf"'
        named = (("response-content-disposition", how),)
        return presign.link(self._bucket, _key(backtest_id, kind), expires_s=seconds, query=named)


class BacktestStateMachine:
    """Executions named by the order."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, backtest_id: BacktestId, attempt: int = 0) -> bool:
        """Start it. Raises ``Retryable``."""
        name = f"{backtest_id}-{attempt}" if attempt else str(backtest_id)
        return stepfunctions.start(self._arn, name, json.dumps({"backtest_id": backtest_id}))


def _key(backtest_id: BacktestId, kind: Paper) -> str:
    return f"backtests/{backtest_id}.{kind}"
