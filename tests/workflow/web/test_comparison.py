"""The comparison table of a fan-out, and pressing from it; decomposing a part on its page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import Role
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group, make_member
from tests.factories.tasks import accepted_task, asked_contribution, make_crew, open_report, sent_contribution
from tests.workflow.web.conftest import SignIn
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.sign_for import sign_for
from workflow.models import Assignment, Contribution, Event, Task
from workflow.states import AssignmentState, Part, TaskState

pytestmark = pytest.mark.django_db


def fanned_out(members: int = 4) -> tuple[Task, list[Assignment], dict[str, Any]]:
    """Dispatch a task to a group of cities; the first two sign for it, the first reports."""
    issuer = make_agency()
    coordinator = make_member(issuer, Role.COORDINATOR)
    crews = [make_crew(f"第{place}市") for place in range(members)]
    group = make_group("各地级以上市政府", *(crew.agency for crew in crews))
    task = draw_up_task(
        actor=actor_of(coordinator),
        issuer_id=issuer.pk,
        title="各市推进要素改革",
        text="",
        receivers=[PlannedReceiver(Part.LEAD, group_id=group.pk)],
        due_on=TODAY + dt.timedelta(days=30),
        rhythm="monthly",
        now=NOW,
    )
    dispatch(actor=actor_of(coordinator), task_ids=[task.pk], now=NOW)
    parts = [Assignment.objects.get(task=task, agency=crew.agency) for crew in crews]
    for crew, part in list(zip(crews, parts, strict=True))[:2]:
        sign_for(actor=crew.officer_actor, assignment_id=part.pk, now=NOW)
    Assignment.objects.filter(pk=parts[3].pk).update(due_on=TODAY - dt.timedelta(days=1), first_due_on=TODAY - dt.timedelta(days=9))
    return task, parts, {"coordinator": coordinator, "crews": crews, "group": group}


def test_the_table_counts_who_signed_reported_and_is_late(signed_in: SignIn) -> None:
    task, parts, cast = fanned_out()
    answer = signed_in(cast["coordinator"]).get(reverse("comparison", args=[task.pk]))
    counts = answer.context["counts"]
    assert (counts.signed, counts.all, counts.expected, counts.reported, counts.late, counts.late_by_first) == (2, 4, 4, 0, 1, 1)
    text = answer.content.decode()
    assert "2/4" in text
    assert all(part.agency.short_name in text for part in parts)


def test_the_table_begins_with_the_last_period_due_for_all_and_any_other_can_be_chosen(signed_in: SignIn) -> None:
    stage = accepted_task(supporters=2)
    early, running = TODAY - dt.timedelta(days=20), TODAY
    first, second = (stage.part_of(crew) for crew in stage.supporters)
    for part, day, state in ((first, early, "asked"), (second, early, "sent"), (first, running, "sent"), (second, running, "asked")):
        sent = {"text": "材料", "sent_at": NOW, "author": stage.coordinator, "reviewer": stage.leader} if state == "sent" else {}
        Contribution.objects.create(
            assignment=part, period_start=day, period_end=day, due_on=day + dt.timedelta(days=5), state=state, **sent
        )
    client, url = signed_in(stage.coordinator), f"{reverse('comparison', args=[stage.task.pk])}?group=support"
    page = client.get(url)
    assert (page.context["period"], page.context["counts"].reported, page.context["counts"].expected) == (early, 1, 2)
    assert f"{early.isoformat()}逾期未报" in page.content.decode()
    running_page = client.get(f"{url}&period={running.isoformat()}")
    assert f"period={running.isoformat()}" in page.content.decode(), "the running one is one click away"
    assert (running_page.context["counts"].reported, running_page.context["counts"].expected) == (1, 2)
    rows = {row.part.pk: row for row in running_page.context["rows"]}
    assert (rows[first.pk].has_reported, [one.period_end for one in rows[first.pk].owing]) == (True, [early])
    assert f"{early.isoformat()}逾期未报" in running_page.content.decode(), "late with an earlier one, though the running one was sent"
    assert rows[second.pk].owing == []
    assert client.get(f"{url}&period=1999-01-01").context["period"] == early


def test_the_prepared_words_of_a_press_write_the_day_out(signed_in: SignIn) -> None:
    _task, parts, cast = fanned_out()
    due_on = TODAY + dt.timedelta(days=30)
    page = signed_in(cast["coordinator"]).get(reverse("assignment-act", args=[parts[0].pk, "press"])).content.decode()
    assert f"办结时限为{due_on.year}年{due_on.month}月{due_on.day}日，" in page


def test_nobody_of_a_task_that_has_ended_is_pressed_or_expected_to_report(signed_in: SignIn) -> None:
    stage = accepted_task(supporters=1)
    open_report(stage, stage.leads[0])
    page = signed_in(stage.coordinator).get(reverse("comparison", args=[stage.task.pk]))
    assert (len(page.context["may_press"]), page.context["counts"].expected) == (2, 1)
    Task.objects.filter(pk=stage.task.pk).update(state=TaskState.CLOSED, closed_at=NOW)
    Assignment.objects.filter(task=stage.task).update(state=AssignmentState.CONFIRMED, declared_at=NOW)
    page = signed_in(stage.coordinator).get(reverse("comparison", args=[stage.task.pk]))
    assert (page.context["may_press"], page.context["counts"].expected) == (set(), 0)
    assert 'name="part"' not in page.content.decode()


def test_a_press_without_words_says_so_beside_the_field_and_stays_empty(signed_in: SignIn) -> None:
    task, parts, cast = fanned_out()
    chosen = {"act": "press", "confirmed": "yes", "part": f"{parts[0].pk}:{parts[0].version}", "text": " "}
    answer = signed_in(cast["coordinator"]).post(reverse("comparison", args=[task.pk]), chosen)
    assert (answer.status_code, answer.context["text"]) == (400, " ")
    assert 'id="text-error"' in answer.content.decode()


def test_the_table_narrows_to_those_who_have_not_signed(signed_in: SignIn) -> None:
    task, parts, cast = fanned_out()
    group = cast["group"]
    url = f"{reverse('comparison', args=[task.pk])}?group={group.pk}&show=unsigned"
    rows = signed_in(cast["coordinator"]).get(url).context["rows"]
    assert {row.part.pk for row in rows} == {parts[2].pk, parts[3].pk}


def test_those_ticked_are_pressed_after_their_names_were_shown(signed_in: SignIn) -> None:
    task, parts, cast = fanned_out()
    client, url = signed_in(cast["coordinator"]), reverse("comparison", args=[task.pk])
    chosen = [f"{part.pk}:{Assignment.objects.get(pk=part.pk).version}" for part in parts[2:]]
    shown = client.post(url, {"act": "press", "part": chosen})
    assert all(part.agency.name in shown.content.decode() for part in parts[2:])
    assert not Event.objects.filter(verb="press").exists()
    client.post(url, {"act": "press", "part": chosen, "text": "请抓紧签收", "confirmed": "yes"})
    assert {event.assignment_id for event in Event.objects.filter(verb="press")} == {part.pk for part in parts[2:]}


def test_who_only_has_a_part_sees_the_table_and_presses_nobody(signed_in: SignIn) -> None:
    task, parts, cast = fanned_out()
    client, url = signed_in(cast["crews"][0].reviewer), reverse("comparison", args=[task.pk])
    assert not client.get(url).context["may_press"]
    assert client.post(url, {"act": "press", "part": [str(parts[1].pk)], "text": "催", "confirmed": "yes"}).status_code == 403
    assert signed_in(make_crew().officer).get(url).status_code == 404


def test_a_city_decomposes_its_part_from_the_page_of_the_task(signed_in: SignIn) -> None:
    task, _parts, cast = fanned_out()
    crew = cast["crews"][0]
    coordinator = make_member(crew.agency, Role.COORDINATOR)
    department = make_crew("市发改局")
    client = signed_in(coordinator)
    page = client.get(reverse("task", args=[task.pk])).content.decode()
    assert f"parent={task.pk}" in page
    url = f"{reverse('task-new')}?parent={task.pk}&issuer={crew.agency.pk}"
    form = client.get(url)
    assert form.context["form"].initial["title"] == task.title
    data = {"issuer": crew.agency.pk, "title": "市级分解", "text": "", "leads": department.agency.short_name, "rhythm": "monthly"}
    client.post(url, data)
    child = Task.objects.get(title="市级分解")
    assert (child.parent_id, child.issuer_id) == (task.pk, crew.agency.pk)
    assert signed_in(make_member(make_agency(), Role.COORDINATOR)).get(url).status_code == 404


def test_a_supporter_is_measured_by_what_it_contributes_and_late_by_that(signed_in: SignIn) -> None:
    stage = accepted_task(supporters=2)
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    Contribution.objects.exclude(pk=row.pk).update(due_on=TODAY - dt.timedelta(days=1))
    url = f"{reverse('comparison', args=[stage.task.pk])}?group=support"
    counts = signed_in(stage.coordinator).get(url).context["counts"]
    assert (counts.all, counts.expected, counts.reported, counts.late) == (2, 2, 1, 1)
