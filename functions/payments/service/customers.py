"""The gateway's name of a person, asked for once and then known."""

import hashlib
from dataclasses import dataclass

from payments.model.gateway import CustomerRef
from payments.model.profile import Profile
from payments.ports.gateway import PaymentGateway
from payments.ports.payments import Profiles


@dataclass(frozen=True, slots=True)
class Customers:
    """The key carries the address: one that was changed after a lost answer is another order."""

    profiles: Profiles
    gateway: PaymentGateway

    def of(self, profile: Profile) -> CustomerRef:
        """Return the customer behind ``profile``. Raises what the gateway raises."""
        if profile.customer is not None:
            return profile.customer
        address = hashlib.sha256(profile.email.encode()).hexdigest()[:32]
        customer = self.gateway.customer(
            profile.person, profile.email, key=f"customer:{profile.person}:{address}"
        )
        self.profiles.note_customer(profile.person, customer)
        return customer
