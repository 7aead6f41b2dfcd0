"""The verifier as a folder and a command that need nothing of ours."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import treum_verify
from builders.record import Proofs, Record, candles, lived, written
from treum_verify.command import main
from treum_verify.proof import canonical

PARENT = Path(treum_verify.__file__).parent.parent


def record() -> Proofs:
    """Return the lived record as the export gives it: numbers 1 to 4, three of them revealed."""
    return lived().export()


def test_the_folder_runs_alone_without_anything_of_ours(tmp_path: Path) -> None:
    page = tmp_path / "export.ndjson"
    lines = "".join(json.dumps(one) + "\n" for one in record())
    page.write_text(lines)
    command = [sys.executable, "-S", "-P", "-c"]
    program = f"import sys; sys.path.insert(0, {str(PARENT)!r}); from treum_verify.command import main; "
    program += "sys.exit(main(sys.argv[1:]))"

    def run(*more: str) -> "subprocess.CompletedProcess[str]":
        call = [*command, program, str(page), *more]
        return subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path)

    honest = run("--candles", written(tmp_path, candles()))
    page.write_text(lines.replace("110.00", "111.00"))
    lying = run()

    assert (honest.returncode, lying.returncode) == (0, 1), honest.stderr + lying.stderr
    assert "everything holds" in honest.stdout
    assert "3 ends and voids were made anew" in honest.stdout
    assert "treum-house: 1 won of 3 settled (2 ended, 1 voided): win rate 33.3%" in honest.stdout
    assert "NOT against a head" in honest.stdout
    assert "WRONG" in lying.stdout


def test_the_command_reads_single_proofs_and_locked_documents(tmp_path: Path) -> None:
    one = tmp_path / "one.json"
    proof = record()[2]
    one.write_text(json.dumps(proof))
    assert main([str(one)]) == 0
    assert main([str(one), "--documents", str(tmp_path)]) == 1

    (tmp_path / "000000003.json").write_text(json.dumps(proof))

    assert main([str(one), "--documents", str(tmp_path)]) == 0
    assert main([str(tmp_path / "absent.json")]) == 2
    one.write_text("7")
    assert main([str(one)]) == 2


def test_a_rate_of_nothing_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Record()
    made.world.published(symbol="AAPL")
    made.world.published(symbol="MSFT")
    page = tmp_path / "page.json"
    page.write_text(json.dumps({"items": made.export()}))

    assert main([str(page)]) == 0
    assert "nothing has ended yet, 2 open" in capsys.readouterr().out
    assert (treum_verify.rate_of([]).interval, treum_verify.rate_of([]).bounds) == (None, None)
    with pytest.raises(ValueError, match="fractions"):
        canonical({"a": 1.5})
