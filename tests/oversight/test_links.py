"""Lists of one agency's parts are sorted and counted by its link rows, which stand for the very same parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict

from agencies import wall
from agencies.models import User
from oversight import ledger, sight
from oversight.filters import Filter
from oversight.lights import Lights
from tests.factories.directory import NOW, TODAY, actor_of
from tests.factories.tasks import Stage, accepted_task, make_crew
from tests.oversight.test_ledger import more_tasks
from workflow.actions.interrupt import suspend, terminate
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.request_extension import request_extension
from workflow.actions.show import show
from workflow.models import Assignment
from workflow.states import Part

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(days=5)

ASKED: tuple[Mapping[str, Any], ...] = (
    {}, {"part": "lead"}, {"part": "support"}, {"own": "owed"}, {"own": "done"}, {"own": "pending"}, {"own": "accepted"}, {"overdue": True},
    {"state": "live"}, {"state": "out"}, {"state": "terminated"}, {"plan": "none"}, {"scope": "overseen"},
    {"scope": "overseen", "overdue": True}, {"q": "要素"}, {"q": "粮食"}, {"due_from": TODAY + dt.timedelta(days=2)}, {"due_to": TODAY},
    {"mine": True},
)  # fmt: skip


@pytest.fixture
def mixed() -> Stage:
    """Parts of two agencies in many states: signed for, late, waiting for more time, taken back, ended, suspended, without a date."""
    stage = accepted_task(due_on=TODAY + dt.timedelta(days=1))
    more_tasks(stage, 3, due_on=None)
    more_tasks(stage, 4, due_on=TODAY + dt.timedelta(days=1))
    ended, taken, waiting, suspended = more_tasks(stage, 4, due_on=TODAY + dt.timedelta(days=2))
    crew, coordinator = stage.leads[0], stage.coordinator_actor
    request_extension(
        actor=crew.officer_actor, assignment_id=waiting.assignments.get(agency=crew.agency).pk, asked_for=TODAY + dt.timedelta(days=40),
        reason="雨季停工", now=NOW,
    )  # fmt: skip
    withdraw_assignment(actor=coordinator, assignment_id=taken.assignments.get(part=Part.SUPPORT).pk, reason="职责调整", now=NOW)
    terminate(actor=coordinator, task_id=ended.pk, reason="文件废止", now=NOW)
    suspend(actor=coordinator, task_id=suspended.pk, reason="等待规划", now=NOW)
    return stage


def filter_of(person: User, asked: Mapping[str, Any]) -> Filter:
    return Filter(asked, actor=actor_of(person, LATER), now=LATER, lights=Lights.on(LATER))


@pytest.mark.parametrize("who", ["coordinator", "leader", "officer", "supporter", "guest", "stranger"])
def test_links_stand_for_the_same_parts(mixed: Stage, who: str) -> None:
    lead, support, guest = mixed.leads[0], mixed.supporters[0], make_crew().officer
    until = (LATER + dt.timedelta(days=3)).date()
    show(actor=mixed.coordinator_actor, task_id=mixed.task.pk, user_id=guest.pk, until=until, reason="知会", now=NOW)
    people = {
        "coordinator": mixed.coordinator,
        "leader": mixed.leader,
        "officer": lead.officer,
        "supporter": support.officer,
        "guest": guest,
    }
    person = people.get(who) or make_crew().officer
    sizes = set()
    for whose in ({"agency": str(lead.agency.pk)}, {"agency": str(support.agency.pk)}, {"scope": "own"}):
        for more in ASKED:
            asked = filter_of(person, {**more, **whose})
            links, parts = asked.links(), asked.parts()
            assert links is not None, asked.asked
            assert sorted(links.values_list("assignment_id", flat=True)) == sorted(parts.values_list("pk", flat=True)), asked.asked
            assert ledger.counted(asked, "parts") == parts.count()
            sizes.add(parts.count())
    most = {"coordinator": 11, "leader": 11, "officer": 11, "supporter": 10, "guest": 1, "stranger": 0}
    assert max(sizes) == most[who]


@pytest.mark.parametrize("asked", [{}, {"agency": "1", "section": "1"}, {"scope": "own", "own": "signed"}, {"agency": "1", "light": "red"}])
def test_what_links_do_not_know_is_asked_of_parts(mixed: Stage, asked: Mapping[str, Any]) -> None:
    assert filter_of(mixed.coordinator, asked).links() is None


@pytest.mark.parametrize("sort", ["due", "number", "light"])
def test_pages_forth_and_back_show_every_part_of_an_agency_once(mixed: Stage, sort: str) -> None:
    agency = mixed.leads[0].agency
    asked = filter_of(mixed.coordinator, {"agency": str(agency.pk)})
    shown: list[int] = []
    address = QueryDict()
    pages = 0
    while True:
        found, pager = ledger.page(asked, rows="parts", sort=sort, address=address, size=4)
        pages += 1
        shown += [row.pk for row in found]
        if not pager.next_url:
            break
        address = QueryDict(pager.next_url[1:])
    parts = Assignment.objects.filter(agency=agency).exclude(state="withdrawn")
    assert sorted(shown) == sorted(parts.values_list("pk", flat=True))
    if sort == "due":
        assert shown == sorted(shown, key=lambda pk: (parts.get(pk=pk).due_on or dt.date.max, pk))
    for _back in range(pages - 1):
        found, pager = ledger.page(asked, rows="parts", sort=sort, address=QueryDict(pager.previous_url[1:]), size=4)
    assert [row.pk for row in found] == shown[:4]
    assert not pager.previous_url


@pytest.mark.postgres
def test_a_part_that_the_wall_hides_is_not_shown_even_if_its_link_was_found(mixed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "within_sight", lambda actor, *, now, key="pk": Q())  # as if somebody had forgotten to ask whose it is
    asked = filter_of(make_crew().officer, {"agency": str(mixed.leads[0].agency.pk)})
    with wall.behind(asked.actor, now=LATER):
        assert ledger.page(asked, rows="parts", sort="due", address=QueryDict())[0] == []
