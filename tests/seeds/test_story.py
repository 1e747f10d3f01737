"""The demonstration story: something to show in every state, light and queue, and nothing told twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db.models import Model

from agencies import permissions
from agencies.chain_check import verify
from agencies.models import DirectoryEvent, User
from measures.models import PlanEvent, Upload
from notifications.models import InboxItem, Message
from oversight import matters, portfolio
from oversight.board import Board
from oversight.lights import Lights
from seeds import story
from seeds.people import settle
from tests.factories.directory import NOW, actor_of
from tests.factories.documents import load_directory
from workflow import grants
from workflow.actions.sweep import sweep
from workflow.models import Assignment, Event, Extension, HandBack, Report, SignOff, Task, WorkPlan
from workflow.states import AssignmentState, ReportState, TaskState

pytestmark = pytest.mark.django_db


@pytest.fixture
def _told(settings: object, tmp_path: object) -> None:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    load_directory()
    settle(NOW - dt.timedelta(days=300))
    story.tell(NOW)


def states(model: type[Model]) -> Counter[str]:
    return Counter(model._default_manager.values_list("state", flat=True))


@pytest.mark.usefixtures("_told")
def test_the_story_shows_every_state_is_told_once_and_leaves_nothing_to_sweep() -> None:
    assert set(states(Task)) == set(TaskState.values)
    assert set(states(Assignment)) == set(AssignmentState.values)
    assert set(states(Report)) >= set(ReportState.values) - {ReportState.WAIVED}
    assert {"collecting", "under_review", "approved"} <= set(states(SignOff))
    assert {"requested", "granted"} <= set(states(Extension))
    assert {"raised", "rerouted"} <= set(states(HandBack))
    assert {"filed", "replaced", "agency_review"} <= set(states(WorkPlan))
    assert set(Upload.objects.values_list("state", flat=True)) == {"confirmed", "read"}
    assert Task.objects.filter(was_overdue=True, state=TaskState.CLOSED).exists()
    assert Task.objects.filter(plan__isnull=False).count() == 21
    assert InboxItem.objects.filter(read_at__isnull=True).exists()
    assert not Message.objects.filter(state__in=["queued", "waiting"]).exists()
    assert grants.differences() == []
    assert permissions.differences(now=NOW) == []
    for record in (Event, PlanEvent, DirectoryEvent):
        assert verify(record) == []
    times = list(Event.objects.order_by("sequence").values_list("at", flat=True))
    assert times == sorted(times)
    assert max(times) <= NOW
    before = Event.objects.count()
    story.tell(NOW + dt.timedelta(days=1))
    assert (sweep(NOW).rungs_fired, Event.objects.count()) == (0, before)
    _the_leader_has_something_to_read()


def _the_leader_has_something_to_read() -> None:
    """Check that everything red says why, what next and where help is wanted, and that the leader's portfolio has figures."""
    leader = actor_of(User.objects.get(username="leader"), now=NOW)
    read = matters.red(leader, lights=Lights.on(NOW), now=NOW)
    assert read
    assert all(matter.is_announced and matter.forecast_on for matter in read)
    assert [bool(matter.help_needed) for matter in read].count(True) == 1
    held = portfolio.portfolio(leader, Board(leader, now=NOW))
    assert len(held) == 4
    assert all(one.owed.value for one in held)
