"""Web pages saved from government sites: the article without menus and footers, with its title and header table."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from measures.importing.document import BlockKind, Document, DocumentBuilder, Merge
from measures.importing.furniture import is_bar_of_links, is_furniture, runs_the_site
from measures.importing.headings import read_marker
from measures.importing.issuers import NUMBERED
from measures.importing.readers.plaintext import decode
from measures.importing.unreadable import Refusal, Unreadable

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_CHARSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "big5": "big5",
    "utf-16": "utf-16",
}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DROPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "header",
    "footer",
    "form",
    "iframe",
    "button",
    "select",
    "svg",
    "object",
    "head",
}
_BLOCKS = frozenset(
    [
        *(
            "p",
            "div",
            "section",
            "article",
            "main",
            "li",
            "ul",
            "ol",
            "dl",
            "dd",
            "dt",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "center",
        ),
        *("pre", "body", "td", "th", "tr", "tbody", "thead", "table", "figure", "figcaption", "address", "hr", "caption"),
    ]
)
_ARTICLE = re.compile(
    r"trs_editor|ucap-?content|article-?(?:con|content|body|text)|pages?_content|news_?content|zoom|content-?(?:text|body|main)|"
    r"xxgk_?content|main-?content|^content$|^con$",
    re.IGNORECASE,
)
_META_LINE = re.compile(
    r"^(?:索\s*引\s*号|发文机关|发布机构|成文日期|发布日期|发布时间|印发日期|发文日期|发文字号|文\s*号|标\s*题)[：:\s]|"
    rf"^[\u4e00-\u9fff]{{1,16}}{NUMBERED}(?:\s|$)"
)
_INFO_PARTS = re.compile(r"[\u3000|]+|\s+(?=\S{2,5}[：:])")  # 湘市监发〔2023〕41号　发布时间：2023-09-14　来源：省市场监管局
_SPREAD_LABEL = r"(?<=^[标文])\s+(?=[题号][：:])|(?<=^索)\s+(?=引)|(?<=引)\s+(?=号[：:])"  # 标　　题：
_PUNCTUATION = re.compile("[。；，、：]")
_PLAN = re.compile("方案|计划|措施|意见|通知|要点|办法|报告|规划|分工|分解|清单|台账")
_SPAN = 100
_MAX_ELEMENTS = 1_000_000
_SHARE = 0.7


def read_html(data: bytes) -> Document:
    """Read a web page.

    Raises:
        Unreadable: nothing can be read of it.
    """
    text = _DECLARATION.sub("", _decode(data)).replace("\x00", "")
    if re.search(r"<!ENTITY", text[:20_000], re.IGNORECASE):
        raise Unreadable(Refusal.ENTITIES)
    try:
        root = html.document_fromstring(
            text, parser=html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Unreadable(Refusal.DAMAGED) from error
    title = _title(root)
    for count, element in enumerate(list(root.iter())):
        if count > _MAX_ELEMENTS:
            raise Unreadable(Refusal.TOO_LONG, pages=count // 300, limit=_MAX_ELEMENTS // 300)
        if element.tag in _DROPPED and element.getparent() is not None:
            html.HtmlElement.drop_tree(element)
    body = root.find("body")
    article = _article(body if body is not None else root)
    out = DocumentBuilder()
    _front(root, article, title, out)
    walk = _Walk(out)
    walk.walk(article)
    for _ in range(_who_runs_the_site(out.document(), walk.furnished)):
        out.withdraw()
    if not out.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return out.document()


def _decode(data: bytes) -> str:
    declared = _CHARSET.search(data[:8192])
    encoding = _CHARSETS.get(declared[1].decode("ascii").lower()) if declared else None
    if encoding is not None and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            return decode(data)
    return decode(data)


def _title(root: Any) -> str:
    for name in ("ArticleTitle", "og:title"):
        for meta in root.iter("meta"):
            if meta.get("name") == name or meta.get("property") == name:
                return _clean(meta.get("content", ""))
    for tag in ("h1", "title"):
        element = next(root.iter(tag), None)
        if element is not None and _clean(element.text_content()):
            return re.split(r"[_|—-]{1,2}(?=[^_|—-]{2,20}(?:网|政府|门户|网站)$)", _clean(element.text_content()))[0].strip()
    return ""


def _clean(text: str) -> str:
    return re.sub(r"[ \t\r\n\xa0\u200b\ufeff]+", " ", text).strip()


def _article(body: Any) -> Any:
    """Find the element that holds the article: one that sites name so, else the smallest with most of the punctuated text."""
    weights = _weights(body)
    total = weights.get(body, 0)
    named = [
        element
        for element in body.iter("div", "td", "article", "section", "main")
        if _ARTICLE.search(element.get("id", "")) or any(_ARTICLE.search(name) for name in element.get("class", "").split())
    ]
    named = [element for element in named if weights.get(element, 0) >= 0.4 * total]
    current = max(named, key=lambda element: weights[element]) if named and total else body
    while True:
        heavy = [child for child in current if weights.get(child, 0) >= max(_SHARE * weights.get(current, 0), 1) and child.tag in _BLOCKS]
        if len(heavy) != 1 or heavy[0].tag in {"p", "table", "tbody", "tr", "td", "ul", "ol", "li", "h1", "h2"}:
            return current
        current = heavy[0]


def _weights(body: Any) -> dict[Any, int]:
    """Count the punctuation of each element, all below it included."""
    weights: dict[Any, int] = {}
    for _, element in etree.iterwalk(body, events=("end",)):
        own = len(_PUNCTUATION.findall(element.text or "")) + sum(len(_PUNCTUATION.findall(child.tail or "")) for child in element)
        weights[element] = own + sum(weights.get(child, 0) for child in element)
    return weights


def _front(root: Any, article: Any, title: str, out: DocumentBuilder) -> None:
    """Put the title and the header table in front where the article lacks them."""
    inside = set(article.iter())
    body = re.sub(r"\s", "", article.text_content()[:2000])
    for element in root.iter("td", "li", "p", "span", "div"):
        if element in inside:
            if element is article:
                break
            continue
        line = _clean(element.text_content())
        if len(line) < 80 and _META_LINE.match(line) and not len(element):
            line = re.sub(_SPREAD_LABEL, "", line) + _value_beside(element, line)
            for part in _INFO_PARTS.split(line):
                out.paragraph(part)
    if title and _PLAN.search(title) and re.sub(r"\s", "", title) not in body:
        out.paragraph(title, level=1)


def _value_beside(element: Any, label: str) -> str:
    """Give what the next cell of a header table says, where a cell holds a label alone: 发文字号： | 国办发〔2026〕8号."""
    beside = element.getnext() if element.tag == "td" and label.endswith(("：", ":")) else None
    return _clean(beside.text_content()) if beside is not None and beside.tag == "td" else ""


_CENTRED = re.compile(r"text-align:\s*center")


class _Walk:
    """Collects lines while going through the article; never recurses, however deep the page is nested."""

    def __init__(self, out: DocumentBuilder) -> None:
        self.out = out
        self.line: list[str] = []
        self.strong = 0
        self.bold = 0
        self.level: int | None = None
        self.centred = False
        self.links = self.linked = 0
        self.lists: list[int | None] = []  # how far each open list has been counted; None where it has no numbers
        self.number = 0  # that a browser shows before the line
        self.furnished = -1  # how many blocks stood before the last line that is of the page

    def walk(self, article: Any) -> None:
        """Read the article."""
        skip: Any | None = None
        for event, element in etree.iterwalk(article, events=("start", "end")):
            if skip is not None:
                if event == "end" and element is skip:
                    skip = None
                    self._text(element.tail)
                continue
            if event == "start":
                if element.tag == "table" and _is_data(element):
                    self._flush()
                    self.out.table(list(_rows(element)))
                    skip = element
                    continue
                self._open(element)
            else:
                self._shut(element, last=element is article)
        self._flush()

    def _open(self, element: Any) -> None:
        if element.tag in _BLOCKS or element.tag == "br":
            self._flush()
        if element.tag in {"b", "strong"} or re.search(r"font-weight:\s*(?:bold|[6-9]00)", element.get("style", "")):
            self.bold += 1
        if element.tag == "a" and element.get("href"):
            self.links += 1
        if re.fullmatch(r"h[1-6]", str(element.tag)):
            self.level = int(element.tag[1])
        if element.tag in {"ol", "ul"}:
            self.lists.append(_whole_number(element, "start") - 1 if element.tag == "ol" else None)
        if element.tag == "li" and self.lists and (count := self.lists[-1]) is not None:
            self.lists[-1] = self.number = count + 1
        if element.tag in _BLOCKS:
            self.centred = element.tag == "center" or element.get("align") == "center" or bool(_CENTRED.search(element.get("style", "")))
        self._text(element.text)

    def _shut(self, element: Any, *, last: bool) -> None:
        if element.tag in {"b", "strong"} or re.search(r"font-weight:\s*(?:bold|[6-9]00)", element.get("style", "")):
            self.bold -= 1
        if element.tag == "a" and element.get("href"):
            self.links -= 1
        if element.tag in _BLOCKS:
            self._flush()
            self.centred = False
        if element.tag in {"ol", "ul"} and self.lists:
            self.lists.pop()
        if re.fullmatch(r"h[1-6]", str(element.tag)):
            self.level = None
        if not last:
            self._text(element.tail)

    def _text(self, text: str | None) -> None:
        if not text:
            return
        piece = re.sub(r"[\r\n\t \xa0]+", " ", text).replace("\u200b", "").replace("\ufeff", "")
        length = sum(map(len, self.line))
        if self.bold and (self.strong == length or not "".join(self.line).strip()):
            self.strong = length + len(piece)
        self.line.append(piece)
        self.linked += len("".join(piece.split())) if self.links else 0

    def _flush(self) -> None:
        text = "".join(self.line)
        # A blank between two Chinese signs comes from the page's source, not from its author.
        joined = re.sub(r"(?<=[\u4e00-\u9fff，。；：、）]) (?=[\u4e00-\u9fff（《“])", "", text) if self.level is None else text
        strong = self.strong if joined == text else 0
        if is_furniture(joined.strip()) or (is_bar_of_links(joined, self.linked) and read_marker(joined.strip()) is None):
            self.furnished = len(self.out.blocks)
        else:
            if self.number and joined.strip() and read_marker(joined.strip()) is None:
                joined, strong = f"{self.number}.{joined.lstrip()}", 0
            self.number = self.number if not joined.strip() else 0
            self.out.paragraph(joined, level=self.level, strong=strong, centred=self.centred)
        self.line, self.strong, self.linked = [], 0, 0


def _who_runs_the_site(document: Document, furnished: int) -> int:
    """Count the last lines that say who keeps the site (主办：…, 地址：…), where the page goes on around them.

    Args:
        document: what was read of the page.
        furnished: how many blocks stood before the last line that is of the page and not of the article.
    """
    paragraphs = itertools.takewhile(lambda block: block.kind is BlockKind.PARAGRAPH, reversed(document.blocks))
    count = sum(1 for _ in itertools.takewhile(lambda block: runs_the_site(document.quote(block)), paragraphs))
    return count if furnished >= len(document.blocks) - count else 0


def _is_data(table: Any) -> bool:
    """Tell a table of data from one that only lays out the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = list(table.iter("tr"))
    wide = [row for row in rows if len(row) > 1]
    return len(rows) > 1 and len(wide) >= len(rows) / 2


def _rows(table: Any) -> Iterator[list[str | Merge]]:
    """Give the rows of a table with its merged cells."""
    open_spans: dict[int, int] = {}
    for row in table.iter("tr"):
        cells: list[str | Merge] = []

        def fill(row_cells: list[str | Merge] = cells) -> None:
            while open_spans.get(len(row_cells), 0) > 0:
                open_spans[len(row_cells)] -= 1
                row_cells.append(Merge.UP)

        for cell in row:
            if cell.tag not in {"td", "th"}:
                continue
            fill()
            column, width, height = len(cells), _whole_number(cell, "colspan"), _whole_number(cell, "rowspan")
            cells.append(_cell_text(cell))
            cells += [Merge.LEFT] * (width - 1)
            for covered in range(column, column + width):
                open_spans[covered] = height - 1
        fill()
        yield cells


def _whole_number(cell: Any, name: str) -> int:
    written = cell.get(name, "1").strip()
    return min(max(int(written), 1), _SPAN) if re.fullmatch(r"\d{1,6}", written) else 1


def _cell_text(cell: Any) -> str:
    for br in cell.iter("br"):
        br.tail = "\n" + (br.tail or "")
    for paragraph in cell.iter("p", "div"):
        paragraph.tail = "\n" + (paragraph.tail or "")
    lines = [re.sub(r"[\r\t \xa0]+", " ", line).strip() for line in cell.text_content().split("\n")]
    return "\n".join(line for line in lines if line)
