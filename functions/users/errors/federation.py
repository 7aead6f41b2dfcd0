"""What is refused where people come with an identity of a provider.

Why a token is refused is told in words that help its owner; the rule that failed stands in the log.
"""

from kit.errors import Conflict, Forbidden, NotFound, Unauthenticated


class FederationOff(NotFound):
    """No provider is set up (404)."""

    code = "OIDC_OFF"
    title = "Sign-in by another provider is not set up here: sign in with your address and password"


class IdTokenRefused(Unauthenticated):
    """The ID token does not vouch for anybody here, now (401); ``rule`` is for the log."""

    code = "OIDC_TOKEN_REFUSED"
    title = (
        "This ID token is not accepted: it must be fresh, unused, and issued to this application by its"
        " provider. Sign in at the provider again"
    )

    def __init__(self, rule: str = "") -> None:
        super().__init__()
        self.rule = rule


class SignInRequestRefused(Unauthenticated):
    """Handle, state and code do not belong together, are too old or were used before (401)."""

    code = "OIDC_SIGN_IN_REFUSED"
    title = (
        "This sign-in cannot be finished: it is over, was finished before, or was begun elsewhere."
        " Begin anew with POST /auth/oidc/start"
    )


class EmailUnverified(Forbidden):
    """The provider does not vouch for an e-mail address (403)."""

    code = "OIDC_EMAIL_UNVERIFIED"
    title = (
        "Your provider has not verified your e-mail address, or does not tell it: confirm it there and allow"
        " it to be shared, then sign in again"
    )


class LinkNeedsSignIn(Forbidden):
    """An app or a role protects the account of that address, so nothing is linked unasked (403)."""

    code = "OIDC_LINK_NEEDS_SIGN_IN"
    title = (
        "The account with this address is linked from within only: sign in with its password, then"
        " POST /users/me/identities"
    )


class IdentityTaken(Conflict):
    """The identity signs in to another account (409)."""

    code = "IDENTITY_TAKEN"
    title = "This identity signs in to another account: remove it there first"


class TooManyIdentities(Conflict):
    """The account has as many identities as it may (409)."""

    code = "TOO_MANY_IDENTITIES"
    title = "Your account has ten identities already: remove one before you link another"


class IdentityUnknown(NotFound):
    """The caller has no such identity (404)."""

    code = "IDENTITY_UNKNOWN"
    title = "There is no such identity in your account"


class LastWayIn(Conflict):
    """Without a password the last identity stays (409)."""

    code = "LAST_WAY_IN"
    title = "This is your only way to sign in: first set a password with POST /auth/password/forgot"
