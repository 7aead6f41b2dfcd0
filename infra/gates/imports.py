"""Which third-party packages each function may import when it starts: a stray import fails the gate.

Times are too noisy to gate on, the set of modules is exact. ``imports.json`` beside this file lists, for each
handler module a template names, the top-level packages outside the standard library and this repository.
``generate()`` writes what is there now: a larger set is a decision, made visible in the diff.
"""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from gates.tables import ROOT, domain_templates

LIST = Path(__file__).with_name("imports.json")
_RUNTIME = {"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"}
_OWN = {path.name for path in (ROOT / "functions").iterdir() if path.is_dir()} | {"kit"}
# what only developers have installed is not there on Lambda: libraries that look for it must not find it
_PROBE = """
import importlib, json, sys
absent = set(sys.argv[2].split())
class NotDeployed:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r} in any layer", name=name)
sys.meta_path.insert(0, NotDeployed())
before = set(sys.modules)
importlib.import_module(sys.argv[1])
names = {name.partition(".")[0] for name in set(sys.modules) - before if sys.modules[name] is not None}
print(json.dumps(sorted(n for n in names - sys.stdlib_module_names - {"cython_runtime"} if n[0] != "_")))
"""


def handlers() -> list[str]:
    """Return the handler modules that the domains' templates name, sorted."""
    found: set[str] = set()
    for template in (ROOT / "template.yaml", *domain_templates()):
        found |= set(re.findall(r"^\s+Handler:\s*([\w.]+)\.\w+\s*$", template.read_text(), re.MULTILINE))
    return sorted(found)


@cache
def not_deployed() -> frozenset[str]:
    """Return the top-level packages installed here that no layer carries and no runtime brings."""
    pinned = re.compile(r"^([\w.-]+)==", re.MULTILINE)
    layers = {
        canonicalize_name(name)
        for path in (ROOT / "layers").glob("*/requirements.txt")
        for name in pinned.findall(path.read_text())
    }
    return frozenset(
        top
        for top, names in packages_distributions().items()
        if not {canonicalize_name(name) for name in names} & (layers | _RUNTIME)
    )


def imported(module: str) -> list[str]:
    """Return the third-party top-level packages in memory after a fresh interpreter imported ``module``."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, module, " ".join(not_deployed() - _OWN)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "functions",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}/functions:{ROOT}/layers/kit/python"},
    )
    if done.returncode:
        raise ImportError(f"{module} cannot be imported: {done.stderr.strip().splitlines()[-1]}")
    return sorted(set(json.loads(done.stdout)) - _OWN)


def problems(listed: dict[str, list[str]] | None = None) -> list[str]:
    """Return a line for each handler whose imports are not what the list allows."""
    allowed = json.loads(LIST.read_text()) if listed is None else listed
    found: list[str] = []
    for module, packages in _all_imports().items():
        if module not in allowed:
            found.append(f"{module} is not in {LIST.name}: run `python -m gates imports` and review the diff")
            continue
        found += [
            f"{module} imports {name}, which it may not" for name in packages if name not in allowed[module]
        ]
        found += [f"{module} no longer imports {name}" for name in allowed[module] if name not in packages]
    found += [
        f"{module} is listed but no template names it" for module in sorted(allowed.keys() - set(handlers()))
    ]
    return found


def generate() -> None:
    """Write the list as the code imports today."""
    LIST.write_text(json.dumps(_all_imports(), indent=1) + "\n")


def _all_imports() -> dict[str, list[str]]:
    modules = handlers()
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(modules, pool.map(imported, modules), strict=True))
