"""A process that is cut off at a failpoint, without a process."""

from dataclasses import dataclass, field


class Cut(Exception):  # noqa: N818 - the process ends here
    """What a killed process looks like from inside: no handler of ours knows it."""


@dataclass
class Strikes:
    """``plan`` says at which failpoints, and how often, whoever passes is cut."""

    plan: dict[str, int] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)

    def hit(self, name: str) -> None:
        self.passed.append(name)
        if self.plan.get(name, 0) > 0:
            self.plan[name] -= 1
            raise Cut(name)
