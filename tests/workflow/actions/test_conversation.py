"""Speaking about a task: who reads it, who is called, who is told, and taking words back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from agencies.actions.end_membership import end_membership
from agencies.actor import Actor
from agencies.models import Membership, Role
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from notifications import guards
from notifications.models import InboxItem
from tests.factories.directory import NOW, actor_of, make_member
from tests.factories.tasks import accepted_task, draft_task, make_crew
from workflow.actions.comment import comment, digest, note, retract
from workflow.actions.follow import follow_plan, follow_task, unfollow
from workflow.actions.interrupt import suspend
from workflow.models import Comment, Event, Follow

pytestmark = pytest.mark.django_db


def inbox(user_id: int) -> list[str]:
    return list(InboxItem.objects.filter(recipient_id=user_id, topic="conversation").values_list("subject", flat=True))


def test_a_comment_is_read_by_everybody_and_a_note_inside_the_agency_only() -> None:
    stage = accepted_task()
    lead, supporter = stage.leads[0], stage.supporters[0]
    open_words = comment(actor=lead.officer_actor, task_id=stage.task.pk, text="  材料已报。 ", now=NOW)
    inner = note(actor=lead.officer_actor, task_id=stage.task.pk, text="内部先核一下", now=NOW)
    assert (open_words.text, open_words.agency, inner.inside) == ("材料已报。", lead.agency, True)
    assert set(Comment.objects.readable_by(supporter.officer_actor.agency_ids)) == {open_words}
    assert set(Comment.objects.readable_by(stage.coordinator_actor.agency_ids)) == {open_words}
    assert set(Comment.objects.readable_by(lead.reviewer_actor.agency_ids)) == {open_words, inner}


def test_the_record_proves_what_was_said_without_telling_it() -> None:
    stage = accepted_task()
    row = note(actor=stage.leads[0].officer_actor, task_id=stage.task.pk, text="不宜外传", now=NOW)
    event = Event.objects.latest("sequence")
    assert (event.verb, event.comment) == ("note", "")
    assert event.data == {"comment": row.pk, "digest": digest("不宜外传")}


def test_whoever_is_called_is_told_at_once_if_they_may_read_it() -> None:
    stage = accepted_task()
    lead, supporter = stage.leads[0], stage.supporters[0]
    text = f"@{supporter.officer.name}请补充，＠{stage.coordinator.name} 请阅；a@b.cn 无关"
    row = comment(actor=lead.officer_actor, task_id=stage.task.pk, text=text, now=NOW)
    assert {person.pk for person in row.called.all()} == {supporter.officer.pk, stage.coordinator.pk}
    assert len(inbox(supporter.officer.pk)) == len(inbox(stage.coordinator.pk)) == 1
    assert inbox(supporter.reviewer.pk) == []


def test_a_note_calls_nobody_outside_the_agency() -> None:
    stage = accepted_task()
    lead, supporter = stage.leads[0], stage.supporters[0]
    row = note(actor=lead.officer_actor, task_id=stage.task.pk, text=f"@{supporter.officer.name} @{lead.reviewer.name}", now=NOW)
    assert [person.pk for person in row.called.all()] == [lead.reviewer.pk]
    assert inbox(supporter.officer.pk) == []


def test_two_people_of_one_name_are_told_apart_by_their_agency() -> None:
    stage = accepted_task()
    lead, supporter = stage.leads[0], stage.supporters[0]
    here, there = make_member(lead.agency, Role.OFFICER, name="王伟"), make_member(supporter.agency, Role.OFFICER, name="王伟")
    with pytest.raises(Invalid):
        comment(actor=lead.officer_actor, task_id=stage.task.pk, text="@王伟 请办", now=NOW)
    text = f"@王伟（{supporter.agency.short_name}）请办"
    row = comment(actor=lead.officer_actor, task_id=stage.task.pk, text=text, now=NOW)
    assert [person.pk for person in row.called.all()] == [there.pk]
    assert inbox(here.pk) == []


def test_the_right_to_read_is_asked_again_when_the_notice_is_sent() -> None:
    stage = accepted_task()
    supporter = stage.supporters[0]
    row = comment(actor=stage.leads[0].officer_actor, task_id=stage.task.pk, text=f"@{supporter.officer.name}", now=NOW)
    pair = (supporter.officer.pk, f"comment:{row.pk}")
    assert guards.allowed([pair], NOW) == {pair}
    membership = Membership.objects.get(user=supporter.officer)
    end_membership(actor=Actor.system(), membership=membership, now=NOW)
    assert guards.allowed([pair], NOW) == set()


def test_words_can_be_taken_back_once_and_by_their_author_only() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    row = comment(actor=lead.officer_actor, task_id=stage.task.pk, text=f"@{stage.coordinator.name} 写错了", now=NOW)
    with pytest.raises(Forbidden):
        retract(actor=lead.reviewer_actor, comment_id=row.pk, now=NOW)
    retract(actor=lead.officer_actor, comment_id=row.pk, now=NOW)
    with pytest.raises(Conflict):
        retract(actor=lead.officer_actor, comment_id=row.pk, now=NOW)
    assert guards.allowed([(stage.coordinator.pk, f"comment:{row.pk}")], NOW) == set()
    assert Event.objects.latest("sequence").verb == "retract_comment"


def test_who_cannot_read_a_note_cannot_find_it_to_take_it_back() -> None:
    stage = accepted_task()
    row = note(actor=stage.leads[0].officer_actor, task_id=stage.task.pk, text="内部", now=NOW)
    with pytest.raises(NotYours):
        retract(actor=stage.coordinator_actor, comment_id=row.pk, now=NOW)


def test_the_database_keeps_what_was_said() -> None:
    stage = accepted_task()
    row = comment(actor=stage.leads[0].officer_actor, task_id=stage.task.pk, text="原话", now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(pk=row.pk).update(text="改过")
    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(pk=row.pk).delete()


def test_who_follows_a_task_is_told_what_happens_and_never_of_their_own_acts() -> None:
    stage = accepted_task()
    reader = make_member(stage.leads[0].agency, Role.REVIEWER)
    for user in (reader, stage.leader, stage.coordinator):
        follow_task(actor=actor_of(user), task_id=stage.task.pk, now=NOW)
        follow_task(actor=actor_of(user), task_id=stage.task.pk, now=NOW)
    assert Follow.objects.count() == 3
    before = InboxItem.objects.count()
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="政策调整", now=NOW)
    told = InboxItem.objects.order_by("pk")[before:]
    assert {item.recipient_id for item in told} >= {stage.leader.pk, reader.pk}
    assert stage.coordinator.pk not in {item.recipient_id for item in told}
    assert len(told) == len({item.recipient_id for item in told})
    unfollow(actor=stage.leader_actor, task_id=stage.task.pk)
    comment(actor=stage.coordinator_actor, task_id=stage.task.pk, text="已恢复", now=NOW)
    assert (inbox(stage.leader.pk), len(inbox(reader.pk))) == ([], 1)


def test_nobody_follows_what_they_cannot_see_and_is_told_nothing_once_they_see_it_no_more() -> None:
    stage = accepted_task()
    stranger = make_crew()
    with pytest.raises(NotYours):
        follow_task(actor=stranger.officer_actor, task_id=stage.task.pk, now=NOW)
    with pytest.raises(NotYours):
        follow_plan(actor=stranger.officer_actor, plan_id=1, now=NOW)
    Follow.objects.create(user=stranger.officer, task=stage.task, since=NOW)
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="政策调整", now=NOW)
    assert not InboxItem.objects.filter(recipient=stranger.officer).exists()
    assert list(Follow.objects.tasks_of(stranger.officer_actor, now=NOW)) == []
    assert list(Follow.objects.tasks_of(stage.coordinator_actor, now=NOW)) == []


def test_a_draft_calls_people_of_its_issuer_only() -> None:
    stage = draft_task()
    name = stage.leads[0].officer.name
    row = comment(actor=stage.coordinator_actor, task_id=stage.task.pk, text=f"@{name} @{stage.leader.name}", now=NOW)
    assert [person.pk for person in row.called.all()] == [stage.leader.pk]
