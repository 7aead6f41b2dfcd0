"""The letter an application owes its person: the workflow's last step, or the schedule's."""

from dataclasses import dataclass

from kit.errors import Retryable
from kyc.errors import ApplicationNotFound
from kyc.model.application import ApplicationId
from kyc.ports.applications import Applications, Together
from kyc.ports.outgoing import DueRows, Letters
from kyc.ports.sealing import DetailsSeal


@dataclass(frozen=True, slots=True)
class Telling:
    """Twice is once: a letter has a name."""

    applications: Applications
    letters: Letters
    seal: DetailsSeal
    due: DueRows
    together: Together

    def tell(self, application_id: ApplicationId) -> None:
        """Write what is owed; nothing, where nobody ever said an address. Raises ``Retryable``."""
        one = self.applications.find(application_id)
        if one is None:
            raise ApplicationNotFound
        if not one.owes_letter:
            return
        if one.details is not None:
            self.letters.tell(one, self.seal.open(one.person, one.details).email)
        with self.together():
            if not self.applications.put(one.told(), one.version):
                raise Retryable("the application was changed meanwhile: look again")
            self.due.drop("kyc.tell", one.id)
