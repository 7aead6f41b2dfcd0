"""How often one network address may try: the limits of the public routes."""

from kit import settings
from kit.http import Rate

_PER_MINUTE = int(settings.optional("SIGN_IN_PER_MINUTE", "5"))
SIGN_IN = Rate(limit=_PER_MINUTE, name="sign-in", strict=True)
FEDERATION = Rate(limit=2 * _PER_MINUTE, name="federation", strict=True)
CODES = Rate(limit=_PER_MINUTE, name="codes", strict=True)
PROOFS = Rate(limit=2 * _PER_MINUTE, name="proofs", strict=True)
STEP_UP = Rate(limit=5, name="step-up", strict=True)
STEP_UP_PROOFS = Rate(limit=10, name="step-up-proofs", strict=True)
REFRESH = Rate(limit=12 * _PER_MINUTE, name="refresh")
NOTICES = Rate(limit=60, name="notices")
CONSENTS = Rate(limit=30, name="consents")
ADDRESSES = Rate(limit=5, name="addresses", strict=True)
IDENTITIES = Rate(limit=5, name="identities", strict=True)
