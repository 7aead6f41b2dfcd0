"""Each import contract is broken once, in a copy of the sources, and seen to fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--config", str(tree / ".importlinter"), "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree}/functions:{tree}/layers/kit/python"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources that a test may spoil."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "functions", tmp_path / "functions", ignore=ignore)
    shutil.copytree(ROOT / "layers/kit/python", tmp_path / "layers/kit/python", ignore=ignore)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("functions/signals/service", "import users.model", "Domains never import one another"),
        ("layers/kit/python/kit/ids", "import signals.model", "The kit knows no domain"),
        (
            "functions/users/errors",
            "import users.api",
            "Entry points, wiring, adapters, use cases, ports, model",
        ),
        (
            "functions/signals/model",
            "import pydantic",
            "Models import the standard library and the kit's values alone",
        ),
        ("functions/signals/research", "import kit.stores", "A backtest is pure: candles in, figures out"),
    ],
)
def test_a_broken_import_contract_is_found(tree: Path, module: str, line: str, contract: str) -> None:
    spoiled = tree / f"{module}.py" if (tree / f"{module}.py").exists() else tree / module / "__init__.py"
    spoiled.write_text(f"{spoiled.read_text()}\n{line}\n")

    done = lint(tree)

    assert done.returncode != 0
    broken = [row for row in done.stdout.splitlines() if " BROKEN" in row]
    assert any(contract in row for row in broken), done.stdout


def test_the_sources_as_they_are_keep_every_contract(tree: Path) -> None:
    done = lint(tree)

    assert done.returncode == 0, done.stdout
