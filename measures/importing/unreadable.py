"""The one exception of the readers."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a file is not read. Django words each of them in `measures/refusals.py`."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    BINARY = "binary"
    OLD_OFFICE = "old_office"
    OFD = "ofd"
    UNKNOWN_FORMAT = "unknown_format"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    BOMB = "bomb"
    ENTITIES = "entities"
    SCANNED = "scanned"
    TOO_LONG = "too_long"
    SHEET_TOO_LARGE = "sheet_too_large"
    NO_TEXT = "no_text"


class Unreadable(Exception):  # noqa: N818 - it is said of the file
    """A file that cannot or must not be read.

    `code` says why, `params` fills the wording (for example the size in megabytes). The message is Chinese, for logs and commands;
    the pages word the code in the reader's language.
    """

    def __init__(self, code: Refusal, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(WORDING[code].format_map(params))


WORDING: dict[Refusal, str] = {
    Refusal.EMPTY: "文件是空的。",
    Refusal.TOO_LARGE: "文件大小为 {size} MB，超过 {limit} MB 的上限。",
    Refusal.BINARY: "文件不是文本文件，请上传 docx、pdf、html、txt、md、xlsx 或 csv 文件。",
    Refusal.OLD_OFFICE: "文件为旧版 Office（.doc、.xls）或 WPS 格式，请另存为 docx 或 xlsx 后再上传。",
    Refusal.OFD: "文件为 OFD 版式文件，请在阅读器中另存为 PDF，或上传 docx 文件。",
    Refusal.UNKNOWN_FORMAT: "无法识别文件格式，请上传 docx、pdf、html、txt、md、xlsx 或 csv 文件。",
    Refusal.DAMAGED: "文件已损坏或不完整，无法打开。",
    Refusal.ENCRYPTED: "文件已加密，请去除密码后再上传。",
    Refusal.MACROS: "文件含有宏，请另存为不含宏的文件后再上传。",
    Refusal.BOMB: "文件解压后过大或内含文件过多，为安全起见不予读取。",
    Refusal.ENTITIES: "文件含有 XML 实体定义，为安全起见不予读取。",
    Refusal.SCANNED: "PDF 没有文字层（可能是扫描件），请先识别文字，或上传 docx 文件。",
    Refusal.TOO_LONG: "文件过长（{pages} 页），超过 {limit} 页的上限。",
    Refusal.SHEET_TOO_LARGE: "表格过大，最多读取 {rows} 行、{cells} 个单元格，请分成几个文件上传。",
    Refusal.NO_TEXT: "文件中没有文字。",
}
