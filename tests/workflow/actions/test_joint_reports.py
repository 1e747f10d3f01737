"""One report for several tasks: one text, a row in each task, sent and released together, judged by each coordinator."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.refusals import Conflict, Invalid
from tests.factories.directory import NOW
from tests.factories.tasks import Crew, Stage, accepted_task
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.interrupt import resume, suspend
from workflow.actions.joint_reports import candidates, write_together
from workflow.actions.judge_report import accept_report, return_report, waive_report
from workflow.actions.release_report import send_back, submit_report
from workflow.actions.sign_for import sign_for
from workflow.actions.write_report import ReportText, attach_evidence, save_report, send_for_review
from workflow.models import Assignment, Report, Task
from workflow.states import Part, Rhythm

pytestmark = pytest.mark.django_db


def two_tasks() -> tuple[Stage, Crew, Report, Report]:
    """Give one agency two tasks with the same monthly report expected."""
    stage = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    crew = stage.leads[0]
    second = draw_up_task(
        actor=stage.coordinator_actor,
        issuer_id=stage.issuer.pk,
        title="另一事项",
        text="",
        receivers=[PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)],
        due_on=None,
        rhythm=Rhythm.MONTHLY,
        now=NOW,
    )
    dispatch(actor=stage.coordinator_actor, task_ids=[second.pk], now=NOW)
    part = Assignment.objects.get(task=second)
    sign_for(actor=crew.officer_actor, assignment_id=part.pk, now=NOW)
    return stage, crew, Report.objects.get(assignment__task=stage.task), Report.objects.get(assignment=part)


def sent() -> tuple[Stage, Crew, Report, Report]:
    """Write one text for both and send it for review."""
    stage, crew, main, other = two_tasks()
    save_report(actor=crew.officer_actor, report_id=main.pk, text=ReportText(done="一份材料", percent=40), now=NOW)
    write_together(actor=crew.officer_actor, report_id=main.pk, others={other.pk: 70}, now=NOW)
    send_for_review(actor=crew.officer_actor, report_id=main.pk, now=NOW)
    return stage, crew, Report.objects.get(pk=main.pk), Report.objects.get(pk=other.pk)


def test_one_text_is_a_row_in_each_task_with_its_own_percentage() -> None:
    stage, crew, main, other = sent()
    assert (other.done, other.percent, other.state) == ("一份材料", 70, "agency_review")
    submit_report(actor=crew.reviewer_actor, report_id=main.pk, now=NOW)
    for pk in (main.pk, other.pk):
        accept_report(actor=stage.coordinator_actor, report_id=pk, now=NOW)
    percents = set(Task.objects.values_list("percent", flat=True))
    assert percents == {40, 70}
    assert set(Report.objects.values_list("state", flat=True)) == {"accepted"}


def test_a_following_report_is_not_written_or_released_by_itself() -> None:
    _stage, crew, _main, other = sent()
    with pytest.raises(Conflict):
        submit_report(actor=crew.reviewer_actor, report_id=other.pk, now=NOW)
    with pytest.raises(Conflict):
        send_back(actor=crew.reviewer_actor, report_id=other.pk, remark="改", now=NOW)


def test_what_is_sent_back_comes_back_together_and_nobody_releases_their_own() -> None:
    _stage, crew, main, other = sent()
    send_back(actor=crew.reviewer_actor, report_id=main.pk, remark="请核对数据", now=NOW)
    assert {row.state for row in Report.objects.filter(pk__in=[main.pk, other.pk])} == {"draft"}
    with pytest.raises(Conflict):
        save_report(actor=crew.officer_actor, report_id=other.pk, text=ReportText(done="单写"), now=NOW)


def test_what_one_coordinator_returns_stands_alone_and_the_other_row_is_untouched() -> None:
    stage, crew, main, other = sent()
    submit_report(actor=crew.reviewer_actor, report_id=main.pk, now=NOW)
    return_report(actor=stage.coordinator_actor, report_id=other.pk, remark="请分开报", now=NOW)
    save_report(actor=crew.officer_actor, report_id=other.pk, text=ReportText(done="单独材料", percent=75), now=NOW)
    assert Report.objects.get(pk=other.pk).done == "单独材料"
    assert Report.objects.get(pk=main.pk).done == "一份材料"


def test_evidence_goes_with_the_text_and_its_file_is_kept_while_a_row_needs_it() -> None:
    _stage, crew, main, other = two_tasks()
    Task.objects.update(evidence_required=True)
    attach_evidence(actor=crew.officer_actor, report_id=main.pk, filename="佐证.pdf", content=b"%PDF", now=NOW)
    save_report(actor=crew.officer_actor, report_id=main.pk, text=ReportText(done="完成", percent=40), now=NOW)
    write_together(actor=crew.officer_actor, report_id=main.pk, others={other.pk: None}, now=NOW)
    send_for_review(actor=crew.officer_actor, report_id=main.pk, now=NOW)
    assert [row.filename for row in Report.objects.get(pk=other.pk).evidence.all()] == ["佐证.pdf"]


def test_only_open_reports_of_the_same_agency_and_period_are_offered() -> None:
    _stage, crew, main, other = two_tasks()
    assert [row.pk for row in candidates(main)] == [other.pk]
    third = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    stranger = Report.objects.get(assignment__task=third.task)
    for wrong in (stranger.pk, main.pk, 10**9):
        with pytest.raises(Invalid):
            write_together(actor=crew.officer_actor, report_id=main.pk, others={wrong: 10}, now=NOW)
    with pytest.raises(Invalid):
        write_together(actor=crew.officer_actor, report_id=main.pk, others={other.pk: 400}, now=NOW)


def test_the_page_offers_the_others_and_the_api_links_them(client: Client) -> None:
    _stage, crew, main, other = two_tasks()
    client.force_login(crew.officer, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("report", args=[main.pk])
    assert "另一事项" in client.get(url).content.decode()
    form = {
        "version": main.version,
        "done": "一份材料",
        "percent": "40",
        "together": "yes",
        "with": str(other.pk),
        f"percent_{other.pk}": "55",
    }
    client.post(url, form | {"files": SimpleUploadedFile("a.txt", b"x")})
    assert (Report.objects.get(pk=other.pk).written_with_id, Report.objects.get(pk=other.pk).percent) == (main.pk, 55)
    answer = client.post(reverse("api:write-together", args=[main.pk]), {"reports": []}, content_type="application/json")
    assert answer.status_code == 200
    assert Report.objects.get(pk=other.pk).written_with_id is None


def test_what_was_ticked_and_typed_stands_in_the_form_that_comes_back(client: Client) -> None:
    _stage, crew, main, other = two_tasks()
    client.force_login(crew.officer, backend="django.contrib.auth.backends.ModelBackend")
    url, beside = reverse("report", args=[main.pk]), {"together": "yes", "with": str(other.pk), f"percent_{other.pk}": "55"}
    answer = client.post(url, {"version": main.version, "percent": "400"} | beside)
    assert answer.status_code == 400
    assert answer.context["together"] == [(other, True, "55")]
    assert client.get(url).context["together"] == [(other, False, "")]


def test_whoever_chose_from_a_page_that_showed_other_rows_is_told() -> None:
    _stage, crew, main, other = two_tasks()
    write_together(actor=crew.officer_actor, report_id=main.pk, others={other.pk: 70}, now=NOW, version=main.version)
    with pytest.raises(Conflict):
        write_together(actor=crew.officer_actor, report_id=main.pk, others={}, now=NOW, version=main.version)
    assert Report.objects.get(pk=other.pk).written_with_id == main.pk


def test_a_report_that_came_to_follow_meanwhile_stops_the_act_whose_locks_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _stage, crew, main, other = two_tasks()
    save_report(actor=crew.officer_actor, report_id=main.pk, text=ReportText(done="一份材料", percent=40), now=NOW)
    plainly = Task.objects.select_for_update

    def meanwhile(**options: Any) -> Any:
        Report.objects.filter(pk=other.pk).update(written_with=main)
        return plainly(**options)

    monkeypatch.setattr(Task.objects, "select_for_update", meanwhile)
    with pytest.raises(Conflict):
        send_for_review(actor=crew.officer_actor, report_id=main.pk, now=NOW)


def test_a_report_whose_main_one_was_waived_is_written_by_itself() -> None:
    stage, crew, main, other = two_tasks()
    write_together(actor=crew.officer_actor, report_id=main.pk, others={other.pk: 70}, now=NOW)
    with pytest.raises(Conflict):
        save_report(actor=crew.officer_actor, report_id=other.pk, text=ReportText(done="单写"), now=NOW)
    waive_report(actor=stage.coordinator_actor, report_id=main.pk, reason="并入年度总结", now=NOW)
    save_report(actor=crew.officer_actor, report_id=other.pk, text=ReportText(done="单写"), now=NOW)
    assert Report.objects.get(pk=other.pk).done == "单写"


def test_a_report_that_could_not_be_taken_along_is_released_by_itself() -> None:
    stage, crew, main, other = sent()
    suspend(actor=stage.coordinator_actor, task_id=other.assignment.task_id, reason="等待上级文件", now=NOW)
    submit_report(actor=crew.reviewer_actor, report_id=main.pk, now=NOW)
    assert Report.objects.get(pk=other.pk).state == "agency_review"
    resume(actor=stage.coordinator_actor, task_id=other.assignment.task_id, now=NOW)
    submit_report(actor=crew.reviewer_actor, report_id=other.pk, now=NOW)
    assert Report.objects.get(pk=other.pk).state == "submitted"


def test_reports_do_not_wait_for_one_in_a_task_that_stands_still() -> None:
    stage, crew, main, other = two_tasks()
    write_together(actor=crew.officer_actor, report_id=main.pk, others={other.pk: 70}, now=NOW)
    suspend(actor=stage.coordinator_actor, task_id=main.assignment.task_id, reason="等待上级文件", now=NOW)
    save_report(actor=crew.officer_actor, report_id=other.pk, text=ReportText(done="单写"), now=NOW)
    assert Report.objects.get(pk=other.pk).done == "单写"
