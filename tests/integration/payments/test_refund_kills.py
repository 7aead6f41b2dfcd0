"""Refunds whose processes die at a failpoint, over PostgreSQL and the gateway's emulator: the quick tier."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.refund_database import opened
from builders.refund_kills import KILLED, Scene
from builders.stripe_gateway import counter
from fixtures.database import Databases

pytestmark = pytest.mark.stores


@pytest.fixture
def scene(database: Databases, tmp_path: Path) -> Iterator[Scene]:
    with counter(tmp_path / "stripe") as running:
        yield Scene(opened(database), running, tmp_path)


@pytest.mark.parametrize(
    "points",
    [
        ("refund.hold.before", "refund.pay.answered"),
        ("refund.revoke.after", "refund.settle.before", "refund.notify.before"),
        ("ledger.posted", "papers.inserted", "refund.notify.after"),
    ],
)
def test_a_killed_driver_is_followed_by_one_that_goes_on(scene: Scene, points: tuple[str, ...]) -> None:
    """Each point kills one process; the next one ends it. A part is refunded, so twice would be seen."""
    sold = scene.sold()
    one = scene.approved(sold, sold.sale.gross * 40 // 100)
    died = sum(scene.drive(one.id, points[place:]) == KILLED for place in range(len(points)))
    assert died == len(points), "every point was reached"
    assert scene.drive(one.id) == 0
    assert scene.judge(sold, one) == "completed"


def test_an_answer_lost_after_the_money_went_is_looked_up(scene: Scene) -> None:
    """The gateway refunds and never answers, twice, and the process dies in between."""
    sold = scene.sold()
    one = scene.approved(sold, sold.sale.gross * 40 // 100)
    scene.running.fault("timeout", "/v1/refunds")
    scene.running.fault("error", "/v1/refunds", method="GET")
    assert scene.drive(one.id, ["refund.pay.answered"]) == KILLED
    assert scene.drive(one.id) == 0
    assert scene.judge(sold, one) == "completed"


def test_what_the_bank_refuses_later_is_turned_back_through_deaths(scene: Scene) -> None:
    sold = scene.sold()
    one = scene.approved(sold, sold.sale.gross)
    assert scene.drive(one.id) == 0
    scene.bank(sold, "refuse")
    for point in ("refund.release.after", "refund.restore.before", "refund.tell.before"):
        assert scene.drive(one.id, [point]) == KILLED
    assert scene.drive(one.id) == 0
    assert scene.judge(sold, one) == "compensated"
    again = scene.approved(sold, sold.sale.gross)
    assert scene.drive(again.id) == 0
    assert scene.desk.refund(again.id).status == "completed"
    assert scene.desk.clearing(sold) == 0
