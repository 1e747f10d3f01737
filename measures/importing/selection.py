"""Which numbered lines are measures 措施, which are sections, and which are only parts of a measure.

Responsibilities decide where there are any: the lines that bear them are measures, and so are their equals beside them. Where a
document names nobody, its numbering decides. What only frames the work (总体要求, 组织实施) makes no measures unless it bears
responsibilities.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from measures.importing.headings import Scheme
from measures.importing.outline import Node

# Headings of what frames a plan, at any depth.
GENERAL = re.compile(
    r"^(?:总体(?:要求|思路|目标|部署|安排|考虑|原则|定位)|指导思想|基本(?:原则|思路|要求|情况|考虑)|总则|附则|"
    r"(?:工作|主要|发展|总|目标|预期|具体|阶段性?|行动|重点|年度|量化|建设)*目标(?:任务|要求|指标)?$|(?:工作|主要)?思路$|(?:工作|实施)原则|"
    r"(?:目标要求|目标任务|要求)$|组织(?:实施|保障|领导|推进|机构)(?:$|和|与|、|工作|保障|要求|机制)|"
    r"(?:加强|强化|健全|完善|落实|工作|实施|推进|有关|具体|相关|组织|主要|综合|几点)*(?:保障|保障措施|保障机制|保障要求|工作要求|组织保障|组织实施|组织领导|要求)$|"
    r"保障措施|工作要求|有关要求|具体要求|实施要求|(?:实施|工作|推进|方法|时间|进度)+(?:步骤|阶段|安排|进度|计划安排|时间|方法|范围|期限|对象|程序)|"
    r"(?:重要|重大)?(?:意义|背景)|(?:发展)?(?:基础|现状|形势|环境|背景)(?:$|和|与|、)|适用范围|(?:其他|其它)(?:事项)?$|名词解释|"
    r"(?:监督|督导|督促)?(?:检查|考核|评估|督查)$|职责分工$|组织架构|(?:资金|经费)(?:来源)|实施时间|"
    r"(?:20\d\d|去|上)年.{0,4}(?:工作)?(?:回顾|总结)|工作回顾)"
)
# Duties of everybody that close a plan: 加强组织领导, 强化督导考核 and the like; general only in a section where nobody is named.
_CLOSING = re.compile(
    r"(?:组织领导|统筹协调|组织协调|宣传引导|舆论宣传|宣传推广|督导考核|督查考核|督促检查|考核评估|监督检查|跟踪问效|责任落实|压实责任|落实责任|政策解读)"
)
_IN_FORCE = re.compile(
    r"(?:自|从)[^。，]{0,20}(?:起|之日起?)(?:正式)?(?:施行|实施|执行|生效)|有效期|由[^。，]{2,30}负责解释|上级.{0,12}从其规定"
)
_PAST = re.compile(
    r"(?:发展|工作|现实|产业)?(?:基础|现状|回顾|成效|成绩)(?:$|和|与|、|及)|"
    r"(?:发展|规划)?(?:环境|背景|形势)$|.{0,10}(?:工作回顾|工作总结)"
)
_AIMS = re.compile(r"目标")
_ENOUGH = 0.6
_BODY = 12  # a full stop and a bracket or two are no words


@dataclass(frozen=True, slots=True)
class Selection:
    """The nodes that are measures, in the order of the text, and the sections that looked like measures and name nobody.

    A measure whose parts are measures themselves (具体措施：1.…) goes as far as the first of them.
    """

    measures: tuple[Node, ...]
    left_out: tuple[Node, ...] = ()


def is_general(node: Node, text: str) -> bool:
    """Tell whether a heading, or one that it stands under, frames the plan."""
    current: Node | None = node
    while current is not None:
        title = "".join(text[current.title_start : current.title_end].split())  # 总　则
        if current.marker and GENERAL.match(title):
            return True
        if current.marker and not current.children and _IN_FORCE.search(text, current.start, min(current.end, current.start + 120)):
            return True
        current = current.parent
    return False


def is_about_aims(node: Node, text: str) -> bool:
    """Tell whether a heading, or one that it stands under, announces aims."""
    current: Node | None = node
    while current is not None:
        if current.marker and _AIMS.search(text[current.title_start : current.title_end]):
            return True
        current = current.parent
    return False


def is_about_the_past(node: Node, text: str) -> bool:
    """Tell whether a heading, or one that it stands under, tells what has been reached."""
    current: Node | None = node
    while current is not None:
        if current.marker and _PAST.match(text, current.title_start, current.title_end):
            return True
        current = current.parent
    return False


class Selector:
    """Walks one tree and picks the measures. `clauses` are the spans of all responsibility clauses, in order."""

    def __init__(self, text: str, clauses: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.spans, self.starts = clauses, [start for start, _ in clauses]
        self.last_only: set[Scheme] = set()

    def select(self, root: Node, *, bears_responsibilities: bool) -> Selection:
        """Pick the measures of a tree. `bears_responsibilities` tells that the document names somebody, here or elsewhere."""
        if self._count(root.start, root.end):
            self.last_only = self._schemes_named_at_their_end(root)
            chosen = list(self._with_clauses(root))
            return self._complete(root, chosen)
        if bears_responsibilities:
            return Selection((), ())
        return Selection(tuple(self._by_numbers(root)))

    def _count(self, start: int, end: int) -> int:
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def _own(self, node: Node) -> int:
        """Count the clauses before the first child."""
        return self._count(node.start, node.own_end)

    def _says_more(self, node: Node) -> bool:
        """Tell a task of its own, with agencies and what they do, from a heading that only names who leads all below it."""
        first, last = bisect_left(self.starts, node.start), bisect_left(self.starts, node.own_end)
        words = node.own_end - node.title_end - sum(end - max(start, node.title_end) for start, end in self.spans[first:last])
        return last > first and words > _BODY

    def _with_clauses(self, node: Node) -> list[Node]:
        """Pick the measures of a tree that bears clauses."""
        bearing = [child for child in node.children if self._count(child.start, child.end)]
        if node.marker is None:
            return [found for child in bearing for found in self._with_clauses(child)]
        if not bearing or self._is_whole(node, bearing):
            return [node]
        if not self._says_more(node):
            return [found for child in bearing for found in self._with_clauses(child)]
        below = (self._with_clauses(child) if child in bearing else [child] for child in node.children)
        return [node, *(found for part in below for found in part)]  # 具体措施：1.… 2.…, each with its own agencies

    def _is_whole(self, node: Node, bearing: list[Node]) -> bool:
        """Tell whether the clauses below a line are those of its parts, so that the line itself is the measure."""
        scheme = node.scheme
        if scheme in {Scheme.ARTICLE, Scheme.DOTTED} or (scheme is not None and scheme >= Scheme.NUM):
            return True
        whole = len(node.children) > 1 and bearing == [node.children[-1]] and self._closes(node.children[-1])
        if whole and (scheme is not Scheme.CN or node.children[0].scheme is not Scheme.CN_PAREN) and not is_general(node, self.text):
            return True
        if scheme in self.last_only and bearing == [node.children[-1]]:
            return True
        share = len(bearing) / len(node.children)
        if self._own(node) and share < _ENOUGH:
            return True
        return node.children[0].scheme in {Scheme.DASH, Scheme.CIRCLED} and node.has_body() and bool(self._own(node))

    def _schemes_named_at_their_end(self, root: Node) -> set[Scheme]:
        """Find the schemes whose lines, as a rule of this document, name the agencies once, at the end of their last part."""
        counts: Counter[Scheme] = Counter()
        others: Counter[Scheme] = Counter()
        for node in root.walk():
            if node.scheme is None or len(node.children) < 2 or is_general(node, self.text):
                continue
            bearing = [child for child in node.children if self._count(child.start, child.end)]
            if not bearing:
                continue
            (counts if bearing == [node.children[-1]] and not node.children[-1].children else others)[node.scheme] += 1
        return {scheme for scheme, count in counts.items() if count > 1 and others[scheme] * 3 <= count}

    def _closes(self, last: Node) -> bool:
        """Tell whether the only clause stands on a line of its own behind the last part: then it is that of the whole."""
        if len(last.blocks) < 2 or last.children:  # the numbered line and the clause
            return False
        first = last.blocks[0]
        return not self._count(first.start, first.end)

    def _complete(self, root: Node, chosen: list[Node]) -> Selection:
        """Add the equals of the chosen that name nobody, and tell which were left out."""
        schemes = Counter(node.scheme for node in chosen)
        picked = {id(node) for node in chosen}
        left_out: list[Node] = []
        for node in list(root.walk()):
            if id(node) in picked or node.scheme not in schemes or self._count(node.start, node.end):
                continue
            if self._under(node, picked) or is_general(node, self.text):
                continue
            top = self._top(node)
            if (
                (
                    self._count(top.start, top.end)
                    or (node.parent is not None and node.parent.marker is None and schemes[node.scheme] >= len(chosen) * _ENOUGH)
                )
                and not _CLOSING.search(self.text[node.title_start : node.title_end])
                and not (node.children and node.children[0].scheme in schemes)
            ):
                chosen.append(node)
                picked.add(id(node))
                continue
            left_out.append(node)
        chosen.sort(key=lambda node: node.start)
        return Selection(tuple(chosen), tuple(left_out))

    def _under(self, node: Node, picked: set[int]) -> bool:
        current = node.parent
        while current is not None:
            if id(current) in picked:
                return True
            current = current.parent
        return False

    def _top(self, node: Node) -> Node:
        while node.parent is not None and node.parent.marker is not None:
            node = node.parent
        return node

    def _by_numbers(self, root: Node) -> list[Node]:
        """Pick by numbering alone, in a document that names nobody."""
        last = root.children[-1] if root.children else None
        nodes = [node for node in root.walk() if node.marker and not is_general(node, self.text)]
        nodes = [node for node in nodes if self._top(node) is not last or not _CLOSING.search(self.text[node.title_start : node.title_end])]
        scheme = self._measure_scheme(nodes)
        chosen = [node for node in nodes if node.scheme is scheme] if scheme is not None else []
        covered = {id(inner) for node in chosen for inner in node.walk()}
        lone = [node for node in nodes if scheme is not None and self._stands_alone(node, scheme, covered)]
        return sorted(chosen + lone, key=lambda node: node.start)

    def _stands_alone(self, node: Node, scheme: Scheme, covered: set[int]) -> bool:
        """Tell whether a line of a higher rank has no parts and words enough to be a measure itself."""
        return (
            id(node) not in covered
            and node.scheme is not None
            and Scheme.CN <= node.scheme < scheme
            and not node.children
            and node.has_body()
        )

    def _measure_scheme(self, nodes: list[Node]) -> Scheme | None:
        by_scheme: dict[Scheme, list[Node]] = {}
        for node in nodes:
            if node.scheme is not None:
                by_scheme.setdefault(node.scheme, []).append(node)
        if Scheme.ARTICLE in by_scheme:
            return Scheme.ARTICLE
        numbers, parens = by_scheme.get(Scheme.NUM, []), by_scheme.get(Scheme.CN_PAREN, [])
        if numbers and runs_through(numbers):
            return Scheme.NUM
        if parens and runs_through(parens):
            return Scheme.CN_PAREN
        if parens and numbers:
            with_body = sum(node.has_body() or not node.children for node in parens)
            return Scheme.CN_PAREN if with_body >= len(parens) * _ENOUGH else Scheme.NUM
        for scheme in (Scheme.CN_PAREN, Scheme.NUM, Scheme.CN, Scheme.NUM_PAREN):
            if scheme in by_scheme:
                return scheme
        return None


def runs_through(nodes: Sequence[Node]) -> bool:
    """Tell whether the numbers of the lines run on across sections instead of starting again in each."""
    parents = {id(node.parent) for node in nodes}
    if len(parents) < 2:
        return False
    values = [node.marker.value for node in nodes if node.marker]
    return all(after == before + 1 for before, after in pairwise(values))
