"""What stands around a plan: title, number, issuer, date and recipients; the notice that carries it; signatures; attachments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from measures.importing.document import Block, BlockKind, Document
from measures.importing.headings import chinese_number, read_marker

_KINDS = (
    "方案|计划|措施|意见|要点|规划|通知|办法|报告|任务分解|任务分工|分工表|责任清单|清单|细则|规定|规则|台账|决定|行动|"
    "条例|纲要|指引|安排|分解表"
)
_TITLE = re.compile(rf"(?:{_KINDS})》?(?:[（(][^（）()]{{1,30}}[）)])?$")
_TITLE_ANYWHERE = re.compile(rf"(?:{_KINDS})")
NUMBER = re.compile(r"[\u4e00-\u9fff]{1,14}[〔\[【［（(﹝](?:19|20)\d{2}[〕\]】］）)﹞]\s*(?:第\s*)?\d{1,4}\s*号")
_YEAR = "(?:(?:19|20)\\d{2}|[二〇○零一二三四五六七八九]{4})"
_DATE = re.compile(
    rf"(?P<y>{_YEAR})\s*年\s*(?P<m>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月\s*(?:(?P<d>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*日)?"
)
_ISO_DATE = re.compile(r"(?P<y>(?:19|20)\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})")
_RECIPIENTS = re.compile(r"^(?:各|省|市|县|区|本|有关|全|驻|中央|国务院)[^。；]{1,400}[：:]$")
_NOTICE = re.compile(r"(?:印发|转发|下发|发布)给你们|(?:认真|遵照|结合实际)[^。]{0,12}(?:贯彻|执行|落实|组织实施)")
_PUBLISH = re.compile(r"^[（(]?(?:此件|本件|联系人|联系电话|抄送|主送|信息公开|公开方式|印发机关)[^\n]{0,60}$")
_ATTACHMENT = re.compile(
    r"^附\s*(?:件|表|录)\s*(?P<no>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})?\s*(?:[：:.．、]\s*|\s+|$)(?P<title>.{0,80})$"
)
_ATTACHMENT_MORE = re.compile(r"^[0-9０-９]{1,2}[.．、]\s*.{2,60}$")
_ISSUER = re.compile(
    r"^[\u4e00-\u9fffXx×（）()、 \u3000]{2,60}(?:政府|办公厅|办公室|委员会|委|厅|局|部|院|署|会|组|中心|"
    r"行|党组|小组|指挥部|总行|管委会|人大|政协|公司|银行|联社|联席会议)$"
)
_CONTENTS_LINE = re.compile(r"(?:[.．·…]{3,}|\t|\s{3,}|[.．·…]{2,}\s)\s*[-—–]?\s*\d{1,3}\s*[-—–]?$")
_META = re.compile(
    r"^(?:索\s*引\s*号|主题分类|分类|发文机关|发布机构|发文机构|成文日期|发布日期|发文日期|标\s*题|发文字号|文\s*号|主题词|"
    r"来源|信息来源|浏览次数|字体|时\s*效|有效性)[：:\s]"
)
_META_VALUES = {
    "issuer": re.compile(r"(?:发文机关|发布机构|发文机构)[：:\s]+([^\s：:]{2,40})"),
    "date": re.compile(r"(?:成文日期|发文日期|发布日期)[：:\s]+([^\s：:]+(?:\s*\d+\s*[年月日]){0,3})"),
}
_FIRST_LINES = 14
_LIST_REACH = 3000  # lines within which an attachment is looked for that a list announces


@dataclass(frozen=True, slots=True)
class Piece:
    """Something the document says of itself, and where."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a document.

    `segments` are the blocks of the plan proper and, after it, of each attachment; front matter, signatures and contents are in none.
    """

    title: Piece | None = None
    notice: Piece | None = None
    number: Piece | None = None
    issuer: Piece | None = None
    recipients: Piece | None = None
    date: date | None = None
    date_precise: bool = False
    date_span: tuple[int, int] | None = None
    segments: tuple[tuple[Block, ...], ...] = ()
    attachments: tuple[int, ...] = ()
    """Which of the segments are attachments."""


def chinese_year(text: str) -> int:
    """Read a year in digits or as 二〇二六; 0 if it is none."""
    if text.isdigit() and text.isascii():
        return int(text)
    return chinese_number(text.replace("○", "〇"))


def read_date(text: str) -> tuple[date, bool] | None:
    """Read the first date of a text, and whether its day is given (else the first of the month stands for it)."""
    match = _DATE.search(text) or _ISO_DATE.search(text)
    if not match:
        return None
    year = chinese_year(match["y"])
    month = int(match["m"]) if match["m"].isascii() else chinese_number(match["m"])
    written = match["d"]
    day = 1 if not written else int(written) if written.isascii() else chinese_number(written)
    try:
        return date(year, month, day), bool(written)
    except ValueError:
        return None


def lay_out(document: Document) -> Layout:
    """Take a document apart."""
    blocks = [block for block in document.blocks if block.kind is not BlockKind.NOTE and not _is_contents(document, block)]
    head, rest, layout = _head(document, blocks)
    layout = _read_head(document, head, layout)
    segments, attachments, layout = _split(document, rest, layout)
    layout = replace(layout, segments=tuple(segments), attachments=tuple(attachments))
    if layout.number is None:
        layout = replace(layout, number=_number_in_title(document, layout))
    return layout


def _line(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def _is_contents(document: Document, block: Block) -> bool:
    line = _line(document, block)
    if block.kind is BlockKind.ROW:
        return False
    return re.fullmatch(r"目\s*[录次]", line) is not None or (len(line) < 80 and _CONTENTS_LINE.search(line) is not None)


def _head(document: Document, blocks: Sequence[Block]) -> tuple[list[Block], list[Block], Layout]:
    """Split off the lines before the first sentence or heading."""
    for index, block in enumerate(blocks):
        line = _line(document, block)
        if index >= _FIRST_LINES or block.kind is BlockKind.ROW:
            return list(blocks[:index]), list(blocks[index:]), Layout()
        if _RECIPIENTS.match(line):
            piece = Piece(line.rstrip("：:"), block.start, block.end)
            return list(blocks[:index]), list(blocks[index + 1 :]), Layout(recipients=piece)
        if _begins_body(line):
            return list(blocks[:index]), list(blocks[index:]), Layout()
    return [], list(blocks), Layout()


def _begins_body(line: str) -> bool:
    if _META.match(line) or NUMBER.fullmatch(line) or _PUBLISH.match(line):
        return False
    if re.fullmatch(r"[（(][^（）()]*(?:\d{4}\s*年|通过|印发|修订|20\d\d)[^（）()]*[）)]", line):
        return False
    marker = read_marker(line)
    if marker is not None and marker.length < len(line):
        return not _TITLE.search(line)
    return line.endswith(("。", "：", ":", "；")) or len(line) > 90  # longer than any title


def _read_head(document: Document, head: Sequence[Block], layout: Layout) -> Layout:
    """Read title, number, issuer and date from the lines at the top."""
    titles: list[Block] = []
    for block in head:
        line = _line(document, block)
        number = NUMBER.search(line)
        if number and layout.number is None and (len(line) - len(number.group()) < 24 or _META.match(line)):
            layout = replace(
                layout, number=Piece(re.sub(r"\s", "", number.group()), block.start + number.start(), block.start + number.end())
            )
            if not _META.match(line) and len(line) - len(number.group()) > 6 and _TITLE_ANYWHERE.search(line):
                titles.append(block)
            layout = _with_date(layout, line[number.end() :], block.start + number.end(), block.end)
            continue
        layout, taken = _read_meta(document, block, line, layout)
        if taken:
            continue
        if _ISSUER.match(line) and not _TITLE.search(line) and not (titles and not _closed(document, titles)):
            if layout.issuer is None:
                layout = replace(layout, issuer=Piece(re.sub(r"[\s\u3000]", "", line), block.start, block.end))
            if not _title_follows(document, head, block):
                continue
        titles.append(block)
    return _set_title(document, titles, layout)


def _closed(document: Document, titles: Sequence[Block]) -> bool:
    return _TITLE.search(_line(document, titles[-1])) is not None


def _title_follows(document: Document, head: Sequence[Block], block: Block) -> bool:
    """Tell whether an agency's name is the first line of a title (…政府办公厅 / 关于印发…的通知)."""
    following = [other for other in head if other.start > block.start]
    return bool(following) and _line(document, following[0]).startswith(("关于", "印发", "转发"))


def _read_meta(document: Document, block: Block, line: str, layout: Layout) -> tuple[Layout, bool]:
    if _META.match(line):
        issuer = _META_VALUES["issuer"].search(line)
        if issuer and layout.issuer is None:
            layout = replace(layout, issuer=Piece(issuer[1], block.start + issuer.start(1), block.start + issuer.end(1)))
        when = _META_VALUES["date"].search(line)
        if when:
            layout = _with_date(layout, when[1], block.start + when.start(1), block.start + when.end(1))
        return layout, True
    match = _DATE.search(line) or _ISO_DATE.search(line)
    if match and (re.fullmatch(r"[（(].*[）)]", line) or len(line) - len(match.group()) < 4):  # a line that is nothing but a date
        return _with_date(layout, match.group(), block.start + match.start(), block.start + match.end()), True
    return layout, bool(_PUBLISH.match(line)) or bool(re.fullmatch(r"[（(].*[）)]", line))


def _with_date(layout: Layout, text: str, start: int, end: int) -> Layout:
    read = read_date(text)
    if read is None or layout.date is not None:
        return layout
    return replace(layout, date=read[0], date_precise=read[1], date_span=(start, end))


def _set_title(document: Document, titles: Sequence[Block], layout: Layout) -> Layout:
    if not titles:
        return layout
    first = next((i for i, block in enumerate(titles) if _TITLE.search(_line(document, block))), len(titles) - 1)
    lines = [_line(document, block) for block in titles[: first + 1]]
    text = re.sub(r"\s+", "", "".join(lines)) if len(lines) > 1 else lines[0]
    text = re.sub(r"^#+\s*", "", text)
    piece = Piece(text, titles[0].start, titles[first].end)
    rest = titles[first + 1 :]
    told = re.match(r"^(?P<who>[^《》]{4,60}?)(?:联合)?(?:印发|发布|出台)(?:了)?《(?P<t>[^《》]{4,80})》$", text)
    if told:
        issuer = Piece(re.sub(r"\s", "", told["who"]), piece.start, piece.end)
        return replace(layout, title=Piece(told["t"], piece.start, piece.end), issuer=layout.issuer or issuer)
    if text.endswith("通知"):
        layout = replace(layout, notice=piece)
        layout = _issuer_from_notice(layout)
        if rest:
            return _set_title(document, rest, layout)
        inner = re.search(r"[《<〈](?P<t>[^《》]{4,80})[》>〉](?=的通知|通知|$)|印发(?P<u>[^《》]{4,60})的通知", text)
        if inner:
            return replace(layout, title=Piece(inner["t"] or inner["u"], piece.start, piece.end))
    return replace(layout, title=piece)


def _issuer_from_notice(layout: Layout) -> Layout:
    if layout.notice is None or layout.issuer is not None:
        return layout
    match = re.match(r"^(.{2,40}?(?:政府|办公厅|办公室|委员会|委|厅|局|部|院|组|会))(?=关于|印发|转发)", layout.notice.text)
    if match is None:
        return layout
    return replace(layout, issuer=Piece(match[1], layout.notice.start, layout.notice.start + len(match[1])))


def _number_in_title(document: Document, layout: Layout) -> Piece | None:
    if layout.title is None:
        return None
    area = document.text[: layout.title.end]
    match = NUMBER.search(area)
    return Piece(re.sub(r"\s", "", match.group()), match.start(), match.end()) if match and "《" not in area[: match.start()] else None


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
        self.attached = self.has_numbers = False

    def run(self) -> None:
        """Walk to the end."""
        index = 0
        while index < len(self.blocks):
            index = self._step(index)
        self._close()

    def _close(self) -> None:
        if self.current:
            if self.attached:
                self.attachments.append(len(self.segments))
            self.segments.append(tuple(self.current))
            self.has_numbers = self.has_numbers or _numbered(self.document, self.current)
        self.current = []

    def _step(self, index: int) -> int:
        block = self.blocks[index]
        line = _line(self.document, block)
        if block.kind is not BlockKind.ROW:
            signature = _signature(self.document, self.blocks, index)
            if signature:
                self.layout = _sign(self.document, self.blocks[index : index + signature], self.layout)
                self._close()
                after, self.layout = _title_after(self.document, self.blocks, index + signature, self.layout)
                return after
            if len(line) < 80 and _ATTACHMENT.match(line):
                return self._attachment(index)
        if block.kind is BlockKind.ROW or not _PUBLISH.match(line):
            self.current.append(block)
        return index + 1

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
        line = _line(self.document, block)
        return len(line) < 60 and _ATTACHMENT_MORE.match(line) is not None and not line.endswith(("。", "；"))


def _numbered(document: Document, segment: Sequence[Block]) -> bool:
    return any(read_marker(_line(document, block)) for block in segment)


def _signature(document: Document, blocks: Sequence[Block], index: int) -> int:
    """Count the lines of a signature that begins here: agencies and a date, or a date alone."""
    count = 0
    while index + count < len(blocks) and count < 6:  # joint notices bear a handful of names
        line = _line(document, blocks[index + count])
        match = _DATE.search(line)
        if match and len(line) - len(match.group()) <= 4:
            return count + 1
        if len(line) > 40 or not _ISSUER.match(line):
            return 0
        count += 1
    return 0


def _sign(document: Document, blocks: Sequence[Block], layout: Layout) -> Layout:
    last = blocks[-1]
    layout = _with_date(layout, _line(document, last), last.start, last.end)
    name = re.sub(r"[\s\u3000]", "", _line(document, blocks[0]))
    shortened = layout.issuer is not None and len(name) > len(layout.issuer.text) and name.endswith(layout.issuer.text[1:])
    if len(blocks) > 1 and (layout.issuer is None or shortened):
        layout = replace(layout, issuer=Piece(name, blocks[0].start, blocks[0].end))
    return layout


def _title_after(document: Document, blocks: Sequence[Block], index: int, layout: Layout, *, only_if: bool = True) -> tuple[int, Layout]:
    """Read the title of the plan that follows a notice, or skip the title of an attachment."""
    first = index
    lines: list[Block] = []
    while index < len(blocks) and len(lines) < 4:
        block = blocks[index]
        line = _line(document, block)
        if _PUBLISH.match(line):
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
        if _TITLE.search(line):
            break
    if not lines or not _TITLE.search(_line(document, lines[-1])):
        return first, layout
    while index < len(blocks) and re.fullmatch(r"[（(][^（）()]{2,40}[）)]", _line(document, blocks[index])):
        index += 1
    if only_if and layout.notice is not None:
        text = re.sub(r"\s+", "", "".join(_line(document, block) for block in lines))
        layout = replace(layout, title=Piece(text, lines[0].start, lines[-1].end))
    return index, layout


def _is_list(document: Document, blocks: Sequence[Block], index: int) -> bool:
    """Tell the list of attachments under a text from the beginning of one: behind a list comes a date or another 附件 line."""
    match = _ATTACHMENT.match(_line(document, blocks[index]))
    if match is None or not match["title"].strip():
        return False
    title = re.sub(r"^\d{1,2}[.．、]\s*", "", match["title"].strip())
    for later in range(index + 1, min(len(blocks), index + _LIST_REACH)):
        line = _line(document, blocks[later])
        if blocks[later].kind is BlockKind.ROW:
            return False
        if _ATTACHMENT.match(line) or line.replace(" ", "") == title:
            return True
        if later - index < 8 and (date_match := _DATE.search(line)) and len(line) - len(date_match.group()) <= 4:
            return True
    return False
