"""The gate of cfn-lint: the sources, and what the transform makes of them (SAM events are blind spots)."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from gates.tables import ROOT
from gates.template_tree import PARAMETERS, template_files
from local.model import LocalError
from local.templates.load import load_template
from local.templates.sam import to_cloudformation

_LINT = Path(sys.executable).with_name("cfn-lint")
_SAM = "AWS::Serverless"
# addresses that packaging replaces, Subs that the transform writes needlessly, parameters it has used up
_TRANSFORMED_IGNORES = "W3002,W1020,W2001"


def problems(root: Path = ROOT) -> list[str]:
    """Return cfn-lint's complaints, one line each."""
    files = template_files(root)
    found = _lint([str(path) for path in files], "")
    with tempfile.TemporaryDirectory() as folder:
        for path in files:  # nested templates are looked for beside the one that names them
            beside = Path(folder) / path.relative_to(root)
            beside.parent.mkdir(parents=True, exist_ok=True)
            beside.symlink_to(path)
        made = [_transformed(path, Path(folder), root) for path in files if _SAM in path.read_text()]
        found += [line for line in made if not line.endswith(".json")]
        found += _lint([line for line in made if line.endswith(".json")], _TRANSFORMED_IGNORES)
    return found


def _transformed(path: Path, folder: Path, root: Path) -> str:
    """Write the CloudFormation that ``path`` becomes; return its address, or the line of what went wrong."""
    try:
        template = to_cloudformation(path, load_template(path), PARAMETERS)
    except LocalError as error:
        return str(error)
    target = (folder / path.relative_to(root)).with_suffix(".json")
    target.write_text(json.dumps(template))
    return str(target)


def _lint(files: list[str], ignored: str) -> list[str]:
    if not files:
        return []
    ignoring = ["--ignore-checks", *ignored.split(",")] if ignored else []
    command = [str(_LINT), "--format", "parseable", *ignoring, "--", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if line]
