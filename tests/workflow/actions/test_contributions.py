"""Supporters' contributions: asked for with each report, written and released by their agency, collected by the leads."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from agencies.models import Role, User
from agencies.refusals import Conflict, Forbidden, Invalid
from tests.factories.directory import NOW, TODAY, actor_of, join
from tests.factories.tasks import (
    accepted_task,
    asked_contribution,
    dispatched_task,
    drafted_contribution,
    make_crew,
    open_report,
    reviewed_contribution,
    sent_contribution,
)
from workflow.actions.ask_supporters import ask_supporters
from workflow.actions.attaching import EVIDENCE_LIMIT
from workflow.actions.contribution_files import attach_material, detach_material
from workflow.actions.press import press
from workflow.actions.release_report import submit_report
from workflow.actions.sweep import sweep
from workflow.actions.write_contribution import (
    return_contribution,
    save_contribution,
    send_contribution,
    send_contribution_for_review,
    waive_contribution,
)
from workflow.actions.write_report import ReportText, save_report, send_for_review
from workflow.collecting import collected
from workflow.models import Assignment, Contribution, Event, Material, Report
from workflow.states import Rhythm

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_expected_report_asks_each_supporter_once_however_many_lead() -> None:
    stage = dispatched_task(leads=2, supporters=3, rhythm=Rhythm.MONTHLY)
    assert Report.objects.count() == 2
    rows = Contribution.objects.filter(assignment__task=stage.task)
    assert sorted(row.assignment.agency.pk for row in rows) == sorted(crew.agency.pk for crew in stage.supporters)
    report = Report.objects.first()
    assert report is not None
    assert {(row.period_start, row.period_end) for row in rows} == {(report.period_start, report.period_end)}
    assert all(report.period_end < row.due_on < report.due_on for row in rows)


def test_the_next_period_asks_again_and_sweeping_twice_asks_once() -> None:
    stage = accepted_task(supporters=2, rhythm=Rhythm.MONTHLY)
    later = NOW + dt.timedelta(days=31)
    sweep(later)
    sweep(later)
    assert Contribution.objects.filter(assignment__task=stage.task).count() == 4


def test_a_task_that_does_not_want_contributions_asks_for_none() -> None:
    stage = accepted_task(supporters=1)
    stage.task.asks_supporters = False
    stage.task.rhythm = Rhythm.MONTHLY
    stage.task.save()
    sweep(NOW)
    assert Report.objects.filter(assignment__task=stage.task).count() == 1
    assert not Contribution.objects.exists()


def test_supporters_edit_their_own_and_nobody_elses() -> None:
    stage = accepted_task(supporters=2)
    asked_contribution(stage)
    mine, theirs = (Contribution.objects.get(assignment=stage.part_of(crew)) for crew in stage.supporters)
    officer = stage.supporters[0].officer_actor
    save_contribution(actor=officer, contribution_id=mine.pk, text="我单位已完成。", now=NOW)
    for actor, row in ((officer, theirs), (stage.leads[0].officer_actor, mine), (stage.coordinator_actor, mine)):
        with pytest.raises(Forbidden):
            save_contribution(actor=actor, contribution_id=row.pk, text="改写", now=NOW)
    mine = Contribution.objects.get(pk=mine.pk)
    assert (mine.text, mine.state) == ("我单位已完成。", "draft")


def test_nobody_releases_what_they_wrote_and_the_database_says_so_too() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    both = stage.supporters[0].reviewer
    save_contribution(actor=actor_of(both), contribution_id=row.pk, text="自写", now=NOW)
    row = Contribution.objects.get(pk=row.pk)
    reviewed = stage.supporters[0]
    send_contribution_for_review(actor=actor_of(both), contribution_id=row.pk, now=NOW)
    with pytest.raises(Forbidden):
        send_contribution(actor=reviewed.reviewer_actor, contribution_id=row.pk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(pk=row.pk).update(state="sent", reviewer=both, sent_at=NOW)


def test_the_report_names_what_is_missing_when_it_is_released() -> None:
    stage = accepted_task(supporters=2)
    lead = stage.leads[0]
    report = open_report(stage, lead)
    ask_supporters(actor=lead.officer_actor, report_id=report.pk, now=NOW)
    first = Contribution.objects.get(assignment=stage.part_of(stage.supporters[0]))
    sent_contribution(stage, first)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="完成", percent=50), now=NOW)
    send_for_review(actor=lead.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=NOW)
    event = Event.objects.get(verb="submit_report")
    assert event.data["missing"] == [stage.supporters[1].agency.short_name]
    fresh = Report.objects.get(pk=report.pk)
    assert [row.assignment.agency for row in collected(fresh).there] == [stage.supporters[0].agency]
    assert collected(fresh).names_missing == [stage.supporters[1].agency.short_name]


def test_what_comes_after_the_report_was_released_stays_marked_as_missing_from_it() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    report = Report.objects.get()
    lead = stage.leads[0]
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="完成", percent=50), now=NOW)
    send_for_review(actor=lead.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=NOW)
    reviewed_contribution(stage, row)
    send_contribution(actor=stage.supporters[0].reviewer_actor, contribution_id=row.pk, now=NOW + dt.timedelta(hours=1))
    found = collected(Report.objects.get())
    assert [late.pk for late in found.later] == [row.pk]
    assert found.names_missing == [stage.supporters[0].agency.short_name]
    with pytest.raises(Conflict, match="已报送"):
        return_contribution(actor=lead.officer_actor, contribution_id=row.pk, remark="补充", now=NOW)


def test_late_once_stays_late() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    reviewed_contribution(stage, row)
    late = NOW + dt.timedelta(days=20)
    send_contribution(actor=stage.supporters[0].reviewer_actor, contribution_id=row.pk, now=late)
    row = Contribution.objects.get(pk=row.pk)
    assert row.was_late


def test_a_lead_returns_and_does_without_and_the_coordinator_does_not() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    with pytest.raises(Forbidden):
        return_contribution(actor=stage.coordinator_actor, contribution_id=row.pk, remark="补充", now=NOW)
    return_contribution(actor=stage.leads[0].officer_actor, contribution_id=row.pk, remark="补充", now=NOW)
    drafted_contribution(stage, row)
    waive_contribution(actor=stage.leads[0].officer_actor, contribution_id=row.pk, reason="不需要", now=NOW)
    row = Contribution.objects.get(pk=row.pk)
    assert row.state == "waived"


def test_whoever_released_it_for_a_supporter_does_not_judge_it_for_a_lead() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    both = stage.supporters[0].reviewer
    join(both, stage.leads[0].agency, Role.OFFICER)
    with pytest.raises(Forbidden):
        return_contribution(actor=actor_of(both), contribution_id=row.pk, remark="补充", now=NOW)


def test_a_lead_presses_its_supporters_like_the_coordinator_and_never_another_lead() -> None:
    stage = accepted_task(leads=2)
    support, other = stage.part_of(stage.supporters[0]), stage.part_of(stage.leads[1])
    reviewer = stage.leads[0].reviewer_actor
    press(actor=reviewer, assignment_id=support.pk, text="请尽快提供材料", now=NOW)
    event = Event.objects.get(verb="press")
    assert event.data["by"] == stage.leads[0].agency.short_name
    press(actor=stage.coordinator_actor, assignment_id=support.pk, text="请尽快", now=NOW)
    assert Event.objects.filter(verb="press").latest("sequence").data["by"] == stage.issuer.short_name
    for actor, part in ((reviewer, other), (stage.supporters[0].reviewer_actor, other), (stage.supporters[0].reviewer_actor, support)):
        with pytest.raises(Forbidden):
            press(actor=actor, assignment_id=part.pk, text="请尽快", now=NOW)


def test_asking_twice_is_refused_and_a_supporter_that_joined_later_can_still_be_asked() -> None:
    stage = accepted_task(supporters=1)
    row = asked_contribution(stage)
    report = Report.objects.get()
    with pytest.raises(Conflict):
        ask_supporters(actor=stage.leads[0].officer_actor, report_id=report.pk, now=NOW)
    assert Contribution.objects.get() == row
    assert row.due_on > TODAY


def test_a_supporter_that_left_is_not_missed_and_what_it_sent_stays_its_own() -> None:
    stage = accepted_task(supporters=2)
    asked_contribution(stage)
    first, second = (Contribution.objects.get(assignment=stage.part_of(crew)) for crew in stage.supporters)
    sent_contribution(stage, first)
    Assignment.objects.filter(pk__in=[first.assignment_id, second.assignment_id]).update(state="withdrawn")
    found = collected(Report.objects.get())
    assert ([row.pk for row in found.there], found.missing) == ([first.pk], [])


def test_a_contribution_takes_files_that_the_lead_reads_once_it_was_sent() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    officer, lead = stage.supporters[0].officer, stage.leads[0].officer
    told = {"actor": actor_of(officer), "contribution_id": row.pk, "now": NOW}
    file = attach_material(**told, filename="数据.xlsx", content=b"one")  # type: ignore[arg-type]
    assert attach_material(**told, filename="再传.xlsx", content=b"one").pk == file.pk  # type: ignore[arg-type]
    gone = attach_material(**told, filename="误传.xlsx", content=b"two")  # type: ignore[arg-type]
    detach_material(**told, material_id=gone.pk)  # type: ignore[arg-type]
    for content in (b"", b"x" * (EVIDENCE_LIMIT + 1)):
        with pytest.raises(Invalid):
            attach_material(**told, filename="空", content=content)  # type: ignore[arg-type]
    address = reverse("contribution-file", args=[file.pk])
    reader, own, stranger = (client_of(user) for user in (lead, officer, make_crew().officer))
    with time_machine.travel(NOW, tick=False):
        answers = [client.get(address) for client in (own, reader, stranger)]
        assert [answer.status_code for answer in answers] == [200, 403, 404]
        assert answers[0].getvalue() == b"one"
        assert reader.get(reverse("api:contribution", args=[row.pk])).json()["files"] == []
        sent_contribution(stage, row)
        answer = reader.get(address)
        assert (answer.status_code, answer.getvalue()) == (200, b"one")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert [one["filename"] for one in reader.get(reverse("api:contribution", args=[row.pk])).json()["files"]] == ["数据.xlsx"]
    with pytest.raises(Conflict):
        attach_material(**told, filename="补.xlsx", content=b"three")  # type: ignore[arg-type]
    assert list(Event.objects.filter(verb__in=["attach", "detach"]).values_list("verb", flat=True)) == ["attach", "attach", "detach"]


def test_files_are_attached_and_removed_on_the_page_and_over_the_api() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    client = client_of(stage.supporters[0].officer)
    page = reverse("contribution", args=[row.pk])
    with time_machine.travel(NOW, tick=False):
        body = {"text": "已提供。", "version": row.version, "files": SimpleUploadedFile("一.txt", b"1")}
        assert client.post(page, body).status_code == 302
        file = Material.objects.get()
        assert file.filename in client.get(page).content.decode()
        version = Contribution.objects.get(pk=row.pk).version
        assert client.post(page, {"text": "已提供。", "version": version, "remove": file.pk}).status_code == 302
        assert not Material.objects.exists()
        sent = client.post(reverse("api:contribution-files", args=[row.pk]), {"file": SimpleUploadedFile("二.txt", b"2")})
        assert sent.status_code == 201
        assert client.delete(reverse("api:contribution-file", args=[row.pk, sent.json()["id"]])).status_code == 204
        other = client_of(stage.leads[0].officer)
        assert other.post(reverse("api:contribution-files", args=[row.pk]), {"file": SimpleUploadedFile("三.txt", b"3")}).status_code == 403
    assert not Material.objects.exists()
