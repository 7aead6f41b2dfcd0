"""The full tier of subscriptions: a whole year, day by day, each day judged."""

from pathlib import Path

import pytest

from builders.payments_api import wired
from builders.stripe_gateway import counter
from builders.subscription_year import START, a_quarter, days, year
from fixtures.database import Databases

pytestmark = pytest.mark.stores


def test_a_year_of_everything_that_happens_to_subscriptions(
    database: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = database("payments", "ledger")
    with (
        counter(tmp_path / "stripe") as gateway,
        year(wired(db, gateway, monkeypatch), tmp_path, monkeypatch, START) as running,
    ):
        lives = a_quarter(running)
        running.until(START + days(366))
        assert running.paid(lives.yearly) == [999900, 999900]
        assert len(running.paid(lives.trial)) == 12
        assert running.now_of(lives.monthly).terms.sku == "premium-monthly"
        assert running.standing(lives.monthly).plan == "premium"
        notices = [letter.key for letter in running.letters.letters.values() if ":notice:" in letter.key]
        assert len(notices) == len(set(notices)) >= 24
