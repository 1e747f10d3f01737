"""Which reader a file needs, told from its first bytes."""

from __future__ import annotations

from measures.importing.document import Document
from measures.importing.readers.plaintext import read_text
from measures.importing.unreadable import Refusal, Unreadable

LIMIT = 20 * 1024 * 1024


def read_document(data: bytes, filename: str = "") -> Document:
    """Read a file of any format that is known.

    Raises:
        Unreadable: the file is empty, too large, damaged, of no known format, or dangerous to open.
    """
    if not data.strip():
        raise Unreadable(Refusal.EMPTY)
    if len(data) > LIMIT:
        raise Unreadable(Refusal.TOO_LARGE, size=len(data) // (1024 * 1024), limit=LIMIT // (1024 * 1024))
    return read_text(data)
