"""Entry point of jobs: what schedules and the bootstrap call, and what an operator may."""

import msgspec

from kit.task import Tasks
from users.bootstrap import stores
from users.bootstrap import tasks as wiring


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A job without input."""


class RotateSigningKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``leaked`` drops the keys before it at once: every access token ends."""

    leaked: bool = False


class EnsureAdmin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The address of the first administrator."""

    email: str


def ensure_signing_key(_: Nothing) -> dict[str, bool]:
    """Make the first signing key unless there is one; publish what there is."""
    return {"made": wiring.keys().ensure()}


def rotate_signing_key(asked: RotateSigningKey) -> dict[str, str | int]:
    """Begin a rotation."""
    new = wiring.keys().rotate(leaked=asked.leaked)
    return {"kid": new.kid, "signs_from": new.signs_from}


def rebuild_revocations(_: Nothing) -> dict[str, int]:
    """Heal the mirror of revocations."""
    return {"mirrored": wiring.mirroring().rebuild()}


def ensure_admin(asked: EnsureAdmin) -> dict[str, bool]:
    """Open the first administrator's account; its password lies in the secret ``first-admin``."""
    return {"opened": wiring.first_admin().ensure(asked.email)}


def forget_expired(_: Nothing) -> dict[str, int]:
    """Delete what is past its use: codes, failures, refresh tokens and devices long ended."""
    return {"deleted": wiring.retention().forget_expired()}


def end_plans(_: Nothing) -> dict[str, int]:
    """End plans whose time has passed, whatever payments said or did not say."""
    return {"ended": stores.plans().end_due()}


def make_due_addresses(_: Nothing) -> dict[str, int]:
    """Make the changes of addresses that nobody stopped."""
    return {"made": wiring.address_changing().make_due()}


def tell_locks(_: Nothing) -> dict[str, int]:
    """Tell that accounts are locked."""
    return {"told": wiring.locks().tell_locks()}


tasks = Tasks(
    {
        "ensure_signing_key": (Nothing, ensure_signing_key),
        "rotate_signing_key": (RotateSigningKey, rotate_signing_key),
        "rebuild_revocations": (Nothing, rebuild_revocations),
        "ensure_admin": (EnsureAdmin, ensure_admin),
        "end_plans": (Nothing, end_plans),
        "make_due_addresses": (Nothing, make_due_addresses),
        "tell_locks": (Nothing, tell_locks),
        "forget_expired": (Nothing, forget_expired),
    }
)
handler = tasks.handler
