"""Entry: the tasks of ``statemachines/refund.asl.yaml``, one a step of the saga."""

from collections.abc import Callable

import msgspec

from kit.task import Tasks
from payments.bootstrap.refund_tasks import saga
from payments.model.refund import BACK, FORWARD, RefundId, Step
from payments.service.refunding.saga import Verdict


class Asked(msgspec.Struct, frozen=True):
    """The refund a task works on."""

    refund_id: str


class Answer(msgspec.Struct, frozen=True):
    """The step that is next, or how the refund ended: the machine goes there."""

    refund_id: str
    verdict: Verdict


def _task(step: Step) -> Callable[[Asked], Answer]:
    def run(asked: Asked) -> Answer:
        return Answer(asked.refund_id, saga().run(RefundId(asked.refund_id), step))

    return run


tasks = Tasks({step: (Asked, _task(step)) for step in (*FORWARD, *BACK)})
handler = tasks.handler
