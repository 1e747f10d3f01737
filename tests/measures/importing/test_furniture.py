"""What a web page shows around its article."""

import re

import pytest

from measures.importing.furniture import is_bar_of_links, is_furniture
from measures.importing.plan import read_plan

PLAN = """<p>各镇人民政府，区政府各部门：</p><p>现印发给你们，请认真贯彻执行。</p><p>山阳市河东区人民政府办公室</p><p>2024年3月5日</p>
<p>河东区优化营商环境重点任务分工方案</p><p>一、重点任务</p><p>1.推进审批改革。（区行政审批局牵头，公安河东分局、区财政局配合，6月底前完成）</p>
<p>2.【政务公开】建立公开目录。（责任单位：区政府办公室）</p>"""
TITLE = "山阳市河东区人民政府办公室关于印发《河东区优化营商环境重点任务分工方案》的通知"
READ = [("1", ["区行政审批局"], ["公安河东分局", "区财政局"], []), ("2", [], [], ["区政府办公室"])]


@pytest.mark.parametrize(
    "line",
    [
        "首页｜走进武侯｜新闻中心｜政务公开｜专题专栏",
        "首页 要闻动态 政务公开 政务服务",
        "【打印本页】【返回顶部】",
        "【字体：大 中 小】【打印】【关闭窗口】",
        "分享到：微信 微博",
        "您现在的位置：首页 > 政务公开 > 政策文件",
        "主办：成都市武侯区人民政府　承办：武侯区行政审批局　蜀ICP备11002345号-1",
        "建议使用1024*768分辨率浏览",
        "网站标识码：5101070001",
    ],
)
def test_lines_of_a_page_are_known(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "【政务公开】",
        "一、政务公开",
        "政务服务、信息公开、互动交流",
        "主办单位：市科技局",
        "责任单位：市财政局｜市审计局｜市税务局",
        "市人民政府门户网站每月公开进展。",
        "附件：重点任务分工表",
    ],
)
def test_lines_of_a_plan_are_kept(line: str) -> None:
    assert not is_furniture(line)


def test_a_bar_of_links_is_nothing_but_short_links() -> None:
    assert is_bar_of_links("机构概况 图片新闻", 8)
    assert not is_bar_of_links("机构概况 图片新闻", 4)
    assert not is_bar_of_links("附件：分工表", 6)


def test_a_page_laid_out_in_tables_is_read_without_its_bars_and_buttons() -> None:
    page = (
        '<html><head><meta charset="utf-8"><title>x</title></head><body><table><tr>'
        '<td><a href="/">首页</a></td><td><a href="/a">图片新闻</a></td></tr>'
        f'</table><table><tr><td><div>{TITLE}</div>{PLAN}<p>分享到：<a href="#">微信</a></p>'
        "<p>【打印本页】【返回顶部】</p></td></tr></table>"
        "<div>主办单位：河东区人民政府办公室</div><div>承办单位：河东区数据局</div><div>网站标识码：5101070001</div></body></html>"
    )
    reading = read_plan(page.encode(), "plan.html")
    assert reading.issuer == "山阳市河东区人民政府办公室"
    assert [(one.number, one.lead, one.support, one.named("responsible")) for one in reading.measures] == READ
    assert "首页" not in reading.text
    assert "主办" not in reading.text


def test_a_page_saved_as_text_is_read_without_them_as_well() -> None:
    text = re.sub("<[^>]+>", "", PLAN.replace("</p>", "\n"))
    page = (
        f"河东区人民政府门户网站\n首页 | 要闻动态 | 政务公开 | 互动交流\n当前位置：首页 > 政策文件\n{TITLE}\n{text}\n"
        "上一篇：通知\n【返回顶部】\n"
        "版权所有：河东区人民政府\n主办：河东区人民政府办公室  承办：河东区数据局\n地址：长江路1号\n"
    )
    reading = read_plan(page.encode(), "plan.txt")
    assert (reading.issuer, str(reading.date)) == ("山阳市河东区人民政府办公室", "2024-03-05")
    assert [(one.number, one.lead, one.support, one.named("responsible")) for one in reading.measures] == READ
