"""What is due is done once; a row that fails comes again and holds nobody up."""

from datetime import timedelta
from typing import get_args

import pytest

from builders.orders import NOW, Clock
from kit.due.memory import MemoryDueRows
from kit.due.upkeep import Upkeep
from kit.errors import Retryable
from payments.model.due import DueKind, DueRow


@pytest.fixture
def due() -> MemoryDueRows[DueKind]:
    rows = MemoryDueRows[DueKind]()
    rows.plan("payment.lapse", "first", NOW)
    rows.plan("entitlement.refresh", "second", NOW + timedelta(seconds=1))
    return rows


def test_what_is_due_is_done_and_dropped(due: MemoryDueRows[DueKind]) -> None:
    clock, seen = Clock(), list[str]()
    upkeep = Upkeep(due, dict.fromkeys(get_args(DueKind), lambda row: seen.append(row.subject)), clock.now)
    assert upkeep.run() == 1
    clock.forward(seconds=1)
    assert upkeep.run() == 1
    assert upkeep.run() == 0
    assert seen == ["first", "second"]


@pytest.mark.parametrize("defect", [Retryable("away"), KeyError("a defect of ours"), None])
def test_a_row_that_fails_comes_again_after_its_lease_and_holds_nobody_up(
    due: MemoryDueRows[DueKind], defect: Exception | None
) -> None:
    """``None``: nobody does this kind of row."""
    clock, seen = Clock(NOW + timedelta(seconds=1)), list[str]()

    def fail(_row: DueRow) -> None:
        assert defect is not None
        raise defect

    works = {"entitlement.refresh": lambda row: seen.append(row.subject)}
    upkeep = Upkeep(due, works if defect is None else works | {"payment.lapse": fail}, clock.now)  # type: ignore[arg-type]  # keys are kinds
    assert upkeep.run() == 1
    assert seen == ["second"]
    assert upkeep.run() == 0
    clock.forward(minutes=1)
    assert [(row.subject, row.attempt) for row in due.take(clock.now(), 5)] == [("first", 2)]
