"""The projector over the real event store: killed anywhere, two at once, made anew meanwhile, and fresh."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from analytics import projector as entry
from analytics.adapters.memory import MemoryFigures
from analytics.adapters.postgres import PostgresAnswers, PostgresEventStore, PostgresProjections
from analytics.model.counting import RULES, counted
from analytics.model.figures import MEASURES
from analytics.ports import Answers, TotalsQuery
from analytics.ports.projection import ConsumerName
from analytics.service.keeping import FIRST, Keeping
from analytics.service.projecting import Projector
from builders.event_store import AuditStore
from builders.figures import START, Told, captured, lives, seeded, shuffled, store_of
from fixtures.database import Databases, settings_of
from kit import clock
from kit.ids import uuid7
from kit.stores.postgres import Database

pytestmark = pytest.mark.stores
ROOT = Path(__file__).resolve().parents[3]
FAILPOINTS = ("figures.held", "figures.counted", "figures.moved", "figures.committed")
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "1"))
EVER = (START.date().replace(year=2025), START.date().replace(year=2030))
ANEW = ConsumerName("anew")
_KILLED = 70


def shown(answers: Answers) -> dict[object, int]:
    found = answers.totals(TotalsQuery(MEASURES, *EVER, "day"))
    return {(one.since, one.measure, one.label): one.amount for one in found}


def net(answers: Answers) -> int:
    return sum(one.amount for one in answers.totals(TotalsQuery(("revenue-net",), *EVER, "day")))


def wanted(told: Sequence[Told]) -> dict[object, int]:
    """What memory makes of the same, in another order."""
    figures = MemoryFigures()
    figures.begin(FIRST, RULES, START)
    projector = Projector(store_of(told), figures)
    while not projector.step(FIRST, 10_000).done:
        pass
    return shown(figures)


@dataclass
class Run:
    """A database with both domains, and processes that count in it."""

    databases: Databases
    folder: Path
    careless: bool = False
    generation: int = 0
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.db: Database = self.databases("analytics", "audit")
        self.audit = AuditStore(self.databases.also(self.db, "audit"))

    @property
    def projections(self) -> PostgresProjections:
        return PostgresProjections(self.db)

    def tell(self, told: Sequence[Told]) -> None:
        self.audit.tell(told)
        self.told += told

    def begin(self, failpoint: str | None = None, after: int = 0) -> subprocess.Popen[str]:
        self.generation += 1
        armed = self.folder / f"armed-{self.generation}.json"
        wish = {"action": "exit", "count": 1 + after, "delay_s": 0, "generation": self.generation}
        armed.write_text(json.dumps({failpoint: wish} if failpoint else {}))
        settings = settings_of(self.db)
        given = {
            "host": settings.database_host,
            "port": settings.database_port,
            "name": settings.database_name,
            "careless": self.careless,
        }
        return subprocess.Popen(
            [sys.executable, Path(__file__).with_name("counting.py"), json.dumps(given)],
            env={**os.environ, "FAILPOINT_FILE": str(armed), "PYTHONPATH": str(ROOT / "tests")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def go(self, failpoint: str | None = None) -> int:
        process = self.begin(failpoint)
        _, errors = process.communicate(timeout=120)
        assert process.returncode in {0, _KILLED}, errors[-2000:]
        return process.returncode

    def judge(self, seed: int, name: ConsumerName = FIRST) -> None:
        assert shown(PostgresAnswers(self.db)) == wanted(self.told), f"replay with CRASH_SEED={seed}"
        assert self.projections.discrepancies(name, counted) == []


def test_a_projector_killed_anywhere_counts_each_event_once(database: Databases, tmp_path: Path) -> None:
    seed = int(os.environ.get("CRASH_SEED", str(random.SystemRandom().randrange(10**6))))
    chance = seeded(seed)
    run = Run(database, tmp_path)
    told = shuffled(chance, lives(chance, 12))
    order = [name for name in FAILPOINTS for _ in range(ROUNDS)]
    chance.shuffle(order)
    share = len(told) // (len(order) + 1)
    for place, name in enumerate(order):
        run.tell(told[place * share : (place + 1) * share])
        assert run.go(name) == _KILLED, f"{name} was never reached (CRASH_SEED={seed})"
    run.tell(told[len(order) * share :])
    assert run.go() == 0
    run.judge(seed)


def test_the_judge_sees_a_projector_that_moves_before_it_counts(database: Databases, tmp_path: Path) -> None:
    run = Run(database, tmp_path, careless=True)
    run.tell([(0, captured(uuid7(), 1000, START))])
    assert run.go("careless.moved") == _KILLED
    assert run.go() == 0
    assert shown(PostgresAnswers(run.db)) == {}


def test_two_projectors_at_once_count_each_event_once_while_figures_are_made_anew(
    database: Databases, tmp_path: Path
) -> None:
    seed = int(os.environ.get("CRASH_SEED", str(random.SystemRandom().randrange(10**6))))
    chance = seeded(seed)
    run = Run(database, tmp_path)
    told = shuffled(chance, lives(chance, 25))
    run.tell(told[:300])
    assert run.go() == 0
    Keeping(Projector(PostgresEventStore(run.db), run.projections), run.projections).rebuild(ANEW)
    both = [run.begin(), run.begin()]
    for place in range(300, len(told), 20):
        run.tell(told[place : place + 20])
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors[-2000:]
    assert run.go() == 0
    assert [(one.name, one.state) for one in run.projections.consumers()] == [
        (FIRST, "dropped"),
        (ANEW, "active"),
    ]
    assert run.projections.consumers()[1].differences in {0, None}
    run.judge(seed, ANEW)


def test_what_is_left_of_a_dropped_consumer_is_its_name(database: Databases, tmp_path: Path) -> None:
    run = Run(database, tmp_path)
    run.tell([(0, captured(uuid7(), 1000, START))])
    run.go()
    Keeping(Projector(PostgresEventStore(run.db), run.projections), run.projections).rebuild(ANEW)
    run.go()
    left = run.db.all(
        "SELECT consumer FROM facts UNION SELECT consumer FROM contributions"
        " UNION SELECT consumer FROM totals UNION SELECT consumer FROM positions"
    )
    assert left == [(2,)]


def test_a_figure_follows_its_fact_within_five_seconds(
    database: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(database, tmp_path)
    mine = database.another(run.db)
    projections = PostgresProjections(mine)
    keeping = Keeping(Projector(PostgresEventStore(mine), projections), projections)
    monkeypatch.setattr(entry, "wiring", SimpleNamespace(keeping=lambda: keeping))
    until = clock.monotonic() + 8
    context = SimpleNamespace(
        get_remaining_time_in_millis=lambda: (until - clock.monotonic()) * 1000 + 10_000
    )
    answered: list[dict[str, float]] = []
    function = threading.Thread(target=lambda: answered.append(entry.handler({}, context)))
    function.start()
    answers, waited = PostgresAnswers(run.db), []
    for number in range(1, 4):
        told = clock.monotonic()
        run.tell([(0, captured(uuid7(), 1000, clock.now()))])
        while net(answers) < 1000 * number:
            assert clock.monotonic() - told < 5, "the figure did not follow"
            clock.sleep(0.05)
        waited.append(clock.monotonic() - told)
    function.join(30)
    assert max(waited) < 5
    assert answered[0]["facts"] == 3
    assert answered[0]["lag_s"] < 5


def test_the_role_of_analytics_reads_the_event_store_by_two_functions_only(
    database: Databases, tmp_path: Path
) -> None:
    run = Run(database, tmp_path)
    allowed = run.db.all(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'audit' AND has_function_privilege(current_user, p.oid, 'EXECUTE') ORDER BY 1"
    )
    assert [name for (name,) in allowed] == ["heads", "read_events"]
    tables = run.db.all(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit'"
        " AND c.relkind IN ('r', 'p') AND has_table_privilege(current_user, c.oid, 'SELECT')"
    )
    assert tables == []
