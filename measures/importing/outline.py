"""The tree of headings: which numbered line stands under which.

The scheme of a number (一、 （一） 1.) orders the tree, as GB/T 9704 does; a scheme that a document leaves out is no obstacle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from measures.importing.document import Block, Document
from measures.importing.headings import Marker, Scheme, read_marker
from measures.importing.numerals import number_from
from measures.importing.unnumbered import levelled, styled_headings

# A title ends at the first of these. A colon ends it only before the rest of a line, a wide blank only behind four signs or more.
_TITLE_END = re.compile(
    r"(?P<quoted>“[^“”。\n]{1,30}”|《[^《》\n]{1,60}》)|"  # “你好！中国” ends none
    r"[。！？!?\n]|(?<=[\u4e00-\u9fff）)”])[.．](?=[\u4e00-\u9fff“]|\s|$)|"
    r"[：:](?=.)|(?<=[^\s、，,]{4})[\u3000 ]{1,4}(?=[\u4e00-\u9fff“《])"
)
_CLAUSE_IN_TITLE = re.compile(
    r"[（(〔\[【](?=[^（）()〔〕\[\]【】]{0,200}?(?:牵头|配合|负责|责任|主办|协办|承办|完成时限|参与|分别))|(?:牵头|责任|配合|主办|协办|承办)(?:单位|部门|领导|人)[：:]"
)
_LABEL = re.compile(
    r"(?:任务|项目|事项|措施|工作|目标|重点|主要|具体)*(?:名称|任务|内容|举措|措施|事项)[：:]\s*(?=\S)|"
    r"(?:(?:督察|巡视|巡察|检查|审计)?(?:组)?(?:指出|反馈|反馈意见|反馈问题)|(?:存在|反馈|主要|突出)?问题(?:描述|表现)?)[：:]\s*(?=\S)"
)
_TRAILING = " \t\u3000，,。；;：:、."


@dataclass(slots=True)
class Node:
    """A numbered line and everything up to the next one of its rank or a higher one.

    `start`..`end` is the whole, `own_end` the end of what stands before the first child, `title_start`..`title_end` the title.
    """

    marker: Marker | None
    start: int
    title_start: int
    title_end: int
    own_end: int
    end: int
    blocks: list[Block] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    segment: int = 0

    @property
    def scheme(self) -> Scheme | None:
        """Tell how the line is numbered."""
        return self.marker.scheme if self.marker else None

    @property
    def number(self) -> str:
        """Give the number as written, without the separator."""
        return self.marker.label if self.marker and self.marker.scheme not in {Scheme.DASH, Scheme.BRACKET} else ""

    def walk(self) -> Iterable[Node]:
        """Give this node and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()

    def has_body(self) -> bool:
        """Tell whether words of its own follow the title."""
        return self.own_end - self.title_end > 12  # a full stop and a bracket or two are no words


def title_span(text: str, start: int, end: int, strong_end: int = 0) -> tuple[int, int]:
    """Find the title at the beginning of a line: up to the first full stop, a clause in brackets, or the end of the bold run."""
    label = _LABEL.match(text, start, end)
    start = label.end() if label else start
    line = text[start:end]
    match = next((match for match in _TITLE_END.finditer(line) if not match["quoted"]), None)
    stop = match.start() if match else len(line)
    if 1 < strong_end - start < stop:
        stop = strong_end - start
    clause = _CLAUSE_IN_TITLE.search(line, 0, stop)
    if clause and clause.start() > 0:
        stop = clause.start()
    title = line[:stop].rstrip(_TRAILING)
    lead = len(title) - len(title.lstrip())
    if len(title) > lead:
        return start + lead, start + len(title)
    # Nothing before the first full stop or clause: the beginning of the line stands for a title.
    word = re.search(r"\w[^\n]{0,39}", line)
    return (start + word.start(), start + len(line[: word.end()].rstrip())) if word else (start, start)


def end_title(node: Node, text: str, clauses: Sequence[int]) -> None:
    """End a title where a responsibility begins inside it: 接入感知设备10万个；（市大数据局）."""
    if clauses:
        title = text[node.title_start : clauses[0]].rstrip(_TRAILING + "（(〔[【")
        node.title_end = node.title_start + len(title) if title else node.title_end


def build_outline(document: Document, segments: Sequence[Sequence[Sequence[Block]]]) -> list[Node]:
    """Build the trees of the segments (the plan proper, each attachment): numbers start afresh in each.

    A segment comes in runs, between which tables stand that are read on their own. The headings of a later run go on in the tree of
    the first; what stands in it before its first heading makes a root of its own.
    """
    roots: list[Node] = []
    for index, runs in enumerate(segments):
        first: Node | None = None
        for blocks in runs:
            tree = _tree(document.text, blocks, index)
            if first is None:
                first = tree
            else:
                _continue(first, tree)
            if tree is first or tree.blocks:
                roots.append(tree)
    return roots


def _continue(first: Node, tree: Node) -> None:
    """Move the headings of a later run under those that are still open at the end of the first."""
    for child in tree.children:
        path = [first]
        while path[-1].children:
            path.append(path[-1].children[-1])
        while len(path) > 1 and child.marker is not None and not _stands_under(child.marker, path[-1]):
            path.pop()
        path[-1].children.append(child)
        child.parent = path[-1]
        for node in path:
            node.end = max(node.end, child.end)
    tree.children = []
    tree.end = tree.own_end


def _tree(text: str, blocks: Sequence[Block], segment: int) -> Node:
    first = blocks[0].start if blocks else 0
    root = Node(None, first, first, first, first, blocks[-1].end if blocks else first, segment=segment)
    stack = [root]
    boxed: int | None = None
    was: int | None = None
    parted = list(_parted(text, blocks))
    styled = styled_headings(text, parted)
    for place, block in enumerate(parted):
        line = text[block.start : block.end]
        marker = None if block.cells else read_marker(line)
        boxed = _in_box(line, marker, stack, boxed)
        if boxed is None and was is not None and _comes_again(text, parted[place + 1 : place + _BOX_REACH], marker):
            boxed = was
        was = boxed
        if marker is not None and (boxed is not None or not _plausible(marker, line, stack)):
            marker = None
        marker = styled.get(block.start) or marker or levelled(block, line)
        if marker is None:
            if boxed is not None and _BOX.match(line):
                _open_box(text, stack, block)
            else:
                _extend(stack, block)
            continue
        while len(stack) > 1 and not _stands_under(marker, stack[-1]):
            stack.pop()
        title_from = block.start if marker.scheme is Scheme.BRACKET else block.start + marker.length
        strong_end = block.start + block.strong if 0 < block.strong < block.end - block.start else 0
        title = title_span(text, title_from, block.end, strong_end)
        if marker.scheme is Scheme.BRACKET or (not marker.length and line.startswith("【") and line.endswith("】")):
            title = (block.start + 1, block.start + (marker.length or len(line)) - 1)
        node = Node(marker, block.start, *title, own_end=block.end, end=block.end, blocks=[block], parent=stack[-1], segment=segment)
        stack[-1].children.append(node)
        stack.append(node)
        for open_node in stack:
            open_node.end = block.end
    return root


_BOX = re.compile(r"专\s*栏\s*(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})?(?:[：:\s]|$)")


def _open_box(text: str, stack: list[Node], block: Block) -> None:
    """Let a box stand beside the line before it, of which it is no part; its parts are its own."""
    last = stack[-1]
    if len(stack) > 1 and (
        last.has_body() or len(last.blocks) > 1 or text[last.title_end : last.own_end].endswith(("）", ")", "】", "〕"))
    ):
        stack.pop()
    span = block.start, block.end
    node = Node(
        Marker(Scheme.PARAGRAPH, "", 0, 0), block.start, *span, block.end, block.end, [block], parent=stack[-1], segment=stack[0].segment
    )
    stack[-1].children.append(node)
    stack.append(node)
    for open_node in stack:
        open_node.end = block.end


def _in_box(line: str, marker: Marker | None, stack: list[Node], boxed: int | None) -> int | None:
    """Tell whether a line stands in a box 专栏, whose numbers are its own; the number that will end it, or None outside.

    A box ends with a heading above 1., or with the number that the text around it has come to.
    """
    if _BOX.match(line):
        last = next((node.marker.value for node in reversed(stack) if node.marker and node.marker.scheme is Scheme.NUM), 0)
        return last + 1
    if boxed is None or marker is None:
        return boxed
    ends = marker.scheme < Scheme.NUM or (marker.scheme is Scheme.NUM and marker.value == boxed > 1)
    return None if ends else boxed


_BOX_REACH = 80


def _comes_again(text: str, following: Sequence[Block], marker: Marker | None) -> bool:
    """Tell whether a number that would end a box comes once more under the same heading: then this one belongs to the box."""
    if marker is None or marker.scheme is not Scheme.NUM:
        return False
    for block in following:
        other = read_marker(text[block.start : min(block.end, block.start + 30)])
        if other is not None and other.scheme < Scheme.NUM:
            return False
        if other is not None and other.scheme is Scheme.NUM and other.value == marker.value:
            return True
    return False


_INLINE = re.compile(r"(?:(?<=[。；！？）)])|(?<=[\u4e00-\u9fff]))[（(]([一二三四五六七八九十]{1,3})[）)](?=[^）)、，。；])")


def _parted(text: str, blocks: Sequence[Block]) -> Iterable[Block]:
    """Part a line that holds a heading and those under it: 一、总体要求（一）指导思想 …（二）主要目标."""
    for block in blocks:
        starts = [] if block.cells else _inline_starts(text, block)
        if not starts:
            yield block
            continue
        for start, end in zip([block.start, *starts], [*starts, block.end], strict=True):
            stop = start + len(text[start:end].rstrip())
            yield replace(block, start=start, end=stop, strong=0)


# 1.…（责任单位：…）2.…（责任单位：…） on one line: each part with its own responsibility is a measure.
_INLINE_NUMBER = re.compile(r"(?:(?<=[。；：:）)！])|(?<=[\u3000 ]))(?P<no>[0-9０-９]{1,2})[.．、](?=[\u4e00-\u9fff“])")
_ENDS_IN_CLAUSE = re.compile(
    r"[（(〔\[【][^（）()〔〕\[\]【】]{0,200}(?:[（(][^（）()]{0,40}[）)][^（）()〔〕\[\]【】]{0,200}){0,4}[）)〕\]】][。；]?\s*$"
)


def _inline_starts(text: str, block: Block) -> list[int]:
    marker = read_marker(text[block.start : block.start + 20])
    if marker is None or marker.scheme not in {Scheme.CN, Scheme.CN_PAREN}:
        return []
    numbered = _numbered_inline(text, block)
    if numbered or marker.scheme is not Scheme.CN:
        return numbered
    starts: list[int] = []
    for match in _INLINE.finditer(text, block.start, block.end):
        if number_from(match[1]) == len(starts) + 1:
            starts.append(match.start())
    inside_title = bool(starts) and not re.search("[。；]", text[block.start : starts[0]])
    return starts if len(starts) > 1 and inside_title else []


def _numbered_inline(text: str, block: Block) -> list[int]:
    starts: list[int] = []
    for match in _INLINE_NUMBER.finditer(text, block.start, block.end):
        if int(match["no"]) == len(starts) + 1:
            starts.append(match.start())
    bounds = [*starts, block.end]
    own = all(_ENDS_IN_CLAUSE.search(text, start, end) for start, end in pairwise(bounds))
    return starts if len(starts) > 1 and own else []


_AFTERWORD = re.compile(
    r"(?:工作要求|有关要求|要求|注|备注|说明|联系人|联系电话)[：:]|(?:各|请).{0,16}(?:单位|部门|地区|市|县|区).{0,8}(?:要|应|按照|于|每)|(?:以上|上述)"
)


def drop_afterwords(root: Node, text: str, bears: Callable[[int, int], bool]) -> None:
    """Take closing remarks to everybody (工作要求：…) out of the last line of a tree, where they would pass for part of a measure."""
    node = root
    while node.children:
        node = node.children[-1]
    if node.marker is None:
        return
    for index in range(1, len(node.blocks)):
        first = node.blocks[index]
        if _AFTERWORD.match(text, first.start, first.end) and bears(node.start, first.start) and not bears(first.start, node.end):
            node.blocks = node.blocks[:index]
            node.own_end = node.blocks[-1].end
            while node is not root and node.parent is not None:
                node.end = node.own_end if not node.children else node.children[-1].end
                node = node.parent
            return


def split_paragraphs(node: Node, text: str, bears: Callable[[int, int], bool]) -> None:
    """Make children of the unnumbered paragraphs of a section where two or more of them end in a responsibility.

    `bears` tells whether a stretch holds a responsibility. A measure with several clauses is left whole: only lines whose heading
    says nothing but its title are split.
    """
    if node.children or len(node.blocks) < 2 or (node.marker and node.marker.scheme > Scheme.CN_PAREN):
        return
    blocks = node.blocks if node.marker is None else node.blocks[1:]
    if node.marker is not None and (node.blocks[0].end - node.title_end > 2 or bears(node.start, node.blocks[0].end)):
        return
    groups = _groups(text, blocks, bears)
    bearing = [group for group in groups if bears(group[0].start, group[-1].end)]
    run_in = all(0 < group[0].strong < group[0].end - group[0].start for group in bearing)
    if len(bearing) < 2 or (node.marker is not None and node.marker.scheme is Scheme.CN_PAREN and not run_in):
        return
    for group in groups:
        if not bears(group[0].start, group[-1].end):
            continue
        first = group[0]
        strong_end = first.start + first.strong if 0 < first.strong < first.end - first.start else 0
        title = title_span(text, first.start, first.end, strong_end)
        marker = Marker(Scheme.PARAGRAPH, "", 0, 0)
        node.children.append(
            Node(marker, first.start, *title, group[-1].end, group[-1].end, list(group), parent=node, segment=node.segment)
        )
    if node.children:
        node.own_end = node.children[0].start


def _groups(text: str, blocks: list[Block], bears: Callable[[int, int], bool]) -> list[list[Block]]:
    """Group paragraphs: each with the clause on a line of its own behind it."""
    groups: list[list[Block]] = []
    for block in blocks:
        alone = _CLAUSE_IN_TITLE.match(text, block.start, block.end) is not None
        if groups and (alone or not (bears(groups[-1][0].start, groups[-1][-1].end) or bears(block.start, block.end))):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _extend(stack: list[Node], block: Block) -> None:
    node = stack[-1]
    node.blocks.append(block)
    node.own_end = block.end
    for open_node in stack:
        open_node.end = block.end


def _stands_under(marker: Marker, node: Node) -> bool:
    scheme = node.scheme
    if scheme is None:
        return True
    if marker.scheme is Scheme.BRACKET and scheme is Scheme.DASH:
        return False
    return scheme < marker.scheme


def _plausible(marker: Marker, line: str, stack: list[Node]) -> bool:
    """Tell a heading from a line that only begins like one."""
    if marker.scheme is not Scheme.BRACKET and not re.search(r"\w", line[marker.length :]):
        return False
    if marker.scheme is Scheme.DOTTED:
        return (
            any(node.scheme is Scheme.NUM or node.scheme is Scheme.DOTTED for node in stack)
            or marker.label.count(".") + marker.label.count("．") == 1
        )
    return True
