"""What the record says of parts that were taken over: who moved them, whose they were at the time, and what counts as whose."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.actions.merge_agencies import merge_agencies
from agencies.actor import Actor
from agencies.models import Agency, Office
from notifications.models import InboxItem
from oversight import burden
from oversight.holders import Names
from tests.factories.directory import NOW, actor_of, make_agency, make_person
from tests.factories.tasks import accepted_task
from workflow.actions.take_over import first_holders, take_over
from workflow.models import Task
from workflow.web.timeline import Told, tell

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)


def merged(into: Agency, agency: Agency) -> None:
    merge_agencies(actor=Actor.system(), now=LATER, agencies=[agency], into=into, effective_on=LATER.date(), basis="机构改革方案")


def told(actor: Actor, task: Task) -> list[Told]:
    return tell(actor, task, everything=True)[0]


def test_the_heir_is_told_whose_part_it_takes_over_and_the_record_names_who_did_it() -> None:
    stage = accepted_task(leads=1, supporters=1)
    lead, heir = stage.leads[0], make_agency()
    merged(heir, lead.agency)
    before = lead.agency.name
    InboxItem.objects.all().delete()
    take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="方案", now=LATER)
    notice = InboxItem.objects.filter(recipient=lead.officer).get()
    assert notice.subject == f"{heir.name}承接{before}原有任务：{stage.task}"
    moved, *earlier = told(stage.coordinator_actor, stage.task)
    assert (moved.agency, moved.who, moved.agencies) == (stage.issuer.short_name, stage.coordinator.name, [heir.short_name])
    assert moved.details == [f"原单位：{before}"]
    signed = next(line for line in earlier if line.verb == "签收" and line.who == lead.officer.name)
    assert (signed.agency, signed.agencies) == (lead.agency.short_name, []), "the record keeps the old name, and no arrow to the heir"
    assert any(lead.agency.short_name in line.agencies for line in earlier if line.verb == "接到任务")
    assert not any(heir.short_name in line.agencies for line in earlier)


def test_what_the_system_administrator_moved_is_not_said_of_the_issuer() -> None:
    stage, heir = accepted_task(leads=1, supporters=0), make_agency()
    merged(heir, stage.leads[0].agency)
    keeper = make_person(office=Office.SYSTEM)
    take_over(actor=actor_of(keeper, LATER), predecessor_id=stage.leads[0].agency.pk, basis="方案", now=LATER)
    line = told(stage.coordinator_actor, stage.task)[0]
    assert (line.agency, line.who, line.agencies) == ("", keeper.name, [heir.short_name])


def test_a_part_of_its_own_that_takes_another_in_was_never_the_predecessors() -> None:
    stage = accepted_task(leads=1, supporters=1)
    lead, supporter = stage.leads[0], stage.supporters[0]
    merged(lead.agency, supporter.agency)
    coordinator = actor_of(stage.coordinator, LATER)
    take_over(actor=coordinator, predecessor_id=supporter.agency.pk, basis="方案", now=LATER)
    part = stage.part_of(lead)
    assert first_holders([part.pk]) == {}
    first = {line.label: line.figures[0].value for line in burden.by_agency(coordinator, now=LATER, names=Names.FIRST)}
    assert first == {lead.agency.short_name: 1}
    joined, ended, *earlier = told(coordinator, stage.task)
    assert joined.details == [f"并入{supporter.agency.name}的任务"]
    assert ended.details == ["已并入承接单位的任务"]
    assert any(line.verb == "签收" and line.agency == lead.agency.short_name for line in earlier)
