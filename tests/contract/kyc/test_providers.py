"""Providers: one contract for those in memory and for our HTTP client over the laptop's emulator."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from builders.kyc import AADHAAR, in_memory
from builders.kyc_provider import Provider, provider
from kit.errors import Retryable
from kit.ids import uuid7
from kyc.adapters.memory.providers import MemoryProviders
from kyc.adapters.providers_http import HttpProvider
from kyc.model.details import Details
from kyc.model.evidence import CheckOutcome
from kyc.ports.providers import NumberVault, Registers, Watchlists
from kyc.service.asking import Asking
from local.gateway.messages import HttpRequest
from local.kyc_emulator.state import State

BORN = date(1990, 4, 1)
ASHA = Details("Asha Rao", BORN, "ABCPR1234F", "0124", "ref", "asha@example.com")


class Every(NumberVault, Registers, Watchlists, Protocol):
    """Whoever does all three."""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider(tmp_path_factory.mktemp("kyc")) as running:
        yield running


@pytest.fixture(params=["memory", "http"])
def asked(request: pytest.FixtureRequest) -> Every:
    if request.param == "memory":
        return MemoryProviders()
    running: Provider = request.getfixturevalue("emulator")
    return running.client()


@pytest.mark.parametrize(
    ("pan", "outcome"), [("ABCPR1234F", "match"), ("REJPR1234F", "invalid"), ("MISPR1234F", "mismatch")]
)
def test_a_pan_is_answered_by_its_persona(asked: Every, pan: str, outcome: CheckOutcome) -> None:
    answer = asked.pan(pan, "Asha Rao", BORN, key=uuid7())
    assert answer.outcome == outcome
    assert answer.reference


def test_a_broken_register_is_to_be_asked_again(asked: Every) -> None:
    for _ in range(2):
        with pytest.raises(Retryable):
            asked.pan("BROPR1234F", "Asha Rao", BORN, key="the same")
    with pytest.raises(Retryable):
        asked.screen("Unscreenable Rao", BORN, key=uuid7())


def test_a_slow_register_answers_the_second_time(asked: Every) -> None:
    key = uuid7()
    with pytest.raises(Retryable):
        asked.pan("SLOPR1234F", "Asha Rao", BORN, key=key)
    assert asked.pan("SLOPR1234F", "Asha Rao", BORN, key=key).outcome == "match"


def test_a_number_is_left_for_a_reference(asked: Every) -> None:
    found = asked.reference(AADHAAR)
    assert found is not None
    assert found.last4 == AADHAAR[-4:]
    assert AADHAAR not in found.reference
    assert asked.reference(AADHAAR) == found, "the same number, the same reference"
    assert asked.reference("999900001111") is None
    assert asked.aadhaar(found.reference, "Asha Rao", BORN, key=uuid7()).outcome == "match"
    assert asked.aadhaar(found.reference, "Otherwise Rao", BORN, key=uuid7()).outcome == "mismatch"


@pytest.mark.parametrize(
    ("name", "kinds"), [("Asha Rao", []), ("Sanctioned Rao", ["sanctions"]), ("Minister Rao", ["pep"])]
)
def test_lists_are_answered_by_name(asked: Every, name: str, kinds: list[str]) -> None:
    screened = asked.screen(name, BORN, key=uuid7())
    assert [hit.kind for hit in screened.hits] == kinds
    assert all(hit.strength >= 80 for hit in screened.hits)


# ---- the client alone ----


def test_one_question_has_one_answer(emulator: Provider) -> None:
    client, key = emulator.client(), uuid7()
    assert client.screen("Asha", BORN, key=key) == client.screen("Asha", BORN, key=key)
    assert client.screen("Asha", BORN, key=uuid7()) != client.screen("Asha", BORN, key=key)


def test_whatever_is_no_answer_refuses_nobody(emulator: Provider) -> None:
    """A wrong key, nobody there, nobody named: each is an outage, and after a few tries a person looks."""
    away = HttpProvider("http://127.0.0.1:9", lambda: "key", timeout_s=0.2)
    for client in (emulator.client("wrong"), away, HttpProvider("", lambda: "key")):
        with pytest.raises(Retryable):
            client.pan("ABCPR1234F", "Asha Rao", BORN, key=uuid7())
        with pytest.raises(Retryable):
            client.reference(AADHAAR)
        desk = in_memory()
        one = desk.submitted()
        desk.verifying.run(one.id, "documents")
        asking = Asking(desk.evidence, client, client, desk.clock.now)
        for left in range(4, -1, -1):
            try:
                asking.verify(desk.find(one.id), "pan", ASHA, 5)
            except Retryable:
                assert left
        assert len(desk.evidence.verifications(one.id, 1, "pan")) == 5


def test_an_answer_that_cannot_be_read_is_none(emulator: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for strange in ("certainly", None, {"outcome": "maybe", "reference": "x"}):
        monkeypatch.setattr("local.kyc_emulator.server._verified", lambda _, told=strange: told or [])
        with pytest.raises(Retryable):
            emulator.client().pan("ABCPR1234F", "Asha Rao", BORN, key=uuid7())


# ---- the emulator alone ----


@pytest.mark.parametrize(
    ("method", "path", "body", "key", "status"),
    [
        ("POST", "/v1/pan/verifications", b"{}", "right", 400),
        ("POST", "/v1/pan/verifications", b"[", "right", 400),
        ("POST", "/v1/pan/verifications", b"{}", "wrong", 401),
        ("GET", "/v1/pan/verifications", b"", "right", 404),
        ("POST", "/v1/anything", b"{}", "right", 404),
    ],
)
def test_the_emulator_says_what_is_wrong(  # noqa: PLR0917 - a table
    emulator: Provider, method: str, path: str, body: bytes, key: str, status: int
) -> None:
    shown = emulator.server.state.api_key if key == "right" else key
    request = HttpRequest(method, path, [("Authorization", f"Bearer {shown}")], body)
    assert asyncio.run(emulator.server.handle(request)).status == status


def test_the_emulator_knows_its_references_after_a_restart(tmp_path: Path) -> None:
    first = State(tmp_path)
    reference = first.reference(AADHAAR)
    first.port = 4711
    second = State(tmp_path)
    assert (second.api_key, second.port, second.stands_for(reference)) == (first.api_key, 4711, True)
    assert not second.stands_for("uidref_of_nobody")
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0
