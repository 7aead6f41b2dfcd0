"""The offline verifier accepts an honest record and finds each planted lie."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

import treum_verify
from builders.record import HOUSE, Proofs, lived
from builders.signals import NOW
from treum_verify.verify import verify_document


def record() -> Proofs:
    """Return the lived record as the export gives it: numbers 1 to 4, three of them revealed."""
    return lived().export()


def test_an_honest_record_holds() -> None:
    report = treum_verify.verify_record(record())

    assert report.findings == []
    assert (report.checked, report.revealed) == (4, 3)
    assert report.outcomes == {"live": 1, "stopped": 1, "target_hit": 1, "voided": 1}
    rate = report.rates[HOUSE]
    assert (rate.won, rate.ended, rate.voided, rate.open) == (1, 2, 1, 1)
    assert (rate.win_rate, rate.average_r, rate.bounds) == (1 / 3, 0.5, (0.25, 0.5))


def _alter(proofs: Proofs) -> None:
    proofs[0]["payload"] = proofs[0]["payload"].replace("110.00", "111.00")


def _alter_nonce(proofs: Proofs) -> None:
    proofs[0]["nonce"] = "00" * 32


def _drop(proofs: Proofs) -> None:
    del proofs[1]


def _drop_first(proofs: Proofs) -> None:
    del proofs[0]


def _late(proofs: Proofs) -> None:
    proofs[2]["committed_at"] = (NOW + timedelta(minutes=9)).isoformat()


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


def _swap_payloads(proofs: Proofs) -> None:
    for name in ("payload", "nonce"):
        proofs[0][name], proofs[2][name] = proofs[2][name], proofs[0][name]


def _better_exit(proofs: Proofs) -> None:
    proofs[2]["exit_price"] = "96.00"


def _other_end(proofs: Proofs) -> None:
    proofs[2]["status"] = "target_hit"


def _too_early(proofs: Proofs) -> None:
    proofs[0]["status"] = "expired"


def _no_price(proofs: Proofs) -> None:
    proofs[0]["exit_price"] = None


def _no_number(proofs: Proofs) -> None:
    proofs[0]["exit_price"] = "a lot"


def _void_published(proofs: Proofs) -> None:
    proofs[2]["status"] = "voided"


def _dropped(proofs: Proofs) -> None:
    proofs[1]["status"] = "withdrawn"


def _void_hidden(proofs: Proofs) -> None:
    proofs[1]["payload"] = proofs[1]["nonce"] = None


def _never_told(proofs: Proofs) -> None:
    proofs[0]["published_at"] = None


def _nothing(proofs: Proofs) -> None:
    proofs[0].clear()


def _short_nonce(proofs: Proofs) -> None:
    proofs[0]["nonce"] = "00"


def _published_late(proofs: Proofs) -> None:
    proofs[0]["live_from"] = json.loads(proofs[0]["payload"])["expires_at"]


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
        (_published_late, "published after it had expired"),
        (_swap_payloads, "not what was promised"),
        (_better_exit, "better than its stop 95.00"),
        (_other_end, "short of its target 110.00"),
        (_too_early, "before its time"),
        (_no_price, "without a price"),
        (_no_number, "cannot be read"),
        (_void_published, "is voided, and was published"),
        (_dropped, "neither open, nor revealed, nor voided"),
        (_void_hidden, "is voided and was not revealed"),
        (_never_told, "never published"),
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
