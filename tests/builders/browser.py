"""A headless Chromium driven over its DevTools protocol: opens a page, asks it, waits for it, photographs it."""

import base64
import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_START_S = 30.0
_FLAGS = (
    "--headless=new",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-extensions",
    "--hide-scrollbars",
    "--no-sandbox",  # tests may run as root, where Chromium refuses its sandbox; it opens our own page only
    "--remote-debugging-port=0",
)


def chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One page. ``complaints`` are errors in its console, refused loads and uncaught exceptions.

    What a test provokes on purpose is none: it says so beforehand in ``provoked``, by regular expressions,
    for the browser notes a refusal some time after the page has shown it.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.complaints: list[str] = []
        self.provoked: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result. Raises ``RuntimeError`` with the browser's words."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=30))
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def open(self, url: str) -> None:
        """Load ``url``."""
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def evaluate(self, script: str) -> Any:
        """Return the value of ``script`` (awaited when it is a promise). Raises what it throws."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, script: str, within_s: float = 30.0) -> Any:
        """Return the first truthy value of ``script``. Raises ``TimeoutError`` with what the page complained."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if found := self.evaluate(script):
                return found
            time.sleep(0.1)
        raise TimeoutError(f"{script} did not become true; the page complains: {self.complaints}")

    def click(self, selector: str) -> None:
        """Click the first element that ``selector`` finds."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, **values: str) -> None:
        """Put each value into the field whose id is its name, with dashes."""
        for name, value in values.items():
            self.evaluate(f"document.getElementById({name.replace('_', '-')!r}).value = {value!r}")

    def fits_a_phone(self) -> bool:
        """Return whether nothing is wider than 390 pixels there; the page is wide again afterwards."""
        self.size(390, 844)
        fits = bool(self.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
        self.size(1440, 960)
        return fits

    def size(self, width: int, height: int, *, ratio: float = 1.0) -> None:
        """Give the page ``width`` by ``height`` CSS pixels at ``ratio`` device pixels each."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=ratio,
            mobile=width < 600,
        )

    def photograph(self, path: Path) -> None:
        """Write what the page shows as PNG."""
        shot = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def _note(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self._complain(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self._complain(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self._complain(" ".join(str(one.get("value")) for one in params["args"]))

    def _complain(self, words: str) -> None:
        if not any(re.search(pattern, words) for pattern in self.provoked):
            self.complaints.append(words)


def text(identity: str) -> str:
    """Return the script that answers what the element with the id ``identity`` says."""
    return f"document.getElementById({identity!r}).textContent"


@contextmanager
def opened(program: str) -> Iterator[Page]:
    """Start ``program`` and yield its page; the browser and its profile are gone afterwards."""
    profile = Path(tempfile.mkdtemp(prefix="treum-browser-"))
    command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_page_address(profile / "DevToolsActivePort"), max_size=2**26) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(profile, ignore_errors=True)


def _page_address(port_file: Path) -> str:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if port_file.exists() and (lines := port_file.read_text().splitlines()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=10) as answer:
                pages = [one for one in json.loads(answer.read()) if one["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise TimeoutError("the browser did not open its DevTools port")
