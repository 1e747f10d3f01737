"""Files made to harm are refused in words, within bounds of time and memory, and nothing else happens."""

import io
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import docx
import openpyxl
import pytest

from measures.importing.plan import read_plan
from measures.importing.readers import read_document
from measures.importing.readers.package import MAX_MEMBER
from measures.importing.unreadable import WORDING, Refusal, Unreadable
from tests.measures.importing.corpus.render import pdf_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def refusal_of(data: bytes, name: str = "plan.docx") -> Refusal:
    """Read what must be refused, and quickly."""
    before = time.process_time()
    with pytest.raises(Unreadable) as caught:
        read_document(data, name)
    assert time.process_time() - before < 5, "a refusal must not take long"
    assert str(caught.value), "a refusal has words"
    return caught.value.code


def outcome(data: bytes, name: str = "plan.html") -> str:
    """Read what may be read or refused."""
    try:
        return "text" if read_document(data, name).text else "nothing"
    except Unreadable as refusal:
        return refusal.code


def package(members: dict[str, bytes], *, deflate: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def word(body: str, **more: bytes) -> bytes:
    document = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return package({"[Content_Types].xml": TYPES, "word/document.xml": document.encode(), **more})


def test_every_refusal_has_words() -> None:
    assert set(WORDING) == set(Refusal)


@pytest.mark.parametrize("data", [b"", b"   \n\t", b"\xef\xbb\xbf", b"\x00" * 4096])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal_of(data, "plan.txt") is Refusal.EMPTY


def test_a_file_of_fifty_megabytes_is_refused_with_both_sizes() -> None:
    with pytest.raises(Unreadable, match=r"50 MB.*20 MB"):
        read_document(b"a" * (50 * 1024 * 1024), "plan.txt")


@pytest.mark.parametrize("seed", range(8))
def test_bytes_that_are_no_text_are_refused_whatever_the_name(seed: int) -> None:
    noise = zlib.compress(bytes((seed * 31 + i * i) % 251 for i in range(50_000)), 9) * 3
    assert refusal_of(b"\x01\x02" + noise, "plan.txt") in {Refusal.BINARY, Refusal.UNKNOWN_FORMAT}


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"MZ\x90\x00", b"\x7fELF", b"Rar!\x1a\x07", b"{\\rtf1"])
def test_other_kinds_of_files_are_refused(head: bytes) -> None:
    assert refusal_of(head + b"\x00\x01" * 500, "plan.txt") is Refusal.UNKNOWN_FORMAT


def test_old_office_files_are_told_from_encrypted_ones() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    assert refusal_of(ole, "plan.doc") is Refusal.OLD_OFFICE
    assert refusal_of(ole + "EncryptedPackage".encode("utf-16-le")) is Refusal.ENCRYPTED


def test_ofd_files_are_told_what_to_do() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("OFD.xml", "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>")
    assert refusal_of(out.getvalue(), "plan.ofd") is Refusal.OFD
    assert "PDF" in WORDING[Refusal.OFD]


def test_a_flat_zip_bomb_is_refused() -> None:
    bomb = package({"[Content_Types].xml": TYPES, "word/document.xml": b"<a>" + b" " * (200 * 1024 * 1024)})
    assert refusal_of(bomb) is Refusal.BOMB


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = package({"[Content_Types].xml": TYPES, "word/document.xml": b" " * (MAX_MEMBER + 10)})
    lying = honest.replace(struct.pack("<I", MAX_MEMBER + 10), struct.pack("<I", 1000))
    assert lying != honest
    assert refusal_of(lying) in {Refusal.BOMB, Refusal.DAMAGED}


def test_a_nested_zip_is_never_unpacked() -> None:
    inner = package({"big": b"\x00" * (30 * 1024 * 1024)})
    assert refusal_of(package({f"inner{i}.zip": inner for i in range(50)})) is Refusal.UNKNOWN_FORMAT


def test_a_hundred_thousand_entries_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(100_000):
            archive.writestr(f"word/{i}", b"")
    assert refusal_of(out.getvalue()) is Refusal.BOMB


def test_macros_are_refused() -> None:
    assert refusal_of(word("<w:p/>", **{"word/vbaProject.bin": b"x"})) is Refusal.MACROS
    types = TYPES.replace(b"/>", b'><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>')
    assert refusal_of(package({"[Content_Types].xml": types, "word/document.xml": b"<a/>"})) is Refusal.MACROS


LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY lol 'lol'>" + "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10 if i else '&lol;'}'>" for i in range(10)) + "]>"
)
OUTSIDE = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE, "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_entities_in_word_and_excel_are_refused(doctype: str, encoding: str) -> None:
    body = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'
    xml = f'<?xml version="1.0" encoding="{encoding[:6]}"?>{doctype}{body}'
    data = xml.encode(encoding)
    assert refusal_of(package({"[Content_Types].xml": TYPES, "word/document.xml": data})) is Refusal.ENTITIES
    excel = {"[Content_Types].xml": TYPES, "xl/workbook.xml": data, "xl/_rels/workbook.xml.rels": data}
    assert refusal_of(package(excel), "plan.xlsx") is Refusal.ENTITIES


def test_entities_in_a_page_are_refused() -> None:
    page = "<!DOCTYPE html [<!ENTITY a 'aaaa'>]><html><body><p>&a;</p></body></html>"
    assert refusal_of(page.encode(), "plan.html") is Refusal.ENTITIES


@pytest.mark.parametrize("cut", [10, 100, 1000, 5000, -1, -30, -200])
def test_a_word_file_cut_short_is_refused(cut: int) -> None:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("一、加快建设。（省财政厅牵头）")
    document.save(out)
    assert refusal_of(out.getvalue()[:cut]) is Refusal.DAMAGED


def test_a_scanned_pdf_is_refused_and_says_so() -> None:
    with pytest.raises(Unreadable, match="扫描件") as caught:
        read_document(pdf_of([b"q 500 0 0 700 0 0 cm Q"] * 3), "plan.pdf")
    assert caught.value.code is Refusal.SCANNED


def test_a_pdf_of_many_pages_is_refused() -> None:
    assert refusal_of(pdf_of([b""] * 2_500), "plan.pdf") is Refusal.TOO_LONG
    lying = pdf_of([b""]).replace(b"/Count 1", b"/Count 100000")
    assert refusal_of(lying, "plan.pdf") is Refusal.TOO_LONG


@pytest.mark.parametrize("cut", [8, 60, 200, 500])
def test_a_pdf_cut_short_is_refused(cut: int) -> None:
    assert refusal_of(pdf_of([b"BT /F1 12 Tf (a) Tj ET"])[:cut], "plan.pdf") in {Refusal.DAMAGED, Refusal.SCANNED}


def test_a_hundred_thousand_empty_pages_in_word_are_refused_or_empty() -> None:
    pages = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' * 100_000
    assert refusal_of(word(pages)) in {Refusal.NO_TEXT, Refusal.TOO_LONG, Refusal.BOMB}


@pytest.mark.parametrize("blank", ["\n", "\f\n", "\u3000\n", " "])
def test_blank_pages_of_text_end_as_soon_as_they_begin(blank: str) -> None:
    assert outcome(("某市若干措施\n" + blank * 2_000).encode(), "plan.txt") == "text"
    assert refusal_of(("\x0b" + blank * 500_000).encode(), "plan.txt") == Refusal.NO_TEXT


def test_many_rows_of_one_task_cost_no_more_each_than_a_few() -> None:
    def cost(rows: int) -> float:
        text = "序号,重点任务,牵头单位\n" + "1,推进建设,省财政厅\n" * rows
        before = time.process_time()
        assert len(read_plan(text.encode(), "plan.csv").measures) == 1
        return time.process_time() - before

    assert cost(8_000) < 8 * max(cost(2_000), 0.05)


def test_a_merged_range_over_a_whole_sheet_costs_little() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["序号", "重点任务", "牵头单位"])
    sheet.append([1, "推进建设", "省财政厅"])
    sheet.append([2, "推进改革", "省教育厅"])
    sheet.merge_cells("D1:E2")
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        members = {name: archive.read(name).replace(b"D1:E2", b"D1:XFD1048576") for name in archive.namelist()}
    out = io.BytesIO(package(members))
    before = time.process_time()
    assert "推进建设" in read_document(out.getvalue(), "plan.xlsx").text
    assert time.process_time() - before < 5


def test_deep_nesting_ends() -> None:
    deep = "<div>" * 50_000 + "一、加快建设。" + "</div>" * 50_000
    assert outcome(f"<html><body>{deep}</body></html>".encode()) in {"text", Refusal.DAMAGED, Refusal.NO_TEXT}
    nested = word("<w:p>" * 20_000 + "</w:p>" * 20_000)
    assert refusal_of(nested) in {Refusal.DAMAGED, Refusal.NO_TEXT}


def test_hostile_files_stay_within_memory() -> None:
    """Read a bomb in a process that may take no more than 700 MB."""
    code = (
        "import resource, sys, zipfile, io\n"
        "resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))\n"
        "from measures.importing.readers import read_document\n"
        "from measures.importing.unreadable import Unreadable\n"
        "try:\n    read_document(sys.stdin.buffer.read(), 'plan.docx')\n"
        "except Unreadable as refusal:\n    print(refusal.code)\n"
    )
    bomb = package({"[Content_Types].xml": TYPES, "word/document.xml": b" " * (100 * 1024 * 1024), "word/b": b"\x00" * (150 * 1024 * 1024)})
    done = subprocess.run([sys.executable, "-c", code], input=bomb, capture_output=True, check=True)
    assert done.stdout.decode().strip() == Refusal.BOMB
