"""The cells of a table of tasks that name agencies, persons and times, those included that repeat the cell above (同上, 〃).

They are read by the same grammar as a clause, in label style (牵头单位：…；配合单位：…；完成时限：…).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from measures.importing.clauses import Clause, ClauseContext, Doubt, parse_clause
from measures.importing.clauses.wholes import Wholes
from measures.importing.deadlines import Deadline
from measures.importing.document import Block, Document
from measures.importing.ledger_header import AGENCIES
from measures.importing.numerals import DASHES

EMPTY = re.compile(rf"^[{DASHES}\s/]*$|^无$")
_LABELS = {
    "leader": "牵头领导",
    "lead": "牵头单位",
    "lead_with_persons": "牵头单位及责任人",
    "responsible": "责任单位",
    "responsible_with_persons": "责任单位及责任人",
    "support": "配合单位",
    "guiding": "指导单位",
    "deadline": "完成时限",
}
_DOERS = tuple(kind for kind in AGENCIES if kind != "support")
_SAME = re.compile(r"\s*(?P<same>[（(]?同[上前](?:一?[行栏项格列])?[）)]?|(?:[〃″〞＂\"”]|''|′′)(?:\s*(?:[〃″〞＂\"”]|''|′′))*|[→↑]+)\s*")
_THEN = re.compile(r"[、，,；;和及]\s*(?=\S)")
_SAYS_SAME = "写的是“同上”，按上一项填写，请核对"
_WIDE = "这一格占了几种单位的列，没有另写角色的按责任单位读取，请核对"
_LEADER_LEFT_EMPTY = "没有写领导，按与上一行合并的单元格读取，请核对"
_LEFT_EMPTY = "没有写单位，按与上一行合并的单元格读取，请核对"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LedgerCell:
    """What a cell says: what its column holds, and where it stands.

    Args:
        sources: where stands what it repeats, in a cell above; its own words count where there are none.
        why: the doubt that repeating leaves.
    """

    kind: str
    start: int
    end: int
    sources: tuple[Span, ...] = ()
    why: str = ""


def says_the_same(quote: str) -> bool:
    """Whether a cell says nothing but that the one above holds for it as well: 同上, 〃."""
    return _SAME.fullmatch(quote) is not None


class CellReader:
    """Reads the rows of one table from the top down, and knows what the cells above said."""

    def __init__(self, document: Document, columns: Sequence[str], *, merged: bool) -> None:
        self.document, self.columns, self.merged = document, columns, merged
        self.above: dict[int, tuple[Span, ...]] = {}

    def read(self, block: Block) -> tuple[LedgerCell, ...]:
        """Read a row: its cells in the order of a clause."""
        found: list[LedgerCell] = []
        wide = self._wide(block)
        for place, (column, cell) in enumerate(zip(self.columns, block.cells, strict=False)):
            kind = "responsible" if column in AGENCIES and cell.start in wide else column
            quote = self.document.quote(cell)
            if kind in _LABELS and not EMPTY.match(quote) and not any(one.kind == kind and one.start == cell.start for one in found):
                cells = self._cell(place, kind, cell.start, cell.end)
                found += [replace(one, why=one.why or _WIDE) for one in cells] if cell.start in wide else cells
        if not self.merged and not any(cell.kind in _DOERS for cell in found):
            found += self._left_empty(block)
        if not self.merged and not any(cell.kind == "leader" for cell in found):
            found += self._leader_above(block)
        return tuple(sorted(found, key=lambda cell: list(_LABELS).index(cell.kind)))

    def _wide(self, block: Block) -> set[int]:
        """Give the beginnings of the cells that stand in columns of several roles at once, so that no column tells their role."""
        kinds: dict[int, set[str]] = {}
        for kind, cell in zip(self.columns, block.cells, strict=False):
            if kind in AGENCIES:
                kinds.setdefault(cell.start, set()).add(kind)
        return {start for start, held in kinds.items() if len(held) > 1}

    def _cell(self, place: int, kind: str, start: int, end: int) -> list[LedgerCell]:
        text = self.document.text
        same = _SAME.match(text, start, end)
        then = _THEN.match(text, same.end(), end) if same else None
        above = self.above.get(place, ())
        if same is None or not above or not (then or same.end() == end):
            self.above[place] = ((start, end),)
            return [LedgerCell(kind, start, end)]
        cells = [LedgerCell(kind, *same.span("same"), above, _SAYS_SAME)]
        if then:
            cells.append(LedgerCell(kind, then.end(), end))
            self.above[place] = (*above, (then.end(), end))
        return cells

    def _left_empty(self, block: Block) -> list[LedgerCell]:
        """Take the agencies of the row above where no cell is merged but a column of agencies is left empty."""
        for place, cell in enumerate(block.cells):
            kind = self.columns[place] if place < len(self.columns) else ""
            if kind in _DOERS and place in self.above and not self.document.quote(cell).strip():
                return [LedgerCell(kind, cell.start, cell.end, self.above[place], _LEFT_EMPTY)]
        return []

    def _leader_above(self, block: Block) -> list[LedgerCell]:
        """Take the leader of the row above where the cell that groups tasks is left empty as well: both were merged once."""
        kinds = dict(zip(self.columns, block.cells, strict=False))
        if "section" not in kinds or not kinds["section"].carried:
            return []
        for place, (kind, cell) in enumerate(zip(self.columns, block.cells, strict=False)):
            if kind == "leader" and place in self.above and not self.document.quote(cell).strip():
                return [LedgerCell(kind, cell.start, cell.end, self.above[place], _LEADER_LEFT_EMPTY)]
        return []


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the line that a row is read as, and the cell that it comes from."""

    begin: int
    end: int
    cell: LedgerCell


def read_responsibilities(text: str, cells: Sequence[LedgerCell], context: ClauseContext, row_start: int) -> Clause | None:
    """Read the agencies and the time of a row as one clause, its spans in the cells; no clause, but perhaps a time, where it names nobody.

    Args:
        text: the text of the document.
        cells: those of the row.
        context: what is known of the document.
        row_start: where the row begins; cells above it are merged ones.
    """
    if not any(cell.kind in (*AGENCIES, "deadline") for cell in cells):
        return None
    written, last = "（", ""
    pieces: list[_Piece] = []
    for cell in cells:
        written += "、" if cell.kind == last else ("；" if last else "") + _LABELS[cell.kind] + "："
        quote = "、".join(_as_list(text[start:end]) for start, end in cell.sources or ((cell.start, cell.end),))
        pieces.append(_Piece(len(written), len(written) + len(quote), cell))
        written += quote
        last = cell.kind
    clause = parse_clause(written + "）", context)
    return _moved_back(clause, pieces, text, row_start) if clause.is_clause or clause.deadline else None


_NAMED = r"[\u4e00-\u9fff]"
_LINE_END = re.compile(rf"(?<=[\u4e00-\u9fff）)])\n(?={_NAMED})")
_ONE_NAME = re.compile(r"[^、，,；;：:\s]+")
_WHOLES = Wholes()


def _as_list(quote: str) -> str:
    """Make a cell a list, sign by sign: a line's end or a blank between names parts them, a line's end inside a name stays."""
    quote = _LINE_END.sub(lambda found: "\n" if _breaks_name(quote, found.start()) else "、", quote)
    quote = re.sub(r"(?<=[局委厅部办会院府区县市行社司心队])[ \u3000](?=[\u4e00-\u9fff])", "、", quote)
    return re.sub(rf"(?<!{_NAMED})\n|\n(?!{_NAMED})", " ", quote)


def _breaks_name(quote: str, at: int) -> bool:
    """Whether a line's end stands inside a name: 省住房城乡 / 建设厅."""
    left, right = _ONE_NAME.findall(quote[:at])[-1], _ONE_NAME.findall(quote[at:])[0]
    return not _WHOLES.holds(left) and _WHOLES.holds(left + right)


def _moved_back(clause: Clause, pieces: list[_Piece], text: str, row_start: int) -> Clause:
    """Move the spans of a clause from the line it was read as to the cells."""
    ends = [piece.end for piece in pieces]

    def piece_at(position: int, *, ending: bool = False) -> _Piece:
        return pieces[min((bisect_left if ending else bisect_right)(ends, position), len(pieces) - 1)]

    def moved(start: int, end: int) -> Span:
        first, last = piece_at(start), piece_at(end, ending=True)
        begins = first.cell.start if first.cell.sources else first.cell.start + min(max(start - first.begin, 0), first.end - first.begin)
        ends = last.cell.end if last.cell.sources else last.cell.start + max(end - last.begin, 0)
        return begins, max(begins, ends)

    own = [cell for cell in (piece.cell for piece in pieces) if cell.start >= row_start] or [piece.cell for piece in pieces]

    def timed(deadline: Deadline) -> Deadline:
        start, end = moved(deadline.start, deadline.end)
        return replace(deadline, start=start, end=end, text=text[start:end] if piece_at(deadline.start).cell.sources else deadline.text)

    items = []
    for item in clause.items:
        start, end = moved(item.start, item.end)
        items.append(replace(item, start=start, end=end, restored=item.restored or bool(piece_at(item.start).cell.sources)))
    doubts = [Doubt(*moved(doubt.start, doubt.end), doubt.why) for doubt in clause.doubts]
    doubts += [Doubt(piece.cell.start, piece.cell.end, piece.cell.why) for piece in pieces if piece.cell.why]
    same_as = tuple(same.placed(text, *moved(same.start, same.end)) for same in clause.same_as)
    return replace(
        clause,
        start=min(cell.start for cell in own),
        end=max(cell.end for cell in own),
        items=tuple(items),
        deadline=clause.deadline and timed(clause.deadline),
        stages=tuple(timed(stage) for stage in clause.stages),
        doubts=tuple(sorted(set(doubts), key=lambda one: (one.start, one.end, one.why))),
        same_as=same_as,
    )
