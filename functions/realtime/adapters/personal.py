"""What this domain holds about a person: the plan they have, as told. Sockets end with their session."""

from typing import Final

from kit.privacy.tables import Erasure, Holdings, Section

HOLDINGS: Final = Holdings(
    sections=(
        Section(
            "plan",
            ("plans",),
            "SELECT plan, changed_at, valid_until FROM plans WHERE subject = %(person)s",
        ),
    ),
    erasures=(Erasure("plan", "DELETE FROM plans WHERE subject = %(person)s"),),
)
