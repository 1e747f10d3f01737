"""Agencies, accounts and memberships from a workbook: shown first, then entered by the actions, each by its own office."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from agencies.models import Agency, DirectoryEvent, Membership, Office, User
from agencies.refusals import Invalid
from agencies.sheets.workbook import ACCOUNTS, AGENCIES, read, template
from tests.factories.directory import make_agency, make_person

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

pytestmark = pytest.mark.django_db


def book(*rows: tuple[str | None, ...]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def office(kind: Office) -> Client:
    client = Client()
    client.force_login(make_person(office=kind), backend="django.contrib.auth.backends.ModelBackend")
    return client


def choose(client: Client, model: str, content: bytes) -> _MonkeyPatchedWSGIResponse:
    return client.post(reverse(f"admin:agencies_{model}_import"), {"file": SimpleUploadedFile("a.xlsx", content)})


ACCOUNT_ROWS = (
    ("账号*", "姓名*", "电子邮箱"),
    ("li.si", "李四", "li.si@example.gov.cn"),
    ("", "无账号", ""),
    ("wang.wu", "王五", "not-mail"),
)


def test_a_trial_lists_every_row_and_changes_nothing() -> None:
    client = office(Office.SYSTEM)
    before = DirectoryEvent.objects.count()
    page = choose(client, "user", book(*ACCOUNT_ROWS))
    lines = {line["number"]: (str(line["outcome"]), line["says"]) for line in page.context["lines"]}
    assert lines[2] == ("added", "李四")
    assert lines[3] == ("refused", "账号：必填项为空。")
    assert lines[4][0] == "refused"
    assert lines[4][1].startswith("电子邮箱："), "the column is named, for the reason alone does not tell it"
    assert not User.objects.filter(username="li.si").exists()
    assert DirectoryEvent.objects.count() == before


def test_what_was_looked_at_is_entered_and_recorded_and_doing_it_again_changes_nothing() -> None:
    client = office(Office.SYSTEM)
    page = choose(client, "user", book(*ACCOUNT_ROWS))
    asked = {name: page.context[name] for name in ("rows", "digest")}
    assert client.post(reverse("admin:agencies_user_import"), asked).status_code == 302
    assert User.objects.get(username="li.si").has_usable_password() is False
    assert DirectoryEvent.objects.filter(verb="create_user", data__username="li.si").count() == 1
    again = choose(client, "user", book(*ACCOUNT_ROWS))
    assert again.context["to_do"] == 0


def test_a_directory_that_changed_in_between_is_shown_anew() -> None:
    client = office(Office.SYSTEM)
    page = choose(client, "user", book(*ACCOUNT_ROWS))
    asked = {name: page.context[name] for name in ("rows", "digest")}
    User.objects.create(username="li.si", name="另一人")
    answer = client.post(reverse("admin:agencies_user_import"), asked)
    assert answer.status_code == 409
    assert User.objects.get(username="li.si").name == "另一人"


def test_agencies_are_added_and_amended_with_the_change_in_words() -> None:
    known = make_agency("旧简称", name="广东省示范厅")
    rows = (
        ("某省单位名录", None),
        ("单位全称", "单位简称", "上级单位"),
        ("广东省示范厅", "省示范厅", ""),
        ("广东省示范二厅", "省示范二厅", "旧简称"),
    )
    client = office(Office.SYSTEM)
    page = choose(client, "agency", book(*rows))
    assert [str(line["outcome"]) for line in page.context["lines"]] == ["refused", "changed"], "its superior has another name by then"
    assert "旧简称 → 省示范厅" in page.context["lines"][1]["says"]
    client.post(reverse("admin:agencies_agency_import"), {name: page.context[name] for name in ("rows", "digest")})
    known.refresh_from_db()
    assert known.short_name == "省示范厅"
    assert not Agency.objects.filter(name="广东省示范二厅").exists()


def test_memberships_are_the_security_administrators() -> None:
    make_agency("省示范局")
    person = make_person("赵六")
    rows = book(("Account", "Agency", "Role"), (person.username, "省示范局", "承办人"), (person.username, "没有的局", "承办人"))
    assert office(Office.SYSTEM).get(reverse("admin:agencies_membership_import")).status_code == 403
    client = office(Office.SECURITY)
    assert client.get(reverse("admin:agencies_user_import")).status_code == 403
    page = choose(client, "membership", rows)
    client.post(reverse("admin:agencies_membership_import"), {name: page.context[name] for name in ("rows", "digest")})
    assert list(Membership.objects.filter(user=person).values_list("agency__short_name", "role")) == [("省示范局", "officer")]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("model", ["agency", "user"])
def test_the_examples_of_the_template_can_be_entered_in_either_language(model: str, language: str) -> None:
    client = office(Office.SYSTEM)
    client.cookies["django_language"] = language
    page = choose(client, model, client.get(reverse(f"admin:agencies_{model}_import_template")).content)
    assert [str(line["outcome"]) for line in page.context["lines"]] == ["added"]


def test_days_are_read_as_spreadsheets_of_the_country_write_them() -> None:
    days = ("2026-01-31", "2026/1/31", "2026年1月31日", "2026.1.31", "31.1.2026", "26-1-31", "2026-02-30", "46053")
    rows = [(f"广东省示范{number}局", f"省示范{number}局", day) for number, day in enumerate(days)]
    page = choose(office(Office.SYSTEM), "agency", book(("单位全称", "单位简称", "设立日期"), *rows))
    outcomes = {line["number"]: str(line["outcome"]) for line in page.context["lines"]}
    assert [outcomes[number] for number in range(2, 10)] == ["added"] * 4 + ["refused"] * 4


def test_a_huge_cell_is_refused_without_being_quoted_in_full() -> None:
    page = choose(office(Office.SYSTEM), "agency", book(("单位全称", "单位简称", "单位类别"), ("局" * 30_000, "省局", "类" * 30_000)))
    [line] = page.context["lines"]
    assert str(line["outcome"]) == "refused"
    assert len(line["what"]) + len(line["says"]) < 300


def test_the_template_can_be_read_back() -> None:
    answer = office(Office.SYSTEM).get(reverse("admin:agencies_agency_import_template"))
    assert load_workbook(io.BytesIO(answer.content)).active["A1"].value == "单位全称*"  # type: ignore[index]
    assert [row.values["short_name"] for row in read(template(AGENCIES), AGENCIES)] == ["省示范局"]


def damaged(part: str) -> bytes:
    """Return a workbook of which one part is cut in the middle."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(*ACCOUNT_ROWS))) as whole, zipfile.ZipFile(out, "w") as made:
        for name in whole.namelist():
            content = whole.read(name)
            made.writestr(name, content[: len(content) // 2] if name == part else content)
    return out.getvalue()


def altered() -> bytes:
    """Return a workbook whose sheet does not unpack."""
    content = bytearray(book(*ACCOUNT_ROWS))
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        at = whole.getinfo("xl/worksheets/sheet1.xml").header_offset
    start = at + 30 + int.from_bytes(content[at + 26 : at + 28], "little") + int.from_bytes(content[at + 28 : at + 30], "little")
    content[start : start + 8] = b"\xff" * 8
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"no workbook", b"PK\x03\x04broken", book(("别的",), ("一",)), book(("账号", "姓名")), altered()),
        *map(damaged, ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml")),
    ],
)
def test_what_is_no_such_workbook_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid):
        read(content, ACCOUNTS)
