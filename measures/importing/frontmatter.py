"""What stands around a plan: title, number, issuer, date and recipients; the notice that carries it; signatures; attachments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from measures.importing.document import Block, BlockKind, Document
from measures.importing.furniture import furniture_of
from measures.importing.headings import read_marker
from measures.importing.issuers import NUMBERED, before_the_date, behind_the_head, names_issuers, names_several, spelled_together
from measures.importing.numerals import DASHES, number_from, plain_digits
from measures.importing.unnumbered import may_head

_KINDS = (
    "方案|计划|措施|意见|要点|规划|通知|办法|报告|任务分解|任务分工|责任分解|责任分工|分工表|责任清单|清单|细则|规定|规则|台账|决定|行动|"
    "条例|纲要|指引|安排|分解表|纪要|决议|通报|预案"
)
TITLE = re.compile(rf"(?:{_KINDS})》?(?:[（(][^（）()]{{1,30}}[）)])?$")
_TITLE_ANYWHERE = re.compile(rf"(?:{_KINDS})")
NUMBER = re.compile(rf"[\u4e00-\u9fff×Xx*]{{1,16}}{NUMBERED}")
_YEAR = "(?:(?:19|20)\\d{2}|[二〇○零一二三四五六七八九]{4})"
DATE = re.compile(
    rf"(?P<y>{_YEAR})\s*年\s*(?P<m>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月\s*(?:(?P<d>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*日)?"
)
_ISO_DATE = re.compile(r"(?P<y>(?:19|20)\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})")
_RECIPIENTS = re.compile(r"^(?:各|省|市|县|区|本|有关|全|驻|中央|国务院)[^。；]{1,400}[：:]$")
_NOTICE = re.compile(r"(?:印发|转发|下发|发布)给你们|(?:认真|遵照|结合实际)[^。]{0,12}(?:贯彻|执行|落实|组织实施)")
PUBLISH = re.compile(
    r"^[（(【\[]?(?:此件|本件|联系人|联系电话|联系方式|信息公开|公开方式|印发机关|扫一扫|打印|关闭|返回|分享|相关(?:链接|解读|文件|阅读|附件)|上一[篇条]|下一[篇条]|"
    r"责任编辑|附件下载|主动公开|依申请公开)[^\n]{0,60}$|^(?:抄\s*送|抄报|主送|分送)[：:][^\n]{0,600}$|"
    r"^[^。；\n]{2,60}(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*印发$"
)
# What stands above the title of a paper and says nothing of its contents; 文　　号： may come in two lines.
_ABOVE = re.compile(
    r"^(?:特急|平急|加急|特提|急件?|明电|内部(?:明电|资料)|(?:机密|秘密|绝密)[★☆\s\d年个月]*|\d{3,8}|(?:签发人?|会签人?)[：:].*|"
    r"文|等级.*|份号.*|密级.*|.*(?:首页|位置)[^。]{0,40}[>＞›»].*|[★☆━─—\-_=]+)$"
)
# The name of a paper in its letterhead, spread: 会 议 纪 要.
_PAPER = re.compile(r"^(?:会\s+议\s+纪\s+要|工\s+作\s+简\s+报|督\s+查\s+通\s+报|情\s+况\s+(?:通|专)\s+报|简\s+报|专\s+报)$")
_ISSUE = re.compile(r"^[（(]?(?:[〔\[（(]?(?:19|20)\d{2}[〕\]）)]?年?\s*)?第\s*\d{1,4}\s*[期号][）)]?$")  # 〔2025〕第12期
_ORDER = re.compile(r"^(?P<who>[\u4e00-\u9fff]{4,40})\s*令$")  # …人民政府令
_LABELLED = re.compile(r"^附\s*(?:件|表)\s*[\d一二三四五六七八九十]{0,3}\s*[：:]?$")
_RED_HEAD = re.compile(r"^(?P<who>[^《》。；>＞›»]{4,60}?)文\s*件$")
# A line that goes on with the title: （2024—2026年）, （试行）.
QUALIFIER = re.compile(
    rf"^[（(](?:[^（）()]{{0,6}}20\d{{2}}\s*年?\s*(?:[{DASHES}~～至]+\s*20\d{{2}})?\s*年(?:度|版)?|试行|暂行|修订|[^（）()]{{0,8}}(?:版|部分))[）)]$"
)
_OTHERS = r"(?:等[一二三四五六七八九十\d]{0,3}个?(?:部门|单位|部委|厅局|机关))?"
_ISSUES = re.compile(rf"^(.{{2,80}}?(?:政府|办公厅|办公室|委员会|委|厅|局|部|院|组|会|行|署|公司){_OTHERS})(?=关于|印发|转发)")
_ABOUT_A_PAPER = re.compile(r"[^《》]*(?:关于|贯彻|落实)[^《》]*《[^《》]+》$")  # 关于落实《政府工作报告》 / 重点工作分工的意见
_CONTENTS_LINE = re.compile(rf"(?:[.．·…]{{3,}}|\t|\s{{3,}}|[.．·…]{{2,}}\s)\s*[{DASHES}]?\s*\d{{1,3}}\s*[{DASHES}]?$")
_META = re.compile(
    r"^(?:索\s*引\s*号|主题分类|分类|发文机关|发布机构|发文机构|成文日期|发布日期|发文日期|标\s*题|发文字号|文\s*号|号|主题词|"
    r"来源|信息来源|稿源|作者|浏览次数|浏览量|访问量|点击数|阅读|字体|字号|字体大小|时\s*效|有效性|发布时间|印发日期|(?:制表|填报|填表|编制)(?:单位|日期|时间))[：:\s]"
)
_META_VALUES = {
    "issuer": re.compile(r"(?:发文机关|发布机构|发文机构)[：:\s]+([^\s：:]{2,40})"),
    "date": re.compile(r"(?:成文日期|发文日期|印发日期|(?:制表|填报|填表|编制)(?:日期|时间))[：:\s]+([^\s：:]+(?:\s*\d+\s*[年月日]){0,3})"),
}
_FILLED_IN_BY = re.compile(r"^(?:填报|填表|制表|编制|印发|发文|制发)(?:单位|部门|机关)[：:][ \t\u3000]*(?P<who>[^\s：:]{4,40})")
_PUT_UP = re.compile(
    r"(?:(?:信息)?发布(?:时间|日期)[：:\s]+(\S{6,20})|((?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2})\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s|$))"
)
_NOTICES = ("通知", "函")
_FIRST_LINES, _LAST_LINES = 14, 6
_IMPRINT = re.compile(r"^(?P<who>[^。；\d]{2,60}?)\s*(?P<day>(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*印发$")


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


def read_date(text: str) -> tuple[date, bool] | None:
    """Read the first date of a text, and whether its day is given (else the first of the month stands for it)."""
    text = plain_digits(text)
    match = DATE.search(text) or _ISO_DATE.search(text)
    if not match:
        return None
    year, month, day = (number_from(match[part]) for part in "ymd")
    try:
        return date(year or 0, month or 0, 1 if day is None else day), day is not None
    except ValueError:
        return None


def read_head(document: Document) -> tuple[Layout, list[Block]]:
    """Read what stands above the first sentence or heading; give it and the blocks that follow."""
    around = furniture_of(document)
    blocks = [
        block
        for block in document.blocks
        if block.kind is not BlockKind.NOTE and block.start not in around and not _is_contents(document, block)
    ]
    head, rest, layout = _head(document, blocks)
    layout = _read_head(document, head, layout)
    while head and rest and layout.title and head[-1].start > layout.title.end and _heads(document, head[-1], rest[0]):
        rest.insert(0, head.pop())
    return layout, rest


def _heads(document: Document, block: Block, after: Block) -> bool:
    """Whether the last line above the body is its first heading (规划引领篇), in style and without a number."""
    line = line_of(document, block)
    return may_head(document.text, block) and read_marker(line_of(document, after)) is not None and not DATE.search(line)


def line_of(document: Document, block: Block) -> str:
    """Give the text of a block, its digits in half width, sign for sign."""
    return plain_digits(document.text[block.start : block.end])


def _is_contents(document: Document, block: Block) -> bool:
    line = line_of(document, block)
    if block.kind is BlockKind.ROW:
        return False
    return re.fullmatch(r"目\s*[录次]", line) is not None or (len(line) < 80 and _CONTENTS_LINE.search(line) is not None)


def _head(document: Document, blocks: Sequence[Block]) -> tuple[list[Block], list[Block], Layout]:
    """Split off the lines before the first sentence or heading."""
    for index, block in enumerate(blocks):
        line = line_of(document, block)
        if index >= _FIRST_LINES or (block.kind is BlockKind.ROW and not _META.match(line)):
            return list(blocks[:index]), list(blocks[index:]), Layout()
        if _RECIPIENTS.match(line):
            piece = Piece(line.rstrip("：:"), block.start, block.end)
            return list(blocks[:index]), list(blocks[index + 1 :]), Layout(recipients=piece)
        if _begins_body(line):
            return list(blocks[:index]), list(blocks[index:]), Layout()
    return [], list(blocks), Layout()


def _begins_body(line: str) -> bool:
    if _META.match(line) or NUMBER.fullmatch(line) or PUBLISH.match(line):
        return False
    if re.fullmatch(r"[（(][^（）()]*(?:\d{4}\s*年|通过|印发|修订|20\d\d)[^（）()]*[）)]", line):
        return False
    marker = read_marker(line)
    if marker is not None and marker.length < len(line):
        return marker.value == 1 or not TITLE.search(line)
    return line.endswith(("。", "：", ":", "；")) or len(line) > 90  # longer than any title


def _read_head(document: Document, head: Sequence[Block], layout: Layout) -> Layout:
    """Read title, number, issuer and date from the lines at the top."""
    titles: list[Block] = []
    for block in head:
        line = line_of(document, block)
        number = NUMBER.search(line)
        if number and layout.number is None and (len(line) - len(number.group()) < 24 or _META.match(line)):
            layout = _with_number(layout, number, block.start)
            if not _META.match(line) and len(line) - len(number.group()) > 6 and _TITLE_ANYWHERE.search(line):
                titles.append(block)
            layout = with_date(layout, line[number.end() :], block.start + number.end(), block.end)
            continue
        if number and number.group() == line:
            continue  # written again under the title
        if not titles and (headed := _letterhead(block, line, layout)) is not None:
            layout = headed
            continue
        if titles and _closed(document, titles) and QUALIFIER.match(line):
            titles.append(block)
            continue
        layout, taken = _read_meta(document, block, line, layout)
        if taken or _ABOVE.match(line) or _PAPER.match(line) or (not titles and _LABELLED.match(line)):
            continue
        if names_issuers(line) and not TITLE.search(line) and not (titles and not _closed(document, titles)):
            layout = _with_issuer(document, layout, spelled_together(line), block)
            if not _title_follows(document, head, block):
                continue
        titles.append(block)
    return _set_title(document, titles, layout)


def _letterhead(block: Block, line: str, layout: Layout) -> Layout | None:
    """Take what a letterhead says above the title: …人民政府文件, …人民政府令, 第12期; None of any other line."""
    order = _ORDER.match(line)
    ordered = order if order and names_issuers(order["who"]) else None
    if head := _RED_HEAD.match(line) or ordered:
        who = Piece(spelled_together(head["who"]), block.start, block.start + head.end("who"))
        notice = Piece(line, block.start, block.end) if ordered else layout.notice
        return replace(layout, issuer=layout.issuer or who, notice=notice)
    if layout.number is None and _ISSUE.match(line):
        text = (layout.notice.text if layout.notice else "") + line
        return replace(layout, number=Piece(re.sub(r"\s", "", text), block.start, block.end))
    return None


def _with_number(layout: Layout, number: re.Match[str], place: int) -> Layout:
    """Take the number of the document; the letterhead that is glued to it names the issuer (西安市人民政府文件市政发〔2025〕9号)."""
    head = behind_the_head(number.group())
    start = number.start() + head
    who = re.sub(r"文\s*件\s*$", "", number.string[:start]) if head else ""
    if who and layout.issuer is None and names_issuers(who):
        layout = replace(layout, issuer=Piece(spelled_together(who), place, place + len(who)))
    return replace(layout, number=Piece(re.sub(r"\s", "", number.group()[head:]), place + start, place + number.end()))


def _with_issuer(document: Document, layout: Layout, name: str, block: Block) -> Layout:
    """Take an agency above the title, or the next of several that stand line by line."""
    before = layout.issuer
    if before is None:
        return replace(layout, issuer=Piece(name, block.start, block.end))
    if before.text in name and names_several(name):  # the letterhead names the first of them
        return replace(layout, issuer=Piece(name, block.start, block.end))
    if name in before.text or document.text[before.end : block.start].strip() or not names_issuers(before.text):
        return layout
    return replace(layout, issuer=Piece(f"{before.text} {name}", before.start, block.end))


def _closed(document: Document, titles: Sequence[Block]) -> bool:
    """Whether no line of a title waits for its end; the names of agencies above it do not."""
    lines = [line_of(document, block) for block in titles]
    return TITLE.search(lines[-1]) is not None or all(names_issuers(line) for line in lines)


def _title_follows(document: Document, head: Sequence[Block], block: Block) -> bool:
    """Tell whether an agency's name is the first line of a title (…政府办公厅 / 关于印发…的通知)."""
    following = (line_of(document, other) for other in head if other.start > block.start)
    after = next((line for line in following if not names_issuers(line)), "")
    return after.startswith(("关于", "印发", "转发"))


def _read_meta(document: Document, block: Block, line: str, layout: Layout) -> tuple[Layout, bool]:
    if _META.match(line):
        issuer = _META_VALUES["issuer"].search(line)
        if issuer and layout.issuer is None:
            layout = replace(layout, issuer=Piece(issuer[1], block.start + issuer.start(1), block.start + issuer.end(1)))
        when = _META_VALUES["date"].search(line)
        if when:
            layout = with_date(layout, when[1], block.start + when.start(1), block.start + when.end(1))
        return layout, True
    match = DATE.search(line) or _ISO_DATE.search(line)
    if match and match.end() == len(line) and (heads := before_the_date(line)):  # a letterhead with its day on one line
        layout = replace(layout, issuer=layout.issuer or Piece(spelled_together(heads), block.start, block.start + len(heads)))
        return with_date(layout, match.group(), block.start + match.start(), block.start + match.end()), True
    signed = re.fullmatch(r"[（(](?P<who>[^（）()\d]{4,40}?)\s*[\d〇○零一二三四五六七八九]{4}\s*年[^（）()]*日[）)]", line)
    if signed and names_issuers(signed["who"]) and layout.issuer is None:  # （成都市财政局　2024年2月28日）
        who = Piece(spelled_together(signed["who"]), block.start + signed.start("who"), block.start + signed.end("who"))
        layout = replace(layout, issuer=who)
    if match and (re.fullmatch(r"[（(].*[）)]", line) or len(line) - len(match.group()) < 4):  # a line that is nothing but a date
        return with_date(layout, match.group(), block.start + match.start(), block.start + match.end()), True
    return layout, bool(PUBLISH.match(line)) or bool(re.fullmatch(r"[（(].*[）)]", line))


def with_date(layout: Layout, text: str, start: int, end: int) -> Layout:
    """Take the date of a text, if none is known yet."""
    read = read_date(text)
    if read is None or layout.date is not None:
        return layout
    return replace(layout, date=read[0], date_precise=read[1], date_span=(start, end))


def _set_title(document: Document, titles: Sequence[Block], layout: Layout) -> Layout:
    if not titles:
        return layout
    first = next((i for i, block in enumerate(titles) if TITLE.search(line_of(document, block))), len(titles) - 1)
    while first + 1 < len(titles) and _goes_on([line_of(document, block) for block in titles], first):
        first += 1  # 关于印发《……三年行动计划 / （2023—2025年）》的通知
    if first + 1 < len(titles) and QUALIFIER.match(line_of(document, titles[first + 1])):
        first += 1
    lines = [document.quote(block) for block in titles[: first + 1]]
    if any(names_several(line) for line in lines[:-1]) and not lines[-1].endswith(_NOTICES):  # 财政部　教育部 / 关于……的若干措施
        last = max(place for place, line in enumerate(lines[:-1]) if names_issuers(line))
        lines, titles, first = lines[last + 1 :], titles[last + 1 :], first - last - 1
    text = re.sub(r"\s+", "", "".join(lines)) if len(lines) > 1 else lines[0]
    several = [line for line in lines[:-1] if names_issuers(line)]
    text = " ".join(several) + text.removeprefix("".join(several)) if len(several) > 1 else text  # 中共…市委 / …市人民政府 / 关于…
    text = re.sub(r"^#+\s*", "", text)
    piece = Piece(text, titles[0].start, titles[first].end)
    rest = titles[first + 1 :]
    told = re.match(r"^(?P<who>[^《》]{4,60}?)(?:联合)?(?:印发|发布|出台)(?:了)?《(?P<t>[^《》]{4,80})》$", text)
    if told:
        issuer = Piece(_as_spaced(lines, told["who"]), piece.start, piece.end)
        return replace(layout, title=Piece(told["t"], piece.start, piece.end), issuer=layout.issuer or issuer)
    if text.endswith("通知") or (text.endswith(_NOTICES) and "印发" in text):
        layout = replace(layout, notice=piece)
        layout = _issuer_from_notice(layout, lines)
        if rest:
            return _set_title(document, rest, layout)
        inner = re.search(r"[《<〈](?P<t>[^《》]{4,80})[》>〉](?=的通知|通知|的函|$)|印发(?P<u>[^《》][^。；]{3,80})的(?:通知|函)$", text)
        if inner:
            return replace(layout, title=Piece(inner["t"] or inner["u"], piece.start, piece.end))
    return replace(layout, title=piece)


def _goes_on(lines: Sequence[str], last: int) -> bool:
    """Whether a title goes on behind a line: what it quotes is not closed or not its own name, or it issues something and no 通知 came."""
    text = "".join(lines[: last + 1])
    issues = any(word in text for word in ("印发", "转发")) and not text.endswith(_NOTICES)
    names = not issues and _ABOUT_A_PAPER.match(text) is not None and any(TITLE.search(line) for line in lines[last + 1 :])
    return names or text.count("《") > text.count("》") or (issues and any(line.endswith(_NOTICES) for line in lines[last + 1 :]))


def _as_spaced(lines: Sequence[str], who: str) -> str:
    """The agencies that a title begins with, one blank between two of them: 省委办公厅 省政府办公厅."""
    spaced = "".join(line + (" " if names_issuers(line) else "") for line in lines)
    rest = len(re.sub(r"\s", "", who))
    end = next((at + 1 for at, char in enumerate(spaced) if not char.isspace() and (rest := rest - 1) == 0), len(spaced))
    name = spelled_together(spaced[:end])
    return name if all(names_issuers(part) for part in name.split()) else re.sub(r"\s", "", who)


def _issuer_from_notice(layout: Layout, lines: Sequence[str]) -> Layout:
    if layout.notice is None or layout.issuer is not None:
        return layout
    match = _ISSUES.match(layout.notice.text)
    if match is None:
        return layout
    return replace(layout, issuer=Piece(_as_spaced(lines, match[1]), layout.notice.start, layout.notice.start + len(match[1])))


def published(document: Document, layout: Layout) -> Layout:
    """Take issuer and date of the imprint, or the day on which a page was put up, where the document gives none of its own."""
    for block in (*document.blocks[:_FIRST_LINES], *document.blocks[-_LAST_LINES:]):
        imprint = _IMPRINT.match(line_of(document, block))  # …办公室　2024年2月8日印发
        if imprint and layout.issuer is None and names_issuers(imprint["who"].strip()):
            who = Piece(spelled_together(imprint["who"]), block.start, block.start + imprint.end("who"))
            layout = replace(layout, issuer=who)
        if imprint and layout.date is None:
            layout = with_date(layout, imprint["day"], block.start + imprint.start("day"), block.start + imprint.end("day"))
    for block in document.blocks[:_FIRST_LINES]:
        line = line_of(document, block)
        if layout.date is None and (when := _PUT_UP.match(line)):
            group = 1 if when[1] else 2  # 2025-08-25 18:00 来源：…
            layout = with_date(layout, when[group], block.start + when.start(group), block.start + when.end(group))
        if layout.issuer is None and (filled := _FILLED_IN_BY.match(line)) and names_issuers(filled["who"]):
            layout = replace(layout, issuer=Piece(filled["who"], block.start + filled.start("who"), block.start + filled.end("who")))
    issues = _ISSUES.match(layout.title.text) if layout.title and layout.issuer is None else None
    if issues and layout.title:  # 教育部等十八部门关于加强科学教育工作的意见
        layout = replace(layout, issuer=Piece(issues[1], layout.title.start, layout.title.start + issues.end(1)))
    return layout


def number_in_title(document: Document, layout: Layout) -> Piece | None:
    """Find the number of the document above the end of its title, where no line of its own bears it."""
    if layout.title is None:
        return None
    area = document.text[: layout.title.end]
    match = NUMBER.search(plain_digits(area))
    return Piece(re.sub(r"\s", "", match.group()), match.start(), match.end()) if match and "《" not in area[: match.start()] else None
