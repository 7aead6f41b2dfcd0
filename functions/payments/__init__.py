"""Money: a ledger of double entry, and the gateway that takes and gives back payments."""
