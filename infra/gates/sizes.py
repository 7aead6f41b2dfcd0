"""The sizes a reader can hold in mind: modules, functions, branches, and names that say what a file is for.

A module has at most 250 lines; of the functions of a package nine in ten have at most 30; a function branches
at most 8 ways (ruff's C901 counts, this gate sees that nobody lifts its limit); no file is called after
everything and nothing. Tests are held to the names and the functions, not to the length of a file: a list of
cases may be long. ``python -m gates.sizes`` prints the figures of each package.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from gates.tables import ROOT

LONGEST_MODULE: Final = 250
LONGEST_FUNCTIONS: Final = 30
"""Lines that nine in ten functions of a package stay within, decorators excluded, docstring included."""
MOST_BRANCHES: Final = 8
_SHIPPED: Final = ("functions/*", "layers/kit/python/kit", "infra/*", "clients/python/*", "benchmarks")
_EMPTY_NAMES: Final = re.compile(r"(^|_)(utils?|helpers?|managers?|impl|misc|common)($|_)")
_LIFTED: Final = re.compile(r"#\s*(ruff:\s*)?noqa:[^#]*\b(C901|PLR0912|PLR0915)\b")


@dataclass(frozen=True, slots=True)
class Sizes:
    """One package: the lines of each module and of each function, by where they stand."""

    package: str
    modules: dict[str, int]
    functions: dict[str, int]

    @property
    def nine_in_ten(self) -> float:
        """The lines that nine in ten functions stay within; 0 without functions."""
        lengths = sorted(self.functions.values())
        return quantiles(lengths, n=10, method="inclusive")[8] if len(lengths) > 1 else sum(lengths)

    def __str__(self) -> str:
        modules, functions = [*self.modules.values()], [*self.functions.values()] or [0]
        return (
            f"{self.package:<28} {len(modules):>4} modules: median {median(modules):>5g}, longest"
            f" {max(modules):>3}  {len(functions):>5} functions: median {median(functions):>4g},"
            f" nine in ten within {self.nine_in_ten:>4.1f}, longest {max(functions):>3}"
        )


def packages(root: Path = ROOT) -> list[Sizes]:
    """Return the sizes of every package with Python in it, tests last."""
    shipped = [path for pattern in _SHIPPED for path in sorted(root.glob(pattern)) if path.is_dir()]
    found = [_measured(path, root) for path in (*shipped, root / "tests")]
    return [one for one in found if one.modules]


def problems(root: Path = ROOT) -> list[str]:
    """Return what is too large or named after nothing, one line each."""
    return [line for one in packages(root) for line in _of_package(one, root)] + _limit(root)


def _of_package(one: Sizes, root: Path) -> Iterator[str]:
    for path, lines in one.modules.items():
        if lines > LONGEST_MODULE and one.package != "tests":
            yield f"{path}: {lines} lines, at most {LONGEST_MODULE}: make it a package, one file a use case"
        if _EMPTY_NAMES.search(Path(path).stem.lower()):
            yield f"{path}: say in the name what the file is for"
        if _LIFTED.search((root / path).read_text()):
            yield f"{path}: a function may not lift the limit of {MOST_BRANCHES} branches: split it"
    if one.nine_in_ten > LONGEST_FUNCTIONS:
        longest = sorted(one.functions, key=one.functions.__getitem__)[-3:]
        yield (
            f"{one.package}: nine in ten functions have up to {one.nine_in_ten:g} lines, at most"
            f" {LONGEST_FUNCTIONS}: begin with {', '.join(reversed(longest))}"
        )


def _limit(root: Path) -> list[str]:
    lint = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    allowed = lint.get("mccabe", {}).get("max-complexity", MOST_BRANCHES + 1)
    held = allowed <= MOST_BRANCHES and "C901" not in lint.get("ignore", [])
    return [] if held else [f"pyproject.toml: ruff's C901 must hold functions to {MOST_BRANCHES} branches"]


def _measured(package: Path, root: Path) -> Sizes:
    modules: dict[str, int] = {}
    functions: dict[str, int] = {}
    for path in sorted(package.rglob("*.py")):
        name, text = str(path.relative_to(root)), path.read_text()
        modules[name] = len(text.splitlines())
        for node in ast.walk(ast.parse(text, name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions[f"{name}:{node.lineno}"] = (node.end_lineno or node.lineno) - node.lineno + 1
    return Sizes(str(package.relative_to(root)), modules, functions)


if __name__ == "__main__":
    print(*packages(), sep="\n")
