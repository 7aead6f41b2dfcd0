"""A function's package holds its own domain and imports with its own layers alone."""

import shutil
import sys
from pathlib import Path

import pytest

from builders import packages
from gates import template_tree
from gates.template_tree import Tree

deployed = pytest.mark.skipif(
    sys.version_info[:2] != (3, 13), reason="the layers' wheels are for the deployed 3.13"
)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return template_tree.read()


@pytest.fixture(scope="module")
def built(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all packages and layers."""
    return packages.make(tree, tmp_path_factory.mktemp("packages"))


def test_a_package_holds_its_own_domain_and_nothing_else(built: Path, tree: Tree) -> None:
    assert list(packages.strays(built, tree)) == []


def test_a_package_with_its_layers_fits_lambda_s_limit(built: Path, tree: Tree) -> None:
    assert list(packages.too_large(built, tree)) == []


def test_the_bootstrap_package_carries_migrations_and_topics(built: Path) -> None:
    files = built / "Bootstrap" / "BootstrapRun" / "bootstrap" / "files"
    assert (files / "migrations" / "_shared" / "0001_messaging.sql").is_file()
    assert (files / "topics" / "user-events.yaml").is_file()
    assert not any(path.is_symlink() for path in files.rglob("*"))


@deployed
def test_every_handler_imports_with_its_own_layers_and_no_other_package(built: Path, tree: Tree) -> None:
    assert list(packages.broken_imports(built, tree)) == []


@deployed
def test_a_package_that_a_layer_lacks_is_named(built: Path, tree: Tree) -> None:
    away, kept = built / "IdentityLayer", built / "identity-set-aside"
    shutil.move(away, kept)
    try:
        found = list(packages.broken_imports(built, tree, "users."))
    finally:
        shutil.move(kept, away)
    assert found
    assert all("ModuleNotFoundError" in line for line in found)
