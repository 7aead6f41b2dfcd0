"""Topic ``kyc-events``: how well we know our clients, never with personal data. Key: what changed."""

from typing import ClassVar, Literal

from kit.events import Data, Moment

Tier = Literal["none", "basic", "standard", "unlimited"]


class _Kyc(Data, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "kyc-events"
    SOURCE: ClassVar[str] = "/treum/kyc"

    user_id: str


class KycSubmitted(_Kyc, frozen=True, kw_only=True):
    """Subject: the application. It was handed in for the ``round``-th time: the checks begin."""

    TYPE: ClassVar[str] = "kyc.submitted"

    application_id: str
    round: int
    tier: Tier
    policy_version: str
    submitted_at: Moment


class KycDecided(_Kyc, frozen=True, kw_only=True):
    """Subject: the application. Where it went after rules or people looked at it; ``by`` says which of them.

    ``score`` of 0 to 100 is its risk, None before it was known. Reasons stay in the domain.
    """

    TYPE: ClassVar[str] = "kyc.decided"

    application_id: str
    round: int
    outcome: Literal["approved", "rejected", "returned", "in_review", "video_wanted"]
    by: Literal["rule", "people"]
    score: int | None
    policy_version: str
    decided_at: Moment


class KycTierChanged(_Kyc, frozen=True, kw_only=True):
    """Subject: the user. ``tier`` from now on until ``valid_until``, None where no tier is held.

    ``cause``: an application was approved, its time is over, or the person is on a list of sanctions.
    """

    TYPE: ClassVar[str] = "kyc.tier_changed"

    tier: Tier
    previous: Tier
    valid_until: Moment | None
    cause: Literal["approved", "expired", "sanctioned"]
    application_id: str
    changed_at: Moment
