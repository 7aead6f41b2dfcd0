"""The billing profile: who pays, and which state's tax applies."""

from dataclasses import dataclass

from kit.errors import FieldError
from payments.errors.orders import AddressMissing, GstinInvalid, ProfileUnknown
from payments.model.ledger import PersonId
from payments.model.profile import Profile, gstin_weakness
from payments.ports.payments import Profiles


@dataclass(frozen=True, slots=True)
class Billing:
    """One profile a person; what was bought keeps the state it was bought in."""

    profiles: Profiles

    def get(self, person: PersonId) -> Profile:
        """Return the profile. Raises ``ProfileUnknown``."""
        found = self.profiles.find(person)
        if found is None:
            raise ProfileUnknown
        return found

    def put(self, profile: Profile) -> Profile:
        """Keep the profile. Raises ``GstinInvalid``, which says what is wrong, and ``AddressMissing``."""
        weakness = gstin_weakness(profile.gstin, profile.state) if profile.gstin else None
        if weakness:
            raise GstinInvalid(weakness, (FieldError("/gstin", "GSTIN", weakness),))
        if profile.gstin and not profile.address:
            missing = "Say the address that goes with this GSTIN"
            raise AddressMissing(missing, (FieldError("/address", "MISSING", missing),))
        self.profiles.put(profile)
        return profile
