"""What several routes ask and answer alike."""

from kit.http import Reply, Request
from kit.http.etag import of_version
from signals.model.signal import Signal, SignalId
from signals.schemas.signals import SignalView


def signal_id(request: Request) -> SignalId:
    """Return the signal that the path names."""
    return SignalId(request.path["id"])


def signal_reply(signal: Signal) -> Reply:
    """Answer with a signal and its version."""
    return Reply(SignalView.model_validate(signal), etag=of_version(signal.version))
