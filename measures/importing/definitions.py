"""What a document states once for all that follows: its basis, the short names it defines, and who leads when nobody is named as lead."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from measures.importing.clauses.roles import OTHERS_SUPPORT
from measures.importing.document import Document
from measures.importing.frontmatter import Layout
from measures.importing.headings import Scheme, read_marker
from measures.importing.issuers import NUMBERED
from measures.importing.numerals import plain_digits
from measures.importing.outline import Node

_BASIS = re.compile(
    r"《(?P<title>[^《》\n]{2,120}(?:《[^《》\n]{1,80}》[^《》\n]{0,60})?)》\s*"
    r"[（(](?P<number>[\u4e00-\u9fffA-Za-z]{0,14}\s*" + NUMBERED + r")[^（）()]{0,30}[）)]"
)
_BASIS_WORDS = re.compile(r"(?:贯彻落实|落实|根据|按照|依据|遵照|贯彻)[^。\n]{0,60}$")
_TITLE = re.compile(r"《(?P<title>[^《》\n]{4,120})》")
_ALIAS = re.compile(
    r"[（(]\s*(?:以下|下文|后文|以下均)?(?:简称|统称|合称)(?:为)?[：:]?\s*[“\"‘「『《]?(?P<alias>[^（）()“”\"‘’「」《》，,。；]{1,30})[”\"’」』》]?(?P<scope>[，,][^（）()]{0,12})?\s*[）)]"
)
_NAME_CHARS = re.compile(r"[\u4e00-\u9fffA-Za-z0-9（）()·“”.—-]+$")
_NAME_START = re.compile(
    r"(?:抢抓|抓住|抓好|把握|加快发展|大力发展|加快|对标|对照|针对|围绕|聚焦|坚持|落实|贯彻|出台|制定|印发|发布|实施|支持|推动|依托|发挥|由|会同|成立|设立|组建|建立|建设|的|、|和|与|及|以及|对|向|为|在|经|按照|鼓励|授权|委托|联合|配合|通过|推进|将|是指)"
)
FIRST_LEADS = re.compile(
    r"(?:排|列|位)(?:在|于)?(?:第一|首)(?:位|个|名)?(?:的|者)?(?:部门|单位|责任单位|责任部门)?(?:的|者)?(?:为|是|作为|即为|均为)[^，。；）)]{0,8}(?:牵头|主办|主责|负责)|"
    r"(?:第一|首)(?:个|位|列|排)?(?:部门|单位|责任单位|责任部门)(?:为|是|作为)[^，。；）)]{0,8}(?:牵头|主办|主责)|"
    r"(?:排名第一|排名首位|首列|首位|排序第一|排首位|列首位|第一位)(?:的|者)?(?:的?(?:部门|单位|责任单位|责任部门))?(?:为|是|作为)[^，。；）)]{0,8}(?:牵头|主办|主责)"
)
_OPENING = 6  # paragraphs before the first heading
_LOCAL = re.compile(r"本(?:部分|章|节|条|项|表)")
_PROVINCE = re.compile(
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆"
)

_CITY = re.compile(
    rf"(?:中共)?(?:(?:{_PROVINCE.pattern})(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区)?)?(?P<city>[\u4e00-\u9fff]{{2,5}}?(?<![城都上股债全我各地州辖]))市(?![场政])"
)


@dataclass(frozen=True, slots=True)
class Basis:
    """A document that this one rests on."""

    title: str
    number: str
    start: int
    end: int

    def to_json(self) -> dict[str, object]:
        """Give the JSON of a basis document."""
        return {"title": self.title, "number": self.number or None, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Alias:
    """A short name that the document defines."""

    alias: str
    name: str
    start: int
    end: int

    def to_json(self) -> dict[str, object]:
        """Give the JSON of an alias."""
        return {"alias": self.alias, "name": self.name, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class LeadRule:
    """The rule that the agency named first leads, with the stretch of text that it holds for.

    Args:
        others_told: it also says that those behind the first one support (其余为配合单位).
    """

    start: int
    end: int
    valid_from: int
    valid_to: int
    others_told: bool = False


def find_basis(text: str, layout: Layout) -> list[Basis]:
    """Find the documents in 《》 that carry a number, and those without one that the opening sentence invokes."""
    found = [
        Basis(text[match.start("title") : match.end("title")], re.sub(r"\s", "", match["number"]), match.start(), match.end())
        for match in _BASIS.finditer(plain_digits(text))
    ]  # fmt: skip
    for start, end in _openings(text, layout):
        for match in _TITLE.finditer(text, start, end):
            inside = any(basis.start <= match.start() < basis.end for basis in found)
            inside = inside or (layout.title is not None and match["title"] in layout.title.text)
            sentence = text[max(start, match.start() - 240) : match.start()].rpartition("。")[2]
            if not inside and _BASIS_WORDS.search(re.sub(r"《[^《》]*》(?:[（(][^（）()]*[）)])?[、和及]?", "", sentence)):
                found.append(Basis(match["title"], "", match.start(), match.end()))
    return sorted(found, key=lambda basis: basis.start)


def _openings(text: str, layout: Layout) -> list[tuple[int, int]]:
    """Give the paragraphs of each segment before its first heading, 第一条 included: the plan's own, and those of the notice around it."""
    spans: list[tuple[int, int]] = []
    for index, segment in enumerate(layout.segments):
        for block in segment[:_OPENING] if index not in layout.attachments else ():
            marker = None if block.cells else read_marker(text[block.start : block.start + 20])
            if marker is not None and marker.scheme < Scheme.CN:
                continue  # 第一章 总则
            if block.cells or (marker is not None and (marker.scheme is not Scheme.ARTICLE or marker.value > 1)):
                break
            spans.append((block.start, block.end))
    return spans


def find_aliases(text: str) -> list[Alias]:
    """Find the short names the document defines: 深圳证券交易所（以下简称深交所）."""
    found: list[Alias] = []
    for match in _ALIAS.finditer(text):
        before = text[max(0, match.start() - 60) : match.start()]
        if before.endswith("》"):
            opening = before.rfind("《")
            name = before[opening + 1 : -1] if opening >= 0 else ""
        else:
            run = _NAME_CHARS.search(before)
            name = run.group() if run else ""
            cuts = [cut.end() for cut in _NAME_START.finditer(name) if cut.end() < len(name) - 3]
            name = name[cuts[-1] :] if cuts else name
        if name:
            found.append(Alias(match["alias"].strip(), name, match.start(), match.end()))
    return found


_RULE_WORDS = re.compile("下同|列出|位的|第一|首")
_NOTHING_BUT_RULES = re.compile(r"[（(]\s+[）)]")  # 市财政局（列首位者为牵头单位，下同）
_RULES_IN_CLAUSES = re.compile(
    rf"[，,。；;、]?\s{{0,3}}(?:注[：:])?(?:其中)?(?:责任(?:单位|部门)[中里])?(?:(?:{FIRST_LEADS.pattern})[^，。；）)]{{0,10}}(?:[，,、]\s*下同)?"
    r"(?:[，,；;]\s*(?:其余|其他|其它|其后|后面|后列)(?:的|各)?(?:单位|部门)?[^，。；）)]{0,10}(?:配合|参与|参加|协办|协助|协同)(?:单位|部门)?(?:[，,]\s*下同)?)?|"
    r"(?:[，,、])?下同|"
    r"以下均(?:需|由)(?:[^（）()]|（[^（）]{1,20}）){2,40}?(?:落实|负责|参与)[，,]\s*不再(?:一一)?列出)(?=[）)。])"
)


def without_rules(text: str) -> str:
    """Blank out what a clause says of all clauses (列第一位的为牵头单位，下同), so that only its agencies are left; lengths stay."""
    if not _RULE_WORDS.search(text):
        return text
    blanked = _RULES_IN_CLAUSES.sub(lambda match: " " * len(match.group()), text)
    return _NOTHING_BUT_RULES.sub(lambda match: " " * len(match.group()), blanked) if blanked != text else text


def find_lead_rules(text: str, roots: list[Node]) -> list[LeadRule]:
    """Find the statements that the agency named first leads, and settle how far each holds.

    本章 and the like bind their section; a statement inside a clause binds from there on (下同); one in an attachment binds the
    attachment; any other binds the whole document.
    """
    return [replace(_scope(text, match, roots), others_told=_tells_of_others(text, match.end())) for match in FIRST_LEADS.finditer(text)]


def _tells_of_others(text: str, at: int) -> bool:
    """Whether the sentence goes on to say what those behind the first one are."""
    return OTHERS_SUPPORT.search(re.split("[。）)\n]", text[at : at + 40], maxsplit=1)[0]) is not None


def _scope(text: str, match: re.Match[str], roots: list[Node]) -> LeadRule:
    start, end = match.span()
    sentence = text[max(0, start - 40) : start]
    node = _node_at(roots, start)
    root = next((root for root in roots if root.start <= start < root.end), None)
    if node is not None and node.marker is not None and _LOCAL.search(sentence.rpartition("。")[2]):
        top = node
        while top.parent is not None and top.parent.marker is not None:
            top = top.parent
        return LeadRule(start, end, top.start, top.end)
    opened = max(sentence.rfind("（"), sentence.rfind("("))
    if opened > max(sentence.rfind("）"), sentence.rfind(")"), sentence.rfind("。")) and "下同" in text[end : end + 20]:
        return LeadRule(start, end, node.start if node else start, len(text))
    if root is not None and root.segment > 0 and len(roots) > 1:
        return LeadRule(start, end, root.start, root.end)
    return LeadRule(start, end, 0, len(text))


def _node_at(roots: list[Node], position: int) -> Node | None:
    found: Node | None = None
    level = [root for root in roots if root.start <= position < root.end]
    while level:
        found = level[0]
        level = [child for child in found.children if child.start <= position < child.end]
    return found


def infer_province(document: Document, layout: Layout) -> str | None:
    """Tell the province from the issuer and the title, else from what is named most; None when nothing speaks for one."""
    for piece in (layout.issuer, layout.notice, layout.title):
        match = _PROVINCE.match(piece.text) if piece else None
        if match:
            return str(match.group())
    counts = Counter(_PROVINCE.findall(document.text[:200_000]))
    most = counts.most_common(2)
    if not most or most[0][1] < 2 or (len(most) > 1 and most[0][1] < 2 * most[1][1]):
        return None
    return str(most[0][0])


def infer_city(layout: Layout) -> str | None:
    """Tell the city whose document it is from the issuer and the title, as `深圳`; None when neither begins with one.

    The four cities under the central government are provinces, not cities.
    """
    for piece in (layout.issuer, layout.notice, layout.title):
        match = _CITY.match(piece.text.lstrip("《〈 \u3000")) if piece else None
        if match and not _PROVINCE.fullmatch(match["city"]):
            return str(match["city"])
    return None
