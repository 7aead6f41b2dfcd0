"""PostgreSQL through psycopg 3: one connection a container, autocommit, no server-side prepared statements.

Works behind PgBouncer and RDS Proxy: nothing is set on the session. ``BEGIN``, the statement timeout and
whose rows may be touched (``kit.behalf``) travel in the same flush as the first statement, so a command
outside a transaction is one round trip and a transaction of one command is two.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from kit import behalf, warm
from kit.errors import Retryable, TreumError
from kit.stores.connection import Bounded, DatabaseSettings, connect

T = TypeVar("T")
Params = Sequence[Any] | Mapping[str, Any] | None
Row = tuple[Any, ...]
_LIMITS = (
    "select set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true),"
    " set_config('treum.behalf', %s, true)"
)
_SERIALIZATION = (errors.SerializationFailure, errors.DeadlockDetected)
_TIMED_OUT = (errors.QueryCanceled, errors.LockNotAvailable)
__all__ = ["Database", "DatabaseSettings"]
_log = logging.getLogger(__name__)


class Database:
    """One connection, opened on first use and opened again after it was lost. Not for threads.

    A lost connection, a timeout or a full server raises ``kit.errors.Retryable``: nothing is executed
    twice blindly. Constraint violations come through as ``psycopg.errors`` for the adapter to name.
    """

    def __init__(
        self, settings: DatabaseSettings, connector: Callable[[DatabaseSettings], Bounded] = connect
    ) -> None:
        self._settings = settings
        self._connector = connector
        self._connection: Bounded | None = None
        self._depth = 0
        self._begun = False
        self._told = ""
        self._doomed = False
        self._isolation = "READ COMMITTED"
        self._after: list[Callable[[], None]] = []
        warm.ahead(self._open)

    def one(self, sql: str, params: Params = None) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self._reading(sql, params, lambda cursor: cursor.fetchone())
        return row

    def all(self, sql: str, params: Params = None) -> list[Row]:
        """Return every row."""
        return self._reading(sql, params, lambda cursor: cursor.fetchall())

    def run(self, sql: str, params: Params = None) -> int:
        """Run a command; return the number of rows it touched."""
        return self._execute(sql, params).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside, or nothing of it. An inner one joins the outer.

        An inner one that fails takes the outer with it, even when somebody in between caught the error.
        """
        if self._depth == 0:
            self._begun = self._doomed = False
        self._depth += 1
        try:
            yield
        except BaseException:
            self._doomed = True
            if self._depth == 1:
                self._rollback()
            raise
        else:
            if self._depth == 1:
                self._commit()
        finally:
            self._depth -= 1

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, which a failed command has spoiled and only its owner can repeat."""
        return self._depth > 0

    def on_commit(self, fn: Callable[[], None]) -> None:
        """Run ``fn`` after the outermost commit; at once outside a transaction; never after a rollback.

        What ``fn`` raises of ours is logged and not passed on: the commit stands.
        """
        if self._depth:
            self._after.append(fn)
        else:
            _run_hook(fn)

    def retry(self, fn: Callable[[], T], attempts: int = 5) -> T:
        """Return ``fn()`` run in a SERIALIZABLE transaction, again on a serialization failure or deadlock.

        Inside a transaction ``fn`` joins it and the failure goes up to whoever began. Raises
        ``Retryable`` after ``attempts``.
        """
        if self._depth:
            return fn()
        for _ in range(attempts):
            self._isolation = "SERIALIZABLE"
            try:
                with self.transaction():
                    return fn()
            except _SERIALIZATION:
                continue
            finally:
                self._isolation = "READ COMMITTED"
        raise Retryable("the same rows are being changed by others: try again")

    def close(self) -> None:
        """Close the connection; the next command opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _reading(self, sql: str, params: Params, fetch: Callable[[psycopg.Cursor[Row]], T]) -> T:
        had = self._connection is not None
        try:
            return fetch(self._execute(sql, params))
        except Retryable:
            # again only where it is harmless: a query outside a transaction, and the second time read-only,
            # so that a function with an effect behind a SELECT is refused instead of run twice
            lost = had and self._connection is None
            if self._depth or not lost or not _is_query(sql):
                raise
        try:
            return fetch(self._execute(sql, params, read_only=True))
        except errors.ReadOnlySqlTransaction as error:
            raise Retryable("the connection was lost; whether the command was done is not known") from error

    def _execute(self, sql: str, params: Params, *, read_only: bool = False) -> psycopg.Cursor[Row]:
        milliseconds = str(int(self._settings.database_timeout_s * 1000))
        connection = self._open()
        opening = self._depth > 0 and not self._begun
        whose = behalf.current()
        try:
            if self._begun and whose == self._told:
                return connection.execute(sql, params)
            with connection.pipeline():
                if opening:
                    connection.execute(f"BEGIN ISOLATION LEVEL {self._isolation}")
                    self._begun = True
                connection.execute(_LIMITS, (milliseconds, milliseconds, whose))
                self._told = whose
                if read_only:
                    connection.execute("select set_config('transaction_read_only', 'on', true)")
                return connection.execute(sql, params)
        except psycopg.Error as error:
            self._failed(connection, error)

    def _failed(self, connection: Bounded, error: psycopg.Error) -> NoReturn:
        if connection.closed:
            self.close()
            raise Retryable("the database went away during a command") from error
        if isinstance(error, _TIMED_OUT):
            raise Retryable("the database took too long") from error
        if error.sqlstate is not None and error.sqlstate[:2] in {"53", "57"}:  # no resources, shutting down
            self.close()
            raise Retryable("the database takes no commands at the moment") from error
        raise error

    def _commit(self) -> None:
        hooks, self._after = self._after, []
        if not self._begun:
            if self._doomed:
                raise RuntimeError("an inner transaction failed and its error was caught")
            self._run_hooks(hooks)
            return
        connection = self._connection
        if connection is None:
            raise Retryable("the database went away during a transaction")
        aborted = connection.info.transaction_status == TransactionStatus.INERROR
        if aborted or self._doomed:
            self._rollback()
            raise RuntimeError("a command of the transaction failed and its error was caught: rolled back")
        try:
            connection.execute("COMMIT")
        except psycopg.Error as error:
            self._begun = False
            if not connection.closed and isinstance(error, _SERIALIZATION):
                raise
            self._failed(connection, error)
        self._begun = False
        self._run_hooks(hooks)

    def _run_hooks(self, hooks: list[Callable[[], None]]) -> None:
        # a hook may open a transaction of its own, or register another hook: the outer one is over
        depth, self._depth = self._depth, 0
        try:
            for hook in hooks:
                _run_hook(hook)
        finally:
            self._depth = depth

    def _rollback(self) -> None:
        self._after.clear()
        connection, begun = self._connection, self._begun
        self._begun = False
        if connection is None or not begun:
            return
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            self.close()  # the server rolls back what a closed connection left open

    def _open(self) -> Bounded:
        # inside a transaction a lost connection must show, not be replaced
        if self._connection is not None and (self._begun or self._connection.usable()):
            return self._connection
        if self._begun:
            raise Retryable("the database went away during a transaction")
        self.close()
        self._connection = self._connector(self._settings)
        return self._connection


def _is_query(sql: str) -> bool:
    return sql.lstrip().lower().startswith(("select", "with"))


def _run_hook(fn: Callable[[], None]) -> None:
    try:
        fn()
    except TreumError as error:
        _log.warning("after a commit: %s", error)
