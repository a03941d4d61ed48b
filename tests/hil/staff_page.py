"""The staff's page of one table, open in a browser while a test plays: read from any thread."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from browser import CHROMIUM, QUIET
from playwright.sync_api import Error, sync_playwright

from kiosk.virtual.demo.pages import pages_command

STARTS = 150
"""Knocks at the pages, a fifth of a second apart."""


class StaffPage:
    """Serves the pages of the kiosk with this configuration too, as on a Pi; `kiosk` may come and go meanwhile."""

    def __init__(self, config: Path, port: int, devices: Path) -> None:
        devices.mkdir(exist_ok=True)
        self._pages = subprocess.Popen(
            pages_command(config, devices), stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        self._pool = ThreadPoolExecutor(1)
        self._pool.submit(self._open, f"http://127.0.0.1:{port}/staff").result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.submit(self._close).result()
        self._pool.shutdown()
        self._pages.kill()
        self._pages.wait(10)

    def until(self, where: str, says: str) -> None:
        """Waits until that part says so."""
        self._pool.submit(self._wait, where, says).result()

    def rows(self, where: str) -> list[list[str]]:
        """A table's cells as they are now."""
        return self._pool.submit(
            lambda: [row.locator("td").all_inner_texts() for row in self._page.locator(where).all()]
        ).result()

    def says(self, where: str) -> str:
        return self._pool.submit(lambda: self._page.locator(where).inner_text()).result()

    def faults(self) -> list[str]:
        """What went wrong in the page itself."""
        return list(self._faults)

    def _open(self, address: str) -> None:
        self._play = sync_playwright().start()
        self._browser = self._play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        self._page = self._browser.new_page(viewport={"width": 1280, "height": 800})
        self._faults: list[str] = []
        self._page.on("pageerror", lambda error: self._faults.append(str(error)))
        for knock in range(STARTS):
            try:
                self._page.goto(address)
            except Error:
                if knock == STARTS - 1:
                    raise
                self._page.wait_for_timeout(200)
            else:
                return

    def _wait(self, where: str, says: str) -> None:
        self._page.locator(where, has_text=says).first.wait_for()

    def _close(self) -> None:
        self._browser.close()
        self._play.stop()
