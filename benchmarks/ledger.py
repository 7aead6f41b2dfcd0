"""The books: transfers a second in one round trip beside four, beside pgbench, and on few or many wallets.

Commits are durable, on this machine's disk. In the first comparison one connection posts, over a link with
half a millisecond each way, as between zones of a region: without it there is no trip to save.
Two post in the others.
"""

import os
import random
import re
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.distant import link
from benchmarks.measure import Result, alternate, result
from bootstrap import migrate, package
from kit import clock
from kit.money import Money
from kit.stores.connection import Bounded, DatabaseSettings
from kit.stores.postgres import Database
from local.stores import Postgres
from local.stores.postgres import binaries
from payments.adapters.postgres.ledger import PostgresLedger
from payments.model.ledger import AccountCode, Book, Chain, PersonId, Transfer, TransferId
from payments.model.ledger_chart import clearing, revenue, wallet

_ONE_WAY_S = 0.0005
_HANDS = 2
_POSTS = 80
_WALLETS = 1000
_PAISE = 100
_PASSWORD = uuid.uuid4().hex
_PLAIN = """
CREATE TABLE plain_balances (code text PRIMARY KEY, debits bigint, credits bigint, CHECK (debits <= credits));
CREATE TABLE plain_transfers (id uuid PRIMARY KEY, debit text, credit text, amount bigint, at timestamptz);
GRANT ALL ON plain_balances, plain_transfers TO payments_app;
GRANT USAGE ON SCHEMA public TO payments_app;
"""
_FOUR = (
    "BEGIN",
    "UPDATE public.plain_balances SET credits = credits + %(paise)s WHERE code = %(credit)s",
    "INSERT INTO public.plain_transfers VALUES (%(id)s, %(debit)s, %(credit)s, %(paise)s, %(at)s)",
    "COMMIT",
)
"""The least a ledger does: a guarded balance and a transfer, in a transaction."""
_SCRIPT = r"""\set number random(1, 1000)
SELECT replayed FROM ledger.post(jsonb_build_array(jsonb_build_object(
 'id', gen_random_uuid(), 'kind', 'posted', 'debit', 'wallet:clearing:INR',
 'amount', 100, 'currency', 'INR', 'reason', 'bench', 'reference', 'bench',
 'credit', 'wallet:person:00000000-0000-0000-0000-' || lpad(to_hex(:number), 12, '0') || ':INR')), now());
"""
Move = Callable[[random.Random], tuple[AccountCode, AccountCode]]


def measure() -> list[Result]:
    """Return ours beside the peers, in transfers a second."""
    with _running() as server:
        with link(server.host, server.port, _ONE_WAY_S) as port:
            ours, four = alternate(
                _rate(server, port, _ours(_top_up), hands=1), _rate(server, port, _four, hands=1), rounds=5
            )
        trips = result(
            "ledger, transfers at 1 ms a round trip",
            ours,
            "transfers/s",
            four,
            "a balance and a transfer with psycopg in four round trips",
            ">= 1.6",
        )
        return [trips, _beside_pgbench(server), *_by_heat(server)]


def _by_heat(server: Postgres) -> list[Result]:
    moves: list[Move] = [_among(1), _among(10), _top_up, _sale]
    one, ten, many, free = alternate(*(_rate(server, server.port, _ours(move)) for move in moves), rounds=5)
    peer = "the same among 1,000 wallets"
    return [
        result("ledger, transfers into one hot wallet", one, "transfers/s", many, peer, ">= 0.5"),
        result("ledger, transfers into ten hot wallets", ten, "transfers/s", many, peer, ">= 0.8"),
        result("ledger, transfers from clearing to revenue", free, "transfers/s", many, peer, ">= 0.9"),
    ]


def _beside_pgbench(server: Postgres) -> Result:
    program = binaries() / "pgbench"
    peer, name = (_pgbench(server, program), "the same function called by pgbench")
    if not program.exists():
        peer, name = _rate(server, server.port, _pipelined), "the same in a psycopg pipeline: no pgbench here"
    ours, theirs = alternate(_rate(server, server.port, _ours(_top_up)), peer, rounds=5)
    return result("ledger, transfers beside the bare function", ours, "transfers/s", theirs, name, ">= 0.7")


def _top_up(chance: random.Random) -> tuple[AccountCode, AccountCode]:
    return clearing(Book.WALLET), _wallet(chance.randrange(1, _WALLETS + 1))


def _among(hot: int) -> Move:
    return lambda chance: (clearing(Book.WALLET), _wallet(chance.randrange(1, hot + 1)))


def _sale(chance: random.Random) -> tuple[AccountCode, AccountCode]:
    del chance
    return clearing(Book.COURSES), revenue(Book.COURSES)


def _wallet(number: int) -> AccountCode:
    return wallet(PersonId(str(uuid.UUID(int=number))))


Side = Callable[[DatabaseSettings], Callable[[random.Random], object]]


def _ours(move: Move) -> Side:
    def connected(settings: DatabaseSettings) -> Callable[[random.Random], object]:
        ledger = PostgresLedger(Database(settings, _connect))
        return lambda chance: ledger.post(_chain(*move(chance)), clock.now())

    return connected


def _pipelined(settings: DatabaseSettings) -> Callable[[random.Random], object]:
    connection = _connect(settings)
    text = _SCRIPT.split("\n", 1)[1].replace(":number", "%s")

    def post(chance: random.Random) -> None:
        with connection.pipeline():
            connection.execute(text.encode(), (chance.randrange(1, _WALLETS + 1),))

    return post


def _four(settings: DatabaseSettings) -> Callable[[random.Random], object]:
    connection = _connect(settings)

    def post(chance: random.Random) -> None:
        debit, credit = _top_up(chance)
        given = {"id": uuid.uuid4(), "debit": debit, "credit": credit, "paise": _PAISE, "at": clock.now()}
        for statement in _FOUR:
            connection.execute(statement, given if "%" in statement else None)

    return post


def _chain(debit: AccountCode, credit: AccountCode) -> Chain:
    key = TransferId(str(uuid.uuid4()))
    return Chain((Transfer(key, debit, credit, Money(_PAISE), "bench", "bench"),))


def _rate(server: Postgres, port: int, side: Side, hands: int = _HANDS) -> Callable[[], float]:
    """Return a side of the comparison: all hands post, and the rate of all together counts."""
    settings = DatabaseSettings("127.0.0.1", port, server.database, "payments_app")
    posts = [side(settings) for _ in range(hands)]
    chances = [random.Random(number) for number in range(hands)]  # noqa: S311 - which wallet, no secret

    def hand(number: int) -> None:
        for _ in range(_POSTS):
            posts[number](chances[number])

    def timed() -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(hands) as pool:
            list(pool.map(hand, range(hands)))
        return hands * _POSTS / (time.perf_counter() - began)

    return timed


def _pgbench(server: Postgres, program: Path) -> Callable[[], float]:
    script = Path(tempfile.mkdtemp(prefix="treum-pgbench-")) / "post.sql"
    script.write_text(_SCRIPT)
    command: list[Any] = [
        program,
        "-n",
        "-c",
        str(_HANDS),
        "-j",
        str(_HANDS),
        "-t",
        str(_POSTS),
        "-f",
        script,
    ]
    command += ["-h", server.host, "-p", str(server.port), "-U", "payments_app", server.database]

    def timed() -> float:
        done = subprocess.run(
            command, env={**os.environ, "PGPASSWORD": _PASSWORD}, capture_output=True, text=True, check=True
        )
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        assert found is not None, done.stdout
        return float(found[1])

    return timed


@contextmanager
def _running() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="treum-bench-"))
    folder.chmod(0o711)
    server = Postgres.configured(folder / "postgres")
    server.start()
    try:
        with psycopg.connect(server.dsn(), autocommit=True) as owner:
            _prepare(owner)
        yield server
    finally:
        if not server.external:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    for domain in ("ledger", "payments"):
        migrate.ensure_role(owner, domain, _PASSWORD)
        migrate.apply(owner, package.migrations(), domain, at=clock.now())
    owner.execute("DROP TABLE IF EXISTS public.plain_balances, public.plain_transfers")
    owner.execute(f"SET search_path = public; {_PLAIN}".encode())
    for number in range(1, _WALLETS + 1):
        code = _wallet(number)
        owner.execute("SELECT ledger.open_wallet(%s, 'INR', %s)", (code.split(":")[2], clock.now()))
        owner.execute("INSERT INTO public.plain_balances VALUES (%s, 0, 0)", (code,))


def _connect(settings: DatabaseSettings) -> Bounded:
    return Bounded.connect(
        host=settings.database_host,
        port=settings.database_port,
        dbname=settings.database_name,
        user=settings.database_secret,
        password=_PASSWORD,
        autocommit=True,
        prepare_threshold=None,
    )
