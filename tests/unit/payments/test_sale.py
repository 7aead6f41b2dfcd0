"""What a price is made of, and what parts of it are made of, to the paisa."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from payments.model.sale import Gst, Sale, sold_within

SALES = st.builds(
    sold_within, st.integers(0, 10**12), st.sampled_from(("KA", "MH")), st.sampled_from(("KA", "MH"))
)


def test_tax_within_a_state_is_two_halves_and_between_states_one_whole() -> None:
    assert sold_within(1_180_00, "KA", "KA") == Sale(1_000_00, ((Gst.CGST, 90_00), (Gst.SGST, 90_00)))
    assert sold_within(1_180_00, "KA", "MH") == Sale(1_000_00, ((Gst.IGST, 180_00),))


@given(SALES, st.lists(st.integers(1, 10**12), max_size=6))
@example(Sale(1, ((Gst.CGST, 1), (Gst.SGST, 1))), [1, 1])
@example(Sale(0, ((Gst.CGST, 1), (Gst.SGST, 1))), [1])
def test_shares_of_what_is_left_are_whole_and_add_up(sale: Sale, cuts: list[int]) -> None:
    left = sale
    for cut in [*cuts, sale.gross]:
        one = left.share(paise := min(cut, left.gross))
        assert one.gross == paise
        for mine, whole in ((one.net, left.net), *((one.tax(kind), tax) for kind, tax in left.taxes)):
            assert 0 <= mine <= whole
        left = left.less(one)
    assert left == Sale(0, tuple((kind, 0) for kind, _ in sale.taxes))


@given(SALES, st.floats(0, 1))
def test_the_halves_of_a_tax_stay_apart_by_a_paisa_at_most(sale: Sale, part: float) -> None:
    amounts = [tax for _, tax in sale.share(int(sale.gross * part)).taxes]
    assert max(amounts) - min(amounts) <= 1


@pytest.mark.parametrize("paise", [-1, 101])
def test_no_share_is_less_than_nothing_or_more_than_there_is(paise: int) -> None:
    with pytest.raises(ValueError, match="are left of 100"):
        Sale(100).share(paise)


@pytest.mark.parametrize(("gross", "buyer"), [(-1, "MH"), (1, "XX")])
def test_no_sale_is_less_than_nothing_or_to_nowhere(gross: int, buyer: str) -> None:
    with pytest.raises(ValueError, match="no sale"):
        sold_within(gross, "KA", buyer)
