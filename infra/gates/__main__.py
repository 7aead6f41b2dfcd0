"""Command line of the gates.

``python -m gates all`` runs every gate and prints a line each. ``python -m gates generate`` writes what is
generated. ``python -m gates NAME [--check]`` does one: a generator writes, or with ``--check`` reports drift.
A gate is a command, or a module here with ``problems() -> list[str]`` and, for a generator, ``generate()``.
"""

import importlib
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
TYPED = ("functions", "layers/kit/python/kit", "infra", "clients/python", "benchmarks", "tests")
BIN = Path(sys.executable).parent

COMMANDS: dict[str, tuple[str, ...]] = {
    "format": (f"{BIN}/ruff", "format", "--check", "--quiet", "."),
    "lint": (f"{BIN}/ruff", "check", "--quiet", "."),
    "types": (f"{BIN}/mypy", "--no-error-summary", *TYPED),
    "contracts": (f"{BIN}/lint-imports", "--no-cache"),
}
MODULES = (
    "sizes",
    "imports",
    "schemas",
    "layers",
    "openapi",
    "access",
    "asyncapi",
    "apigateway",
    "templates",
    "cfnlint",
)
"""Modules of this package, in the order they run; each is imported only when it is asked for."""


def main(argv: list[str]) -> int:
    """Run what ``argv`` names; return the exit status."""
    name = argv[0] if argv else "all"
    if name == "all":
        return _all()
    if name == "generate":
        for module in MODULES:
            _generate(module)
        return 0
    if name in MODULES and "--check" not in argv and _generate(name):
        return 0
    if name not in {*COMMANDS, *MODULES}:
        print(f"there is no gate {name!r}: one of all, generate, {', '.join((*COMMANDS, *MODULES))}")
        return 2
    return 0 if _passes(name) else 1


def _all() -> int:
    failed = [name for name in (*COMMANDS, *MODULES) if not _passes(name)]
    print(f"check: {len(COMMANDS) + len(MODULES) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _passes(name: str) -> bool:
    began = time.monotonic()
    found = _run_command(COMMANDS[name]) if name in COMMANDS else _module(name).problems()
    print(
        f"check: {name:<11} {'ok' if not found else 'FAILED'}  {time.monotonic() - began:5.1f} s", flush=True
    )
    for line in found:
        print(f"  {line}")
    return not found


def _run_command(command: tuple[str, ...]) -> list[str]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return [*(done.stdout + done.stderr).splitlines()[-60:], f"(exit {done.returncode})"]


def _generate(name: str) -> bool:
    generate = getattr(_module(name), "generate", None)
    if generate is None:
        return False
    generate()
    print(f"generated: {name}")
    return True


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"gates.{name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
