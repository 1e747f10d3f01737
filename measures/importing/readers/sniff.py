"""Which reader a file needs, told from its first bytes."""

from __future__ import annotations

import re
from dataclasses import replace

from measures.importing.document import Document
from measures.importing.readers.csvfile import is_csv, read_csv
from measures.importing.readers.docx import read_docx
from measures.importing.readers.html import read_html
from measures.importing.readers.markdown import is_markdown, read_markdown
from measures.importing.readers.package import Package
from measures.importing.readers.pdf import read_pdf
from measures.importing.readers.plaintext import decode, from_text
from measures.importing.readers.radicals import without_radicals
from measures.importing.readers.xlsx import read_xlsx
from measures.importing.unreadable import Refusal, Unreadable

LIMIT = 20 * 1024 * 1024
_MEGABYTE = 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OLE = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"MZ",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"II*\x00",
    b"MM\x00*",
    b"RIFF",
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|p|table|title)[\s>]", re.IGNORECASE)
_RTF = b"{\\rtf"


def read_document(data: bytes, filename: str = "") -> Document:
    """Read a file of any format that is known; signs of radicals are written as the words they stand for, sign for sign.

    Raises:
        Unreadable: the file is empty, too large, damaged, of no known format, or dangerous to open.
    """
    document = _read(data, filename)
    return replace(document, text=without_radicals(document.text))


def _read(data: bytes, filename: str) -> Document:
    if len(data) > LIMIT:
        raise Unreadable(Refusal.TOO_LARGE, size=-(-len(data) // _MEGABYTE), limit=LIMIT // _MEGABYTE)
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(Refusal.EMPTY)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packaged(data)
    if b"%PDF-" in data[:1024]:
        return read_pdf(data)
    refuse_foreign(data)
    return _textual(data, filename.lower().rpartition(".")[2])


def refuse_foreign(data: bytes) -> None:
    """Refuse what is known by its first bytes and not read: old or encrypted Office files, pictures, archives.

    Raises:
        Unreadable: it is one of these.
    """
    if data.startswith(_OLE):
        raise Unreadable(Refusal.ENCRYPTED if _ENCRYPTED_OLE in data else Refusal.OLD_OFFICE)
    if data.startswith((*_FOREIGN, _RTF)):
        raise Unreadable(Refusal.UNKNOWN_FORMAT)


def _packaged(data: bytes) -> Document:
    package = Package(data)
    if package.has("word/document.xml"):
        return read_docx(package)
    if package.has("xl/workbook.xml"):
        return read_xlsx(package)
    if package.has("OFD.xml"):
        raise Unreadable(Refusal.OFD)
    raise Unreadable(Refusal.UNKNOWN_FORMAT)


def _textual(data: bytes, ending: str) -> Document:
    head = data[:4096]
    if _HTML.search(head) and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_html(data)
    text = decode(data)
    if _HTML.search(text[:2000].encode()) and text.lstrip().startswith("<"):
        return read_html(text.encode())
    if is_csv(text):
        return read_csv(data)
    if ending in {"md", "markdown"} or is_markdown(text):
        return read_markdown(data)
    return from_text(text)
