"""Markdown: headings, emphasis, lists, links and tables; everything else is text."""

from __future__ import annotations

import re

from measures.importing.document import Document, DocumentBuilder
from measures.importing.readers.plaintext import decode
from measures.importing.unreadable import Refusal, Unreadable

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_BULLET = re.compile(r"^\s*[-*+]\s+(?=\S)")
_STRONG = re.compile(r"^(?:\*\*|__)(.+?)(?:\*\*|__)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_MARKS = re.compile(r"(?<!\\)(?:\*\*|__|`|~~)|(?<![\\\w*])\*(?=\S)|(?<=\S)\*(?![\w*])")
_SIGNS = (
    re.compile(r"^#{1,6}[^\S\n]+\S", re.MULTILINE),
    re.compile(r"^[^\S\n]*+\|?[^\S\n]*+:?-{3,}+:?[^\S\n]*+\|", re.MULTILINE),
    re.compile(r"\*\*[^*\n]{2,60}\*\*"),
)


def is_markdown(text: str) -> bool:
    """Tell Markdown by its signs."""
    return any(sign.search(text[:50_000]) for sign in _SIGNS)


def read_markdown(data: bytes) -> Document:
    """Read a Markdown file."""
    out = DocumentBuilder()
    lines = decode(data).split("\n")
    index = 0
    while index < len(lines):
        if _ROW.match(lines[index]) and index + 1 < len(lines) and _RULE.match(lines[index + 1]):
            index = _table(lines, index, out)
            continue
        _line(lines[index], out)
        index += 1
    if not out.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return out.document()


def _line(line: str, out: DocumentBuilder) -> None:
    if re.fullmatch(r"\s*(?:-{3,}|\*{3,}|_{3,}|```.*)\s*", line):
        return
    heading = _HEADING.match(line)
    if heading:
        out.paragraph(_plain(heading[2]), level=len(heading[1]))
        return
    text = re.sub(r"^\s*>+\s?", "", line)
    bullet = _BULLET.match(text)
    if bullet:
        inner = text[bullet.end() :]
        text = inner if re.match(r"[（(]?[一二三四五六七八九十\d]+[）)、.．]", _plain(inner)) else "——" + inner
    text = text.strip()
    strong = _STRONG.match(text)
    out.paragraph(_plain(text), strong=len(_plain(strong[1])) if strong else 0)


def _table(lines: list[str], index: int, out: DocumentBuilder) -> int:
    rows = [_cells(lines[index])]
    index += 2
    while index < len(lines) and _ROW.match(lines[index]):
        rows.append(_cells(lines[index]))
        index += 1
    out.table(rows)
    return index


def _cells(line: str) -> list[str]:
    inner = line.strip().strip("|")
    return [re.sub(r"<br\s*/?>", "\n", _plain(cell)).strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", text)
    text = _MARKS.sub("", text)
    return re.sub(r"\\([\\`*_{}\[\]()#+\-.!|~>])", r"\1", text)
