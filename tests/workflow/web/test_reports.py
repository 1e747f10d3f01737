"""Writing a report on its page: drafts, evidence, sending, and what each person may read."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task, asked_contribution, begun_work_plan, make_crew, open_report, submitted_report
from tests.workflow.web.conftest import SignIn
from workflow.actions.judge_report import accept_report, return_report
from workflow.models import Evidence, Report, Task

pytestmark = pytest.mark.django_db


def written(report: Report, **values: object) -> dict[str, object]:
    return {"version": report.version, "done": "已完成方案起草。", "percent": "40"} | values


def test_a_draft_is_kept_with_its_files_and_sent_with_one_press(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    client, url = signed_in(stage.leads[0].officer), reverse("report", args=[report.pk])
    answer = client.post(url, written(report, files=SimpleUploadedFile("方案.pdf", b"%PDF-1.4")))
    assert answer.headers["Location"] == url
    report = Report.objects.get(pk=report.pk)
    assert (report.state, report.done, report.percent) == ("draft", "已完成方案起草。", 40)
    assert [row.filename for row in report.evidence.all()] == ["方案.pdf"]
    client.post(url, written(report, send="yes"))
    assert Report.objects.get(pk=report.pk).state == "agency_review"


def test_a_report_without_words_is_not_sent_and_keeps_the_percentage_typed(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    answer = signed_in(stage.leads[0].officer).post(reverse("report", args=[report.pk]), written(report, done="", send="yes"))
    assert answer.status_code == 409
    assert "请先填写已完成工作。" in answer.content.decode()
    assert 'value="40"' in answer.content.decode()


def test_what_is_missing_for_sending_is_marked_at_its_field(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    answer = signed_in(stage.leads[0].officer).post(reverse("report", args=[report.pk]), written(report, percent="", send="yes"))
    assert answer.status_code == 409
    assert answer.context["form"].errors == {"percent": ["请先填写进度。"]}


def test_a_report_without_words_is_marked_where_they_are_wanting(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    page = signed_in(stage.leads[0].officer)
    answer = page.post(reverse("report", args=[report.pk]), written(report, done=" ", percent="", send="yes"))
    assert answer.context["form"].errors == {"done": ["请先填写已完成工作。"]}


def test_words_and_percentage_being_there_what_else_is_wanting_marks_neither(signed_in: SignIn) -> None:
    stage = accepted_task()
    Task.objects.update(evidence_required=True)
    report = open_report(stage, stage.leads[0])
    answer = signed_in(stage.leads[0].officer).post(reverse("report", args=[report.pk]), written(report, percent="", send="yes"))
    assert answer.context["form"].errors == {"percent": ["请先填写进度。"]}
    report = Report.objects.get(pk=report.pk)
    answer = signed_in(stage.leads[0].officer).post(reverse("report", args=[report.pk]), written(report, send="yes"))
    assert (answer.status_code, answer.context["form"].errors) == (409, {})


def test_missing_evidence_and_an_empty_file_are_said_beside_the_box_for_files(signed_in: SignIn) -> None:
    stage = accepted_task()
    Task.objects.update(evidence_required=True)
    report = open_report(stage, stage.leads[0])
    client, address = signed_in(stage.leads[0].officer), reverse("report", args=[report.pk])
    assert "id_files_error" not in client.get(address).content.decode()
    missing = client.post(address, written(report, send="yes"))
    report = Report.objects.get(pk=report.pk)
    empty = client.post(address, written(report, files=SimpleUploadedFile("空.pdf", b"")))
    other = accepted_task()
    row, plan = asked_contribution(other), begun_work_plan(other)
    client = signed_in(other.leads[0].officer)
    nothing = {"files": SimpleUploadedFile("空.pdf", b""), "text": "稿"}
    steps = {"step-TOTAL_FORMS": 0, "step-INITIAL_FORMS": 0}
    drawn = client.post(reverse("workplan", args=[plan.pk]), {"version": plan.version} | steps | nothing)
    nothing["files"] = SimpleUploadedFile("空.pdf", b"")
    helped = signed_in(other.supporters[0].officer).post(reverse("contribution", args=[row.pk]), {"version": row.version} | nothing)
    for answer, status, why in (
        (missing, 409, "请至少上传一个文件"),
        (empty, 400, "文件为空。"),
        (drawn, 400, "文件为空。"),
        (helped, 400, "文件为空。"),
    ):
        box, _, said = answer.content.decode().partition('<input class="form-control is-invalid" type="file"')[2].partition(">")
        assert answer.status_code == status
        assert 'aria-describedby="id_files_helptext id_files_error" aria-invalid="true"' in box, answer.request["PATH_INFO"]
        assert why in said.partition('id="id_files_error">')[2].partition("</div>")[0]


def test_a_contribution_and_a_work_plan_without_words_are_marked_where_they_are_wanting(signed_in: SignIn) -> None:
    stage = accepted_task()
    row, plan = asked_contribution(stage), begun_work_plan(stage)
    steps = {"step-TOTAL_FORMS": 0, "step-INITIAL_FORMS": 0}
    posts = {
        stage.supporters[0].officer: (reverse("contribution", args=[row.pk]), {"version": row.version}),
        stage.leads[0].officer: (reverse("workplan", args=[plan.pk]), {"version": plan.version} | steps),
    }
    for person, (address, body) in posts.items():
        answer = signed_in(person).post(address, body | {"text": " ", "send": "yes"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (409, ["text"]), address


def test_who_sends_by_program_is_told_which_field_is_wanting(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    address = f"/api/v1/reports/{report.pk}/send_for_review/"
    answer = signed_in(stage.leads[0].officer).post(address, {}, content_type="application/json", headers={"Idempotency-Key": "send-1"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "conflict", "done")


def test_a_percentage_beyond_a_hundred_is_refused_beside_its_field(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    answer = signed_in(stage.leads[0].officer).post(reverse("report", args=[report.pk]), written(report, percent="140"))
    assert answer.status_code == 400
    assert answer.context["form"].errors["percent"]


def test_autosave_keeps_the_draft_and_carries_the_next_version(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    client, url = signed_in(stage.leads[0].officer), reverse("report-autosave", args=[report.pk])
    first = client.post(url, written(report, done="第一稿"), headers={"HX-Request": "true"})
    report = Report.objects.get(pk=report.pk)
    assert report.done == "第一稿"
    wrong = client.post(url, written(report, percent="140"), headers={"HX-Request": "true"})
    assert "进度（%）：" in wrong.content.decode(), "the field is named, for the reason alone does not tell it"
    assert f'value="{report.version}"' in first.content.decode()
    stale = client.post(url, {"version": report.version - 1, "done": "旧页面"}, headers={"HX-Request": "true"})
    assert "未能保存" in stale.content.decode()
    assert Report.objects.get(pk=report.pk).done == "第一稿"


def test_autosave_by_another_agency_is_404_and_by_a_fellow_agency_changes_nothing(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    url = reverse("report-autosave", args=[report.pk])
    assert signed_in(make_crew().officer).post(url, written(report)).status_code == 404
    assert "未能保存" in signed_in(stage.supporters[0].officer).post(url, written(report)).content.decode()
    assert Report.objects.get(pk=report.pk).state == "due"


def test_a_fresh_report_starts_from_the_last_accepted_one(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    first = submitted_report(stage, lead, percent=60)
    accept_report(actor=stage.coordinator_actor, report_id=first.pk, now=NOW)
    second = open_report(stage, lead)
    form = signed_in(lead.officer).get(reverse("report", args=[second.pk])).context["form"]
    assert form["percent"].value() == 60
    assert not form["done"].value()


def test_a_returned_report_shows_what_is_missing_and_can_be_written_again(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = submitted_report(stage, stage.leads[0], percent=30)
    return_report(actor=stage.coordinator_actor, report_id=report.pk, remark="请补充分市数据。", now=NOW)
    page = signed_in(stage.leads[0].officer).get(reverse("report", args=[report.pk]))
    assert "请补充分市数据。" in page.content.decode()
    assert page.context["is_writable"]


def test_evidence_is_a_download_for_those_who_may_read_the_report_and_nobody_else(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    officer = signed_in(stage.leads[0].officer)
    officer.post(reverse("report", args=[report.pk]), written(report, files=SimpleUploadedFile("页面.html", b"<script>1</script>")))
    row = Evidence.objects.get()
    url = reverse("evidence", args=[row.pk])
    answer = officer.get(url)
    assert answer.getvalue() == b"<script>1</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in(stage.coordinator).get(url).status_code == 403
    assert signed_in(make_crew().officer).get(url).status_code == 404


def test_a_file_is_removed_with_the_text_kept(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    client, url = signed_in(stage.leads[0].officer), reverse("report", args=[report.pk])
    client.post(url, written(report, files=SimpleUploadedFile("方案.pdf", b"%PDF-1.4")))
    report = Report.objects.get(pk=report.pk)
    client.post(url, written(report, done="改过的稿子", remove=str(report.evidence.get().pk)))
    report = Report.objects.get(pk=report.pk)
    assert report.done == "改过的稿子"
    assert not report.evidence.exists()


def test_what_happens_inside_an_agency_is_not_told_to_others(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = submitted_report(stage, stage.leads[0])
    url = reverse("task", args=[stage.task.pk])
    assert report.state == "submitted"
    inside = signed_in(stage.leads[0].officer).get(url).content.decode()
    outside = signed_in(stage.coordinator).get(url).content.decode()
    assert "提交单位审核" in inside
    assert "提交单位审核" not in outside
    assert "报送报告" in outside
