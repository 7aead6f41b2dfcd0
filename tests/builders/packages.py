"""Packages and layers as a deployment has them, and what is wrong with them."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gates.tables import ROOT
from gates.template_tree import FUNCTION, Tree
from local.templates.unit import Declared

_LIMIT_BYTES = 250 * 1024 * 1024
_PLATFORM = "x86_64-manylinux_2_28"
_IMPORT = """
import importlib, sys
count = int(sys.argv[1])
sys.path[:0] = sys.argv[2 + count:]
for handler in sys.argv[2:2 + count]:
    module, _, name = handler.rpartition(".")
    try:
        getattr(importlib.import_module(module), name)
    except Exception as error:
        print(f"{handler}: {type(error).__name__}: {error}")
"""


def make(tree: Tree, target: Path) -> Path:
    """Make packages by the makefile's targets, and layers by uv at the hashes of the lock; return ``target``.

    One pattern of the makefile is a domain's, so its first function is made, and the others are links to it.
    `sam build` makes each from a copy of its own, for minutes: ``tests/torture/templates``.
    """
    first: dict[str, Path] = {}
    for one in tree.of(FUNCTION):
        domain, where = str(one.properties["Handler"]).partition(".")[0], target / one.logical_id
        if domain in first:
            where.parent.mkdir(parents=True, exist_ok=True)
            where.symlink_to(first[domain])
            continue
        first[domain] = where
        made = f"build-{one.logical_id.rpartition('/')[2]}"
        _run(ROOT / "functions", "make", "-s", made, f"ARTIFACTS_DIR={where}")
    uv = str(Path(sys.executable).with_name("uv"))
    for folder in (ROOT / "layers").glob("deps-*"):
        where = target / f"{folder.name.removeprefix('deps-').title()}Layer" / "python"
        options: list[str | Path] = [
            "--target",
            where,
            "--require-hashes",
            "--no-deps",
            "--only-binary=:all:",
        ]
        platform = ["--python-platform", _PLATFORM, "--python-version", "3.13"]
        _run(folder, uv, "pip", "install", "-q", *options, *platform, "-r", "requirements.txt")
    return target


def _run(folder: Path, *command: str | Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "MAKEFLAGS": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def strays(built: Path, tree: Tree) -> Iterator[str]:
    """Yield the packages that hold anything but their own domain."""
    for one in tree.of(FUNCTION):
        domain = str(one.properties["Handler"]).partition(".")[0]
        found = [path.name for path in (built / one.logical_id).iterdir()]
        if found != [domain]:
            yield f"{one.logical_id} holds {found}"


def too_large(built: Path, tree: Tree) -> Iterator[str]:
    """Yield the functions beyond Lambda's limit, layers included."""
    sizes: dict[Path, int] = {}
    for one in tree.of(FUNCTION):
        folders = [built / one.logical_id, *_layers(built, one)]
        for folder in folders:
            if folder not in sizes:
                sizes[folder] = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if sum(sizes[folder] for folder in folders) >= _LIMIT_BYTES:
            yield one.logical_id


def broken_imports(built: Path, tree: Tree, domain: str = "") -> Iterator[str]:
    """Yield the handlers, of all domains or of one, that do not import with their own layers alone.

    Those of one package with the same layers share a process.
    """
    alike: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for one in tree.of(FUNCTION):
        handler = str(one.properties["Handler"])
        layers = tuple(map(str, _layers(built, one)))
        if handler.startswith(domain):
            alike[(handler.partition(".")[0], *layers)].append((handler, str(built / one.logical_id)))
    for (_, *paths), members in alike.items():
        handlers = [handler for handler, _ in members]
        arguments = [str(len(handlers)), *handlers, members[0][1], *paths]
        command = [sys.executable, "-I", "-S", "-c", _IMPORT, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        yield from done.stdout.splitlines()


def _layers(built: Path, function: Declared) -> list[Path]:
    """Return the ``python`` folders of a function's layers, as built; kit's is its source."""
    names = [str(arn).split(":layer:")[1].partition(":")[0] for arn in function.properties["Layers"]]
    folders = []
    for name in names:
        _, _, own = name.partition("-deps-")
        folders.append(built / f"{own.title()}Layer" / "python" if own else ROOT / "layers/kit/python")
    return folders
