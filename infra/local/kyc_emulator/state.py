"""What the emulator keeps between runs: its key, its port, and which reference stands for which number."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


class State:
    """One file in ``folder``, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "state.json"
        try:
            self._kept: dict[str, Any] = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            self._kept = {"api_key": f"kyc_local_{secrets.token_hex(16)}", "port": 0, "references": {}}
            self._write()

    @property
    def api_key(self) -> str:
        """The key that callers show."""
        return str(self._kept["api_key"])

    @property
    def port(self) -> int:
        """The port of the run before, 0 at first."""
        return int(self._kept["port"])

    @port.setter
    def port(self, port: int) -> None:
        self._kept["port"] = port
        self._write()

    def reference(self, aadhaar: str) -> str:
        """Return what stands for ``aadhaar``, the same each time."""
        known: dict[str, str] = self._kept["references"]
        for reference, number in known.items():
            if number == aadhaar:
                return reference
        made = f"uidref_{secrets.token_hex(12)}"
        known[made] = aadhaar
        self._write()
        return made

    def stands_for(self, reference: str) -> bool:
        """Whether the reference was given here."""
        return reference in self._kept["references"]

    def _write(self) -> None:
        partial = self._path.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self._kept, file)
        partial.replace(self._path)
