"""`make screenshots`: a picture of every page, at three sizes and as the person it is for, into docs/screenshots.

Starts an installation with the demonstration on the services of the rig, signs people in and visits their pages. A page that is
not answered with 200 fails the run.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.rig.browser import CHROMIUM_ARGUMENTS
from tests.rig.packages import chromium_program
from tests.rig.services import free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
SIZES = {"desk": (1366, 768), "tablet": (820, 1180), "phone": (390, 844)}
TALLEST = 1400


@dataclass(frozen=True, slots=True)
class Shot:
    """A page to picture.

    Attributes:
        name: of the file.
        who: the account it is for; empty for nobody signed in.
        path: where it is, or where the way to it begins.
        links: patterns of the addresses to follow from there, the first match each time.
    """

    name: str
    who: str
    path: str
    links: tuple[str, ...] = ()


SHOTS = (
    Shot("sign-in", "", "/sign-in/"),
    Shot("workbench-coordinator", "szfb.coordinator", "/workbench/"),
    Shot("supervision-centre", "szfb.coordinator", "/command/"),
    Shot("ledger", "szfb.coordinator", "/ledger/"),
    Shot("plans", "szfb.coordinator", "/plans/"),
    Shot("plan", "szfb.coordinator", "/plans/", (r"/plans/\d+/",)),
    Shot("upload", "szfb.coordinator", "/plans/upload/"),
    Shot("task-coordinator", "szfb.coordinator", "/ledger/", (r"/tasks/\d+/",)),
    Shot("draw-up", "szfb.coordinator", "/tasks/new/"),
    Shot("calendar", "szfb.coordinator", "/calendar/"),
    Shot("plan-chart", "szfb.coordinator", "/plans/", (r"/plans/\d+/", r"/plans/\d+/gantt/")),
    Shot("plan-ladder", "szfb.coordinator", "/plans/", (r"/plans/\d+/", r"/plans/\d+/ladder/")),
    Shot("papers", "szfb.coordinator", "/papers/"),
    Shot("paper", "szfb.coordinator", "/papers/", (r"/papers/\d+/",)),
    Shot("re-check", "szfb.coordinator", "/rechecks/", (r"/rechecks/\d+/",)),
    Shot("ledger-import", "szfb.coordinator", "/ledger/import/"),
    Shot("statistics", "szfb.coordinator", "/statistics/"),
    Shot("workbench-officer", "sjrb.officer", "/workbench/"),
    Shot("to-do", "sjrb.officer", "/todo/"),
    Shot("done", "sjrb.officer", "/done/"),
    Shot("task-officer", "sjrb.officer", "/todo/", (r"/tasks/\d+/",)),
    Shot("work-plan", "sjrb.reviewer", "/todo/?kind=15", (r"/work-plans/\d+/",)),
    Shot("following", "szfb.coordinator", "/following/"),
    Shot("notices", "sjrb.officer", "/notifications/"),
    Shot("notice-preferences", "sjrb.officer", "/notifications/preferences/"),
    Shot("cockpit", "leader", "/cockpit/"),
    Shot("search", "leader", "/search/?q=资本"),
    Shot("briefing", "leader", "/cockpit/", (r"/cockpit/briefing/.*",)),
    Shot("uninvolved", "ssjt.officer", "/ledger/"),
    Shot("administration", "admin.system", "/admin/"),
    Shot("password", "sjrb.officer", "/password/"),
    Shot("not-found", "sjrb.officer", "/nothing/"),
)


@contextmanager
def _installation(password: str) -> Iterator[str]:
    """Run an installation with the demonstration; gives its address."""
    port = free_port()
    environment = os.environ | {"DUBAN_PORT": str(port), "DUBAN_DEMO_PASSWORD": password}
    command = [sys.executable, "manage.py", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if f":{port}/" in line:
                break
        else:
            sys.exit("the installation did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _signed_in(browser: Browser, address: str, who: str, password: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        base_url=address, viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    if who:
        page.goto("/sign-in/")
        page.locator("#id_username").fill(who)
        page.locator("#id_password").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(re.compile(r"^(?!.*/sign-in/)"))
    return page


def _take(page: Page, shot: Shot, target: Path) -> int:
    """Go to the page and picture it; returns the status it was answered with."""
    answer = page.goto(shot.path)
    for link in shot.links:
        addresses = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        found = next((address for address in addresses if re.fullmatch(link, address)), None)
        if found is None:
            print(f"{shot.name}: no way to {link}")
            return 0
        answer = page.goto(found)
    page.wait_for_load_state("networkidle")
    tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=target, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall}, animations="disabled")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        print(f"{shot.name}: {wide} pixels wide on a screen of {width}")
    return answer.status if answer else 0


def main() -> int:
    """Take every picture; returns 1 when a page was not as it should be."""
    password = secrets.token_urlsafe(12)
    failed = []
    shutil.rmtree(FOLDER, ignore_errors=True)
    with _installation(password) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_program(), args=CHROMIUM_ARGUMENTS)
        for size_name, size in SIZES.items():
            (FOLDER / size_name).mkdir(parents=True)
            for who in dict.fromkeys(shot.who for shot in SHOTS):
                page = _signed_in(browser, address, who, password, size)
                for shot in (shot for shot in SHOTS if shot.who == who):
                    status = _take(page, shot, FOLDER / size_name / f"{shot.name}.png")
                    if status != (404 if shot.name == "not-found" else 200):
                        failed.append(f"{size_name} {shot.name}: {status}")
                page.context.close()
        browser.close()
    print("\n".join(failed) or f"{len(SHOTS) * len(SIZES)} pictures in {FOLDER.relative_to(ROOT)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
