"""What each reader makes of its format."""

import io
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from lxml import etree

from measures.importing.document import BlockKind, Document
from measures.importing.plan import read_plan
from measures.importing.readers import read_document
from measures.importing.readers.numbering import Numbering, chinese, written
from measures.importing.readers.radicals import plain_signs
from tests.measures.importing.corpus.render import as_pdf, pdf_of, render


def lines(document: Document) -> list[str]:
    return [document.quote(block) for block in document.blocks]


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_decoded_whatever_its_encoding(encoding: str) -> None:
    text = "一、总体要求\r\n坚持改革创新，ＡＢＣ　推进2025年工作。\n（省财政厅牵头）"
    assert read_document(text.encode(encoding), "plan.txt").text == text.replace("\r\n", "\n")


def test_rare_signs_of_gb18030_survive() -> None:
    assert read_document("镕喆堃垚昇翀𠮷野家".encode("gb18030"), "plan.txt").text == "镕喆堃垚昇翀𠮷野家"


def test_lines_broken_at_a_fixed_width_are_joined() -> None:
    paragraph = (
        "为深入贯彻落实党中央决策部署，加快建设现代化产业体系，推动经济高质量发展，结合本地实际，制定本实施方案，请各地各部门认真抓好落实。"
        * 3
    )
    wrapped = "\n".join(("　　" + paragraph)[i : i + 30] for i in range(0, len(paragraph) + 2, 30))
    document = read_document((wrapped + "\n" + wrapped + "\n　　一、总体要求\n" + wrapped).encode(), "plan.txt")
    assert lines(document)[0] == paragraph
    assert "一、总体要求" in lines(document)


def test_numbers_that_word_generates_are_written_out() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (form, text) in enumerate(
            [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimalEnclosedCircle", "%4")]
        )
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/></w:num>'))
    for text, depth in [
        ("要求", 0),
        ("任务", 0),
        ("甲", 1),
        ("推进", 2),
        ("落实", 2),
        ("细", 3),
        ("乙", 1),
        ("加快", 2),
        ("保障", 0),
        ("丙", 1),
    ]:
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="78"/></w:numPr>'))
    assert lines(read_document(saved(document))) == [
        "一、要求", "二、任务", "（一）甲", "1.推进", "2.落实", "①细", "（二）乙", "1.加快", "三、保障", "（一）丙",
    ]  # fmt: skip


def test_chinese_numerals_are_written_as_word_does() -> None:
    assert [chinese(n) for n in (1, 10, 11, 20, 21, 100, 101, 110, 999)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
        "一百",
        "一百零一",
        "一百一十",
        "九百九十九",
    ]
    assert [written(3, form) for form in ("decimal", "lowerletter", "decimalfullwidth", "decimalzero")] == ["3", "c", "３", "03"]


def test_insertions_are_taken_and_deletions_left_out() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("一、加快")
    paragraph._p.append(parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="a"><w:r><w:t>建设</w:t></w:r></w:ins>'))
    paragraph._p.append(parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="a"><w:r><w:delText>发展</w:delText></w:r></w:del>'))
    joined = document.add_paragraph("前半句，")
    joined._p.get_or_add_pPr().append(parse_xml(f'<w:rPr {nsdecls("w")}><w:del w:id="3" w:author="a"/></w:rPr>'))
    document.add_paragraph("后半句。")
    assert lines(read_document(saved(document))) == ["一、加快建设", "前半句，后半句。"]


def test_text_boxes_are_read_once_and_footnotes_stand_apart() -> None:
    document = docx.Document()
    box = (
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:AlternateContent><mc:Choice Requires="wps">'
        "<w:drawing><w:txbxContent><w:p><w:r><w:t>专栏一</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>专栏一</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph("正文。")._p.append(parse_xml(box))
    assert lines(read_document(saved(document))) == ["正文。", "专栏一"]


def test_merged_cells_point_to_the_cell_that_covers_them() -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for r in range(3):
        for c in range(3):
            table.cell(r, c).text = f"{r}{c}"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "甲"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "乙"
    read = read_document(saved(document))
    assert [[read.quote(cell) for cell in block.cells] for block in read.blocks] == [
        ["00", "01", "02"],
        ["甲", "乙", "乙"],
        ["甲", "21", "22"],
    ]
    assert all(block.kind is BlockKind.ROW for block in read.blocks)


def test_a_page_is_read_without_its_menus_and_with_its_charset() -> None:
    page = (
        '<html><head><meta charset="gb2312"><title>关于印发方案的通知_某省人民政府</title></head><body>'
        '<div class="nav">首页 政务公开</div>'
        '<div id="zoom"><p>　　一、<b>加快建设。</b>推进改革，扩大开放。</p><p>（省财政厅牵头，<br>省教育厅配合）</p></div>'
        '<div class="footer">版权所有</div></body></html>'
    )
    assert lines(read_document(page.encode("gb18030"), "a.html")) == [
        "关于印发方案的通知", "一、加快建设。推进改革，扩大开放。", "（省财政厅牵头，", "省教育厅配合）",
    ]  # fmt: skip


def test_pdf_lines_are_joined_and_heads_and_page_numbers_left_out() -> None:
    paragraph = "为深入贯彻落实党中央决策部署，加快建设现代化产业体系，推动经济高质量发展，结合本地实际，制定本实施方案。"
    several = [f"第{chinese(number)}段，{paragraph}" for number in range(1, 31)]
    text = ["某省实施方案", *several, "一、总体要求", paragraph]
    assert lines(read_document(as_pdf("\n".join(text)), "a.pdf")) == text


def test_pdf_columns_are_read_one_after_the_other() -> None:
    def draw(x: float, y: float, text: str) -> str:
        return f"BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"

    left = [f"左栏第{i}行的文字一直写到右边为止" for i in "一二三四五六七八"]
    right = [f"右栏第{i}行的文字一直写到右边为止" for i in "一二三四五六七八"]
    drawn = [draw(60, 700 - 20 * i, line) for i, line in enumerate(left)] + [draw(320, 700 - 20 * i, line) for i, line in enumerate(right)]
    text = read_document(pdf_of(["\n".join(drawn).encode()]), "a.pdf").text.replace("\n", "")
    assert text == "".join(left + right)


def test_pdf_columns_below_a_head_over_both_are_joined_into_paragraphs() -> None:
    def draw(x: float, y: float, text: str) -> str:
        return f"BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"

    head = "关于加快建设现代化产业体系推动高质量发展的若干措施的通知如下请认真执行"
    left = ["一、左栏写到右边还要接着写下去", *(f"左栏第{i}行的文字一直写到右边为止" for i in "二三四五六七"), "左栏至此为止。"]
    right = ["二、右栏写到右边还要接着写下去", *(f"右栏第{i}行的文字一直写到右边为止" for i in "二三四五六七"), "右栏至此为止。"]
    drawn = [draw(60, 760, head), draw(215, 740, "山政发〔2025〕9号")]
    drawn += [draw(60 if i else 84, 700 - 20 * i, line) for i, line in enumerate(left)]
    drawn += [draw(320 if i else 344, 700 - 20 * i, line) for i, line in enumerate(right)]
    read = lines(read_document(pdf_of(["\n".join(drawn).encode()]), "a.pdf"))
    assert read == [head, "山政发〔2025〕9号", "".join(left), "".join(right)]


def test_pdf_columns_whose_lines_stand_at_other_heights_are_read_with_a_ruled_table_below() -> None:
    def draw(x: float, y: float, text: str, size: int = 12) -> str:
        return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"

    left = [f"左栏第{i}行的文字一直写到右边为止" for i in "一二三四五六七八"]
    right = [f"右栏第{i}行的文字一直写到右边为止" for i in "一二三四五六七八"]
    drawn = [draw(250, 800, "某市人民政府公报", 6), draw(180, 760, "某市推动海洋经济高质量发展实施方案")]
    drawn += [draw(60, 700 - 20 * i, line) for i, line in enumerate(left)] + [draw(320, 691 - 20 * i, line) for i, line in enumerate(right)]
    drawn += [draw(60, 530, "附件：任务分工表")]
    ruled = [(f"{60 + 200 * i} 440 m {60 + 200 * i} 500 l S") for i in range(3)] + [
        f"60 {440 + 30 * i} m 460 {440 + 30 * i} l S" for i in range(3)
    ]
    drawn += [*ruled, draw(70, 480, "重点任务"), draw(270, 480, "牵头单位"), draw(70, 450, "建设码头"), draw(270, 450, "市港务局")]
    read = lines(read_document(pdf_of(["\n".join(drawn).encode()]), "a.pdf"))
    assert read[0] == "某市推动海洋经济高质量发展实施方案"
    assert "".join(read[1:-3]) == "".join(left + right)
    assert read[-3:] == ["附件：任务分工表", "重点任务\t牵头单位", "建设码头\t市港务局"]


def test_pdf_short_lines_on_the_right_are_not_joined() -> None:
    def draw(x: float, y: float, text: str) -> str:
        return f"BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"

    body = ["现将有关事项通知如下请结合实际认真组织实施并抓好落实" * 2 + sign for sign in "甲乙丙丁戊己庚辛"]
    drawn = [draw(60, 760 - 20 * i, line) for i, line in enumerate(body)]
    drawn += [draw(450, 560, "西安市人民政府"), draw(450, 540, "2025年3月31日")]
    assert lines(read_document(pdf_of(["\n".join(drawn).encode()]), "a.pdf"))[-2:] == ["西安市人民政府", "2025年3月31日"]


def test_markdown_is_read_without_its_marks() -> None:
    text = "# 方案\n\n## 一、要求\n\n- （一）**加快建设。** 推进[改革](http://a)。\n\n| 序号 | 任务 |\n|---|---|\n| 1 | 甲<br>乙 |\n"
    document = read_document(text.encode(), "a.md")
    assert lines(document) == ["方案", "一、要求", "（一）加快建设。 推进改革。", "序号\t任务", "1\t甲\n乙"]
    assert [block.level for block in document.blocks[:2]] == [1, 2]
    assert document.blocks[2].strong == 0 or document.quote(document.blocks[2])[: document.blocks[2].strong]


LEDGER = """某市2025年重点任务分工表
| 序号 | 重点任务 | 牵头单位 | 配合单位 | 完成时限 |
""" + "".join(
    f"| {i} | 推进公交一体化改造，新开通镇村公交线路{i}条 | 市交通运输局 | 市财政局、市公安局 | 2025年10月底前 |\n" for i in range(1, 12)
)


def test_ruled_tables_of_a_pdf_are_read_over_pages() -> None:
    data, name = render(LEDGER, "pdf")
    measures = read_plan(data, name).measures
    assert [measure.number for measure in measures] == [str(i) for i in range(1, 12)]
    assert {(*measure.lead, *measure.support) for measure in measures} == {("市交通运输局", "市财政局", "市公安局")}
    assert measures[10].title == "推进公交一体化改造，新开通镇村公交线路11条"


def test_a_table_of_a_pdf_without_any_line_is_read_by_its_columns() -> None:
    columns = (90, 130, 330, 440)
    rows = [
        ("序号", "重点任务", "牵头单位", "时限"),
        ("1", "建设平台三个以上，", "市工信局", "6月"),
        ("", "形成合力", "", "底前"),
        ("2", "培育企业", "市科技局", "年底前"),
    ]
    marks = [
        f"BT /F1 12 Tf 1 0 0 1 {x} {700 - 24 * i} Tm <{cell.encode('utf-16-be').hex()}> Tj ET"
        for i, row in enumerate(rows)
        for x, cell in zip(columns, row, strict=True)
        if cell
    ]
    reading = read_plan(pdf_of(["\n".join(marks).encode()]), "plan.pdf")
    assert [(measure.number, measure.title, measure.lead) for measure in reading.measures] == [
        ("1", "建设平台三个以上，形成合力", ["市工信局"]),
        ("2", "培育企业", ["市科技局"]),
    ]


def test_radicals_that_fonts_name_are_read_as_words() -> None:
    assert plain_signs("⼈⺠政府⽀持⽼⻝") == "人民政府支持老食"


def test_levels_that_never_restart_and_signs_in_circles_are_counted_as_word_does() -> None:
    xml = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%1）"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlRestart w:val="0"/>'
        '<w:lvlText w:val="%2."/></w:lvl>'
        '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimalEnclosedCircleChinese"/>'
        '<w:pStyle w:val="a"/><w:lvlText w:val="%3"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    numbering = Numbering.read(etree.fromstring(xml))
    assert [numbering.next("1", depth) for depth in (0, 1, 1, 0, 1, 2, 2, 1, 2)] == [
        "（一）",
        "1.",
        "2.",
        "（二）",
        "3.",
        "①",
        "②",
        "4.",
        "①",
    ]
    assert numbering.depth_of("1", "a") == 2


def test_lines_around_the_table_of_a_sheet_are_no_tasks() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    rows: list[tuple[Any, ...]] = [("某市2025年台账",), ("填报单位：督查室", None, "2025年2月10日"), ("序号", "任务", "责任单位")]
    rows += [(1, "建校", "市教育局"), (2, "修路", "市交通局"), ("1.每月更新。",)]
    for row in rows:
        sheet.append(row)
    book.create_sheet("说明").append(("2.由市政府办负责解释。",))
    out = io.BytesIO()
    book.save(out)
    reading = read_plan(out.getvalue(), "plan.xlsx")
    assert [measure.title for measure in reading.measures] == ["建校", "修路"]
    assert str(reading.date) == "2025-02-10"
