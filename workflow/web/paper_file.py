"""A formal paper as docx in the layout of GB/T 9704-2012: A4, its margins, fonts and sizes."""

from __future__ import annotations

import io

from django.utils import timezone
from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from workflow.models import Notice

SONG, FANG_SONG, HEI = "方正小标宋简体", "仿宋_GB2312", "黑体"
NUMBER_TWO, NUMBER_THREE = Pt(22), Pt(16)
LINE = Pt(28.95)
"""22 lines on the 225 mm that the margins leave."""


def as_docx(paper: Notice) -> bytes:
    """Return the file."""
    document: Doc = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.issuer_name
    if paper.written_number:
        _line(document, paper.written_number, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    _line(document, paper.title, font=SONG, size=NUMBER_TWO, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    _line(document, f"{paper.addressee}：")
    for paragraph in paper.body.splitlines():
        _line(document, paragraph, indent=True)
    _line(document, "")
    _line(document, paper.issuer_name, align=WD_ALIGN_PARAGRAPH.RIGHT)
    written = timezone.localdate(paper.decided_at or paper.made_at)
    _line(document, f"{written.year}年{written.month}月{written.day}日", align=WD_ALIGN_PARAGRAPH.RIGHT)
    if paper.copied_to:
        _line(document, f"抄送：{paper.copied_to}", size=Pt(14))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _line(
    document: Doc,
    text: str,
    *,
    font: str = FANG_SONG,
    size: Pt = NUMBER_THREE,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    if align is not None:
        paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing = LINE
    if indent:
        layout.first_line_indent = 2 * size
    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
