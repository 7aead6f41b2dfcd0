"""The gate of sizes, seen to fail once on each rule it holds."""

from pathlib import Path

import pytest

from gates import sizes

MARK = "noqa"
"""Put together, so that this file itself lifts nothing."""
LINT = "[tool.ruff.lint]\nselect = ['ALL']\n[tool.ruff.lint.mccabe]\nmax-complexity = 8\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree that breaks no rule."""
    (tmp_path / "functions/orders").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text(LINT)
    (tmp_path / "functions/orders/book.py").write_text(of_lines(30))
    return tmp_path


def of_lines(count: int, name: str = "f") -> str:
    """Return a function of ``count`` lines."""
    return f"def {name}() -> None:\n" + "    x = 1\n" * (count - 1)


def test_what_is_within_every_limit_passes(tree: Path) -> None:
    (tree / "functions/orders/long.py").write_text("x = 1\n" * sizes.LONGEST_MODULE)

    assert sizes.problems(tree) == []


def test_a_module_one_line_too_long_fails_and_a_list_of_cases_does_not(tree: Path) -> None:
    (tree / "functions/orders/long.py").write_text("x = 1\n" * (sizes.LONGEST_MODULE + 1))
    (tree / "tests/test_long.py").write_text("x = 1\n" * 400)

    (found,) = sizes.problems(tree)

    assert found.startswith("functions/orders/long.py: 251 lines")


def test_functions_that_are_long_as_a_rule_fail_and_name_the_longest(tree: Path) -> None:
    lengths = [5] * 7 + [31, 32, 40]
    (tree / "functions/orders/book.py").write_text(
        "".join(of_lines(length, f"f{at}") for at, length in enumerate(lengths))
    )

    (found,) = sizes.problems(tree)

    assert found.startswith("functions/orders: nine in ten functions")
    assert found.endswith(
        f"book.py:{1 + 35 + 31 + 32}, functions/orders/book.py:67, functions/orders/book.py:36"
    )


def test_one_long_function_among_many_short_ones_passes(tree: Path) -> None:
    text = "".join(of_lines(5, f"f{at}") for at in range(20)) + of_lines(60)
    (tree / "functions/orders/book.py").write_text(text)

    assert sizes.problems(tree) == []


@pytest.mark.parametrize("name", ["utils", "order_helpers", "Manager", "book_impl", "common"])
def test_a_file_named_after_nothing_fails(tree: Path, name: str) -> None:
    (tree / f"functions/orders/{name}.py").write_text("")

    (found,) = sizes.problems(tree)

    assert found.startswith(f"functions/orders/{name}.py: say in the name")


def test_a_function_that_lifts_its_limit_of_branches_fails(tree: Path) -> None:
    (tree / "functions/orders/book.py").write_text(
        f"def f() -> None:  # {MARK}: C901 - it is long\n    ...\n"
    )

    (found,) = sizes.problems(tree)

    assert "may not lift the limit of 8 branches" in found


@pytest.mark.parametrize(
    "lint",
    [
        LINT.replace("= 8", "= 9"),
        "[tool.ruff.lint]\n",
        LINT.replace("[tool.ruff.lint]", "[tool.ruff.lint]\nignore = ['C901']"),
    ],
)
def test_a_linter_that_counts_no_branches_fails(tree: Path, lint: str) -> None:
    (tree / "pyproject.toml").write_text(lint)

    (found,) = sizes.problems(tree)

    assert found.startswith("pyproject.toml: ruff's C901")
