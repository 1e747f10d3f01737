"""Two characters find what may be seen, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.actions.deactivate_user import deactivate_user
from agencies.actor import Actor
from agencies.models import Office
from measures.models import Measure, Plan
from oversight import search
from tests.factories.directory import NOW, actor_of, make_person
from tests.factories.tasks import accepted_task, dispatched_task, draft_task, make_crew, open_report, submitted_report
from workflow.actions.dispatch import dispatch
from workflow.actions.show import show
from workflow.grants import rebuild
from workflow.models import Evidence, Report, Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def titles(actor: Actor, words: str) -> list[str]:
    return [str(hit.title) for kind in search.search(actor, words, now=timezone.now()) for hit in kind.hits]


def test_two_characters_find_titles_and_texts_and_are_marked() -> None:
    stage = dispatched_task()
    actor = stage.leads[0].officer_actor
    assert titles(actor, "交易") == ["规范发展地方要素<mark>交易</mark>场所"]
    assert titles(actor, "大宗") == ["规范发展地方要素交易场所"]
    assert titles(actor, "大宗 要素") == ["规范发展地方<mark>要素</mark>交易场所"]
    assert titles(actor, "大宗 粮食") == []
    assert titles(actor, "易") == []


def test_titles_come_before_texts() -> None:
    stage = dispatched_task()
    other = dispatched_task()
    Task.objects.filter(pk=other.task.pk).update(issuer=stage.issuer, title="甲", text="要素市场")
    Task.objects.filter(pk=other.task.pk).update(title="市场", text="无")
    Task.objects.filter(pk=stage.task.pk).update(title="丙", text="市场化改革")
    rebuild()
    assert titles(stage.coordinator_actor, "市场") == ["<mark>市场</mark>", "丙"]


def test_markup_in_what_was_found_stays_text() -> None:
    stage = dispatched_task()
    Task.objects.update(title="<script>要素</script>")
    assert titles(stage.coordinator_actor, "要素") == ["&lt;script&gt;<mark>要素</mark>&lt;/script&gt;"]
    assert titles(stage.coordinator_actor, "script") == ["&lt;<mark>script</mark>&gt;要素&lt;/<mark>script</mark>&gt;"]


def test_reports_are_found_once_they_have_left_their_agency() -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    Report.objects.filter(pk=report.pk).update(done="机密草稿金丝雀")
    for actor in (stage.coordinator_actor, stage.supporters[0].officer_actor, stage.leads[0].officer_actor):
        assert titles(actor, "金丝雀") == []
    submitted_report(stage, stage.supporters[0])
    assert len(titles(stage.coordinator_actor, "已完成")) == 1


def test_nothing_of_other_agencies_is_found(client: Client) -> None:
    stage, stranger = dispatched_task(), make_crew()
    Task.objects.update(title="金丝雀要素")
    assert titles(stranger.officer_actor, "金丝雀") == []
    client.force_login(stranger.officer)
    page = client.get("/search/", {"q": "丝雀"}).content.decode()
    assert "金丝雀" not in page
    assert stage.issuer.short_name not in page


def test_drafts_are_found_by_their_issuer_only() -> None:
    stage = draft_task()
    assert titles(stage.leads[0].officer_actor, "要素") == []
    assert len(titles(stage.coordinator_actor, "要素")) == 1


@pytest.mark.parametrize("address", ["/ledger/", "/ledger/?rows=parts", "/search/?q=要素", "/workbench/", "/ledger/export/"])
def test_the_holder_of_an_office_sees_no_tasks(client: Client, address: str) -> None:
    dispatched_task()
    client.force_login(make_person("安全员", office=Office.SECURITY))
    answer = client.get(address)
    content = answer.getvalue()
    assert "要素交易" not in content.decode(errors="ignore")


@pytest.mark.parametrize("address", ["/ledger/", "/search/?q=要素", "/workbench/", "/cockpit/", "/ledger/export/"])
def test_a_closed_account_and_a_stranger_are_led_to_sign_in(client: Client, address: str) -> None:
    stage = dispatched_task()
    assert client.get(address).status_code == 302
    client.force_login(stage.coordinator)
    deactivate_user(actor=Actor.system(), now=NOW, user=stage.coordinator)
    answer = client.get(address)
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("query", ["%", "_", "%%", "__", "' OR 1=1 --", "\\", "要" * 200, "a b c d e f g h"])
def test_odd_words_find_nothing_and_break_nothing(client: Client, query: str) -> None:
    stage = dispatched_task()
    client.force_login(stage.coordinator)
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    assert stage.task.title not in answer.content.decode()


def test_what_is_shown_to_one_person_until_a_day_is_found_with_its_reports_and_files_until_then() -> None:
    stage, other = accepted_task(), accepted_task()
    guest = make_crew().officer
    for one in (stage, other):
        report = submitted_report(one, one.leads[0])
        Report.objects.filter(pk=report.pk).update(done="指标已完成")
        Evidence.objects.create(
            report=report, filename="完成情况.pdf", size=1, sha256="0" * 64, uploaded_by=one.leads[0].officer, uploaded_at=NOW
        )
    until = (NOW + dt.timedelta(days=3)).date()
    show(actor=stage.coordinator_actor, task_id=stage.task.pk, user_id=guest.pk, until=until, reason="知会", now=NOW)
    seen = [stage.task.title.replace("要素", "<mark>要素</mark>")]
    assert titles(actor_of(guest), "要素") == seen
    assert titles(actor_of(guest), "完成") == [stage.task.title, "<mark>完成</mark>情况.pdf"]
    assert titles(actor_of(make_crew().officer), "完成") == []
    with time_machine.travel(NOW + dt.timedelta(days=5), tick=False):
        assert titles(actor_of(guest), "要素") == titles(actor_of(guest), "完成") == []


def test_measures_and_plans_are_found_by_those_with_a_part_in_them_once_it_is_out() -> None:
    stage = draft_task()
    plan = Plan.objects.create(
        title="金丝雀方案", issuer=stage.issuer, coordinator=stage.issuer, text="一、要素。", sha256="0" * 64, confirmed_at=NOW
    )
    Measure.objects.create(plan=plan, number="（一）", title="金丝雀措施", text="一、要素。", start=0, end=5)
    Task.objects.update(plan=plan)
    rebuild()
    lead, stranger = stage.leads[0].officer_actor, make_crew().officer_actor
    found = ["（一） <mark>金丝雀</mark>措施", "<mark>金丝雀</mark>方案"]
    assert titles(stage.coordinator_actor, "金丝雀") == found
    assert titles(lead, "金丝雀") == titles(stranger, "金丝雀") == []
    dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    assert titles(lead, "金丝雀") == found
    assert titles(stranger, "金丝雀") == []


def test_a_search_asks_only_once_what_may_be_seen_and_nothing_more_of_what_is_nowhere() -> None:
    actor = accepted_task().coordinator_actor
    with CaptureQueriesContext(connection) as found:
        assert titles(actor, "要素")
    with CaptureQueriesContext(connection) as nowhere:
        assert not titles(actor, "金丝雀")
    for asked in (found, nowhere):
        assert sum('SELECT 1 AS "a" FROM "workflow_taskuserpermission"' in query["sql"] for query in asked.captured_queries) == 1
    asked_of_nowhere = [query["sql"] for query in nowhere.captured_queries]
    assert not [sql for sql in asked_of_nowhere if "workflow_evidence" in sql or ("oversight_words_report" in sql and "rank" in sql)]
