"""Where a plan ends and its attachments begin: signatures, imprints, lists of attachments. The rest makes the segments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from measures.importing.document import Block, BlockKind, Document
from measures.importing.frontmatter import (
    DATE,
    NUMBER,
    PUBLISH,
    QUALIFIER,
    TITLE,
    Layout,
    Piece,
    line_of,
    number_in_title,
    published,
    read_head,
    with_date,
)
from measures.importing.headings import Scheme, read_marker
from measures.importing.issuers import before_the_date, names_issuers, spelled_together

_ATTACHMENT = re.compile(
    r"^附(?:\s*(?:件|表|录)|(?=\s*[\d一二三四五六七八九十]{0,2}\s*[：:]))\s*(?P<no>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})?\s*"
    r"(?:[：:.．、]\s*|\s+|$)(?P<title>.{0,80})$"
)
_ATTACHMENT_MORE = re.compile(r"^[0-9０-９]{1,2}[.．、]\s*.{2,60}$")
# An attachment that names persons sets no tasks: …工作专班成员名单.
_LIST_OF_NAMES = re.compile(r"(?:名单|通讯录|联络表|联络员表|组成人员|成员表)$")
_LIST_REACH = 3000  # lines within which an attachment is looked for that a list announces
# An attachment whose title alone tells that it begins: 重点任务分工 above numbers that begin again.
_DIVIDES = re.compile(r"[^。；，：:（）()]{0,40}(?:(?:任务|责任)(?:分工|分解)(?:方案|表|清单)?|(?:任务|责任|项目)清单)$")
_OF_TIME = re.compile(r"(?:时限|期限|时间|节点|进度|完成)[^：:]{0,4}[：:]\s*$")
_BRACKETED = re.compile(r"[（(][^（）()]{2,40}[）)]$")  # （本文有删减）
_NOTES = re.compile(r"^(?:注|备\s*注|说\s*明|填表说明|填报说明|注释|几点说明|有关说明)\s*[：:\d（(]")
_LONGEST_NOTE = 120
_MOST_NAMES = 30  # agencies that sign one document


def lay_out(document: Document) -> Layout:
    """Take a document apart."""
    layout, rest = read_head(document)
    segments, attachments, layout = _split(document, rest, layout)
    layout = replace(layout, segments=tuple(segments), attachments=tuple(attachments))
    if layout.number is None:
        layout = replace(layout, number=number_in_title(document, layout))
    return published(document, layout)


def _split(document: Document, blocks: Sequence[Block], layout: Layout) -> tuple[list[tuple[Block, ...]], list[int], Layout]:
    """Cut the rest at signatures and at the beginnings of attachments."""
    splitter = _Splitter(document, blocks, layout)
    splitter.run()
    return splitter.segments, splitter.attachments, splitter.layout


class _Splitter:
    """Walks the blocks behind the front matter and collects the segments."""

    def __init__(self, document: Document, blocks: Sequence[Block], layout: Layout) -> None:
        self.document, self.blocks, self.layout = document, blocks, layout
        self.segments: list[tuple[Block, ...]] = []
        self.attachments: list[int] = []
        self.current: list[Block] = []
        self.attached = self.has_numbers = self.noting = False

    def run(self) -> None:
        """Walk to the end."""
        index = 0
        while index < len(self.blocks):
            index = self._step(index)
        self._close()

    def _close(self) -> None:
        if self.current and not (self.attached and _LIST_OF_NAMES.search(line_of(self.document, self.current[0]))):
            if self.attached:
                self.attachments.append(len(self.segments))
            self.segments.append(tuple(self.current))
            self.has_numbers = self.has_numbers or _numbered(self.document, self.current)
        self.current = []

    def _step(self, index: int) -> int:
        block = self.blocks[index]
        line = line_of(self.document, block)
        if block.kind is not BlockKind.ROW:
            signature = _signature(self.document, self.blocks, index)
            if signature:
                self.layout = _sign(self.document, self.blocks[index : index + signature], self.layout)
                self._close()
                after, self.layout = _title_after(self.document, self.blocks, index + signature, self.layout)
                return after
            if len(line) < 80 and _ATTACHMENT.match(line):
                self.noting = False
                return self._attachment(index)
            if self._is_note(index, line):
                return index + 1
            if self._begins_again(index, line):
                self._close()
                self.attached = True
                return index + 1
        if block.kind is BlockKind.ROW or not PUBLISH.match(line):
            self.current.append(block)
        return index + 1

    def _is_note(self, index: int, line: str) -> bool:
        """Tell the notes under a table (注：1.本表每月更新), which are of no section."""
        block = self.blocks[index]
        if index and self.blocks[index - 1].kind is BlockKind.ROW:
            self.noting = _NOTES.match(line) is not None
        elif self.noting:
            marker = read_marker(line)
            self.noting = block.level is None and not (marker and marker.scheme < Scheme.NUM) and len(line) < _LONGEST_NOTE
        return self.noting

    def _begins_again(self, index: int, line: str) -> bool:
        """Tell the title of an attachment without the word 附件: a division of tasks, behind numbers, above numbers that begin again."""
        if not _DIVIDES.match(line) or read_marker(line) or index + 1 >= len(self.blocks) or not _numbered(self.document, self.current):
            return False
        marker = read_marker(line_of(self.document, self.blocks[index + 1]))
        return marker is not None and marker.value == 1 and marker.scheme in {Scheme.CN, Scheme.CN_PAREN, Scheme.CHAPTER}

    def _attachment(self, index: int) -> int:
        if _is_list(self.document, self.blocks, index):
            index += 1
            while index < len(self.blocks) and self._is_listed(self.blocks[index]):
                index += 1
            return index
        self._close()
        carries = self.layout.notice is not None and not self.has_numbers
        self.attached = not carries
        after, self.layout = _title_after(self.document, self.blocks, index + 1, self.layout, only_if=carries)
        return after

    def _is_listed(self, block: Block) -> bool:
        line = line_of(self.document, block)
        return len(line) < 60 and _ATTACHMENT_MORE.match(line) is not None and not line.endswith(("。", "；"))


def _numbered(document: Document, segment: Sequence[Block]) -> bool:
    return any(read_marker(line_of(document, block)) for block in segment)


def _signature(document: Document, blocks: Sequence[Block], index: int) -> int:
    """Count the lines of a signature that begins here: agencies and a date, or a date alone."""
    count = 0
    if index and _OF_TIME.search(line_of(document, blocks[index - 1])):  # 完成时限： / 2025年6月
        return 0
    while index + count < len(blocks) and count < _MOST_NAMES:
        line = line_of(document, blocks[index + count])
        match = DATE.search(line)
        if match and _OF_TIME.search(line, 0, match.start()):
            return 0
        if match and (len(line) - len(match.group()) <= 4 or (match.end() == len(line) and before_the_date(line))):
            return count + 1
        if len(line) > 40 or not names_issuers(line):
            return 0
        count += 1
    return 0


def _sign(document: Document, blocks: Sequence[Block], layout: Layout) -> Layout:
    last = blocks[-1]
    layout = with_date(layout, line_of(document, last), last.start, last.end)
    names = [spelled_together(line_of(document, block)) for block in blocks[:-1]]
    end = blocks[-2].end if names else last.start
    if who := before_the_date(line_of(document, last)):  # 西安市人民政府2025年3月31日
        names.append(spelled_together(who))
        end = last.start + len(who)
    if not names:
        return layout
    signed = Piece((" " if any(" " in name for name in names) else "、").join(names), blocks[0].start, end)
    issuer = layout.issuer.text if layout.issuer else ""
    shortened = len(names) == 1 and len(names[0]) > len(issuer) and names[0].endswith(issuer[1:])
    together = len(names) > 1 and (re.sub(r"\s", "", issuer) == "".join(names) or issuer in names)
    return replace(layout, issuer=signed) if not issuer or shortened or together else layout


def _title_after(document: Document, blocks: Sequence[Block], index: int, layout: Layout, *, only_if: bool = True) -> tuple[int, Layout]:
    """Read the title of the plan that follows a notice, or skip the title of an attachment."""
    first = index
    lines: list[Block] = []
    while index < len(blocks) and len(lines) < 4:
        block = blocks[index]
        line = line_of(document, block)
        number = NUMBER.fullmatch(line) if not lines else None
        if number and layout.number is None:  # the number under the signature
            layout = replace(layout, number=Piece(re.sub(r"\s", "", line), block.start, block.end))
        if number or PUBLISH.match(line) or (not lines and _BRACKETED.match(line) and not QUALIFIER.match(line)):
            index += 1
            continue
        if (
            block.kind is BlockKind.ROW
            or len(line) > 60
            or line.endswith(("。", "；", "："))
            or read_marker(line)
            or _ATTACHMENT.match(line)
        ):
            break
        lines.append(block)
        index += 1
        if TITLE.search(line) and not _named_longer(document, blocks, lines, index, layout):
            break
    if not lines or not TITLE.search(line_of(document, lines[-1])):
        return first, layout
    while index < len(blocks) and _BRACKETED.match(line := line_of(document, blocks[index])):
        if QUALIFIER.match(line):
            lines.append(blocks[index])
        index += 1
    text = re.sub(r"\s+", "", "".join(document.quote(block) for block in lines))
    if only_if and layout.notice is not None and _is_announced(text, layout):
        layout = replace(layout, title=Piece(text, lines[0].start, lines[-1].end))
    return index, layout


def _is_announced(title: str, layout: Layout) -> bool:
    """Whether a title may be that of the plan: the notice names it, or names no other one (…分工方案, and not its 附件：分工表)."""
    notice = re.sub(r"\s", "", layout.notice.text) if layout.notice else ""
    known = re.sub(r"\s", "", layout.title.text) if layout.title else ""
    return title in notice or known not in notice or known in title


def _named_longer(document: Document, blocks: Sequence[Block], lines: Sequence[Block], index: int, layout: Layout) -> bool:
    """Whether the notice names the plan with the next line behind these: …发展规划（2021—2025年） / 任务分工方案."""
    if layout.notice is None or index >= len(blocks) or QUALIFIER.match(line_of(document, blocks[index])):
        return False
    text = "".join(line_of(document, block) for block in (*lines, blocks[index]))
    return re.sub(r"\s", "", text) in re.sub(r"\s", "", layout.notice.text)


def _is_day(line: str) -> bool:
    """Whether a line is nothing but the day of a paper; 时限：2025年6月 is that of a task."""
    match = DATE.search(line)
    return match is not None and len(line) - len(match.group()) <= 4 and not _OF_TIME.search(line, 0, match.start())


def _is_list(document: Document, blocks: Sequence[Block], index: int) -> bool:
    """Tell the list of attachments under a text from the beginning of one: behind a list comes a date or another 附件 line."""
    match = _ATTACHMENT.match(line_of(document, blocks[index]))
    if match is None or not match["title"].strip():
        return False
    title = re.sub(r"^\d{1,2}[.．、]\s*", "", match["title"].strip())
    for later in range(index + 1, min(len(blocks), index + _LIST_REACH)):
        line = line_of(document, blocks[later])
        if blocks[later].kind is BlockKind.ROW:
            return False
        if _ATTACHMENT.match(line) or line.replace(" ", "") == title:
            return True
        if later - index < 8 and _is_day(line):
            return True
    return False
