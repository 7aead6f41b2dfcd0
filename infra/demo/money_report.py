"""What came of the money's story, and whether all of it held."""

from dataclasses import dataclass

SOON_MS = 2_000.0


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """Counts of one run. ``trial_balance_paise`` is debits less credits of all books, -1 before it is known.

    ``payment_to_socket_ms``: from the page that took the card to the first frame of the paid channel on a
    socket that was open all the while.
    """

    payments_captured: int
    webhooks_delivered: int
    webhooks_duplicated: int
    trial_balance_paise: int
    ledger_equals_gateway: bool
    refunds: int
    renewals: int
    dunning_recovered: int
    year_played: bool
    payment_to_socket_ms: float
    audit_events: int
    audit_verified: bool

    def failures(self, soon_ms: float = SOON_MS) -> list[str]:
        """Return what did not hold, in words; empty when all did. A socket hears within ``soon_ms``."""
        held = {
            "nothing was paid": self.payments_captured > 0,
            "no webhook came twice": self.webhooks_duplicated > 0,
            "the books do not balance": self.trial_balance_paise == 0,
            "the books are not those of the gateway": self.ledger_equals_gateway,
            "nothing was refunded": self.refunds > 0,
            "a year has twelve renewals": self.renewals >= 12 or not self.year_played,  # noqa: PLR2004 - as it says
            "a late payment did not recover its subscription": self.dunning_recovered > 0
            or not self.year_played,
            f"a socket waited over {soon_ms:g} ms for what was paid": self.payment_to_socket_ms <= soon_ms,
            "the audit export does not verify": self.audit_verified,
        }
        return [words for words, holds in held.items() if not holds]
