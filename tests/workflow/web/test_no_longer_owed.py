"""What nobody owes any more: no light, no form, in words instead, and counted nowhere."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, closing_task
from tests.workflow.web.conftest import SignIn
from workflow.actions.co_sign import co_sign
from workflow.actions.decide_sign_off import sign_off
from workflow.collecting import collected
from workflow.models import Contribution, Report

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def stage() -> Stage:
    """Put a task up for sign-off whose lead owed one more report, and its supporter what it contributes to that."""
    stage = closing_task(rhythm="monthly")
    Report.objects.filter(state="due").update(due_on=YESTERDAY)
    Contribution.objects.update(due_on=YESTERDAY)
    return stage


def close(stage: Stage) -> None:
    supporter = stage.supporters[0]
    co_sign(actor=supporter.reviewer_actor, assignment_id=stage.part_of(supporter).pk, verdict="agree", now=NOW)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)


def test_a_contribution_is_not_owed_once_the_part_is_confirmed(signed_in: SignIn, stage: Stage) -> None:
    officer = signed_in(stage.supporters[0].officer)
    pages = [reverse("contribution", args=[Contribution.objects.get().pk]), reverse("task", args=[stage.task.pk])]
    waiting = [officer.get(page).content.decode() for page in pages]
    assert not any("light-red" in page or "无需再报送" in page for page in waiting), (
        "it is owed, and cannot be written while the round lasts"
    )
    close(stage)
    for page in pages:
        shown = officer.get(page).content.decode()
        assert "light-red" not in shown
        assert "无需再报送" in shown
        assert f'href="{pages[0]}"><svg' not in shown, "nothing to write"
        assert 'id="writing"' not in shown


def test_a_report_is_not_owed_once_the_part_is_declared_done(signed_in: SignIn, stage: Stage) -> None:
    officer = signed_in(stage.leads[0].officer)
    shown = officer.get(reverse("report", args=[Report.objects.get(state="due").pk])).content.decode()
    assert "无需再报送" in shown
    assert "light-red" not in shown.split("配合单位材料")[0], "the supporter still owes its contribution"
    assert 'id="writing"' not in shown
    task = reverse("task", args=[stage.task.pk])
    assert "无需再报送" in officer.get(task).content.decode()
    assert signed_in(stage.coordinator).get(task).context["awaited"] == []


def test_what_is_typed_while_the_part_ends_is_not_lost(signed_in: SignIn, stage: Stage) -> None:
    row = Contribution.objects.get()
    close(stage)
    page = signed_in(stage.supporters[0].officer).post(
        reverse("contribution", args=[row.pk]), {"version": row.version, "text": "写到一半。"}
    )
    assert page.status_code == 409
    assert "写到一半。" in page.content.decode()


def test_who_owes_nothing_is_not_late_and_what_was_missed_stays_counted(signed_in: SignIn, stage: Stage) -> None:
    url = f"{reverse('comparison', args=[stage.task.pk])}?group=support"
    coordinator = signed_in(stage.coordinator)
    report = Report.objects.get(state="due")
    assert coordinator.get(url).context["counts"].late == 0, "nobody is late with what nobody can write"
    assert [row.assignment.agency for row in collected(report).missing] == [stage.supporters[0].agency]
    close(stage)
    shown = coordinator.get(url).context
    assert shown["counts"].late == 0
    assert [row.missed for row in shown["rows"]] == [1]
    assert collected(Report.objects.get(pk=report.pk)).missing == []
