"""Tables in a PDF: cells between ruled lines, else columns that blank strips part under a header of a ledger."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from measures.importing.document import Merge
from measures.importing.readers.pdf_pieces import Fragment, Line, pieces_of, rows_of

_NEAR = 2.5  # points within which two lines are one
_THIN = 3.0
_MOST_RULES = 20_000
_MOST_CELLS = 40_000
_HEADER = re.compile(r"序号|任务|措施|事项|内容|指标|单位|部门|时限|时间|牵头|责任|配合|目标|备注|类别|项目")
_COLUMNS = 3
_FAR = 4.5  # times the size of the type; rows further apart are of no table together
_SHORTEST = 3  # signs; a shorter line is a part of a word


@dataclass(slots=True)
class Rules:
    """The ruled lines of a page: horizontal as (y, from, to), vertical as (x, from, to)."""

    across: list[tuple[float, float, float]] = field(default_factory=list)
    down: list[tuple[float, float, float]] = field(default_factory=list)

    def rectangle(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Take a rectangle: a thin one is a line, another one four."""
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if len(self.across) + len(self.down) > _MOST_RULES:
            return
        if y1 - y0 <= _THIN:
            if x1 - x0 > _THIN:
                self.across.append(((y0 + y1) / 2, x0, x1))
        elif x1 - x0 <= _THIN:
            self.down.append(((x0 + x1) / 2, y0, y1))
        else:
            self.across += [(y0, x0, x1), (y1, x0, x1)]
            self.down += [(x0, y0, y1), (x1, y0, y1)]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page: its rows, where its columns begin, and how far it reaches."""

    rows: tuple[tuple[str | Merge, ...], ...]
    edges: tuple[float, ...]
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Grid:
    xs: tuple[float, ...]
    ys: tuple[float, ...]  # from the top downwards

    def place(self, fragment: Fragment) -> tuple[int, int] | None:
        """Tell the row and the column in which a piece of text stands."""
        x, y = fragment.x + 0.3 * fragment.size, fragment.y + 0.3 * fragment.size
        if not (self.xs[0] - 1 <= x <= self.xs[-1] + 1 and self.ys[-1] - 1 <= y <= self.ys[0] + 1):
            return None
        column = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        row = min(max(bisect_right([-edge for edge in self.ys], -y) - 1, 0), len(self.ys) - 2)
        return row, column


def ruled_tables(fragments: Sequence[Fragment], rules: Rules) -> tuple[list[Table], list[Fragment]]:
    """Find the tables between ruled lines; give them and the fragments outside."""
    rest = list(fragments)
    tables: list[Table] = []
    _rule_columns(fragments, rules)
    for across, down in _together(rules):
        xs = _clustered([x for x, _, _ in down])
        ys = _clustered([y for y, _, _ in across])[::-1]
        if len(xs) <= _COLUMNS - 1 or len(ys) < _COLUMNS or len(xs) * len(ys) > _MOST_CELLS:
            continue
        grid = _Grid(tuple(xs), tuple(ys))
        cells: dict[tuple[int, int], list[Fragment]] = {}
        outside: list[Fragment] = []
        for fragment in rest:
            place = grid.place(fragment)
            if place is None:
                outside.append(fragment)
            else:
                cells.setdefault(place, []).append(fragment)
        if len({column for _, column in cells}) < 2 or len({row for row, _ in cells}) < 2:
            continue
        tables.append(Table(_read_grid(grid, cells, across, down), grid.xs, grid.ys[0], grid.ys[-1]))
        rest = outside
    return sorted(tables, key=lambda table: -table.top), rest


def _rule_columns(fragments: Sequence[Fragment], rules: Rules) -> None:
    """Draw the columns of a table whose rows alone are ruled (三线表), where blank strips part them."""
    if rules.down or len(rules.across) < _COLUMNS:
        return
    ys = _clustered([y for y, _, _ in rules.across])
    low, high = min(start for _, start, _ in rules.across), max(end for _, _, end in rules.across)
    inside = [one for one in fragments if ys[0] < one.y < ys[-1] and low - _NEAR <= one.x <= high]
    if len(ys) < _COLUMNS or not inside:
        return
    cuts = _strips([pieces_of(row, 0) for row in rows_of(inside)])
    if len(cuts) + 1 >= _COLUMNS:
        rules.down += [(x, ys[0], ys[-1]) for x in (low, *cuts, high)]


def _together(rules: Rules) -> list[tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]]:
    """Group the ruled lines into tables: stretches of the page that vertical lines cover without a gap."""
    stretches: list[list[float]] = []
    for _, low, high in sorted(rules.down, key=lambda line: line[1]):
        if stretches and low <= stretches[-1][1] + _NEAR:
            stretches[-1][1] = max(stretches[-1][1], high)
        else:
            stretches.append([low, high])
    return [
        (
            [line for line in rules.across if low - _NEAR <= line[0] <= high + _NEAR],
            [line for line in rules.down if low - _NEAR <= line[1] and line[2] <= high + _NEAR],
        )
        for low, high in stretches
    ]


def _clustered(values: Sequence[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _read_grid(
    grid: _Grid,
    cells: dict[tuple[int, int], list[Fragment]],
    across: Sequence[tuple[float, float, float]],
    down: Sequence[tuple[float, float, float]],
) -> tuple[tuple[str | Merge, ...], ...]:
    """Read the cells; where no line parts two of them, they are one."""
    parted_left = _crossings(down, grid.xs[1:-1], [(low + high) / 2 for high, low in pairwise(grid.ys)])
    parted_above = _crossings(across, grid.ys[1:-1], [(left + right) / 2 for left, right in pairwise(grid.xs)])
    height, width = len(grid.ys) - 1, len(grid.xs) - 1
    origin: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(height):
        for column in range(width):
            place = (row, column)
            if column and (column - 1, row) not in parted_left:
                origin[place] = origin[row, column - 1]
            elif row and (row - 1, column) not in parted_above:
                origin[place] = origin[row - 1, column]
            else:
                origin[place] = place
    texts: dict[tuple[int, int], list[Fragment]] = {}
    for place, fragments in cells.items():
        texts.setdefault(origin[place], []).extend(fragments)
    rows: list[tuple[str | Merge, ...]] = []
    for row in range(height):
        line: list[str | Merge] = []
        for column in range(width):
            first = origin[row, column]
            if first == (row, column):
                line.append(_cell_text(texts.get(first, ()), _right_edge(grid, origin, first)))
            else:
                line.append(Merge.UP if first[0] < row else Merge.LEFT)
        rows.append(tuple(line))
    return tuple(rows)


def _crossings(lines: Sequence[tuple[float, float, float]], edges: Sequence[float], middles: Sequence[float]) -> set[tuple[int, int]]:
    """Tell which inner edges a line draws at which rows (or columns), by (edge, row)."""
    found: set[tuple[int, int]] = set()
    for place, start, end in lines:
        for index, edge in enumerate(edges):
            if abs(edge - place) <= _NEAR + 0.5:
                found.update((index, other) for other, middle in enumerate(middles) if start - _NEAR <= middle <= end + _NEAR)
    return found


def _right_edge(grid: _Grid, origin: dict[tuple[int, int], tuple[int, int]], first: tuple[int, int]) -> float:
    column = first[1]
    while column + 1 < len(grid.xs) - 1 and origin[first[0], column + 1] == first:
        column += 1
    return grid.xs[column + 1]


def _cell_text(fragments: Sequence[Fragment], right: float) -> str:
    """Join the lines of a cell: one that reaches its right edge goes on in the next, another one ends."""
    text = ""
    previous: Line | None = None
    for row in rows_of(fragments):
        line = pieces_of(row, 0, gap=1_000.0)[0]
        full = previous is not None and previous.right > right - 1.8 * previous.size
        text += line.text if previous is None or full or _goes_on(previous.text, line.text) else "\n" + line.text
        previous = line
    return text


def _goes_on(before: str, after: str) -> bool:
    """Tell a line that was broken in the middle of a word or behind a comma."""
    return (
        before.endswith(("、", "，", "（", "“"))
        or after.startswith(("、", "，", "。", "）", "；", "”"))
        or len(before) < 3
        or len(after) < 3
    )


def unruled_table(rows: Sequence[list[Line]], start: int) -> tuple[Table, int] | None:
    """Read a table without lines that begins at a row of pieces; give it and where it ends.

    Its first row names columns of a ledger; what belongs to it is parted by strips that stay blank from top to bottom.
    """
    header = rows[start]
    if len(header) < _COLUMNS or sum(bool(_HEADER.search(piece.text)) and len(piece.text) < 12 for piece in header) < _COLUMNS - 1:
        return None
    end, cuts = start + 1, _strips(rows[start : start + 1])
    while end < len(rows):
        together = _strips(rows[start : end + 1])
        apart = rows[end - 1][0].y - rows[end][0].y > _FAR * rows[end][0].size
        if apart or len({bisect_right(together, piece.x + 0.1) for piece in header}) < len(header):
            break
        cuts = together
        end += 1
    if end - start < _COLUMNS - 1 or len(cuts) != len(header) - 1:
        return None
    first = start + 1
    while first < end and all(len(piece.text) < _SHORTEST and not piece.text.isdigit() for piece in rows[first]):
        first += 1  # the second line of a header: 序 over 号
    names = tuple("".join(column) for column in zip(*(_by_column(row, cuts) for row in rows[start:first]), strict=True))
    body = [[_by_column(row, cuts) for row in group] for group in _groups(rows[first:end], cuts[0])]
    lines = [names, *(tuple("".join(column) for column in zip(*group, strict=True)) for group in body)]
    return Table(tuple(lines), (header[0].x, *cuts), header[0].y, rows[end - 1][0].y), end


def _strips(rows: Sequence[list[Line]]) -> list[float]:
    """Find the middles of the strips that no piece of any row touches."""
    cuts: list[float] = []
    reach: float | None = None
    for piece in sorted((piece for row in rows for piece in row), key=lambda one: one.x):
        if reach is not None and piece.x > reach + 2.0:
            cuts.append((reach + piece.x) / 2)
        reach = max(reach or piece.right, piece.right)
    return cuts


def _by_column(row: Sequence[Line], cuts: Sequence[float]) -> list[str]:
    columns = [""] * (len(cuts) + 1)
    for piece in row:
        columns[bisect_right(cuts, piece.x + 0.1)] += piece.text
    return columns


def _groups(rows: Sequence[list[Line]], first_cut: float) -> list[list[list[Line]]]:
    """Group printed lines into rows of the table, each around the one that fills the first column."""
    numbered = [index for index, row in enumerate(rows) if row[0].x < first_cut]
    if not numbered:
        return [[row] for row in rows]
    starts = [0]
    centred = numbered[0] > 0
    for before, after in pairwise(numbered):
        gaps = [rows[index - 1][0].y - rows[index][0].y for index in range(before + 1, after + 1)]
        widest = max(gaps)
        if widest > 1.25 * min(gaps):
            starts.append(before + 1 + gaps.index(widest))
        else:
            starts.append((before + after + 1) // 2 + (not (after - before) % 2) if centred else after)
    return [list(rows[start:stop]) for start, stop in pairwise([*starts, len(rows)])]
