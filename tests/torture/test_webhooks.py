"""The full tier of "webhooks are authentic": 5,000 forgeries, none accepted."""

from builders.webhooks import forgeries_accepted


def test_five_thousand_forgeries_none_is_accepted() -> None:
    for seed in range(5):
        assert forgeries_accepted(1_000, seed) == 0, f"seed {seed}"
