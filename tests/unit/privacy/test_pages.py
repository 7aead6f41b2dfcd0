"""A part in pages: all of it, each page bounded and whole, and an end to what is too much."""

import json

import pytest
from hypothesis import given
from hypothesis.strategies import dictionaries, integers, lists, text

from kit.errors import Poison
from kit.privacy import pages as module
from kit.privacy.contributing import part_key
from kit.privacy.pages import pages


@given(dictionaries(text("abc", min_size=1), lists(integers(0, 500), max_size=30), max_size=4))
def test_pages_hold_every_record_in_order(sizes: dict[str, list[int]]) -> None:
    document = {
        name: [{"n": n, "x": "y" * size} for n, size in enumerate(one)] for name, one in sizes.items()
    }
    found: dict[str, list[object]] = {name: [] for name in document}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "LARGEST_PAGE", 600)
        patched.setattr(module, "MOST_PAGES", 1000)
        made = [json.loads(page) for page in pages("users", document)]
    for number, page in enumerate(made, 1):
        assert (page["domain"], page["page"]) == ("users", number)
        for name, records in page["sections"].items():
            found[name] += records
    assert found == document


def test_what_is_too_much_is_nobodys_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_PAGE", 10)
    with pytest.raises(Poison, match="pages"):
        list(pages("users", {"rows": [{"x": n} for n in range(50)]}))
    monkeypatch.setattr(module, "LARGEST_RECORD", 100)
    with pytest.raises(Poison, match="record"):
        list(pages("users", {"rows": [{"x": "y" * 200}]}))


def test_pages_lie_beside_one_another() -> None:
    assert [part_key("e", "users", n) for n in (1, 2)] == ["exports/e/users.json", "exports/e/users.2.json"]
