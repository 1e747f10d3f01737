"""Whoever came to the task above after a task below it was drawn up does not receive it by dispatch."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.actor import Actor
from agencies.models import Agency, AgencyGroup, GroupMember, Role, User
from agencies.refusals import Conflict
from tests.factories.directory import NOW, actor_of, make_group, make_member
from tests.factories.tasks import Crew, Stage, accepted_task, make_crew
from workflow.actions.batch import Fate, dispatch_many
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.rearrange import add_assignment
from workflow.models import Event, Task
from workflow.states import Part

pytestmark = pytest.mark.django_db


@dataclass
class Below:
    """A lead's coordinator, the task above, and tasks below it that have not gone out."""

    above: Stage
    coordinator: User
    drafts: list[Task]

    @property
    def actor(self) -> Actor:
        return actor_of(self.coordinator)

    def comes(self, agency: Agency, part: str = Part.SUPPORT) -> None:
        """Give an agency a part in the task above."""
        add_assignment(actor=self.above.coordinator_actor, task_id=self.above.task.pk, agency_id=agency.pk, part=part, now=NOW)


def below(*receivers: PlannedReceiver, number: int = 1) -> Below:
    """Have a lead draw tasks up below another one."""
    above = accepted_task(leads=1, supporters=0)
    coordinator = make_member(above.leads[0].agency, Role.COORDINATOR)
    drafts = [
        draw_up_task(
            actor=actor_of(coordinator),
            issuer_id=above.leads[0].agency.pk,
            title=f"分解事项{place}",
            text="",
            receivers=receivers,
            due_on=None,
            parent_id=above.task.pk,
            now=NOW,
        )
        for place in range(number)
    ]
    return Below(above, coordinator, drafts)


def planned(crew: Crew) -> PlannedReceiver:
    return PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)


def test_who_has_come_to_the_task_above_since_is_named_and_receives_nothing() -> None:
    newcomer, other = make_crew(), make_crew()
    made = below(planned(other), PlannedReceiver(Part.SUPPORT, agency_id=newcomer.agency.pk))
    made.comes(newcomer.agency)
    with pytest.raises(Conflict, match=f"平级转办.*{newcomer.agency.short_name}") as refused:
        dispatch(actor=made.actor, task_ids=[made.drafts[0].pk], now=NOW)
    assert other.agency.short_name not in str(refused.value.reason)
    assert Task.objects.get(pk=made.drafts[0].pk).state == "draft"
    assert not made.drafts[0].assignments.exists()


def test_a_group_is_asked_about_with_the_members_it_has_on_the_day() -> None:
    member, newcomer = make_crew(), make_crew()
    group: AgencyGroup = make_group("全体单位", member.agency)
    made = below(PlannedReceiver(Part.LEAD, group_id=group.pk))
    made.comes(newcomer.agency, Part.LEAD)
    GroupMember.objects.create(group=group, agency=newcomer.agency)
    with pytest.raises(Conflict, match=newcomer.agency.short_name):
        dispatch(actor=made.actor, task_ids=[made.drafts[0].pk], now=NOW)


def test_among_many_only_those_that_go_down_go_out() -> None:
    newcomer, other = make_crew(), make_crew()
    made = below(planned(other), number=2)
    sideways = draw_up_task(
        actor=made.actor, issuer_id=made.above.leads[0].agency.pk, title="分解", text="", receivers=[planned(newcomer)],
        due_on=None, parent_id=made.above.task.pk, now=NOW,
    )  # fmt: skip
    made.comes(newcomer.agency)
    shown: dict[int, int | None] = {task.pk: task.version for task in [*made.drafts, sideways]}
    outcomes = {row.pk: row for row in dispatch_many(actor=made.actor, shown=shown, now=NOW)}
    assert [outcomes[task.pk].fate for task in made.drafts] == [Fate.DONE, Fate.DONE]
    assert outcomes[sideways.pk].fate == Fate.REFUSED
    assert newcomer.agency.short_name in outcomes[sideways.pk].reason
    assert list(Event.objects.filter(task=sideways).values_list("verb", flat=True)) == ["draw_up"]


def test_asking_costs_the_same_for_one_task_and_for_many() -> None:
    counts = []
    for number in (1, 4):
        made = below(planned(make_crew()), number=number)
        with CaptureQueriesContext(connection) as asked:
            dispatch(actor=made.actor, task_ids=[task.pk for task in made.drafts], now=NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_who_issued_both_may_still_divide_the_task_above_among_those_who_have_parts_in_it() -> None:
    above = accepted_task(leads=1, supporters=1)
    draft = draw_up_task(
        actor=above.coordinator_actor, issuer_id=above.issuer.pk, title="分解", text="", receivers=[planned(above.supporters[0])],
        due_on=None, parent_id=above.task.pk, now=NOW,
    )  # fmt: skip
    [sent] = dispatch(actor=above.coordinator_actor, task_ids=[draft.pk], now=NOW)
    assert sent.state == "dispatched"


def test_page_button_and_api_give_the_same_reason(client: Client) -> None:
    newcomer = make_crew()
    made = below(planned(newcomer))
    made.comes(newcomer.agency)
    client.force_login(made.coordinator)
    shown = client.get(reverse("task", args=[made.drafts[0].pk])).content.decode()
    assert f"已有分工：{newcomer.agency.short_name}" in shown
    refused = client.post(reverse("api:dispatch", args=[made.drafts[0].pk]), "{}", content_type="application/json")
    assert refused.status_code == 409
    assert newcomer.agency.short_name in refused.json()["detail"]
