"""Plain text: the encoding is told by the byte order mark, else strict UTF-8, else GB18030, else UTF-16 without a mark."""

from __future__ import annotations

import codecs
import re

from measures.importing.document import Document, DocumentBuilder
from measures.importing.headings import read_marker
from measures.importing.unreadable import Refusal, Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_HARD_WRAP_WIDTH = range(18, 60)
_SAMPLE = 4000
_FEW_CONTROLS = 0.002


def decode(data: bytes) -> str:
    """Decode a text file.

    Raises:
        Unreadable: the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_strictly(data[len(mark) :], encoding))
    for encoding in ("utf-8", *_utf16_if_likely(data), "gb18030"):
        try:
            return _checked(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    repaired = _with_a_few_bad_bytes(data)
    if repaired is None:
        raise Unreadable(Refusal.BINARY)
    return _checked(repaired)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(Refusal.BINARY) from error


def _utf16_if_likely(data: bytes) -> tuple[str, ...]:
    """Guess at UTF-16 without a mark: line ends and ASCII signs leave zero bytes on one side only."""
    sample = data[:_SAMPLE]
    if b"\x00" not in sample or len(data) % 2:
        return ()
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd >= 2 * even:
        return ("utf-16-le",)
    return ("utf-16-be",) if even >= 2 * odd else ()


def _with_a_few_bad_bytes(data: bytes) -> str | None:
    """Decode a text of which a few bytes are damaged."""
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, errors="replace")
        if text.count("\ufffd") <= max(1, len(text) // 500):
            return text
    return None


def _checked(text: str) -> str:
    if len(_CONTROL.findall(text[: 16 * _SAMPLE])) > _FEW_CONTROLS * min(len(text), 16 * _SAMPLE):
        raise Unreadable(Refusal.BINARY)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(data: bytes) -> Document:
    """Read a plain text. The text of the document is that of the file, with line ends made one."""
    return from_text(decode(data))


def from_text(text: str) -> Document:
    """Make a document of a text, a block a line; a text broken at a fixed width is joined first."""
    if is_hard_wrapped(text):
        text = join_lines(text)
    lines = text.split("\n")
    blocks = DocumentBuilder()
    blocks.take_over(text, lines)
    if not blocks.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return blocks.document()


def is_hard_wrapped(text: str) -> bool:
    """Tell whether the lines were broken at a fixed width instead of at the ends of paragraphs."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) < 12:  # too few to tell
        return False
    longest = max(len(line) for line in lines)
    if longest not in _HARD_WRAP_WIDTH:
        return False
    full = sum(len(line) >= longest - 3 for line in lines)
    open_ended = sum(len(line) >= longest - 3 and line[-1] not in "。；：！？" for line in lines)
    return full > len(lines) * 0.45 and open_ended > full * 0.6


def join_lines(text: str) -> str:
    """Join the lines of paragraphs that were broken at a fixed width."""
    width = max(len(line.strip()) for line in text.split("\n"))
    joined: list[str] = []
    previous = ""
    for raw in text.split("\n"):
        line = raw.strip()
        starts_new = (
            not line or not previous or len(previous) < width - 3 or raw.startswith(("\u3000", "  ", "\t")) or read_marker(line) is not None
        )
        if starts_new:
            joined.append(line)
        else:
            joined[-1] += line
        previous = line
    return "\n".join(joined)
