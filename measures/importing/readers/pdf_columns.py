"""Two columns of a page of a PDF: the blank strip between them, and their lines one column after the other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from measures.importing.readers.pdf_pieces import Line
from measures.importing.readers.pdf_tables import Table

_FEWEST_ROWS = 6
_FEWEST_BESIDE = 5  # lines on either side of the strip that stand beside others
_BLANK = 1.2  # of the size of the type; a narrower gap is one of setting
_ATTACHED = re.compile(r"附\s*[件表]")


def height_of(item: Line | Table) -> float:
    """How high on its page a line or a table begins."""
    return item.top if isinstance(item, Table) else item.y


def whole(row: list[Line]) -> Line:
    """The pieces of a row as one line."""
    if len(row) == 1:
        return row[0]
    text = row[0].text
    for before, after in pairwise(row):
        text += ("\u3000" if after.x - before.right > _BLANK * after.size else "") + after.text
    return replace(row[0], right=row[-1].right, text=text)


def gutter_of(rows: list[list[Line]]) -> float | None:
    """Find the blank strip between two columns: most rows have text on both sides of it, and hardly any crosses it.

    Where the lines of the columns stand at different heights, most stand beside lines of the other column.
    """
    if len(rows) < _FEWEST_ROWS:
        return None
    left, right = min(row[0].x for row in rows), max(row[-1].right for row in rows)
    middle = range(int(left + 0.35 * (right - left)), int(left + 0.65 * (right - left)), 2)
    best: tuple[int, int] | None = None
    for place in middle:
        crossing = sum(any(piece.x < place < piece.right for piece in row) for row in rows)
        if best is None or crossing < best[0]:
            best = (crossing, place)
    if best is None or best[0] > 0.4 * len(rows):
        return None
    gutter = float(best[1])
    doubles = [row for row in rows if row[0].right <= gutter <= row[-1].x]
    if len(doubles) < 0.5 * len(rows):
        doubles = _beside(rows, gutter)
    if len(doubles) < 0.5 * len([row for row in rows if row[0].x < gutter]):
        return None
    reach = sorted(max(piece.right for piece in row if piece.right <= gutter) for row in doubles)[int(0.7 * len(doubles))]
    full = sum(max(piece.right for piece in row if piece.right <= gutter) > reach - 3 * row[0].size for row in doubles)
    long = sum(len("".join(piece.text for piece in row if piece.right <= gutter)) > 8 for row in doubles)
    return gutter if full >= 0.4 * len(doubles) and long > 0.5 * len(doubles) else None


def _beside(rows: list[list[Line]], gutter: float) -> list[list[Line]]:
    """The rows left of a strip, as far up and down as the lines to its right, where nothing crosses it, if those are many and long."""
    stretches: list[list[list[Line]]] = [[]]
    for row in rows:
        if any(piece.x < gutter < piece.right for piece in row):
            stretches.append([])
        else:
            stretches[-1].append(row)
    largest = max(stretches, key=len)
    right = [row for row in largest if row[-1].x >= gutter]
    if len(right) < _FEWEST_BESIDE:
        return []
    low, high = min(row[0].y for row in right), max(row[0].y for row in right)
    beside = [row for row in largest if row[0].right <= gutter and low - row[0].size <= row[0].y <= high + row[0].size]
    long = sum(len("".join(piece.text for piece in row if piece.x >= gutter)) > 8 for row in right)
    return beside if len(beside) >= _FEWEST_BESIDE and long > 0.5 * len(right) else []


def in_columns(rows: list[list[Line]], tables: list[Table], gutter: float) -> list[Line | Table]:
    """Put the lines of a page one column after the other; what crosses the strip between them ends both columns."""
    done: list[Line | Table] = []
    left: list[Line | Table] = []
    right: list[Line | Table] = []

    def end_columns(*, attached: bool) -> None:
        """Write both columns; a line 附件：… that stands lowest, right above a table, is no part of the first."""
        last = left[-1] if attached and left and isinstance(left[-1], Line) and _ATTACHED.match(left[-1].text) else None
        if last is not None and all(height_of(item) > last.y for item in right):
            left.pop()
        else:
            last = None
        done.extend([*_edged(left), *_edged(right), *([last] if last else [])])
        left.clear()
        right.clear()

    waiting = sorted(tables, key=lambda table: -table.top)
    for row in [*rows, []]:
        while waiting and (not row or waiting[0].top > row[0].y):
            table = waiting.pop(0)
            if table.edges[-1] <= gutter:
                left.append(table)
            elif table.edges[0] >= gutter:
                right.append(table)
            else:
                end_columns(attached=True)
                done.append(table)
        if any(piece.x < gutter < piece.right for piece in row):
            end_columns(attached=False)
            done.append(whole(row))
            continue
        sides = [piece for piece in row if piece.x < gutter], [piece for piece in row if piece.x >= gutter]
        for side, column in zip(sides, (left, right), strict=True):
            if side:
                column.append(whole(side))
    end_columns(attached=False)
    return done


def _edged(column: list[Line | Table]) -> list[Line | Table]:
    """Tell the lines of one column where it begins and ends: other lines of the page may reach farther."""
    lines = [item for item in column if isinstance(item, Line)]
    begins = Counter(round(line.x) for line in lines).most_common(1)
    ends = sorted(line.right for line in lines)
    return [replace(item, column=(float(begins[0][0]), ends[int(len(ends) * 0.8)])) if isinstance(item, Line) else item for item in column]
