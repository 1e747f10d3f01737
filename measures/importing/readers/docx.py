"""Word documents: numbering that Word generates, tables with merged cells, text boxes, footnotes, tracked changes.

Insertions are taken, deletions are left out: the text is what would stand there if all changes were accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from measures.importing.document import Document, DocumentBuilder, Merge
from measures.importing.readers.numbering import Numbering, W
from measures.importing.readers.package import Package
from measures.importing.unreadable import Refusal, Unreadable

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = {f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}instrText", f"{W}delText", f"{_MC}Fallback", f"{W}tblPr", f"{W}tcPr"}
_BOX = f"{W}txbxContent"
_MAX_BLOCKS = 200_000
_MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str = ""
    key: str = ""
    list_id: str = ""
    depth: int | None = None
    outline: int | None = None
    bold: bool = False
    centred: bool = False


@dataclass(slots=True)
class _Paragraph:
    """The text of a paragraph as it is put together, with how much of its beginning is bold."""

    text: str = ""
    strong: int = 0
    all_bold: bool = True
    boxes: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, text: str, *, bold: bool) -> None:
        self.text += text
        if self.all_bold and bold:
            self.strong = len(self.text)
        elif text.strip():
            self.all_bold = False


def read_docx(package: Package) -> Document:
    """Read a Word document."""
    if b"macroEnabled" in package.read("[Content_Types].xml"):
        raise Unreadable(Refusal.MACROS)
    body = package.xml("word/document.xml").find(f"{W}body")
    if body is None:
        raise Unreadable(Refusal.DAMAGED)
    reader = _Reader(package)
    reader.read_all(body)
    if not reader.out.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return reader.out.document()


class _Reader:
    """Walks the body of one document."""

    def __init__(self, package: Package) -> None:
        self.out = DocumentBuilder()
        self.numbering = Numbering.read(package.optional_xml("word/numbering.xml"))
        self.styles = _read_styles(package.optional_xml("word/styles.xml"))
        self.footnotes = _read_notes(package.optional_xml("word/footnotes.xml"), "footnote")
        self.footnotes |= {f"e{key}": text for key, text in _read_notes(package.optional_xml("word/endnotes.xml"), "endnote").items()}
        self.joined: _Paragraph | None = None
        self.notes: list[str] = []

    def read_all(self, body: Any) -> None:
        """Read the body, then the footnotes that it refers to."""
        for element in _blocks_of(body):
            if len(self.out.blocks) > _MAX_BLOCKS:
                raise Unreadable(Refusal.TOO_LONG, pages=_MAX_BLOCKS // 30, limit=_MAX_BLOCKS // 30)
            if element.tag == f"{W}p":
                self._paragraph(element)
            else:
                self._table(element)
        for note in self.notes:
            self.out.note(note)

    def _paragraph(self, element: Any) -> None:
        paragraph, style = self._gather(element), self._style(element)
        properties = element.find(f"{W}pPr")
        if self.joined is not None:
            paragraph.text, self.joined = self.joined.text + paragraph.text, None
        elif paragraph.text.strip():
            number = self._number(properties, style)
            paragraph.text = number + paragraph.text.lstrip() if number else paragraph.text
            paragraph.strong += len(number) if paragraph.strong else 0
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            self.joined = paragraph
            return
        self.notes += paragraph.notes
        level, strong = self._outline(properties, style), paragraph.strong
        for line in paragraph.text.split("\n"):
            self.out.paragraph(line, level=level, strong=max(0, min(strong, len(line))), centred=_is_centred(properties, style))
            strong -= len(line) + 1
        self._boxes(paragraph)

    def _boxes(self, paragraph: _Paragraph) -> None:
        for box in paragraph.boxes:
            for inner in _blocks_of(box):
                if inner.tag == f"{W}p":
                    self._paragraph(inner)
                else:
                    self._table(inner)

    def _gather(self, element: Any) -> _Paragraph:
        paragraph = _Paragraph()
        style = self._style(element)
        stack = list(reversed(element))
        while stack:
            child = stack.pop()
            if child.tag in _SKIPPED:
                continue
            if child.tag == _BOX:
                paragraph.boxes.append(child)
                continue
            if child.tag == f"{W}r":
                self._run(child, paragraph, style, stack)
                continue
            stack.extend(reversed(child))
        return paragraph

    def _run(self, run: Any, paragraph: _Paragraph, style: _Style, stack: list[Any]) -> None:
        bold = _is_on(run.find(f"{W}rPr/{W}b"), default=style.bold)
        for child in run:
            if child.tag == f"{W}t":
                paragraph.add(child.text or "", bold=bold)
            elif child.tag == f"{W}tab":
                paragraph.add("\t", bold=bold)
            elif child.tag in {f"{W}br", f"{W}cr"}:
                paragraph.add("\n" if child.get(f"{W}type") is None else "", bold=bold)
            elif child.tag == f"{W}noBreakHyphen":
                paragraph.add("-", bold=bold)
            elif child.tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
                prefix = "e" if child.tag.endswith("endnoteReference") else ""
                note = self.footnotes.get(prefix + child.get(f"{W}id", ""))
                if note:
                    paragraph.notes.append(note)
            elif child.tag in {f"{W}drawing", f"{W}pict", f"{W}object", f"{_MC}AlternateContent"}:
                stack.append(child)

    def _style(self, element: Any) -> _Style:
        reference = element.find(f"{W}pPr/{W}pStyle")
        return self.styles.get(reference.get(f"{W}val", ""), _Style()) if reference is not None else _Style()

    def _number(self, properties: Any | None, style: _Style) -> str:
        list_id = style.list_id
        depth = style.depth if style.depth is not None else self.numbering.depth_of(list_id, style.key) or 0
        if properties is not None:
            direct = properties.find(f"{W}numPr/{W}numId")
            level = properties.find(f"{W}numPr/{W}ilvl")
            list_id = direct.get(f"{W}val", "") if direct is not None else list_id
            depth = _small(level.get(f"{W}val")) if level is not None else depth
        return self.numbering.next(list_id, min(depth, 8)) if list_id not in {"", "0"} else ""

    def _outline(self, properties: Any | None, style: _Style) -> int | None:
        direct = properties.find(f"{W}outlineLvl") if properties is not None else None
        level = _small(direct.get(f"{W}val")) if direct is not None else style.outline
        return level + 1 if level is not None and level < 9 else None

    def _table(self, table: Any) -> None:
        rows = [self._row(row) for row in _rows_of(table)]
        if all(len(row) < 2 for row in rows):
            for row in rows:
                for cell in row:
                    for line in cell.split("\n") if isinstance(cell, str) else ():
                        self.out.paragraph(line)
            return
        self.out.table(rows)

    def _row(self, row: Any) -> list[str | Merge]:
        cells: list[str | Merge] = []
        before = row.find(f"{W}trPr/{W}gridBefore")
        cells += [""] * min(_small(before.get(f"{W}val")), _MAX_COLUMNS) if before is not None else []
        for cell in _cells_of(row):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            covered = merge is not None and merge.get(f"{W}val", "continue") != "restart"
            cells.append(Merge.UP if covered else self._cell_text(cell))
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            extra = min(_small(span.get(f"{W}val")) - 1, _MAX_COLUMNS) if span is not None else 0
            cells += [Merge.UP if covered else Merge.LEFT] * max(extra, 0)
        return cells

    def _cell_text(self, cell: Any) -> str:
        lines: list[str] = []
        for element in cell.iter(f"{W}p"):
            if any(parent.tag in _SKIPPED for parent in element.iterancestors()):
                continue
            paragraph = self._gather(element)
            number = self._number(element.find(f"{W}pPr"), self._style(element)) if paragraph.text.strip() else ""
            self.notes += paragraph.notes
            lines.append(number + paragraph.text.strip())
        return "\n".join(line for line in lines if line)


def _small(written: str | None) -> int:
    return int(written) if written and re.fullmatch(r"\d{1,4}", written) else 0


def _is_on(element: Any | None, *, default: bool) -> bool:
    return default if element is None else element.get(f"{W}val", "1") not in {"0", "false", "off"}


def _blocks_of(parent: Any) -> Iterator[Any]:
    """Give the paragraphs and tables of a body, looking through content controls and tracked insertions."""
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if element.tag in {f"{W}p", f"{W}tbl"}:
            yield element
        elif element.tag not in _SKIPPED and element.tag != f"{W}sectPr":
            stack.extend(reversed(element))


def _rows_of(table: Any) -> Iterator[Any]:
    for row in table.iter(f"{W}tr"):
        if next(row.iterancestors(f"{W}tbl")) is table and row.find(f"{W}trPr/{W}del") is None:
            yield row


def _cells_of(row: Any) -> Iterator[Any]:
    for cell in row.iter(f"{W}tc"):
        if next(cell.iterancestors(f"{W}tr")) is row:
            yield cell


def _read_styles(root: Any | None) -> dict[str, _Style]:
    raw: dict[str, _Style] = {}
    for style in root.iter(f"{W}style") if root is not None else ():
        raw[style.get(f"{W}styleId", "")] = _one_style(style)
    return {key: _inherited(key, raw) for key in raw}


def _one_style(style: Any) -> _Style:
    def value(path: str) -> str:
        element = style.find("/".join(f"{W}{part}" for part in path.split("/")))
        return str(element.get(f"{W}val", "")) if element is not None else ""

    outline = value("pPr/outlineLvl")
    heading = re.fullmatch(r"(?:heading|标题) ?(\d)", value("name"), re.IGNORECASE)
    level = _small(outline) if outline else int(heading[1]) - 1 if heading else None
    depth = value("pPr/numPr/ilvl")
    return _Style(
        value("basedOn"),
        style.get(f"{W}styleId", ""),
        value("pPr/numPr/numId"),
        _small(depth) if depth else None,
        level,
        _is_on(style.find(f"{W}rPr/{W}b"), default=False),
        value("pPr/jc") == "center",
    )


def _is_centred(properties: Any | None, style: _Style) -> bool:
    direct = properties.find(f"{W}jc") if properties is not None else None
    return direct.get(f"{W}val", "") == "center" if direct is not None else style.centred


def _inherited(key: str, raw: dict[str, _Style]) -> _Style:
    """Fill what a style leaves out from those it is based on; a circle of styles ends where it began."""
    style, seen = raw[key], {key}
    parent = style.based_on
    while parent in raw and parent not in seen:
        seen.add(parent)
        base = raw[parent]
        style = _Style(
            base.based_on,
            style.key,
            style.list_id or base.list_id,
            style.depth if style.depth is not None else base.depth,
            style.outline if style.outline is not None else base.outline,
            style.bold or base.bold,
            style.centred or base.centred,
        )
        parent = base.based_on
    return style


def _read_notes(root: Any | None, kind: str) -> dict[str, str]:
    notes: dict[str, str] = {}
    for note in root.iter(f"{W}{kind}") if root is not None else ():
        text = "".join(piece.text or "" for piece in note.iter(f"{W}t"))
        if note.get(f"{W}type") is None and text.strip():
            notes[note.get(f"{W}id", "")] = text.strip()
    return notes
