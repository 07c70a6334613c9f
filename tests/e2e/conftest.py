"""A browser, and the application as it is served.

Without Chromium the journeys are skipped, and say so; where ``DANGOL_E2E=required`` they
fail instead.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.server import Server, serve

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    named = [os.environ.get("DANGOL_CHROMIUM", "")] + [shutil.which(name) for name in CHROMIUM]
    found = next((path for path in named if path), None)
    if found is None:
        missing = "no Chromium: install it (apt install chromium), or name it as DANGOL_CHROMIUM"
        if os.environ.get("DANGOL_E2E") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


# Not for the session: Playwright's loop runs as long as it lives, and workers need their own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Every host is this machine: brands are told apart by the host of their pages.
        options = ["--host-resolver-rules=MAP * 127.0.0.1", "--lang=ko-KR"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    shown = {**environment, "DANGOL_DEV_OUTBOX": "on"}
    with serve(shown, tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots are kept."""
    folder = Path(os.environ.get("DANGOL_E2E_SHOTS", "build/e2e"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
