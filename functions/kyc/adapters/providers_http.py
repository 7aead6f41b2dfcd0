"""The provider over HTTP: JSON questions, one key each, an answer within seconds or none.

A provider of another form is another adapter of the same ports. Nothing personal is logged or told in errors.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeVar

import msgspec

from kit import transport
from kit.aws.wire import Connection, Endpoint, parse
from kit.errors import Retryable
from kyc.model.evidence import Answer, CheckOutcome, Hit, ListKind, Screened
from kyc.ports.providers import Reference

TIMEOUT_S: Final = 5.0
_OK: Final = 200
_UNKNOWN: Final = 422
_MOST_HITS: Final = 20
T = TypeVar("T")


class _Verified(msgspec.Struct, frozen=True):
    outcome: CheckOutcome
    reference: str


class _Referred(msgspec.Struct, frozen=True):
    reference: str
    last4: str


class _Listed(msgspec.Struct, frozen=True):
    kind: ListKind
    list: str
    strength: int


class _Hits(msgspec.Struct, frozen=True):
    hits: tuple[_Listed, ...]
    reference: str


class HttpProvider:
    """See :mod:`kyc.ports.providers`; ``api_key`` is read at each call, so that it can be changed."""

    def __init__(self, base: str, api_key: Callable[[], str], timeout_s: float = TIMEOUT_S) -> None:
        self._endpoint: Endpoint | None = parse(base) if base else None
        self._connection: Connection | None = None
        if self._endpoint is not None:
            transport.demand_tls("PROVIDER_BASE", self._endpoint.host, encrypted=self._endpoint.tls)
            self._connection = Connection(self._endpoint)
        self._api_key = api_key
        self._timeout_s = timeout_s

    def reference(self, aadhaar: str) -> Reference | None:
        """Leave the number there."""
        status, body = self._post("/v1/aadhaar/references", {"aadhaar": aadhaar}, "")
        if status == _UNKNOWN:
            return None
        found = _read(status, body, _Referred)
        return Reference(found.reference, found.last4)

    def pan(self, pan: str, name: str, born: date, *, key: str) -> Answer:
        """Ask the income-tax register."""
        return self._verified("/v1/pan/verifications", {"pan": pan, "name": name, "born": f"{born}"}, key)

    def aadhaar(self, reference: str, name: str, born: date, *, key: str) -> Answer:
        """Ask the UIDAI register."""
        asked = {"reference": reference, "name": name, "born": f"{born}"}
        return self._verified("/v1/aadhaar/verifications", asked, key)

    def screen(self, name: str, born: date, *, key: str) -> Screened:
        """Ask the lists."""
        found = _read(*self._post("/v1/screenings", {"name": name, "born": f"{born}"}, key), _Hits)
        hits = tuple(Hit(one.kind, one.list[:80], one.strength) for one in found.hits[:_MOST_HITS])
        return Screened(hits, found.reference[:100])

    def _verified(self, path: str, asked: Mapping[str, str], key: str) -> Answer:
        found = _read(*self._post(path, asked, key), _Verified)
        return Answer(found.outcome, found.reference[:100])

    def _post(self, path: str, asked: Mapping[str, str], key: str) -> tuple[int, bytes]:
        if self._endpoint is None or self._connection is None:
            raise Retryable("no KYC provider is set up")
        body = json.dumps(asked).encode()
        head = [
            f"POST {self._endpoint.base}{path} HTTP/1.1",
            f"Host: {self._endpoint.authority}",
            f"Authorization: Bearer {self._api_key()}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        if key:
            head.append(f"Idempotency-Key: {key}")
        raw = "\r\n".join([*head, "", ""]).encode() + body
        answer = self._connection.exchange("POST", raw, self._timeout_s)
        return answer.status, answer.body


def _read(status: int, body: bytes, kind: type[T]) -> T:
    """Return the answer. Raises ``Retryable`` for every other one: nobody is refused by what is no answer."""
    if status != _OK:
        raise Retryable(f"the KYC provider answered {status}")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise Retryable("the KYC provider answered what cannot be read") from error


def from_secret(read: Callable[[], Mapping[str, Any]]) -> Callable[[], str]:
    """Return what reads the key ``api_key`` of a secret."""
    return lambda: str(read()["api_key"])
