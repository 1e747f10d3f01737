"""What officers bring into a report from elsewhere: tables copied in Excel and in Word, files dragged onto the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.journeys.test_hard_conditions import asked_report
from tests.journeys.test_whole_story import act, done
from tests.journeys.windows import entered
from workflow.models import Report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table><!--StartFragment-->
<tr height=18><td class=xl65>广州</td><td align=right>12.5</td></tr><tr><td>深圳</td><td align=right>8</td></tr>
<tr><td>珠海</td><td></td><td>待核</td></tr><!--EndFragment-->
</table></body></html>"""
WORD = """<html xmlns:w="urn:schemas-microsoft-com:office:word"><body><!--StartFragment--><p class=MsoNormal>一、<b>进展</b></p>
<table class=MsoTableGrid><tr>
<td><p class=MsoNormal><span>标准厂房</span></p></td><td><p class=MsoNormal>已完工
三栋</p></td></tr></table><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>二、下步打算</p><!--EndFragment--></body></html>"""

MERGED = """<table><tr><td rowspan=2>广州</td><td>债券</td><td>3</td></tr><tr><td>基金</td><td>5</td></tr>
<tr><td>深圳</td><td>债券</td><td>2</td></tr></table>"""

COPY = """([html, text]) => navigator.clipboard.write([new ClipboardItem(
    {"text/html": new Blob([html], { type: "text/html" }), "text/plain": new Blob([text], { type: "text/plain" })})])"""


def copied(page: Page, html: str, text: str) -> None:
    """Put what another program copied on the clipboard."""
    page.evaluate(COPY, [html, text])


def dragged(page: Page, x: float, y: float, *files: Path) -> None:
    """Drag files from the desk onto a place of the page, and let go."""
    browser = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})


def test_tables_of_excel_and_word_become_lines_where_the_cursor_stands(new_page: Callable[..., Page]) -> None:
    officer, report = asked_report()
    page = entered(new_page(permissions=["clipboard-read", "clipboard-write"]), officer)
    page.goto(reverse("report", args=[report.pk]))
    field = page.get_by_label("本期已完成工作")
    field.fill("各市投入（亿元）：\n完毕。")
    field.press("ArrowUp")
    field.press("End")
    copied(page, EXCEL, "广州\t12.5\n深圳\t8\n珠海\t\t待核")
    field.press("Enter")
    field.press("Control+v")
    expect(field).to_have_value("各市投入（亿元）：\n广州；12.5\n深圳；8\n珠海；—；待核\n完毕。")
    copied(page, WORD, "一、进展\n标准厂房\t已完工 三栋\n二、下步打算")
    field.press("Control+a")
    field.press("Control+v")
    expect(field).to_have_value("一、进展\n标准厂房；已完工 三栋\n二、下步打算")
    copied(page, "<p>一段<b>文字</b></p>", "一段文字")
    page.get_by_label("存在问题").focus()
    page.keyboard.press("Control+v")
    expect(page.get_by_label("存在问题")).to_have_value("一段文字")
    steps = page.get_by_label("下一步安排")
    steps.fill("继续推进。")
    steps.press("Home")
    copied(page, MERGED, "广州\t债券\t3\n\t基金\t5\n深圳\t债券\t2")
    steps.press("Control+v")
    expect(steps).to_have_value("广州；债券；3\n广州；基金；5\n深圳；债券；2\n继续推进。")
    act(page, "保存草稿")
    done(page, "草稿已保存")
    kept = Report.objects.get()
    assert (kept.done.splitlines(), kept.problems) == (["一、进展", "标准厂房；已完工 三栋", "二、下步打算"], "一段文字")


@pytest.mark.parametrize("beside", [False, True], ids=["on the form", "beside the form"])
def test_files_dragged_onto_the_page_are_attached_with_what_was_chosen_before(
    new_page: Callable[..., Page], tmp_path: Path, beside: bool
) -> None:
    officer, report = asked_report()
    files = [tmp_path / name for name in ("台账.csv", "会议纪要.txt", "照片说明.txt")]
    for file in files:
        file.write_text(f"{file.stem}\n")
    page = entered(new_page(), officer)
    page.goto(reverse("report", args=[report.pk]))
    page.get_by_label("本期已完成工作").fill("已完成。")
    page.locator("#id_files").set_input_files(files[0])
    place = page.get_by_role("heading", level=1) if beside else page.locator("#writing textarea").first
    box = place.bounding_box()
    assert box is not None
    dragged(page, box["x"] + 5, box["y"] + 5, *files[1:])
    expect(page.get_by_label("本期已完成工作")).to_have_value("已完成。")
    assert page.locator("#id_files").evaluate("field => [...field.files].map(file => file.name)") == [file.name for file in files]
    act(page, "保存草稿")
    done(page, "草稿已保存")
    assert sorted(Report.objects.get().evidence.values_list("filename", flat=True)) == sorted(file.name for file in files)
