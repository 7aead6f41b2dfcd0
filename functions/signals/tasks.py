"""Entry: the tasks of ``statemachines/signal-publication.asl.yaml``."""

from collections.abc import Callable

import msgspec

from kit import telemetry, warm
from kit.task import Tasks
from signals.bootstrap.recovery import approval
from signals.bootstrap.tasks import publication
from signals.model.signal import SignalId
from signals.service.publication import Publication, Verdict


class Draft(msgspec.Struct, frozen=True):
    """The signal a task works on."""

    signal_id: str


class Question(msgspec.Struct, frozen=True):
    """A signal that waits for a person, and the workflow's task token."""

    signal_id: str
    token: str


class Answer(msgspec.Struct, frozen=True):
    """What a task found; the machine branches on ``verdict``."""

    signal_id: str
    verdict: Verdict


def _step(run: Callable[[Publication, SignalId], Verdict]) -> Callable[[Draft], Answer]:
    def task(draft: Draft) -> Answer:
        verdict = run(publication(), SignalId(draft.signal_id))
        telemetry.count("PublicationSteps", verdict=verdict)
        return Answer(draft.signal_id, verdict)

    return task


def _ask(question: Question) -> None:
    approval().ask(SignalId(question.signal_id), question.token)


tasks = Tasks(
    {
        "screen": (Draft, _step(Publication.screen)),
        "comply": (Draft, _step(Publication.comply)),
        "approve": (Draft, _step(Publication.approve)),
        "ask": (Question, _ask),
        "commit": (Draft, _step(Publication.commit)),
        "publish": (Draft, _step(Publication.publish)),
    }
)
handler = tasks.handler
warm.ahead(publication)
