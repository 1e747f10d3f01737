"""Speaking and following on the page of a task."""

from __future__ import annotations

import pytest
from django.urls import reverse

from notifications.models import InboxItem
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task
from tests.workflow.web.conftest import SignIn
from workflow.actions.comment import comment, note, retract
from workflow.actions.rearrange import withdraw_assignment
from workflow.models import Comment, Visit

pytestmark = pytest.mark.django_db


def test_a_comment_is_written_and_taken_back_on_the_page(signed_in: SignIn) -> None:
    stage = accepted_task()
    client, page = signed_in(stage.leads[0].officer), reverse("task", args=[stage.task.pk])
    text = f"@{stage.coordinator.name} <b>请阅</b>"
    client.post(reverse("task-act", args=[stage.task.pk, "comment"]), {"text": text, "next": f"{page}#conversation"})
    shown = client.get(page).content.decode()
    assert f"<mark>@{stage.coordinator.name}</mark> &lt;b&gt;请阅&lt;/b&gt;" in shown
    row = Comment.objects.get()
    taking_back = reverse("comment-retract", args=[row.pk])
    asked = client.post(taking_back).content.decode()
    assert all(word in asked for word in ("确定撤回？", "请阅", 'name="confirmed"', f'href="{page}#comment-{row.pk}"'))
    assert "请阅" in client.get(page).content.decode(), "nothing is taken back before it is confirmed"
    assert signed_in(stage.coordinator).post(taking_back).status_code == 403
    client = signed_in(stage.leads[0].officer)
    assert client.post(taking_back, {"confirmed": "yes"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "请阅" not in shown
    assert "此条已由作者撤回" in shown


def test_the_notice_of_words_taken_back_says_so_to_those_who_see_the_task(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead, called = stage.leads[0], stage.supporters[0].officer
    row = comment(actor=lead.officer_actor, task_id=stage.task.pk, text=f"@{called.name} 请速报", now=NOW)
    client, inbox = signed_in(called), reverse("notifications:inbox")
    item = InboxItem.objects.get(recipient=called, subject_ref=f"comment:{row.pk}")
    retract(actor=lead.officer_actor, comment_id=row.pk, now=NOW)
    shown = client.get(inbox).content.decode()
    assert "该消息所涉内容已由作者撤回。" in shown
    assert "请速报" not in shown
    assert "无权查看" not in shown
    assert client.get(reverse("notifications:open", args=[item.pk])).headers["Location"] == item.link
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(stage.supporters[0]).pk, reason="调整分工。", now=NOW)
    shown = client.get(inbox).content.decode()
    assert "已由作者撤回" not in shown, "whose part has ended sees neither the task nor what was said about it"


def test_a_note_stands_on_no_page_outside_the_agency(signed_in: SignIn) -> None:
    stage = accepted_task()
    note(actor=stage.leads[0].officer_actor, task_id=stage.task.pk, text="内部口径", now=NOW)
    page = reverse("task", args=[stage.task.pk])
    assert "内部口径" in signed_in(stage.leads[0].reviewer).get(page).content.decode()
    for outsider in (stage.supporters[0].officer, stage.coordinator, stage.leader):
        client = signed_in(outsider)
        assert "内部口径" not in client.get(page).content.decode()
        assert "内部口径" not in client.get(reverse("api:comments", args=[stage.task.pk])).content.decode()
        assert "note" not in {row["verb"] for row in client.get(reverse("api:events", args=[stage.task.pk])).json()["results"]}


def test_what_is_followed_stands_on_the_workbench_until_it_is_followed_no_more(signed_in: SignIn) -> None:
    stage = accepted_task()
    client, follow = signed_in(stage.leads[0].officer), reverse("task-follow", args=[stage.task.pk])
    client.post(follow, {"follow": "yes"})
    assert [matter.task_id for matter in client.get(reverse("workbench")).context["followed"]] == [stage.task.pk]
    assert [row["task"].pk for row in client.get(reverse("following")).context["tasks"]] == [stage.task.pk]
    client.post(follow, {"follow": "no"})
    assert client.get(reverse("workbench")).context["followed"] == []


def test_the_names_of_people_are_suggested_to_those_who_see_the_task(signed_in: SignIn) -> None:
    stage = accepted_task()
    address = reverse("task-people", args=[stage.task.pk])
    shown = signed_in(stage.coordinator).get(address, {"q": stage.leads[0].officer.name}).content.decode()
    assert f"@{stage.leads[0].officer.name}（{stage.leads[0].agency.short_name}）" in shown
    assert signed_in(accepted_task().leads[0].officer).get(address).status_code == 404


def test_the_tasks_looked_at_last_are_remembered_once_each(signed_in: SignIn) -> None:
    first, second = accepted_task(), accepted_task()
    client = signed_in(first.leads[0].officer)
    for _time in range(2):
        client.get(reverse("task", args=[first.task.pk]))
    signed_in(second.leads[0].officer).get(reverse("task", args=[second.task.pk]))
    assert list(Visit.objects.filter(user=first.leads[0].officer).values_list("task", flat=True)) == [first.task.pk]
