"""The offline verifier accepts an honest record and finds each planted lie."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import treum_verify
from builders.signals import NOW, World
from signals.model.signal import AnalystId
from signals.schemas.proofs import proof_view
from signals.service.reading import Reading
from treum_verify.verify import main, verify_document

FILE = Path(treum_verify.__file__).with_name("verify.py")
Proofs = list[dict[str, Any]]


def record() -> Proofs:
    """Return an honest record of four numbers, two of them closed and revealed, as the API gives it."""
    world = World()
    for symbol in ("AAPL", "EURUSD", "GOOG", "MSFT"):
        live = world.published(symbol=symbol)
        world.at += timedelta(seconds=5)
        if symbol in {"AAPL", "GOOG"}:
            world.book.save(live.to("cancelled"), _cancelled(live.id))
    reading = Reading(world.book, world.commitments, world.vault, world.now)
    proofs = reading.commitments_of(AnalystId("treum-house"), 0, 10)
    return [proof_view(one).model_dump(mode="json") for one in proofs]


def _cancelled(signal_id: str) -> Any:
    from kit import events  # noqa: PLC0415 - one event for one builder
    from kit.events.trading_signals import SignalCancelled  # noqa: PLC0415 - as above

    data = SignalCancelled(
        signal_id=signal_id, symbol="X", reason="test", cancelled_by="person", cancelled_at=NOW
    )
    return events.new(data, subject=signal_id, version=4)


def test_an_honest_record_holds() -> None:
    report = treum_verify.verify_record(record())

    assert report.findings == []
    assert (report.checked, report.revealed) == (4, 2)
    assert report.outcomes == {"cancelled": 2, "live": 2}


def _alter(proofs: Proofs) -> None:
    proofs[0]["payload"] = proofs[0]["payload"].replace("110.00", "111.00")


def _alter_nonce(proofs: Proofs) -> None:
    proofs[0]["nonce"] = "00" * 32


def _drop(proofs: Proofs) -> None:
    del proofs[1]


def _drop_first(proofs: Proofs) -> None:
    del proofs[0]


def _late(proofs: Proofs) -> None:
    proofs[1]["committed_at"] = (NOW + timedelta(minutes=9)).isoformat()


def _swap_times(proofs: Proofs) -> None:
    proofs[3]["committed_at"] = (NOW - timedelta(minutes=9)).isoformat()


def _twice(proofs: Proofs) -> None:
    proofs.append(proofs[2])


def _replace_one(proofs: Proofs) -> None:
    proofs[1]["hash"] = "ab" * 32


def _hide(proofs: Proofs) -> None:
    proofs[2]["payload"] = proofs[2]["nonce"] = None


def _other(proofs: Proofs) -> None:
    proofs[0]["signal_id"] = proofs[1]["signal_id"]


def _spaces(proofs: Proofs) -> None:
    proofs[0]["payload"] = json.dumps(json.loads(proofs[0]["payload"]))


def _no_zone(proofs: Proofs) -> None:
    proofs[0]["committed_at"] = "2026-03-02T09:30:00"


def _nothing(proofs: Proofs) -> None:
    proofs[0].clear()


def _short_nonce(proofs: Proofs) -> None:
    proofs[0]["nonce"] = "00"


def _algorithm(proofs: Proofs) -> None:
    proofs[0]["algorithm"] = "rot13"


@pytest.mark.parametrize(
    ("lie", "finding"),
    [
        (_alter, "not what was promised"),
        (_alter_nonce, "not what was promised"),
        (_drop, "number 2 missing"),
        (_drop_first, "number 1 missing"),
        (_late, "after it was published"),
        (_swap_times, "before the number it follows"),
        (_twice, "there twice"),
        (_replace_one, "does not follow the one before"),
        (_hide, "was not revealed"),
        (_other, "another signal_id"),
        (_spaces, "canonical form"),
        (_no_zone, "no zone"),
        (_nothing, "lacks"),
        (_short_nonce, "1 bytes instead of 32"),
        (_algorithm, "rot13"),
    ],
)
def test_each_planted_lie_is_found(lie: Callable[[Proofs], None], finding: str) -> None:
    proofs = record()
    lie(proofs)

    assert any(finding in found for found in treum_verify.verify_record(proofs).findings)


def test_a_document_that_says_something_else_is_found() -> None:
    proof = record()[0]
    assert verify_document(proof, proof) == []

    assert verify_document(proof, {**proof, "hash": "00" * 32})
    assert verify_document(proof, {**proof, "committed_at": "2020-01-01T00:00:00Z"})


def test_the_file_runs_alone_without_anything_of_ours(tmp_path: Path) -> None:
    page = tmp_path / "page.json"
    page.write_text(json.dumps({"items": record(), "next_cursor": None}))
    command = [sys.executable, "-I", "-S", str(FILE), str(page)]

    honest = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    page.write_text(page.read_text().replace("110.00", "111.00"))
    lying = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert (honest.returncode, lying.returncode) == (0, 1), honest.stderr + lying.stderr
    assert "everything holds" in honest.stdout
    assert "WRONG" in lying.stdout


def test_the_command_reads_single_proofs_and_locked_documents(tmp_path: Path) -> None:
    one = tmp_path / "one.json"
    proof = record()[2]
    one.write_text(json.dumps(proof))
    assert main([str(one)]) == 0
    assert main([str(one), "--documents", str(tmp_path)]) == 1

    (tmp_path / "000000003.json").write_text(json.dumps(proof))

    assert main([str(one), "--documents", str(tmp_path)]) == 0
    assert main([str(tmp_path / "absent.json")]) == 2
    one.write_text("7")
    assert main([str(one)]) == 2
