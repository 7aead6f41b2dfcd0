"""Connections that open before the first call, where the environment starts before anybody calls.

In provisioned environments only: elsewhere a connection opens on first use, and a snapshot must hold none.
"""

import logging
from collections.abc import Callable

from kit import settings

_log = logging.getLogger(__name__)


def ahead(open_: Callable[[], object]) -> None:
    """Call ``open_`` now in a provisioned environment, else nothing; a failure is left to the first call."""
    if settings.optional("AWS_LAMBDA_INITIALIZATION_TYPE") != "provisioned-concurrency":
        return
    try:
        open_()
    except Exception as error:  # noqa: BLE001 - whatever it is, the first call meets it again and answers for it
        _log.warning("not opened ahead of the first call: %r", error)
