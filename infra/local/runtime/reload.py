"""Hot reload: a file saved restarts the functions made of it; a template saved asks for a restart."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from local.runtime.functions import Functions

_DEBOUNCE_MS = 200
_TEMPLATES = {".yaml", ".yml"}


class _Sources(DefaultFilter):
    """Python, data files and templates; not prose, nor the caches that running them writes."""

    def __call__(self, change: Change, path: str) -> bool:
        return super().__call__(change, path) and "__pycache__" not in path and not path.endswith(".md")


class Reloader:
    """Watches code roots (with the templates in them), layers and the root template."""

    def __init__(self, functions: Functions, template: Path, record: Callable[[str], None]) -> None:
        self._functions = functions
        self._template = template
        self._record = record
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """End; waits for the watching thread."""
        self._stop.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        folders = [folder for folder in self._functions.folders() if folder.is_dir()]
        async for changes in awatch(
            *folders,
            self._template,
            watch_filter=_Sources(),
            stop_event=self._stop,
            debounce=_DEBOUNCE_MS,
            rust_timeout=1000,
        ):
            self._act({Path(path) for _, path in changes})

    def _act(self, paths: set[Path]) -> None:
        for path in sorted(p for p in paths if p.suffix in _TEMPLATES):
            self._record(f"{path.name} in {path.parent.name}/ changed: restart the platform to read it")
        names = self._functions.changed(p for p in paths if p.suffix not in _TEMPLATES)
        if names:
            more = f" and {len(names) - 1} more" if names[1:] else ""
            self._record(f"reloaded {names[0]}{more} after a change of {min(p.name for p in paths)}")
