"""The table of OWASP ASVS 5.0.0 in ``docs/security.md``: whole, in order, and nothing it names is gone."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from builders.documents import NAMED, ROOT, absent

DOCUMENT = ROOT / "docs" / "security.md"
LEVELS = Path(__file__).with_name("asvs-5.0.0.csv")
"""Id and level of each requirement of levels 1 and 2, in the standard's order."""
STATES = ("met", "partly", "not met", "n/a")
_LINE = re.compile(r"^\| (V[\d.]+) \| (\d) \| ([^|]+) \| ([^|]+) \| (.*) \|$", re.MULTILINE)
_PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+|[\w-]+\.(?:yaml|toml|lock|md))`")
_COUNT = re.compile(r"^\| ([a-z/ ]+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """One requirement: what we say of it, and what shows it."""

    id: str
    level: str
    state: str
    evidence: str


def lines(document: str) -> list[Line]:
    """Return the lines of the table."""
    return [Line(id_, level, state, evidence) for id_, level, _, state, evidence in _LINE.findall(document)]


def wanted() -> list[tuple[str, str]]:
    """Return id and level of each requirement."""
    with LEVELS.open() as file:
        return [(row["id"], row["level"]) for row in csv.DictReader(file)]


def listed(document: str) -> list[str]:
    """Return what is wrong with the list: ids missing, unknown, doubled, of another level or out of order."""
    asked, said = wanted(), [(one.id, one.level) for one in lines(document)]
    found = [f"{id_} is missing" for id_, level in asked if (id_, level) not in said]
    found += [f"{id_} is unknown or of another level" for id_, level in said if (id_, level) not in asked]
    found += [f"{id_} stands there {many} times" for (id_, _), many in Counter(said).items() if many > 1]
    return found or ([] if said == asked else ["the order is not the standard's"])


def unfounded(document: str) -> list[str]:
    """Return the lines that show nothing: no evidence of what is met, no word of what is missing or why."""
    found: list[str] = []
    for one in lines(document):
        shown = NAMED.search(one.evidence) or _PATH.search(one.evidence)
        words = _PATH.sub("", NAMED.sub("", one.evidence)).strip(" ,.`")
        if one.state not in STATES:
            found.append(f"{one.id}: {one.state} is no state")
        elif one.state == "met" and not (shown or "Below (" in one.evidence):
            found.append(f"{one.id}: met, and nothing shows it")
        elif one.state in {"partly", "not met"} and "Missing: " not in one.evidence:
            found.append(f"{one.id}: {one.state}, and not what is missing")
        elif not words and one.state == "n/a":
            found.append(f"{one.id}: n/a, and not why")
    return found


def gone(document: str) -> list[str]:
    """Return the files and sections that the table names and that are not there."""
    found = [
        path for one in lines(document) for path in _PATH.findall(one.evidence) if not (ROOT / path).exists()
    ]
    headings = set(re.findall(r"^## (.+)$", document, re.MULTILINE))
    return found + [name for name in re.findall(r'\("(\w+)"\)', document) if name not in headings]


def miscounted(document: str) -> list[str]:
    """Return the states whose counts (level 1, level 2, both) are not those of the table."""
    told = {state: (int(one), int(two), int(both)) for state, one, two, both in _COUNT.findall(document)}
    made = Counter((one.state, one.level) for one in lines(document))
    right = {
        state: (made[state, "1"], made[state, "2"], made[state, "1"] + made[state, "2"]) for state in STATES
    }
    return [state for state in STATES if told.get(state) != right[state]]


def test_every_requirement_has_its_line() -> None:
    assert len(wanted()) == 253
    assert listed(DOCUMENT.read_text()) == []


def test_every_line_shows_what_it_says_by_what_is_there() -> None:
    document = DOCUMENT.read_text()
    assert unfounded(document) == []
    assert absent(document) == []
    assert gone(document) == []
    assert miscounted(document) == []


FIRST = "| V1.1.1 | 2 | "


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (r"^\| V2\.2\.1 .*\n", "", "V2.2.1 is missing"),
        (r"^(\| V2\.2\.1 .*\n)", r"\1\1", "V2.2.1 stands there 2 times"),
        (r"^\| V2\.2\.1 \| 1", "| V2.2.1 | 2", "V2.2.1 is unknown or of another level"),
        (r"^\| V2\.2\.1 ", "| V99.2.1 ", "V99.2.1 is unknown or of another level"),
        (r"^(\| V2\.2\.1 .*\n)(\| V2\.2\.2 .*\n)", r"\2\1", "the order is not the standard's"),
    ],
)
def test_a_list_that_is_not_the_standards_is_seen(old: str, new: str, said: str) -> None:
    assert said in listed(re.sub(old, new, DOCUMENT.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{FIRST}a | met | by faith. |", "V1.1.1: met, and nothing shows it"),
        (f"{FIRST}a | met |  |", "V1.1.1: met, and nothing shows it"),
        (f"{FIRST}a | partly | `pyproject.toml` |", "V1.1.1: partly, and not what is missing"),
        (f"{FIRST}a | not met | soon. |", "V1.1.1: not met, and not what is missing"),
        (f"{FIRST}a | n/a | `pyproject.toml` |", "V1.1.1: n/a, and not why"),
        (f"{FIRST}a | done | `pyproject.toml` |", "V1.1.1: done is no state"),
    ],
)
def test_a_line_that_shows_nothing_is_seen(line: str, said: str) -> None:
    assert unfounded(line) == [said]


def test_a_test_file_section_or_count_that_is_gone_is_seen() -> None:
    here = "tests/infra/test_security_document.py"
    assert absent(f"{FIRST}a | met | `{here}::test_that_nobody_wrote` |") == [
        f"{here}::test_that_nobody_wrote"
    ]
    assert absent(f"{FIRST}a | met | `tests/infra/test_gone.py::test_it` |") == [
        "tests/infra/test_gone.py::test_it"
    ]
    assert gone(f"{FIRST}a | met | `layers/kit/gone.py`, `gone.yaml` |") == [
        "layers/kit/gone.py",
        "gone.yaml",
    ]
    assert gone(f'{FIRST}a | met | Below ("Nowhere"). |') == ["Nowhere"]
    assert miscounted(f"| met | 1 | 1 | 2 |\n{FIRST}a | met | `pyproject.toml` |") == list(STATES)
