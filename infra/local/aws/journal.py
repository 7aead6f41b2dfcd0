"""Keeps what must survive a restart of the emulator: the requests that made it, replayed in order.

Kept: Secrets Manager, KMS keys (symmetric ones with the same id and material), SSM parameters, S3 buckets and
objects with their locks. Not kept: queue messages, topics' subscriptions, running workflows, asymmetric KMS
key material. An overwritten object of an unversioned bucket leaves the journal, so it does not grow for ever.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.aws.actions import Action
from local.aws.wire import HttpRequest, HttpResponse

KEY_NONCE = "x-local-key-nonce"

_KEPT_VERBS = {
    "secretsmanager": {
        "CreateSecret",
        "PutSecretValue",
        "UpdateSecret",
        "DeleteSecret",
        "RestoreSecret",
        "UpdateSecretVersionStage",
        "TagResource",
    },
    "kms": {
        "CreateKey",
        "CreateAlias",
        "UpdateAlias",
        "DeleteAlias",
        "EnableKey",
        "DisableKey",
        "ScheduleKeyDeletion",
        "CancelKeyDeletion",
        "EnableKeyRotation",
        "PutKeyPolicy",
    },
    "ssm": {"PutParameter", "DeleteParameter"},
}
_S3_READS = {"GET", "HEAD"}
_SUPERSEDING = {"PutObject", "DeleteObject", "PutParameter"}

_TABLE = """
create table if not exists request (
    seq integer primary key autoincrement,
    scope text not null,
    method text not null,
    target text not null,
    headers text not null,
    body blob not null
);
create index if not exists request_scope on request (scope);
create table if not exists versioned (bucket text primary key);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A request to replay. ``scope`` groups what supersedes one another."""

    scope: str
    request: HttpRequest


class Journal:
    """The journal in ``folder``; written before the caller hears of its success."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "journal.db"
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None)
        # WAL with NORMAL survives a kill of the process; only a power cut may cost the last entries.
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + _TABLE)

    @staticmethod
    def keeps(action: Action, request: HttpRequest) -> bool:
        """Return whether a success of ``request`` has to be kept."""
        if action.service == "s3":
            return request.method not in _S3_READS
        return action.verb in _KEPT_VERBS.get(action.service, ())

    def keep(self, action: Action, request: HttpRequest) -> None:
        """Write ``request``, which the emulator answered with success."""
        scope = f"{action.service} {action.resource}"
        self._note_versioning(action, request)
        self._db.execute("begin immediate")
        if action.verb in _SUPERSEDING and not self._versioned(action) and "?" not in request.target:
            self._db.execute("delete from request where scope = ?", (scope,))
        if action.name != "s3:DeleteObject" or self._versioned(action):
            self._db.execute(
                "insert into request (scope, method, target, headers, body) values (?, ?, ?, ?, ?)",
                (scope, request.method, request.target, json.dumps(request.headers), request.body),
            )
        self._db.execute("commit")

    def _note_versioning(self, action: Action, request: HttpRequest) -> None:
        locks = request.header("x-amz-bucket-object-lock-enabled").lower() == "true"
        if action.service == "s3" and (locks or "versioning" in request.target.partition("?")[2]):
            self._db.execute("insert or ignore into versioned values (?)", (_bucket(action),))

    def _versioned(self, action: Action) -> bool:
        row = self._db.execute("select 1 from versioned where bucket = ?", (_bucket(action),)).fetchone()
        return row is not None

    def replay(self) -> Iterator[Kept]:
        """Yield what was kept, oldest first."""
        rows = self._db.execute("select scope, method, target, headers, body from request order by seq")
        for scope, method, target, headers, body in rows:
            pairs = tuple((str(name), str(value)) for name, value in json.loads(headers))
            yield Kept(scope, HttpRequest(method, target, pairs, bytes(body)))

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def whole_object(request: HttpRequest, found: HttpResponse) -> HttpRequest:
    """Return the PutObject that makes what ``found`` (a GET) shows: copies and uploads are kept so."""
    kept = [
        (name.lower(), value)
        for name, value in found.headers
        if name.lower() == "content-type" or name.lower().startswith(("x-amz-meta-", "x-amz-object-lock-"))
    ]
    routing = [(name, value) for name, value in request.headers if name in {"host", "authorization"}]
    return HttpRequest("PUT", request.path, tuple(routing + kept), found.body)


def _bucket(action: Action) -> str:
    return action.resource.rpartition(":")[2].partition("/")[0]
