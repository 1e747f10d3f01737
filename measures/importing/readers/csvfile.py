"""CSV ledgers."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

from measures.importing.document import Document, DocumentBuilder
from measures.importing.readers.plaintext import decode
from measures.importing.readers.sheets import MAX_ROWS, sheet_too_large
from measures.importing.unreadable import Refusal, Unreadable

_HEADER = re.compile(
    r"\s*(?:序\s*号|编号|.{0,6}(?:任务|工作|措施|事项|举措|项目|项目名称|内容|目标|指标)|.{0,4}(?:牵头|责任|主办|承办|配合|协办|落实)(?:单位|部门|领导|人)|"
    r".{0,4}(?:时限|时间|期限|备注|进度))\s*"
)
_COLUMNS = 3


def is_csv(text: str) -> bool:
    """Tell a ledger by its header: among the first lines one with several fields, two of which name columns of a ledger."""
    for line in text.split("\n")[:6]:
        for mark in ",\t;":
            fields = line.split(mark)
            if len(fields) >= _COLUMNS and sum(bool(_HEADER.fullmatch(field.strip('"'))) for field in fields) > 1:
                return True
    return False


def read_csv(data: bytes) -> Document:
    """Read a CSV file."""
    text = decode(data)
    head = "\n".join(text.split("\n")[:6])
    mark = max(",\t;", key=head.count)
    out = DocumentBuilder()
    try:
        rows = [[cell.strip() for cell in row] for row in islice(csv.reader(io.StringIO(text), delimiter=mark), MAX_ROWS + 1)]
    except csv.Error as error:
        raise Unreadable(Refusal.DAMAGED) from error
    if len(rows) > MAX_ROWS:
        raise sheet_too_large()
    out.sheet([row for row in rows if any(row)])
    if not out.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return out.document()
