"""A draft begins its way to publication: apart from what drives it later, so that a start imports no more."""

from signals.model.signal import SignalId
from signals.ports import PublicationWorkflow


def begin_publication(signal_id: SignalId, workflow: PublicationWorkflow) -> bool:
    """Start the workflow of a new draft; False when it runs or ran already."""
    return workflow.start(signal_id)
