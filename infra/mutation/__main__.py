"""``python -m mutation``: change model and policies a little at a time, and see a unit test fail for each.

mutmut does the work (``[tool.mutmut]`` in pyproject.toml). It wants the sources in ``src/`` and writes its
copy beside them, so the tree is laid out anew by links in ``.local/mutation``. Its own line shows the
progress; then every change that no test noticed is printed, to be tested or explained in docs/mutation.md.

``--seconds N`` bounds the run (900), ``--children N`` the processes (2). Status 1: the run was cut, or more
mutants survived than the document explains.
"""

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
STAGE: Final = ROOT / ".local" / "mutation"
DOCUMENT: Final = ROOT / "docs" / "mutation.md"
LINKS: Final = {
    "src": "functions",
    "tests": "tests",
    "statemachines": "statemachines",
    "infra/local/tapes": "infra/local/tapes",
    "pyproject.toml": "pyproject.toml",
}
_EXPLAINED: Final = re.compile(r"^\| explained \| (\d+) \|$", re.MULTILINE)


def main() -> int:
    """Lay out, run, tell."""
    parser = argparse.ArgumentParser(prog="python -m mutation")
    parser.add_argument("--seconds", type=int, default=900)
    parser.add_argument("--children", type=int, default=2)
    asked = parser.parse_args()
    _lay_out()
    failure = _run(asked.children, asked.seconds)
    survivors = _survivors()
    for name in survivors:
        print(f"\nsurvived: {name}\n{_changed(name)}")
    counts = _counts()
    print("\n" + ", ".join(f"{name} {count}" for name, count in counts.items() if count))
    if failure:
        print(failure)
        return 1
    allowed = _explained(DOCUMENT.read_text())
    print(f"{len(survivors)} survived, {allowed} are explained in {DOCUMENT.relative_to(ROOT)}")
    return 0 if len(survivors) <= allowed else 1


def _lay_out() -> None:
    shutil.rmtree(STAGE, ignore_errors=True)
    for name, target in LINKS.items():
        link = STAGE / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(ROOT / target)


def _run(children: int, seconds: int) -> str:
    """Run mutmut; return why it did not come to its end, empty when it did."""
    process = subprocess.Popen([*_mutmut("run"), "--max-children", str(children)], cwd=STAGE)
    try:
        status = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)  # it ends its children and keeps what it knows
        process.wait()
        return f"not all were tried within {seconds} s: give it more with --seconds"
    return "" if status == 0 else "mutmut could not begin: it says above which test fails on unchanged code"


def _survivors() -> list[str]:
    lines = _said("results").splitlines()
    return [line.strip().partition(":")[0] for line in lines if line.endswith((": survived", ": no tests"))]


def _changed(name: str) -> str:
    lines = _said("show", name).splitlines()
    return "\n".join(line for line in lines if re.match(r"[-+](?![-+])", line))


def _counts() -> dict[str, int]:
    _said("export-cicd-stats")
    found: dict[str, int] = json.loads((STAGE / "mutants" / "mutmut-cicd-stats.json").read_text())
    return {name: count for name, count in found.items() if isinstance(count, int)}


def _explained(document: str) -> int:
    found = _EXPLAINED.search(document)
    return int(found.group(1)) if found else 0


def _said(*command: str) -> str:
    return subprocess.run(_mutmut(*command), cwd=STAGE, capture_output=True, text=True, check=True).stdout


def _mutmut(*command: str) -> list[str]:
    return [sys.executable, "-m", "mutmut", *command]


if __name__ == "__main__":
    sys.exit(main())
