"""The tree of sections that a reading shows: headings of the text, and headings inside tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from measures.importing.frontmatter import Layout
from measures.importing.headings import Scheme
from measures.importing.ledger import Ledger
from measures.importing.outline import Node
from measures.importing.reading import SectionReading

_LONGEST = 30  # a whole sentence behind 第一条 is no title


def read_sections(text: str, roots: Sequence[Node], chosen: set[int]) -> list[SectionReading]:
    """Give the headings above and beside the measures.

    Args:
        text: the text of the document.
        roots: its trees.
        chosen: the identities of the nodes that are measures.
    """
    return [section for root in roots for section in _below(text, root, chosen)]


def _below(text: str, node: Node, chosen: set[int]) -> Iterator[SectionReading]:
    for child in node.children:
        if id(child) in chosen and not has_parts(child, chosen):
            continue
        inner = tuple(_below(text, child, chosen))
        if child.scheme is not None and child.scheme > Scheme.CN_PAREN and not any(id(below) in chosen for below in child.walk()):
            continue
        stop = child.title_start if _is_sentence(text, child) else child.title_end
        yield SectionReading(child.number, text[child.title_start : stop], child.start, child.end, stop, inner)


def has_parts(node: Node, chosen: set[int]) -> bool:
    """Tell whether a measure is also the heading of its parts, which are measures themselves; `chosen` are the identities of all."""
    return any(id(below) in chosen for child in node.children for below in child.walk())


def _is_sentence(text: str, node: Node) -> bool:
    return (
        node.scheme is Scheme.ARTICLE and node.title_end - node.title_start > _LONGEST and text[node.title_end : node.title_end + 1] == "。"
    )


def banner_sections(text: str, ledger: Ledger) -> Iterator[SectionReading]:
    """Give the headings inside a table, each as far as the next one."""
    for banner, after in pairwise([*ledger.banners, None]):
        if banner is not None:
            title = text[banner.title_start : banner.title_end]
            yield SectionReading(banner.number, title, banner.start, after.start if after else ledger.end, banner.title_end)


def section_of(node: Node) -> Node | None:
    """Give the heading that a line stands under."""
    return node.parent if node.parent is not None and node.parent.marker is not None else None


def section_around(layout: Layout, roots: Sequence[Node], position: int) -> tuple[int, int] | None:
    """Find the heading that a table stands under; that of the text before an attachment is not one of the attachment."""
    inside = [index for index, blocks in enumerate(layout.segments) if blocks and blocks[0].start <= position]
    root = next((root for root in roots if inside and root.segment == inside[-1] and root.start < position), None)
    if root is None:
        return None
    node: Node | None = root
    heading: Node | None = None
    while node is not None:
        heading = node if node.marker is not None and node.scheme is not None and node.scheme <= Scheme.CN_PAREN else heading
        node = next((child for child in reversed(node.children) if child.start < position), None)
    return (heading.start, heading.title_end) if heading is not None else None
