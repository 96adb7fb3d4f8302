"""A real browser against a real server: Debian's chromium, the test application, the strict policy.

Every test fails on a console error, a script error or a breach of the content security policy.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "vendor" / "axe.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if CHROMIUM is None and here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="no chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def live_server(app: Flask) -> Iterator[str]:
    """The address of the test application, served by threads of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="live-server")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def base_url(live_server: str) -> str:
    return live_server


@pytest.fixture
def expected_complaints() -> list[str]:
    """Parts of console errors that this test provokes on purpose: append to it."""
    return []


@pytest.fixture(autouse=True)
def watched(page: Page, expected_complaints: list[str]) -> Iterator[None]:
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield
    unexpected = [
        complaint
        for complaint in complaints
        if not any(expected in complaint for expected in expected_complaints)
    ]
    assert unexpected == []


@pytest.fixture
def visit(page: Page) -> Callable[[str], Page]:
    """Open a path and wait until its scripts have run."""

    def go(path: str) -> Page:
        page.goto(path)
        page.wait_for_function("document.documentElement.classList.contains('script')")
        return page

    return go


@pytest.fixture
def accessible(page: Page) -> Callable[[], None]:
    """Fail on anything that axe finds against WCAG 2.2 A and AA on the page as it stands."""

    def check() -> None:
        page.evaluate(AXE.read_text("utf-8"))
        result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        found = [
            (violation["id"], [node["target"] for node in violation["nodes"]])
            for violation in result["violations"]
        ]
        assert found == []

    return check
