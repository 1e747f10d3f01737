"""The administration for those who oversee: the board's figures on its index, tasks to read, acts by their own pages only."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from agencies.models import Office, User
from tests.factories.directory import NOW, make_person
from tests.factories.tasks import Stage, accepted_task, draft_task
from workflow.models import Event, Task

pytestmark = pytest.mark.django_db
LIST = "/admin/workflow/task/"


@pytest.fixture
def stage() -> Stage:
    return accepted_task()


def enter(client: Client, person: User) -> Client:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@time_machine.travel(NOW, tick=False)
def test_a_leader_finds_the_figures_of_the_board_each_leading_to_its_rows(client: Client, stage: Stage) -> None:
    page = enter(client, stage.leader).get("/admin/").content.decode()
    assert "看板数据" in page
    found = dict(re.findall(r'<a href="(/ledger/[^"]*)"><b[^>]*>\d+</b> ([^<]+)</a>', page))
    assert {"已交办事项", "超期", "未签收"} <= set(found.values())
    for address in found:
        assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert "/admin/agencies/" not in page


@time_machine.travel(NOW, tick=False)
def test_tasks_are_read_and_changed_by_no_request_however_crafted(client: Client, stage: Stage) -> None:
    address = f"{LIST}{stage.task.pk}/change/"
    page = enter(client, stage.coordinator).get(address).content.decode()
    assert stage.task.title in page
    assert f"/tasks/{stage.task.pk}/acts/suspend/" in page
    assert 'name="state"' not in page
    assert "/admin/agencies/" not in page
    events = Event.objects.count()
    for crafted in ({"state": "closed"}, {"_fsm_transition_to": "close", "title": "改"}, {"_save": "1", "title": "改", "state": "closed"}):
        assert client.post(address, crafted).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [stage.task.pk], "post": "yes"})
    assert client.post(f"{LIST}{stage.task.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{LIST}add/", {"title": "新"}).status_code == 403
    assert Task.objects.get(pk=stage.task.pk).state == stage.task.state
    assert Event.objects.count() == events


@time_machine.travel(NOW, tick=False)
def test_a_button_that_must_wait_says_why_and_a_press_past_it_is_refused_by_the_policy(client: Client, stage: Stage) -> None:
    draft = draft_task()
    page = enter(client, stage.coordinator).get(LIST).content.decode()
    assert f"{LIST}{stage.task.pk}/change/" in page
    assert f"{LIST}{draft.task.pk}/change/" not in page
    assert client.get(f"{LIST}{draft.task.pk}/change/").status_code in {302, 404}
    assert enter(client, stage.leader).post(reverse("task-act", args=[stage.task.pk, "suspend"]), {"reason": "x"}).status_code == 403


def test_who_only_works_on_tasks_and_the_three_offices_read_none_there(client: Client, stage: Stage) -> None:
    assert enter(client, stage.leads[0].officer).get("/admin/", follow=True).status_code == 403
    for office in Office:
        person = make_person(office=office)
        page = enter(client, person).get("/admin/").content.decode()
        assert "看板数据" not in page
        assert LIST not in page
        assert client.get(LIST).status_code == 403


def test_the_office_of_accounts_is_told_who_cannot_sign_in_yet(client: Client, stage: Stage) -> None:
    User.objects.update(password=make_password("x"))
    waiting, closed = make_person(), make_person()
    for person in (waiting, closed):
        person.set_unusable_password()
        person.is_active = person == waiting
        person.save()
    page = enter(client, make_person(office=Office.SECURITY, password="Qingfeng-7-mingyue")).get("/admin/").content.decode()
    found = re.search(r'<a href="([^"]*first=waiting)"><b[^>]*>(\d+)</b>', page)
    assert found is not None
    assert found[2] == "1"
    listed = client.get(found[1].replace("&amp;", "&")).context["cl"]
    assert [row.pk for row in listed.result_list] == [waiting.pk]
