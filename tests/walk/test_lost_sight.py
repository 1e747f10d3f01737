"""Who has lost sight of something is told nothing of it any more: not a word of any field, on any way.

Two of them: an official who has moved to an agency without a part, from whom everything is hidden, and one whose agency was withdrawn from
one task and goes on with others.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from lxml import html

from agencies.actions.appoint import appoint
from agencies.actions.end_membership import end_membership
from agencies.actor import Actor
from agencies.models import Agency, Membership, Role, User
from measures.models import Measure, Plan
from notifications import wire
from notifications.delivery import deliver_due
from notifications.digests import compose_digests
from notifications.models import InboxItem, Message, Preference
from notifications.topics import Topic
from oversight.search import search
from seeds import story
from seeds.people import settle
from tests.factories.directory import NOW, actor_of
from tests.factories.documents import load_directory
from tests.walk.canaries import Canaries, fields, found_in, hanging_on, path_to_task, unknown_exceptions
from tests.walk.crawl import pages
from workflow.actions.comment import comment
from workflow.actions.follow import follow_task
from workflow.actions.instruct import instruct
from workflow.actions.press import press
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.tell_rooms import tell_rooms
from workflow.catalog import CATALOG
from workflow.models import (
    Answer,
    Assignment,
    Comment,
    Contribution,
    DisputeMeeting,
    Evidence,
    HandBack,
    Instruction,
    Material,
    Notice,
    Report,
    SignOff,
    Stage,
    Task,
    Verification,
    WorkPlan,
    WorkPlanFile,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.timeout(900)]
MOVED, LEFT_BEHIND, COORDINATOR, LEADER = "sjrb.officer", "rhgd.officer", "szfb.coordinator", "leader"
ELSEWHERE = "省审计厅"
"""An agency without a part in anything."""
OTHERWISE_EMPTY = {
    "SavedView": "their owner's alone",
    "ReturnedSheet": "their owner's alone",
    "TaskUserPermission": "why somebody was shown a task",
    "IdempotencyKey": "of requests",
    "ChannelHealth": "of channels",
    "CalendarDay": "of the house's calendar",
}
"""Kinds of rows that the demonstration has none of, and that no notice speaks of."""


class Gateway:
    """A provider of text messages that keeps them, by telephone number."""

    texts: defaultdict[str, list[str]] = defaultdict(list)

    def send(self, phone: str, text: str) -> str:
        self.texts[phone].append(text)
        return "taken"


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []

    def take(url: str, body: bytes, headers: dict[str, str]) -> wire.Reply:
        kept.append({"url": url, **json.loads(body)})
        return wire.Reply(200, b'{"errcode":0,"errmsg":"ok"}')

    monkeypatch.setattr(wire, "post", take)
    return kept


@pytest.fixture
def _story(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path
    settings.DUBAN_CHANNELS = ["inbox", "email", "webhook", "sms", "wecom", "dingtalk"]
    settings.DUBAN_WEBHOOK_URL, settings.DUBAN_WEBHOOK_SECRET = "https://office.example/hook", "s"
    settings.DUBAN_WECOM_URL = "https://wecom.example/robot"
    settings.DUBAN_DINGTALK_URL, settings.DUBAN_DINGTALK_SECRET = "https://dingtalk.example/robot", "s"
    settings.DUBAN_SMS_GATEWAY = "tests.walk.test_lost_sight.Gateway"
    settings.DUBAN_MAIL_LIMIT = 10**9
    Gateway.texts.clear()
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=True):
        load_directory()
        settle(NOW - dt.timedelta(days=300))
        people = list(User.objects.all())
        for person in people:
            person.email, person.phone = f"{person.username}@example.test", f"tel-{person.username}"
        User.objects.bulk_update(people, ["email", "phone"])
        wanted = [Preference(user=person, topic=topic, channel="sms", enabled=True) for person in people for topic in Topic.values]
        Preference.objects.bulk_create(wanted)
        story.tell(NOW)
        _what_no_story_tells(NOW)
        yield


def _what_no_story_tells(now: dt.datetime) -> None:
    """Write a row of each kind with words in it that the demonstration has none of."""
    person = User.objects.get(username=COORDINATOR)
    by = {"uploaded_by": person, "uploaded_at": now, "size": 1, "file": "evidence/none.txt"}
    for contribution in Contribution.objects.all():
        Material.objects.create(contribution=contribution, filename="配合材料.txt", sha256="0" * 64, **by)
    for plan in WorkPlan.objects.all():
        WorkPlanFile.objects.create(work_plan=plan, filename="方案附件.txt", sha256="0" * 64, **by)
    for back in HandBack.objects.all():
        words = {"participants": "双方", "minutes": "各自陈述。", "outcome": "open"}
        DisputeMeeting.objects.create(hand_back=back, held_on=now.date(), recorded_by=person, recorded_at=now, **words)
    for sign_off in SignOff.objects.all():
        asked = {"verifier": person, "asked_by": person, "asked_at": now, "verified_at": now}
        Verification.objects.create(sign_off=sign_off, result="holds", finding="已核验。", **asked)
    for task in Task.objects.all():
        Stage.objects.create(task=task, name="第一阶段", ends_on=now.date() + dt.timedelta(days=90))


def task_with_most() -> Task:
    """Return the task under way, with a part of both, that has rows in the most tables; of its only lead it cannot be taken back."""
    both = Task.objects.filter(state="dispatched")
    for who, parts in ((MOVED, ("lead", "support")), (LEFT_BEHIND, ("support",))):
        of_agency = Assignment.objects.filter(agency__memberships__user__username=who, state__in=["accepted", "reported"], part__in=parts)
        both = both.filter(pk__in=of_agency.values("task"))
    models = {model for model, _field in fields() if path_to_task(model) is not None}
    return max(both, key=lambda task: sum(hanging_on(model, task.pk).exists() for model in models))


def part_of(task: Task, who: str) -> Assignment:
    return Assignment.objects.get(task=task, agency__memberships__user__username=who, state__in=["accepted", "reported"])


def act_on(task: Task, birds: Canaries, now: dt.datetime) -> None:
    """Do what is told to everybody with a part, in words with canaries."""
    coordinator, leader = (actor_of(User.objects.get(username=who), now) for who in (COORDINATOR, LEADER))
    instruct(actor=leader, task_id=task.pk, text=f"{birds.of('Instruction.text')}请抓紧。", now=now)
    for part in Assignment.objects.filter(task=task, state__in=["accepted", "reported"]):
        press(actor=coordinator, assignment_id=part.pk, text=f"{birds.of('Event.comment')}请按期报送。", now=now)
    comment(actor=coordinator, task_id=task.pk, text=f"{birds.of('Comment.text')}请关注。", now=now)


def lose_sight(task: Task, now: dt.datetime) -> None:
    """Move the one to another agency, and take the part of the other's agency back."""
    moved, system = User.objects.get(username=MOVED), Actor.system()
    for seat in Membership.objects.filter(user=moved):
        end_membership(actor=system, now=now, membership=seat)
    elsewhere = Agency.objects.get(short_name=ELSEWHERE)
    appoint(actor=system, now=now, user=moved, agency=elsewhere, role=Role.OFFICER, starts_on=timezone.localdate(now))
    coordinator = actor_of(User.objects.get(username=COORDINATOR), now)
    withdraw_assignment(actor=coordinator, assignment_id=part_of(task, LEFT_BEHIND).pk, reason="分工调整。", now=now)


def send_everything(now: dt.datetime) -> None:
    """Send what was ever written to one of them, half of the mails by digest; and the figures of the day to the rooms."""
    told = Message.objects.filter(recipient__username__in=[COORDINATOR, MOVED, LEFT_BEHIND], carries=None, digest=None)
    Message.objects.exclude(pk__in=told.values("pk")).update(state="superseded")
    told.update(state="queued", attempts=0, next_attempt_at=now, sent_at=None)
    half = list(told.filter(channel="email").order_by("pk").values_list("pk", flat=True)[::2])
    told.filter(pk__in=half).update(state="waiting")
    Message.objects.filter(recipient=None).delete()
    assert tell_rooms(now)
    compose_digests(now)
    while deliver_due(now, limit=100_000).left_over:
        pass
    assert not Message.objects.filter(state__in=["queued", "waiting"]).exists()


def mails_to(who: str) -> Iterator[str]:
    for sent in mail.outbox:
        if sent.to != [f"{who}@example.test"]:
            continue
        message = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        assert set(parts) == {"text/plain", "text/html"}
        yield "\n".join([str(message["Subject"]), *map(str, parts.values()), *map(str, message.values())])


def brought_to(who: str, posted: list[dict[str, Any]]) -> dict[str, str]:
    """Return what was brought to somebody, by the way it came."""
    hooks = [json.dumps(body, ensure_ascii=False) for body in posted if body.get("recipient") == who]
    return {"mail": "\n".join(mails_to(who)), "webhook": "\n".join(hooks), "sms": "\n".join(Gateway.texts[f"tel-{who}"])}


OPENED_BY = {
    "tasks": Task,
    "assignments": Assignment,
    "reports": Report,
    "contributions": Contribution,
    "answers": Answer,
    "work-plans": WorkPlan,
    "work-plan-files": WorkPlanFile,
    "comments": Comment,
    "plans": Plan,
    "papers": Notice,
    "evidence": Evidence,
    "contribution-files": Material,
    "instructions": Instruction,
    "measures": Measure,
}
"""Whose key stands behind the first word of an address."""


def addresses(task: Task) -> Iterator[str]:
    """Give every address at which something of a task could be asked for."""
    for name, route, converters in _patterns(get_resolver().url_patterns):
        model = OPENED_BY.get(route.removeprefix("api/v1/").partition("/")[0])
        if model is None or not converters or ("name" in converters and "act" not in name):
            continue
        keys = list(hanging_on(model, task.pk).values_list("pk", flat=True)[:3])
        keys += [task.plan_id] * (model is Plan) + [task.measure_id] * (model is Measure)
        for key in keys:
            for act in [act for act, known in CATALOG.items() if name == f"{known.subject}-act"] if "name" in converters else [""]:
                yield reverse(name, kwargs={part: act if part == "name" else key for part in converters})


def _patterns(entries: list[URLPattern | URLResolver], space: str = "", before: str = "") -> Iterator[tuple[str, str, list[str]]]:
    for entry in entries:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not route.startswith("admin"):
                yield from _patterns(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else space, route)
        elif entry.name:
            yield space + entry.name, route, list(entry.pattern.converters)


def read_by(client: Client, who: str, task: Task) -> Iterator[tuple[str, str]]:
    """Give what somebody can read, by address: every page from their first on, the whole inbox, downloads, and what they knew."""
    person = User.objects.get(username=who)
    client.force_login(person)
    for visit in pages(client, who, ("/", "/workbench/", "/notifications/", "/ledger/", "/done/", "/papers/", "/circulars/"), "zh-hans"):
        yield visit.path, html.tostring(visit.document, encoding="unicode")
    inbox = InboxItem.objects.filter(recipient=person)
    asked = [f"/notifications/?page={page + 1}" for page in range(inbox.count() // 20 + 1)]
    asked += [reverse("notifications:open", args=[pk]) for pk in inbox.values_list("pk", flat=True)]
    asked += [
        "/api/v1/tasks/",
        "/api/v1/papers/",
        "/ledger/export/",
        "/ledger/sheet/",
        "/search/quick/?q=",
        "/todo/count/",
        "/notifications/unread/",
    ]
    asked += [f"{page}?q={word}" for page in ("/search/", "/search/quick/", "/papers/", "/done/") for word in words_of(task)]
    for address in [*asked, *addresses(task)]:
        answer = client.get(address)
        yield address, opened(b"".join(answer) if answer.streaming else answer.content)


def found_by(who: str, birds: Canaries, now: dt.datetime) -> Iterator[tuple[str, str]]:
    """Give what somebody finds who searches for each canary."""
    actor = actor_of(User.objects.get(username=who), now)
    for word in birds.all():
        yield f"search {word}", "".join(str(hit) for kind in search(actor, word, now=now) for hit in kind.hits)


def words_of(task: Task) -> list[str]:
    """Return words of two characters with which the task can be found."""
    return [task.title[-2:], task.text[-3:-1]]


def opened(content: bytes) -> str:
    """Return what stands in an answer, a file of office programs unpacked."""
    if content[:2] != b"PK":
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(package.read(name).decode(errors="replace") for name in package.namelist())


def test_f9_every_text_of_the_models_has_its_canary() -> None:
    assert unknown_exceptions() == []
    named = {f"{model.__name__}.{field.name}" for model, field in fields()}
    assert {
        "Task.title",
        "Measure.text",
        "Report.done",
        "Contribution.text",
        "Comment.text",
        "Instruction.text",
        "Evidence.filename",
    } <= named
    assert {"InboxItem.subject", "InboxItem.body", "Message.subject", "Message.body"} <= named


PAPERS = {f"Notice.{field.name}" for model, field in fields() if model is Notice}
"""What a formal paper says stays with the agency to which it was addressed."""


@pytest.mark.usefixtures("_story")
def test_f9_who_lost_sight_is_shown_no_canary_on_any_way(client: Client, posted: list[dict[str, Any]], settings: Any) -> None:
    now = timezone.now()
    task = task_with_most()
    for who in (MOVED, LEFT_BEHIND):
        follow_task(actor=actor_of(User.objects.get(username=who), now), task_id=task.pk, now=now)
    birds = Canaries(task.pk)
    birds.plant()
    assert birds.without_rows <= OTHERWISE_EMPTY.keys()
    act_on(task, birds, now)
    lose_sight(task, now)
    act_on(task, birds, now)
    send_everything(now)
    task = Task.objects.get(pk=task.pk)

    told = brought_to(COORDINATOR, posted)
    for way, text in told.items():
        assert birds.of("Task.title") in text, f"who sees the task is told of it by {way}, or nothing is proved"
    client.force_login(User.objects.get(username=COORDINATOR))
    assert birds.of("Task.title") in client.get(reverse("task", args=[task.pk])).content.decode()
    assert search(actor_of(User.objects.get(username=COORDINATOR), now), birds.of("Task.title"), now=now)
    rooms = [body for body in posted if "msgtype" in body]
    assert {body["url"].partition("?")[0] for body in rooms} == {settings.DUBAN_WECOM_URL, settings.DUBAN_DINGTALK_URL}
    assert found_in(json.dumps(rooms, ensure_ascii=False)) == set()

    moved = [*brought_to(MOVED, posted).items(), *read_by(client, MOVED, task), *found_by(MOVED, birds, now)]
    left = [*brought_to(LEFT_BEHIND, posted).items(), *read_by(client, LEFT_BEHIND, task), *found_by(LEFT_BEHIND, birds, now)]
    loss = InboxItem.objects.get(recipient__username=LEFT_BEHIND, subject_ref__startswith="lost:").subject
    seen = {f"{MOVED} {where}": birds.names(found_in(text)) for where, text in moved}
    seen |= {f"{LEFT_BEHIND} {where}": birds.names(birds.of_task(text.replace(loss, ""))) - PAPERS for where, text in left}
    assert {where: names for where, names in seen.items() if names} == {}
    assert any(loss in text for _where, text in left), "who lost a part is told which"
