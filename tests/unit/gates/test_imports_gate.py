"""The imported-module gate finds a stray import, a stale entry and an unlisted handler."""

import json

import pytest

from gates import imports


def test_the_gate_names_a_stray_a_stale_and_an_unlisted_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    listed: dict[str, list[str]] = json.loads(imports.LIST.read_text())
    handler = next(module for module, packages in listed.items() if packages)
    unlisted, sound = [module for module in listed if module != handler][:2]
    stray = listed[handler][0]
    spoiled = {
        handler: [*listed[handler][1:], "boto3_of_old"],
        sound: listed[sound],
        "nobody.handler": [],
    }
    # all of them, an interpreter each, are the gate's own business in `make check`
    monkeypatch.setattr(imports, "handlers", lambda: [handler, sound, unlisted])

    found = imports.problems(spoiled)

    assert f"{handler} imports {stray}, which it may not" in found
    assert f"{handler} no longer imports boto3_of_old" in found
    assert "nobody.handler is listed but no template names it" in found
    assert any(line.startswith(f"{unlisted} is not in imports.json") for line in found)
    assert len(found) == 4


def test_what_no_layer_carries_cannot_be_imported() -> None:
    absent = imports.not_deployed()

    assert "pytest" in absent
    assert not {"msgspec", "pydantic", "psycopg", "boto3"} & absent
    with pytest.raises(ImportError, match="pytest"):
        imports.imported("pytest")
