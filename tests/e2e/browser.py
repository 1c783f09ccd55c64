"""A real browser, Debian's Chromium without a screen, told what to do over WebDriver (W3C), which is HTTP and JSON."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from harness import wait_until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key under which the protocol names an element


class Browser:
    """One window of a browser with a profile of its own, which is gone afterwards."""

    def __init__(self, folder: Path):
        self.downloads = folder / "downloads"
        self.downloads.mkdir(parents=True)
        # Port 0: the driver says on standard output which one it has.
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            self.base = f"http://127.0.0.1:{self._port()}"
            self.base += "/session/" + self._open(folder)
        except BaseException:
            self.driver.kill()
            raise

    def _port(self) -> str:
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return found.group(1)
        raise AssertionError("chromedriver did not start; is chromium-driver installed?")

    def _open(self, folder: Path) -> str:
        options = {
            "binary": shutil.which("chromium"),
            # The tests run as root, in machines without /dev/shm of any size.
            "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000", f"--user-data-dir={folder}/profile"],
            "prefs": {"download.default_directory": str(self.downloads)},
        }
        return self._call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})["sessionId"]

    def _call(self, method: str, path: str, body: dict | None = None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise BrowserError(error.read().decode()) from None

    def close(self) -> None:
        try:
            self._call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=30)

    # -- what a person does

    def go(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    @property
    def url(self) -> str:
        return self._call("GET", "/url")

    def script(self, text: str, *arguments):
        return self._call("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    @property
    def text(self) -> str:
        return self.script("return document.body ? document.body.innerText : ''")

    def find(self, how: str, what: str, seconds: float = 30) -> str:
        """The element that shows up; `how` is "css selector", "link text" or "xpath"."""

        def there():
            try:
                return self._call("POST", "/element", {"using": how, "value": what})[ELEMENT]
            except BrowserError:
                return None

        try:
            return wait_until(there, seconds, what)
        except AssertionError:
            raise AssertionError(f"no {what} within {seconds} s on {self.url}, which shows:\n{self.text[:2000]}") from None

    def click(self, how: str, what: str) -> None:
        why = [""]

        def clicked():
            element = self.find(how, what)
            try:
                self.script("arguments[0].scrollIntoView({block: 'center'})", {ELEMENT: element})
                self._call("POST", f"/element/{element}/click")
                return True
            except BrowserError as error:
                why[0] = str(error)
                if not any(passing in why[0] for passing in ("not interactable", "intercepted", "stale element")):
                    raise
                return False  # still being drawn

        try:
            wait_until(clicked, 30, f"{what} can be clicked")
        except AssertionError:
            raise AssertionError(f"{what} on {self.url} cannot be clicked: {why[0][:500]}") from None

    def value(self, how: str, what: str) -> str:
        return self._call("GET", f"/element/{self.find(how, what)}/property/value")


class BrowserError(Exception):
    """What the driver says of a command that failed."""
