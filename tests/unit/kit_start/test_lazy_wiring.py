"""A start loads no driver; an environment that starts ahead of its calls loads all of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kit import lazy

ROOT = Path(__file__).resolve().parents[3]
PROBE = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
# the plugin loader comes in with the first pydantic model that is compiled
heavy = ("psycopg", "users.bootstrap.api", "signals.bootstrap.api", "pydantic.plugin._loader")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""
EAGER = """
from kit.http import Body

class Costs(Body):
    fee: int = 0

class Order(Body):
    costs: Costs = Costs()
"""


def _loaded(module: str, *, more: str = "", **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, module],
        env={"PYTHONPATH": f"{ROOT}/functions:{ROOT}/layers/kit/python:{more}", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("domain", ["users", "signals", "realtime"])
def test_a_start_on_demand_loads_no_wiring_and_no_driver_and_compiles_no_model(domain: str) -> None:
    assert _loaded(f"{domain}.api") == []


def test_a_default_that_is_a_model_is_seen_to_compile_it(tmp_path: Path) -> None:
    (tmp_path / "eager.py").write_text(EAGER)

    assert _loaded("eager", more=str(tmp_path)) == ["pydantic.plugin._loader"]


@pytest.mark.parametrize("kind", ["provisioned-concurrency", "snap-start"])
def test_a_start_ahead_of_its_calls_loads_its_own_wiring(kind: str) -> None:
    found = _loaded("users.api", AWS_LAMBDA_INITIALIZATION_TYPE=kind, _HANDLER="users.api.handler")

    assert found == ["psycopg", "users.bootstrap.api"]


def test_another_domains_function_loads_nothing_ahead() -> None:
    found = _loaded(
        "users.api", AWS_LAMBDA_INITIALIZATION_TYPE="provisioned-concurrency", _HANDLER="signals.feed.handler"
    )

    assert found == []


def test_a_module_that_does_not_exist_is_an_attribute_error() -> None:
    load = lazy.submodules("kit")

    assert load("money").__name__ == "kit.money"
    with pytest.raises(AttributeError, match="nothing_like_it"):
        load("nothing_like_it")
    with pytest.raises(AttributeError, match="__wrapped__"):
        load("__wrapped__")


def test_a_function_whose_wiring_stands_in_shared_modules_starts_ahead_too() -> None:
    assert (
        _loaded(
            "realtime.authorizer",
            AWS_LAMBDA_INITIALIZATION_TYPE="provisioned-concurrency",
            _HANDLER="realtime.authorizer.handler",
        )
        == []
    )
