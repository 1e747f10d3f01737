"""Whose notices and notes are read after a reorganisation: those of the agencies one's own came from, from its day on."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.actions.merge_agencies import merge_agencies
from agencies.actor import Actor
from agencies.models import Agency
from notifications import guards
from tests.factories.directory import NOW, actor_of, make_agency, make_member, make_person
from tests.factories.tasks import accepted_task
from workflow.actions.comment import note
from workflow.actions.paper_words import Matter
from workflow.actions.papers import NewPaper, make_papers
from workflow.ladder import Paper
from workflow.models import Comment, Task

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)


def merged(into: Agency, agency: Agency) -> None:
    merge_agencies(actor=Actor.system(), now=LATER, agencies=[agency], into=into, effective_on=LATER.date(), basis="机构改革方案")


def test_who_sees_a_task_of_before_the_reorganisation_reads_the_old_notices_of_it() -> None:
    stage, heir = accepted_task(leads=1, supporters=0), make_agency()
    lead, newcomer = stage.leads[0], make_member(heir)
    paper = NewPaper(
        key="k", kind=Paper.URGE, issuer_id=stage.issuer.pk, task_id=stage.task.pk, matter=Matter("press", stage.task.title),
        addressee=lead.agency.name, agency_id=lead.agency.pk,
    )  # fmt: skip
    paper_id = make_papers([paper], NOW)["k"].pk
    note(actor=lead.officer_actor, task_id=stage.task.pk, text="内部情况", now=NOW)
    refs = {f"task:{stage.task.pk}", f"paper:{paper_id}", f"comment:{Comment.objects.get().pk}"}
    merged(heir, lead.agency)
    person, stranger = lead.officer, make_person()
    assert Task.objects.visible_to(actor_of(person, LATER), now=LATER).exists()
    asked = [(who.pk, ref) for who in (person, stranger) for ref in refs]
    assert guards.allowed(asked, LATER) == {(person.pk, ref) for ref in refs}
    assert not guards.allowed([(newcomer.pk, f"comment:{Comment.objects.get().pk}")], NOW), "before its day it was another's note"
