"""Amounts as HTTP carries them."""

from pydantic import Field

from kit.http import View
from payments.model.payment import CURRENCY
from payments.model.sale import Gst, Sale


class AmountView(View):
    """Whole minor units of a currency."""

    amount: int = Field(description="In minor units: 99900 is ₹999.00")
    currency: str


class SaleView(View):
    """A price with tax, and what it is made of."""

    gross: AmountView = Field(description="What the customer pays")
    net: AmountView
    cgst: AmountView
    sgst: AmountView
    igst: AmountView


def money(paise: int) -> AmountView:
    """Return rupees."""
    return AmountView(amount=paise, currency=CURRENCY)


def sale_view(sale: Sale) -> SaleView:
    """Return ``sale`` with each tax."""
    taxes = {kind.value: money(sale.tax(kind)) for kind in Gst}
    return SaleView(gross=money(sale.gross), net=money(sale.net), **taxes)
