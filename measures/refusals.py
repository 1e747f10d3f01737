"""Why a file is not read, in words for the person who uploaded it, in their language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from measures.importing.unreadable import Refusal, Unreadable

GIVEN_UP = "given_up"
"""The code of a file whose reading was begun and never finished; the readers themselves do not know it."""

WORDS: dict[str, Promise] = {
    GIVEN_UP: _("Reading the file took too long and was given up. Upload it in another format, or in parts."),
    Refusal.EMPTY: _("The file is empty."),
    Refusal.TOO_LARGE: _("The file has %(size)s MB; at most %(limit)s MB can be read."),
    Refusal.BINARY: _("This is not a text file. Upload a docx, pdf, html, txt, md, xlsx or csv file."),
    Refusal.OLD_OFFICE: _("This is a file of an old Office version (.doc, .xls) or of WPS. Save it as docx or xlsx and upload that."),
    Refusal.OFD: _("This is an OFD file. Save it as PDF in your reader, or upload a docx file."),
    Refusal.UNKNOWN_FORMAT: _("The format of this file is not known. Upload a docx, pdf, html, txt, md, xlsx or csv file."),
    Refusal.DAMAGED: _("The file is damaged or incomplete and cannot be opened."),
    Refusal.ENCRYPTED: _("The file is encrypted. Remove the password and upload it again."),
    Refusal.MACROS: _("The file holds macros. Save it without macros and upload that."),
    Refusal.BOMB: _("Unpacked, the file is too large or holds too many parts; for safety it is not read."),
    Refusal.ENTITIES: _("The file defines XML entities; for safety it is not read."),
    Refusal.SCANNED: _("The PDF has no text in it (it may be a scan). Recognise its text first, or upload a docx file."),
    Refusal.TOO_LONG: _("The file has %(pages)s pages; at most %(limit)s can be read."),
    Refusal.SHEET_TOO_LARGE: _("The sheet is too large: at most %(rows)s rows and %(cells)s cells are read. Upload it in parts."),
    Refusal.NO_TEXT: _("There is no text in the file."),
}


def word(refusal: Unreadable) -> str:
    """Return why a file is not read, in the language that is active."""
    return word_code(refusal.code, refusal.params)


def word_code(code: str, params: Mapping[str, object]) -> str:
    """Return the words of a refusal that was kept as its code and what fills it."""
    if code not in WORDS:
        return gettext("The file cannot be read.")
    return str(WORDS[code]) % dict(params)
