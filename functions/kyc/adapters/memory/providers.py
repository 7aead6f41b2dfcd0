"""Providers in memory, with the emulator's personas: what a number begins with says what happens."""

from dataclasses import dataclass, field
from datetime import date

from kit.errors import Retryable
from kyc.model.evidence import Answer, CheckOutcome, Hit, Screened
from kyc.ports.providers import Reference

_OUTCOMES: dict[str, CheckOutcome] = {"REJ": "invalid", "MIS": "mismatch"}
_PREFIX = 3


@dataclass
class MemoryProviders:
    """See :mod:`kyc.ports.providers`. ``asked`` are the keys in order; ``away`` calls fail first."""

    asked: list[str] = field(default_factory=list)
    away: int = 0
    given: dict[str, str] = field(default_factory=dict)

    def reference(self, aadhaar: str) -> Reference | None:
        """Refuse what begins with 9999."""
        if aadhaar.startswith("9999"):
            return None
        return Reference(self.given.setdefault(aadhaar, f"ref-{len(self.given)}"), aadhaar[-4:])

    def pan(self, pan: str, name: str, born: date, *, key: str) -> Answer:
        """Answer by the PAN's first letters."""
        del name, born
        return self._answer(pan[:_PREFIX], key)

    def aadhaar(self, reference: str, name: str, born: date, *, key: str) -> Answer:
        """Match, unless the name says otherwise."""
        del born
        return self._answer("MIS" if "Otherwise" in name else reference, key)

    def screen(self, name: str, born: date, *, key: str) -> Screened:
        """Find who is called so."""
        del born
        self._pass(key, "BRO" if "Unscreenable" in name else "")
        hits: list[Hit] = []
        if "Sanctioned" in name:
            hits.append(Hit("sanctions", "UN Consolidated", 97))
        if "Minister" in name:
            hits.append(Hit("pep", "PEP India", 80))
        return Screened(tuple(hits), f"scr-{len(self.asked)}")

    def _answer(self, persona: str, key: str) -> Answer:
        self._pass(key, persona)
        return Answer(_OUTCOMES.get(persona, "match"), f"ver-{len(self.asked)}")

    def _pass(self, key: str, persona: str) -> None:
        first = key not in self.asked
        self.asked.append(key)
        if persona == "BRO" or (persona == "SLO" and first) or self.away > 0:
            self.away = max(0, self.away - 1)
            raise Retryable("the provider does not answer")
