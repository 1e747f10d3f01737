"""Quick search: pages of the menu, what may be seen, and what was looked at last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import User
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task, make_crew, open_report
from workflow.actions.write_report import ReportText, attach_evidence, save_report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def found(user: User, query: str = "", before: str = "") -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if before:
        client.get(before)
    return client.get(reverse("quick-search"), {"q": query}).content.decode()


def test_before_anything_is_typed_stand_the_pages_and_what_was_looked_at_last() -> None:
    stage = accepted_task()
    page = reverse("task", args=[stage.task.pk])
    shown = found(stage.coordinator, before=page)
    assert f'href="{page}"' in shown
    assert f'href="{reverse("ledger")}"' in shown
    assert f'href="{page}"' not in found(stage.leader)


def test_a_task_is_found_by_those_who_see_it_only() -> None:
    stage = accepted_task()
    page = f'href="{reverse("task", args=[stage.task.pk])}"'
    assert page in found(stage.leads[0].officer, "要素")
    assert page not in found(make_crew().officer, "要素")


def test_a_page_is_found_by_its_name() -> None:
    shown = found(accepted_task().coordinator, "台账")
    assert f'href="{reverse("ledger")}"' in shown
    assert f'href="{reverse("workbench")}"' not in shown


def test_a_file_is_found_by_its_name_by_those_who_may_read_the_report() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    report = open_report(stage, lead)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="完成"), now=NOW)
    row = attach_evidence(actor=lead.officer_actor, report_id=report.pk, filename="验收清单.txt", content="通过".encode(), now=NOW)
    link = f'href="{reverse("evidence", args=[row.pk])}"'
    assert link in found(lead.reviewer, "清单")
    assert link not in found(stage.coordinator, "清单")
    assert link not in found(stage.supporters[0].officer, "清单")
