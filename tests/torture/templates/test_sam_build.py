"""`sam build`, as a deployment runs it, makes what ``tests/infra/templates/test_packages.py`` makes faster."""

import os
import subprocess
import sys
from pathlib import Path

from builders import packages
from gates import template_tree
from gates.tables import ROOT


def _sam() -> Path:
    """Return sam's bin folder: an environment of its own, because sam pins other versions than ours."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "treum" / "sam"
    if not (home / "bin" / "sam").exists():
        uv, python = str(Path(sys.executable).with_name("uv")), str(home / "bin" / "python")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True)
        command = [uv, "pip", "install", "--quiet", "--python", python, "aws-sam-cli", "pip"]
        subprocess.run(command, check=True)
    return home / "bin"


def test_sam_builds_packages_that_hold_what_they_need_and_no_more(tmp_path: Path) -> None:
    sam = _sam()
    environment = {
        **os.environ,
        "PATH": f"{sam}:{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "ap-south-1",
    }
    command = [
        str(sam / "sam"),
        "build",
        "--template",
        str(ROOT / "template.yaml"),
        "--build-dir",
        str(tmp_path),
        "--parallel",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    tree = template_tree.read()
    assert list(packages.strays(tmp_path, tree)) == []
    assert list(packages.too_large(tmp_path, tree)) == []
    if sys.version_info[:2] == (3, 13):
        assert list(packages.broken_imports(tmp_path, tree)) == []
