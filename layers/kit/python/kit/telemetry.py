"""Logs, metrics and trace context. Nothing here is imported by a hot function that never logs.

Every line is JSON on standard output. Lines of code go through the powertools ``Logger``, made on first use;
:func:`request_line`, which every HTTP request writes, is composed here because it is both a log line and an
EMF metric in one write (powertools' two writes cost more than the whole request). Secrets never leave:
values under a sensitive name are masked and addresses, phone numbers and tokens inside texts are struck out.
"""

import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from kit import clock, settings

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

_NAMESPACE = "Treum"
_SENSITIVE = re.compile(
    r"pass|otp|token|secret|authorization|cookie|email|phone|mobile|address$|signature|api_?key|aadhaar|^pan$",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # an email address
    r"|\+\d{10,14}\b"  # a phone number in E.164
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JWT
)
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_encode = msgspec.json.Encoder(enc_hook=str).encode


class Trace(msgspec.Struct, frozen=True):
    """What one piece of work carries on: W3C ``traceparent`` and the correlation id of the first request."""

    traceparent: str
    correlation_id: str

    @property
    def trace_id(self) -> str:
        """The 32 hexadecimal digits shared by everything one request caused; empty when it carried none."""
        return self.traceparent[3:35]


_NONE = Trace("", "")
_trace: ContextVar[Trace] = ContextVar("trace", default=_NONE)


def begin(traceparent: str | None, correlation_id: str) -> Trace:
    """Start a piece of work and return its trace; a malformed ``traceparent`` is dropped, as W3C says."""
    sound = traceparent is not None and _TRACEPARENT.fullmatch(traceparent)
    trace = Trace(traceparent if sound and traceparent else "", correlation_id)
    _trace.set(trace)
    return trace


def current() -> Trace:
    """Return the trace of the present work; empty strings outside of any."""
    return _trace.get()


def info(message: str, **fields: object) -> None:
    """Log what happened, with ``fields`` as JSON values."""
    _logger().info(message, extra={**_context(), **fields})


def warning(message: str, **fields: object) -> None:
    """Log what somebody should look at some day."""
    _logger().warning(message, extra={**_context(), **fields})


def failure(message: str, error: BaseException, **fields: object) -> None:
    """Log what should not have happened, with the stack of ``error``."""
    _logger().error(message, exc_info=error, extra={**_context(), **fields})


def count(name: str, value: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Record one EMF metric of the present service under ``dimensions``."""
    directive = _directive(("service", *dimensions), ((name, unit),))
    at = {"Timestamp": int(clock.unix() * 1000), "CloudWatchMetrics": directive}
    _write({"_aws": at, "service": _service(), **dimensions, name: value})


def request_line(*, route: str, status: int, ms: float, **fields: object) -> None:
    """Write the line of one HTTP request: log and metrics (Latency, Requests, Errors by service and route).

    ``fields`` are request id, subject, problem code and the like, never a body, header or address.
    """
    trace, now = _trace.get(), clock.unix()
    failed = status >= 500  # noqa: PLR2004 - the class of server errors
    line = {
        "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": _request_directive()},
        "service": _service(),
        "route": route,
        "level": "ERROR" if failed else "INFO",
        "timestamp": datetime.fromtimestamp(now, tz=UTC),
        "message": "request",
        "status": status,
        "correlation_id": trace.correlation_id,
        **fields,
        "Latency": round(ms, 3),
        "Requests": 1,
        "Errors": 1 if failed else 0,
    }
    if trace.traceparent:
        line["trace_id"] = trace.trace_id
    _write(line)


@cache
def _request_directive() -> msgspec.Raw:
    metrics = (("Latency", "Milliseconds"), ("Requests", "Count"), ("Errors", "Count"))
    return _directive(("service", "route"), metrics)


@cache
def _directive(dimensions: tuple[str, ...], metrics: tuple[tuple[str, str], ...]) -> msgspec.Raw:
    """Return the ``CloudWatchMetrics`` of an EMF line, encoded once: names only, never values."""
    head = {
        "Namespace": _NAMESPACE,
        "Dimensions": [dimensions],
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in metrics],
    }
    return msgspec.Raw(_encode([head]))


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(_encode(line).decode() + "\n")


def _context() -> dict[str, object]:
    trace = _trace.get()
    return {"correlation_id": trace.correlation_id, "trace_id": trace.trace_id}


def masked(value: Any, name: str = "") -> Any:
    """Return ``value`` as it may be logged: sensitive names masked, personal data inside texts struck out."""
    if name and value is not None and _SENSITIVE.search(name):
        return "***"
    if isinstance(value, dict):
        return {key: masked(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [masked(inner) for inner in value]
    return _PERSONAL.sub("***", value) if isinstance(value, str) else value


@cache
def _service() -> str:
    return settings.optional("AWS_LAMBDA_FUNCTION_NAME", "treum")


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger  # noqa: PLC0415 - 76 ms that a start without a log line saves

    level: Any = settings.optional("LOG_LEVEL", "INFO")
    return Logger(
        service=_service(),
        level=level,
        utc=True,
        json_serializer=lambda line: _encode(masked(line)).decode(),
        logger_formatter=None,
    )
