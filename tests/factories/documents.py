"""Documents on their way to a plan, made by the acts that make them in service."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from agencies.actions.import_directory import import_directory
from agencies.actor import Actor
from agencies.models import Agency, Role, User
from measures.actions.confirm_upload import confirm_upload
from measures.actions.edit_upload import edit_upload
from measures.actions.read_upload import read_upload
from measures.actions.upload_document import upload_document
from measures.editing import SetFacts
from measures.models import Plan, Upload
from seeds.directory_files import FOLDER, read_directory
from tests.factories.directory import NOW, actor_of, make_member

SAMPLE = FOLDER.parent / "documents" / "guangdong_capital_factor_plan.txt"
SMALL = """关于加快示范园区建设的实施方案

一、主要任务
（一）建设园区。新建标准厂房，完善配套。到2027年，园区产值达到30亿元。（省一厅牵头，省二厅、省三厅配合，2026年12月底前完成）
（二）引进项目。面向全国招商。每季度举办一次推介会。（省二厅牵头，省四局配合）
"""


def load_directory() -> None:
    """Load the directory of Guangdong."""
    import_directory(actor=Actor.system(), now=NOW, data=read_directory())


def office_of_the_sample() -> tuple[Agency, User]:
    """Return the agency that coordinates the sample plan, and its coordinator; the directory must be loaded."""
    agency = Agency.objects.get(name="广东省人民政府办公厅")
    return agency, make_member(agency, Role.COORDINATOR)


def uploaded(user: User, agency: Agency, content: bytes | str | Path = SMALL, filename: str = "方案.txt", now: dt.datetime = NOW) -> Upload:
    """Upload a document."""
    data = content.read_bytes() if isinstance(content, Path) else content.encode() if isinstance(content, str) else content
    return upload_document(actor=actor_of(user), agency_id=agency.pk, filename=filename, content=data, now=now).upload


def in_review(user: User, agency: Agency, content: bytes | str | Path = SMALL, now: dt.datetime = NOW) -> Upload:
    """Upload a document and have it read."""
    upload = uploaded(user, agency, content, now=now)
    read_upload(upload_id=upload.pk, clock=lambda: now)
    return Upload.objects.get(pk=upload.pk)


def facts(upload: Upload, *, title: str = "示范园区方案", issuer: Agency | None = None, issued_on: str = "2026-03-01") -> SetFacts:
    """Return what a reviewer enters about a document."""
    issuer = issuer or upload.agency
    return SetFacts(title, "", issuer.pk, issuer.name, issued_on, date_unknown=False, horizon="")


def confirmed(
    user: User, agency: Agency, content: bytes | str | Path = SMALL, *, issued_on: str = "2026-03-01", now: dt.datetime = NOW
) -> Plan:
    """Upload a document, have it read, enter what it is, and confirm it."""
    upload = in_review(user, agency, content, now=now)
    edit_upload(actor=actor_of(user), upload_id=upload.pk, edit=facts(upload, issued_on=issued_on), now=now)
    return confirm_upload(actor=actor_of(user), upload_id=upload.pk, now=now)
