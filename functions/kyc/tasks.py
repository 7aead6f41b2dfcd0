"""Entry: the tasks of ``statemachines/kyc.asl.yaml``, one a step."""

from collections.abc import Callable

import msgspec

from kit.task import Tasks
from kyc.bootstrap.tasks import verifying
from kyc.model.application import STEPS, ApplicationId, Step
from kyc.service.verifying import Verdict


class Asked(msgspec.Struct, frozen=True):
    """The application a task works on."""

    application_id: str


class Answer(msgspec.Struct, frozen=True):
    """The step that is next, or that it waits or has ended: the machine goes there."""

    application_id: str
    verdict: Verdict


def _task(step: Step) -> Callable[[Asked], Answer]:
    def run(asked: Asked) -> Answer:
        return Answer(asked.application_id, verifying().run(ApplicationId(asked.application_id), step))

    return run


tasks = Tasks({step: (Asked, _task(step)) for step in (*STEPS, "tell")})
handler = tasks.handler
