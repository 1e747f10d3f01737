"""Formal papers: made with their cause, numbered without gaps, and a bulletin goes out only under a signature."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from docx import Document

from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from measures.models import Plan
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task, dispatched_task
from workflow.actions.climb import climb
from workflow.actions.decide_extension import grant_extension, refuse_extension
from workflow.actions.paper_words import Matter
from workflow.actions.papers import NewPaper, make_papers, put_paper_aside, readers_of, sign_paper
from workflow.actions.request_extension import request_extension
from workflow.deadlines import add_working_days, official_calendar
from workflow.grants import rebuild
from workflow.ladder import Paper
from workflow.models import Event, Notice, NoticeCounter, NoticeReader, Task
from workflow.states import Circle

CALENDAR = official_calendar()
DUE = TODAY + dt.timedelta(days=60)


def after(working_days: int) -> dt.datetime:
    return dt.datetime.combine(add_working_days(DUE, working_days, CALENDAR), dt.time(10), NOW.tzinfo)


def numbers(kind: Paper) -> list[str]:
    return [row.written_number for row in Notice.objects.filter(kind=kind).order_by("pk")]


@pytest.fixture
def late(db: None) -> Stage:
    return accepted_task(supporters=1)


def test_dispatching_makes_one_notice_of_supervision_a_task_to_the_leads_with_a_copy_to_the_supporters(db: None) -> None:
    first, second = dispatched_task(supporters=2), dispatched_task(supporters=0)
    row = Notice.objects.get(task=first.task)
    assert row.kind == Paper.SUPERVISION
    assert row.addressee == "、".join(desk.agency.name for desk in first.leads)
    assert row.copied_to == "、".join(desk.agency.name for desk in first.supporters)
    assert row.written_number == "督办〔2026〕1号"
    assert Notice.objects.get(task=second.task).issuer_id == second.task.issuer_id


def test_the_day_after_the_due_date_a_numbered_notice_of_urging_goes_to_the_agency_with_a_copy_to_the_leader(late: Stage) -> None:
    climb(after(1))
    row = Notice.objects.get(kind=Paper.URGE)
    assert (row.state, row.written_number, row.agency) == ("issued", "催办〔2026〕1号", late.leads[0].agency)
    assert str(late.leader) in row.copied_to
    assert late.leads[0].agency.name == row.addressee
    assert "催办〔2026〕1号" in InboxItem.objects.filter(topic="escalation").earliest("pk").body
    assert Event.objects.get(data__rung="overdue").data["number"] == "催办〔2026〕1号"
    climb(after(1))
    assert Notice.objects.filter(kind=Paper.URGE).count() == 1


def test_five_working_days_later_a_bulletin_waits_as_a_draft_without_a_number(late: Stage) -> None:
    climb(after(1))
    climb(after(5))
    row = Notice.objects.get(kind=Paper.BULLETIN)
    assert (row.state, row.number, row.written_number) == ("draft", None, "")
    climb(after(10))
    assert numbers(Paper.WARNING_RED) == ["红色预警〔2026〕1号"]


@pytest.fixture
def draft(late: Stage) -> Notice:
    climb(after(1))
    climb(after(5))
    return Notice.objects.get(kind=Paper.BULLETIN)


def test_the_coordinator_signs_a_bulletin_which_gets_its_number_and_is_told(late: Stage, draft: Notice) -> None:
    row = sign_paper(actor=late.coordinator_actor, notice_id=draft.pk, title=draft.title, body="经督办，仍未办结。", now=after(5))
    assert row.written_number == "督办通报〔2026〕1号"
    assert InboxItem.objects.filter(topic="paper", recipient=late.leads[0].officer).exists()
    assert Event.objects.get(verb="sign_paper").data["number"] == "督办通报〔2026〕1号"
    with pytest.raises(Conflict):
        sign_paper(actor=late.coordinator_actor, notice_id=draft.pk, title="x", body="x", now=after(5))
    assert NoticeCounter.objects.get(kind=Paper.BULLETIN).last == 1


def test_without_a_plan_the_wider_circle_of_a_bulletin_is_that_of_the_task(late: Stage, draft: Notice) -> None:
    assert late.task.plan_id is None
    circles = readers_of(draft)
    assert circles[Circle.PLAN] == circles[Circle.TASK] == [late.supporters[0].agency]
    sign_paper(actor=late.coordinator_actor, notice_id=draft.pk, title=None, body=None, circle=Circle.PLAN, now=after(5))
    assert list(NoticeReader.objects.values_list("agency", flat=True)) == [late.supporters[0].agency.pk]


def test_a_draft_put_aside_takes_no_number(late: Stage, draft: Notice) -> None:
    with pytest.raises(Invalid):
        put_paper_aside(actor=late.coordinator_actor, notice_id=draft.pk, reason=" ", now=after(5))
    put_paper_aside(actor=late.coordinator_actor, notice_id=draft.pk, reason="已电话督促，改为约谈。", now=after(5))
    assert not NoticeCounter.objects.filter(kind=Paper.BULLETIN).exists()
    with pytest.raises(Conflict):
        sign_paper(actor=late.coordinator_actor, notice_id=draft.pk, title="x", body="x", now=after(5))


def test_an_agency_does_not_see_the_draft_about_it_and_a_leader_does_not_sign_it(late: Stage, draft: Notice) -> None:
    with pytest.raises(NotYours):
        sign_paper(actor=late.leads[0].officer_actor, notice_id=draft.pk, title="x", body="x", now=after(5))
    with pytest.raises((NotYours, Forbidden)):
        sign_paper(actor=late.leader_actor, notice_id=draft.pk, title="x", body="x", now=after(5))


@pytest.mark.parametrize("granted", [True, False])
def test_a_decision_on_more_time_makes_a_numbered_reply(late: Stage, granted: bool) -> None:
    part = late.part_of(late.leads[0])
    later = DUE + dt.timedelta(days=30)
    request_extension(actor=late.leads[0].officer_actor, assignment_id=part.pk, asked_for=later, reason="招标流程未完成。", now=NOW)
    if granted:
        grant_extension(actor=late.coordinator_actor, assignment_id=part.pk, granted_to=later, opinion="同意。", now=NOW)
    else:
        refuse_extension(actor=late.coordinator_actor, assignment_id=part.pk, opinion="不同意。", now=NOW)
    row = Notice.objects.get(kind=Paper.EXTENSION)
    assert row.written_number == "延期批复〔2026〕1号"
    assert "同意" in row.body
    assert row.agency == late.leads[0].agency


def paper_of(stage: Stage, key: str) -> NewPaper:
    return NewPaper(key, Paper.URGE, stage.task.issuer_id, stage.task.pk, Matter("任务", "单位", due_on=DUE), "单位")


def test_what_is_rolled_back_takes_no_number(late: Stage) -> None:
    with transaction.atomic():
        make_papers([paper_of(late, f"a{n}") for n in range(3)], NOW)
        transaction.set_rollback(True)
    with transaction.atomic():
        make_papers([paper_of(late, "b"), paper_of(late, "c")], NOW)
    assert numbers(Paper.URGE) == ["催办〔2026〕1号", "催办〔2026〕2号"]


def test_each_year_begins_with_one(late: Stage) -> None:
    with transaction.atomic():
        make_papers([paper_of(late, "a")], NOW)
        make_papers([paper_of(late, "b")], NOW.replace(year=2027))
    assert numbers(Paper.URGE) == ["催办〔2026〕1号", "催办〔2027〕1号"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", [15, pytest.param(200, marks=pytest.mark.proof)])
def test_six_writers_of_whom_some_roll_back_leave_no_gap_and_no_double(rounds: int) -> None:
    stage = accepted_task(supporters=0)

    def write(writer: int) -> None:
        for turn in range(rounds):
            with transaction.atomic():
                make_papers([paper_of(stage, f"{writer}-{turn}-{n}") for n in range(1 + turn % 3)], NOW)
                transaction.set_rollback(turn % 4 == writer % 4)
        connection.close()

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = sorted(Notice.objects.filter(kind=Paper.URGE).values_list("number", flat=True), key=int)  # type: ignore[arg-type]
    assert found == list(range(1, len(found) + 1))
    assert len(found) > rounds * 4


def test_the_pages_list_print_and_sign(late: Stage, draft: Notice, client: Client) -> None:
    client.force_login(late.coordinator)
    listed = client.get(reverse("papers"), {"task": str(late.task.pk), "kind": "urge"})
    assert "催办〔2026〕1号" in listed.content.decode()
    assert "督办〔2026〕1号" not in listed.content.decode()
    page = client.get(reverse("paper", args=[draft.pk])).content.decode()
    assert draft.title in page
    refused = client.post(reverse("paper", args=[draft.pk]), {"do": "sign", "title": "", "body": "x"})
    assert refused.status_code == 400
    answer = client.post(reverse("paper", args=[draft.pk]), {"do": "sign", "title": draft.title, "body": draft.body})
    assert answer.status_code == 302
    draft = Notice.objects.get(pk=draft.pk)
    assert draft.written_number == "督办通报〔2026〕1号"
    client.force_login(late.leads[0].officer)
    assert client.get(reverse("paper", args=[draft.pk])).status_code == 200


def test_an_agency_finds_its_own_papers_and_no_drafts(late: Stage, draft: Notice, client: Client) -> None:
    client.force_login(late.leads[0].officer)
    assert client.get(reverse("paper", args=[draft.pk])).status_code == 404
    assert client.get(reverse("paper-file", args=[draft.pk])).status_code == 404
    assert draft.title not in client.get(reverse("papers")).content.decode()
    assert "催办〔2026〕1号" in client.get(reverse("papers")).content.decode()
    stranger = accepted_task()
    client.force_login(stranger.leads[0].officer)
    assert client.get(reverse("paper", args=[Notice.objects.get(kind=Paper.URGE).pk])).status_code == 404


def test_the_file_has_the_page_of_the_standard_and_the_words_of_the_paper(late: Stage, client: Client) -> None:
    climb(after(1))
    row = Notice.objects.get(kind=Paper.URGE)
    client.force_login(late.coordinator)
    answer = client.get(reverse("paper-file", args=[row.pk]))
    document = Document(io.BytesIO(answer.content))
    page = document.sections[0]
    assert [round(edge.mm) for edge in (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin) if edge] == [
        37,
        35,
        28,
        26,
    ]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert row.written_number in text
    assert row.title in text
    assert row.body in text


def test_a_bulletin_published_within_the_plan_is_read_by_agencies_without_a_part_in_its_task(
    late: Stage, draft: Notice, client: Client
) -> None:
    other = accepted_task(supporters=1)
    plan = Plan.objects.create(
        title="行动方案", issuer=late.issuer, coordinator=late.issuer, issued_on=TODAY, text="全文。", sha256="0" * 64, confirmed_at=NOW,
    )  # fmt: skip
    for stage in (late, other):
        Task.objects.filter(pk=stage.task.pk).update(plan=plan, issuer=late.issuer)
    rebuild()
    reader, stranger = other.leads[0], accepted_task().leads[0]
    with time_machine.travel(after(5), tick=False):
        client.force_login(late.coordinator)
        page = client.get(reverse("paper", args=[draft.pk])).content.decode()
        assert reader.agency.name in page
        words = {"do": "sign", "title": draft.title, "body": "经督办，仍未办结。", "circle": "plan"}
        assert client.post(reverse("paper", args=[draft.pk]), words).status_code == 302
        assert reader.agency.name in Notice.objects.get(pk=draft.pk).copied_to
        for desk, status in ((reader, 200), (late.supporters[0], 200), (stranger, 404)):
            client.force_login(desk.officer)
            assert client.get(reverse("paper", args=[draft.pk])).status_code == status
            assert client.get(reverse("paper-file", args=[draft.pk])).status_code == status
            listed = client.get(reverse("circulars")).content.decode()
            assert ("督办通报〔2026〕1号" in listed) == (status == 200)
        client.force_login(reader.officer)
        assert client.get(reverse("task", args=[late.task.pk])).status_code == 404
    assert InboxItem.objects.filter(topic="paper", recipient=reader.officer, link=reverse("paper", args=[draft.pk])).exists()
    assert not InboxItem.objects.filter(topic="paper", recipient=stranger.officer).exists()


def test_a_bulletin_for_its_agency_alone_is_read_by_nobody_else_but_those_above(late: Stage, draft: Notice, client: Client) -> None:
    sign_paper(actor=late.coordinator_actor, notice_id=draft.pk, title=draft.title, body="经督办，仍未办结。", now=after(5))
    with time_machine.travel(after(5), tick=False):
        for person, seen in (
            (late.leads[0].officer, True),
            (late.coordinator, True),
            (late.leader, True),
            (late.supporters[0].officer, False),
        ):
            client.force_login(person)
            assert ("督办通报〔2026〕1号" in client.get(reverse("circulars")).content.decode()) == seen, person


def ask(client: Client, name: str, pk: int, body: dict[str, str], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(reverse(f"api:{name}", args=[pk]), json.dumps(body), content_type="application/json", headers=headers)


def test_a_draft_is_signed_over_the_api_once_and_numbered(late: Stage, draft: Notice, client: Client) -> None:
    client.force_login(late.coordinator)
    drafts = client.get(reverse("api:papers"), {"state": "draft"}).json()["results"]
    assert [(row["id"], row["number"]) for row in drafts] == [(draft.pk, "")]
    assert ask(client, "paper-sign", draft.pk, {"title": ""}).status_code == 400
    first = ask(client, "paper-sign", draft.pk, {"title": "改过的标题", "circle": "task"}, key="k1")
    again = ask(client, "paper-sign", draft.pk, {"title": "改过的标题", "circle": "task"}, key="k1")
    assert first.status_code == again.status_code == 200
    assert json.loads(first.content) == json.loads(again.content)
    row = Notice.objects.get(pk=draft.pk)
    assert (row.written_number, row.title, row.body) == ("督办通报〔2026〕1号", "改过的标题", draft.body)
    assert late.supporters[0].agency.name in row.copied_to
    assert ask(client, "paper-put-aside", draft.pk, {"reason": "晚了"}).status_code == 409
    client.force_login(late.leads[0].officer)
    assert client.get(reverse("api:paper", args=[draft.pk])).json()["number"] == row.written_number


def test_a_draft_is_put_aside_over_the_api_by_its_coordinator_only(late: Stage, draft: Notice, client: Client) -> None:
    client.force_login(late.leads[0].officer)
    assert client.get(reverse("api:paper", args=[draft.pk])).status_code == 404
    assert ask(client, "paper-sign", draft.pk, {}).status_code == 404
    client.force_login(late.coordinator)
    assert ask(client, "paper-put-aside", draft.pk, {}).status_code == 400
    answer = ask(client, "paper-put-aside", draft.pk, {"reason": "已整改"})
    assert json.loads(answer.content)["state"] == "put_aside"
    assert Event.objects.get(verb="put_paper_aside").comment == "已整改"
