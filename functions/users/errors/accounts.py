"""What is refused around accounts, passwords, codes and sessions.

Sign-in and registration answer alike for known and unknown accounts.
"""

from datetime import UTC, datetime

from kit.errors import Conflict, FieldError, Invalid, LimitExceeded, NotFound, Unauthenticated


class WeakPassword(Invalid):
    """The password is too easy to guess (422)."""

    code = "WEAK_PASSWORD"
    title = "Choose a stronger password"

    def __init__(self, detail: str = "", pointer: str = "/password") -> None:
        super().__init__(detail, (FieldError(pointer, self.code, detail or self.title),))


class BreachedPassword(WeakPassword):
    """The password stands in a list of leaked ones (422)."""

    code = "PASSWORD_BREACHED"
    title = "This password was leaked somewhere and is among the first that are tried: take another"

    def __init__(self, pointer: str = "/password") -> None:
        super().__init__(
            "This password stands in public lists of leaked passwords, so it is among the first that are"
            " tried. Take another one, such as four words that have nothing to do with each other, and if you"
            " use this one elsewhere, change it there too",
            pointer,
        )


class CurrentPasswordRefused(Invalid):
    """The password that holds until now is another one (422)."""

    code = "CURRENT_PASSWORD_REFUSED"
    title = "The current password is wrong: try again, or set a new one with POST /auth/password/forgot"

    def __init__(self) -> None:
        super().__init__("", (FieldError("/current_password", self.code, self.title),))


class SecondFactorMissing(Invalid):
    """The code that was mailed fits; an authenticator app protects the account besides (422)."""

    code = "SECOND_FACTOR_MISSING"
    title = "Give also a code of your authenticator app, or a backup code, in second_factor"

    def __init__(self) -> None:
        super().__init__("", (FieldError("/second_factor", self.code, self.title),))


class CodeRefused(Invalid):
    """The one-time code is wrong, used up or too old (422)."""

    code = "CODE_REFUSED"
    title = "The code is wrong or no longer valid: check it, or ask for a new one"

    def __init__(self, pointer: str = "/code") -> None:
        super().__init__("", (FieldError(pointer, self.code, self.title),))


class TooManyCodes(LimitExceeded):
    """Too many codes were asked for (429)."""

    code = "TOO_MANY_CODES"
    title = "Too many codes were asked for: wait before you ask again"


class VerificationUnknown(NotFound):
    """No such verification is open (404)."""

    code = "VERIFICATION_UNKNOWN"
    title = "This verification is not open any more: register again"


class AlreadyRegistered(Conflict):
    """Whoever holds the address has an account by now (409)."""

    code = "ALREADY_REGISTERED"
    title = "This address has an account by now: sign in"


class CredentialsRefused(Unauthenticated):
    """Address and password do not fit, or there is no such account: the same answer (401)."""

    code = "CREDENTIALS_REFUSED"
    title = (
        "Address and password do not fit together: check both, or set a new password with"
        " POST /auth/password/forgot"
    )


class SecondFactorRequired(Unauthenticated):
    """The password fits; a code of the authenticator app is to follow, from the same device (401)."""

    code = "SECOND_FACTOR_REQUIRED"
    title = "Give a code of your authenticator app: POST /auth/login/second-factor"

    def __init__(self, challenge_id: str, device_id: str, expires_at: datetime) -> None:
        super().__init__()
        at = expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.members = {"challenge_id": challenge_id, "device_id": device_id, "expires_at": at}


class SignInPaused(LimitExceeded):
    """Five failures in fifteen minutes (429)."""

    code = "SIGN_IN_PAUSED"
    title = "Too many failed sign-ins: wait before the next try"

    def __init__(self, until: datetime, now: datetime) -> None:
        at = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wait_s = int((until - now).total_seconds()) + 1
        super().__init__(f"{self.title}. The next try is possible at {at}", retry_after_s=wait_s)


class SignInLocked(SignInPaused):
    """Ten failures since the last success (429)."""

    code = "SIGN_IN_LOCKED"
    title = (
        "Sign-in to this account is locked after ten failures; a new password unlocks it at once:"
        " POST /auth/password/forgot"
    )


class RefreshRefused(Unauthenticated):
    """The refresh token is unknown, expired, used or revoked (401)."""

    code = "REFRESH_REFUSED"
    title = "This session has ended: sign in again"


class NoAuthenticator(Conflict):
    """The account has no authenticator app (409)."""

    code = "NO_AUTHENTICATOR"
    title = "Your account has no authenticator app: set one up with POST /auth/2fa/totp"


class AlreadyEnrolled(Conflict):
    """An authenticator app protects the account already (409)."""

    code = "ALREADY_ENROLLED"
    title = "Your account has an authenticator app already: remove it before you set up another"


class AddressUnchanged(Conflict):
    """The account has this address already (409)."""

    code = "ADDRESS_UNCHANGED"
    title = "This is the address of your account already: give the one it is to become"


class AddressTaken(Conflict):
    """Another account has confirmed the address by now (409)."""

    code = "ADDRESS_TAKEN"
    title = "Another account was opened with this address meanwhile: sign in there, or take another address"


class AddressChangeUnknown(NotFound):
    """The caller has no such change that waits (404)."""

    code = "ADDRESS_CHANGE_UNKNOWN"
    title = "No such change of an address waits: it was made, stopped or withdrawn"


class StopRefused(Invalid):
    """No change that could still be stopped has this word (422)."""

    code = "STOP_REFUSED"
    title = (
        "The word is wrong, or the change was made or ended before. If somebody else is in your account,"
        " set a new password with POST /auth/password/forgot and write to us"
    )

    def __init__(self) -> None:
        super().__init__("", (FieldError("/word", self.code, self.title),))


class NotLocked(Conflict):
    """No failed sign-in holds the account (409)."""

    code = "NOT_LOCKED"
    title = "No failed sign-ins hold this account: there is nothing to unlock"


class PurposeUnknown(NotFound):
    """Nobody is asked to consent to that (404)."""

    code = "PURPOSE_UNKNOWN"
    title = "There is no such purpose: GET /consents/notices lists them"


class NoticeOutdated(Conflict):
    """Another version of the notice is in force (409)."""

    code = "NOTICE_OUTDATED"
    title = "This notice has another version now: read it at GET /consents/notices, then decide"


class UserUnknown(NotFound):
    """No such account (404)."""

    code = "USER_UNKNOWN"
    title = "There is no such account"


class DeviceUnknown(NotFound):
    """No such device of the caller (404)."""

    code = "DEVICE_UNKNOWN"
    title = "There is no such device in your account"


class RolesRefused(Invalid):
    """The set of roles cannot be given (422)."""

    code = "ROLES_REFUSED"
    title = "These roles cannot be given"


class RotationTooSoon(Conflict):
    """The key before is still needed to verify live tokens (409)."""

    code = "ROTATION_TOO_SOON"
    title = "The last rotation has not taken effect yet: wait, or force it if the key leaked"
