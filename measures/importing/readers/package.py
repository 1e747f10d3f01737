"""Zip packages (docx, xlsx), opened so that a hostile one costs little: nothing is believed that the archive says of itself."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Any

from lxml import etree

from measures.importing.unreadable import Refusal, Unreadable

MAX_ENTRIES = 3_000
MAX_MEMBER = 48 * 1024 * 1024
MAX_TOTAL = 256 * 1024 * 1024
MAX_RATIO = 300
_RATIO_MATTERS_FROM = 8 * 1024 * 1024
_END_RECORD = b"PK\x05\x06"
_ZIP64_RECORD = b"PK\x06\x06"
_ENTITIES = re.compile(
    b"<!DOCTYPE|<!ENTITY" + b"|" + "<!DOCTYPE".encode("utf-16-le") + b"|" + "<!DOCTYPE".encode("utf-16-be"), re.IGNORECASE
)
_ENCRYPTED = 0x1


class Package:
    """An open package. Members are read one by one, each within its limit."""

    def __init__(self, data: bytes) -> None:
        _check_count(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError) as error:
            raise Unreadable(Refusal.DAMAGED) from error
        self.infos = {info.filename: info for info in self._zip.infolist()}
        if len(self.infos) > MAX_ENTRIES or sum(info.file_size for info in self.infos.values()) > MAX_TOTAL:
            raise Unreadable(Refusal.BOMB)
        for info in self.infos.values():
            if info.file_size > _RATIO_MATTERS_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                raise Unreadable(Refusal.BOMB)
        if any(name.lower().endswith("vbaproject.bin") for name in self.infos):
            raise Unreadable(Refusal.MACROS)

    def has(self, name: str) -> bool:
        """Tell whether there is a member of that name."""
        return name in self.infos

    def read(self, name: str) -> bytes:
        """Read a member.

        Raises:
            Unreadable: it is missing, damaged, encrypted, or longer than it may be.
        """
        info = self.infos.get(name)
        if info is None:
            raise Unreadable(Refusal.DAMAGED)
        if info.flag_bits & _ENCRYPTED:
            raise Unreadable(Refusal.ENCRYPTED)
        try:
            with self._zip.open(info) as member:
                data = member.read(MAX_MEMBER + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError, struct.error) as error:
            raise Unreadable(Refusal.DAMAGED) from error
        if len(data) > MAX_MEMBER:
            raise Unreadable(Refusal.BOMB)
        return data

    def xml(self, name: str) -> Any:
        """Parse a member as XML."""
        return parse_xml(self.read(name))

    def optional_xml(self, name: str) -> Any | None:
        """Parse a member as XML if it is there."""
        return self.xml(name) if self.has(name) else None


def _check_count(data: bytes) -> None:
    """Refuse by the count in the end record, before the directory is read."""
    place = data.rfind(_END_RECORD, max(0, len(data) - 70_000))
    if place < 0 or place + 12 > len(data):
        raise Unreadable(Refusal.DAMAGED)
    (count,) = struct.unpack_from("<H", data, place + 10)
    size = struct.unpack_from("<I", data, place + 12)[0] if place + 16 <= len(data) else 0
    if count > MAX_ENTRIES or size > 2 * 1024 * 1024 or _ZIP64_RECORD in data[max(0, place - 200) : place]:
        raise Unreadable(Refusal.BOMB)


def parse_xml(data: bytes) -> Any:
    """Parse XML that defines no entities and fetches nothing.

    Raises:
        Unreadable: it is malformed, or has a document type.
    """
    if _ENTITIES.search(data):
        raise Unreadable(Refusal.ENTITIES)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(Refusal.DAMAGED) from error
    if root is None:
        raise Unreadable(Refusal.DAMAGED)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(Refusal.ENTITIES)
    return root
