"""`sam build` makes packages that hold one domain each and import with their layers alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gates import template_tree
from gates.tables import ROOT
from gates.template_tree import FUNCTION, Tree
from local.templates.unit import Declared

_LIMIT_BYTES = 250 * 1024 * 1024


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "treum" / "sam"


@pytest.fixture(scope="session")
def sam() -> Path:
    """Return sam's bin folder: an environment of its own, because sam pins other versions than ours."""
    home = _cache()
    if not (home / "bin" / "sam").exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True)
        python = str(home / "bin" / "python")
        subprocess.run(
            [str(uv), "pip", "install", "--quiet", "--python", python, "aws-sam-cli", "pip"], check=True
        )
    return home / "bin"


@pytest.fixture(scope="session")
def built(sam: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole build."""
    target = tmp_path_factory.mktemp("sam")
    environment = {
        **os.environ,
        "PATH": f"{sam}:{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "ap-south-1",
    }
    done = subprocess.run(
        [sam / "sam", "build", "--template", ROOT / "template.yaml", "--build-dir", target, "--parallel"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return target


@pytest.fixture(scope="module")
def tree() -> Tree:
    return template_tree.read()


def test_a_package_holds_its_own_domain_and_nothing_else(built: Path, tree: Tree) -> None:
    for one in tree.of(FUNCTION):
        domain = str(one.properties["Handler"]).partition(".")[0]
        assert [path.name for path in (built / one.logical_id).iterdir()] == [domain]


def test_the_bootstrap_package_carries_migrations_and_topics(built: Path) -> None:
    files = built / "Bootstrap" / "BootstrapRun" / "bootstrap" / "files"
    assert (files / "migrations" / "_shared" / "0001_messaging.sql").is_file()
    assert (files / "topics" / "user-events.yaml").is_file()
    assert not any(path.is_symlink() for path in files.rglob("*"))


def _layers(built: Path, function: Declared) -> list[Path]:
    """Return the ``python`` folders of a function's layers, as built; kit's is its source."""
    names = [str(arn).split(":layer:")[1].partition(":")[0] for arn in function.properties["Layers"]]
    folders = []
    for name in names:
        _, _, own = name.partition("-deps-")
        folders.append(built / f"{own.title()}Layer" / "python" if own else ROOT / "layers/kit/python")
    return folders


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_package_with_its_layers_fits_lambda_s_limit(built: Path, tree: Tree) -> None:
    sizes: dict[Path, int] = {}
    for one in tree.of(FUNCTION):
        folders = [built / one.logical_id, *_layers(built, one)]
        for folder in folders:
            sizes.setdefault(folder, _size(folder))
        assert sum(sizes[folder] for folder in folders) < _LIMIT_BYTES, one.logical_id


_IMPORT = """
import importlib, sys
sys.path[:0] = sys.argv[2:]
module, _, name = sys.argv[1].rpartition(".")
getattr(importlib.import_module(module), name)
"""


@pytest.mark.skipif(sys.version_info[:2] != (3, 13), reason="the layers' wheels are for the deployed 3.13")
def test_every_handler_imports_with_its_own_layers_and_no_other_package(built: Path, tree: Tree) -> None:
    broken = []
    for one in tree.of(FUNCTION):
        handler = str(one.properties["Handler"])
        paths = [str(built / one.logical_id), *map(str, _layers(built, one))]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _IMPORT, handler, *paths],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            broken.append(f"{handler}: {done.stderr.strip().splitlines()[-1]}")
    assert broken == []
