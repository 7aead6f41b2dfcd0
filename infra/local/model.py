"""What the platform knows about a template once it is read: plain values that its parts pass around."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a failed asynchronous event or Kafka batch goes: ``kind`` and its ARN, topic or bucket name."""

    kind: Literal["sqs", "sns", "s3", "kafka", "lambda"]
    target: str


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One Lambda function as the template declares it, intrinsics resolved.

    ``role_policies`` are the IAM policy documents of its role. ``environment`` is what the template
    declares; the pool adds the Lambda runtime's own variables and the function's credentials. ``provisioned``
    environments start with the platform; a schedule of them counts as if its market were always open.
    """

    logical_id: str
    name: str
    handler: str
    code_root: Path
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_s: int = 3
    memory_mb: int = 128
    reserved_concurrency: int | None = None
    provisioned: int = 0
    on_failure: Destination | None = None
    max_async_retries: int = 2
    role_policies: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class KafkaSource:
    """An MSK event source mapping."""

    logical_id: str
    function: str
    topic: str
    group: str
    batch_size: int = 100
    window_s: float = 0.0
    starting_position: Literal["LATEST", "TRIM_HORIZON"] = "LATEST"
    report_item_failures: bool = False
    bisect_on_error: bool = False
    max_retries: int = -1
    max_record_age_s: int = -1
    filters: tuple[Mapping[str, Any], ...] = ()
    on_failure: Destination | None = None
    provisioned: bool = False


@dataclass(frozen=True, slots=True)
class SqsSource:
    """An SQS event source mapping."""

    logical_id: str
    function: str
    queue: str
    batch_size: int = 10
    report_item_failures: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleSource:
    """An EventBridge schedule: ``rate(...)`` or ``cron(...)``; ``payload`` is the JSON the function gets.

    ``at_once``: a rate fires as soon as it exists (EventBridge Scheduler), not only after a period (a rule).
    """

    logical_id: str
    function: str
    expression: str
    payload: str | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class S3Source:
    """An S3 notification: ``events`` such as ``s3:ObjectCreated:*``."""

    logical_id: str
    function: str
    bucket: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""


Source = KafkaSource | SqsSource | ScheduleSource | S3Source


@dataclass(frozen=True, slots=True)
class RequestAuthorizer:
    """A Lambda REQUEST authorizer: what must be present, and how long an answer is kept (seconds).

    ``identity_sources`` are written as ``header:Authorization`` or ``query:ticket``; when one is absent
    the gateway answers 401 without a call.
    """

    function: str
    identity_sources: tuple[str, ...] = ()
    ttl_s: int = 0


@dataclass(frozen=True, slots=True)
class MockReply:
    """A mock integration's fixed answer, as CORS preflights use it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestRoute:
    """One method of the REST API (``ANY`` for all of them); ``authorizer`` is None for a public route.

    ``function`` is a function's name, or empty where ``mock`` answers.
    """

    method: str
    path: str
    function: str
    authorizer: RequestAuthorizer | None = None
    mock: MockReply | None = None


@dataclass(frozen=True, slots=True)
class SocketApi:
    """The WebSocket API: route key to function, and the REQUEST authorizer of ``$connect``."""

    routes: Mapping[str, str]
    selection_expression: str = "$request.body.action"
    authorizer: RequestAuthorizer | None = None
    stage: str = "live"


@dataclass(frozen=True, slots=True)
class Resource:
    """Anything else the template declares that the platform creates in the AWS emulator, or only lists."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """A whole template read and sorted. ``inert`` is listed in the status; nothing is skipped silently."""

    functions: Mapping[str, FunctionSpec]
    sources: tuple[Source, ...]
    rest: tuple[RestRoute, ...]
    gateway_responses: Mapping[str, Mapping[str, Any]]
    socket: SocketApi | None
    resources: tuple[Resource, ...]
    inert: tuple[Resource, ...]
    binary_media_types: tuple[str, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Invocation:
    """Outcome of one invoke: the JSON payload and what its function printed last.

    ``error`` is set when the function failed: ``Unhandled``, ``Timeout`` or ``Throttled``.
    """

    payload: bytes
    error: str | None = None
    log_tail: str = ""


class Invoker(Protocol):
    """The seam between everything that triggers functions and the pools that run them (asyncio)."""

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        """Run ``function`` (name or ARN) to its end and return the outcome; waits in the queue at the cap."""

    async def invoke_async(self, function: str, payload: bytes) -> None:
        """Queue ``payload``; two retries, then the on-failure destination."""


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """One running store; ``pid`` is None when a URL in settings named it."""

    name: str
    url: str
    label: Literal["real", "emulator"]
    version: str
    pid: int | None = None


class LocalError(Exception):
    """One line for a person: what happened and what to do. The command prints it and exits 1."""
