"""What came of the story of identity, and whether all of it held."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """Counts of one run. ``limit_overshoot``: requests a key got beyond its quota, -1 before it is known.

    ``provider_sign_ins`` is -1 where no provider of identities runs (there is no Node).
    """

    second_factors: int
    provider_sign_ins: int
    kyc_auto_approved: int
    kyc_reviewed: int
    forged_tokens_tried: int
    forged_tokens_accepted: int
    limit_overshoot: int
    webhooks_replayed: int

    def failures(self) -> list[str]:
        """Return what did not hold, in words; empty when all did."""
        held = {
            "nobody signed in with an authenticator app": self.second_factors > 0,
            "nobody signed in by a provider": self.provider_sign_ins != 0,
            "nobody was verified by rule": self.kyc_auto_approved > 0,
            "nobody was verified by two people": self.kyc_reviewed > 0,
            "no forged token was tried": self.forged_tokens_tried > 0,
            "a forged token came in": self.forged_tokens_accepted == 0,
            "a key got more than its quota": self.limit_overshoot == 0,
            "no webhook was replayed": self.webhooks_replayed > 0,
        }
        return [words for words, holds in held.items() if not holds]
