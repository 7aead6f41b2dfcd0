"""Who may call which operation: one line each, so that a new route or a wider one is a decision in the diff."""

from users.api import api

PUBLIC = {
    "exchange_oidc",
    "finish_oidc",
    "forgot_password",
    "jwks",
    "list_consent_notices",
    "login",
    "login_second_factor",
    "refresh",
    "register",
    "resend_otp",
    "reset_password",
    "start_oidc",
    "stop_address_change",
    "verify_otp",
}
BY_ROLE = {
    "disable_user": ("admin",),
    "enable_user": ("admin",),
    "end_sessions": ("support",),
    "find_users": ("support",),
    "get_user": ("support",),
    "put_plan": ("admin",),
    "put_roles": ("admin",),
    "unlock_user": ("support",),
}
SIGNED_IN = {
    "change_password",
    "confirm_address_change",
    "confirm_totp",
    "delete_address_change",
    "delete_device",
    "get_me",
    "get_second_factor",
    "list_address_changes",
    "list_consent_history",
    "list_consents",
    "list_devices",
    "list_identities",
    "logout",
    "logout_all",
    "patch_me",
    "put_consent",
    "step_up",
    "verify_step_up",
}
"""One's own."""
STEP_UP = {
    "change_email": 1,
    "change_phone": 1,
    "enrol_totp": 1,
    "link_identity": 1,
    "remove_totp": 2,
    "renew_backup_codes": 2,
    "unlink_identity": 1,
}
"""One's own, with a step-up of the level."""
STAFF_STEP_UP = {"disable_user": 1, "enable_user": 1}
"""By role, with one too."""


def test_every_operation_is_open_to_whom_this_table_says() -> None:
    assert {one.id for one in api.routes if one.access.public} == PUBLIC
    assert {one.id: one.access.roles for one in api.routes if one.access.roles} == BY_ROLE
    assert {one.id: one.access.step_up_level for one in api.routes if one.access.step_up_s} == (
        STEP_UP | STAFF_STEP_UP
    )
    assert {one.id for one in api.routes} == PUBLIC | BY_ROLE.keys() | SIGNED_IN | STEP_UP.keys()


def test_every_operation_that_is_public_or_tries_a_secret_is_limited() -> None:
    unlimited = {one.id for one in api.routes if one.access.public and one.rate is None}
    assert unlimited == {"jwks"}
    tries = {"change_password", "confirm_address_change", "confirm_totp", "verify_step_up"}
    assert {one.id for one in api.routes if one.id in tries and one.rate and one.rate.strict} == tries
