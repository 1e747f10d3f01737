"""A process that works in the house's database on request: it makes the scene, writes reminders and checks what holds afterwards.

Reads a line of JSON `{"job": …, …}` and answers with a line of JSON. Its connection lasts for one job: servers are killed meanwhile.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import django


def scene(*, people: int, tasks: int) -> dict[str, Any]:
    """Make coordinators of one agency and tasks that another has signed for; give their sessions and the tasks' numbers."""
    from agencies.models import Role
    from tests.factories.directory import actor_of, make_agency, make_member
    from tests.factories.tasks import make_crew
    from workflow.actions.dispatch import dispatch
    from workflow.actions.draw_up import PlannedReceiver, draw_up_task
    from workflow.actions.sign_for import sign_for
    from workflow.models import Assignment
    from workflow.states import Part

    now = django_now()
    issuer, crew = make_agency(), make_crew()
    coordinators = [make_member(issuer, Role.COORDINATOR) for _ in range(people)]
    for person in [*coordinators, crew.officer, crew.reviewer]:
        person.email = f"{person.username}@example.test"
        person.save()
    due = now.date() + dt.timedelta(days=300)
    made = [
        draw_up_task(
            actor=actor_of(coordinators[0]),
            issuer_id=issuer.pk,
            title=f"规范发展地方要素交易场所（{number}）",
            text="推动大宗商品交易中心规范发展。",
            receivers=[PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)],
            due_on=due,
            rhythm="none",
            now=now,
        ).pk
        for number in range(tasks)
    ]
    dispatch(actor=actor_of(coordinators[0]), task_ids=made, now=now)
    for part in Assignment.objects.filter(task__in=made):
        sign_for(actor=crew.officer_actor, assignment_id=part.pk, now=now)
    return {"tasks": made, "sessions": [session_of(person) for person in coordinators]}


def django_now() -> dt.datetime:
    """Return the present moment."""
    from django.utils import timezone

    return timezone.now()


def session_of(person: Any) -> str:
    """Sign a person in and return the key of the session."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store.create()
    return str(store.session_key)


def remind(**asked: Any) -> None:
    """Write reminders that are due."""
    from tests.proof.reminders import write_reminders

    write_reminders(asked.pop("count"), **{**asked, "channels": tuple(asked.get("channels", ("email", "webhook")))})


def unsent() -> int:
    """Count what is due and has not been sent."""
    from notifications.models import Message

    return Message.objects.filter(state="queued").count()


def sent(*, marker: str) -> int:
    """Count the reminders of a marker that have been sent."""
    from notifications.models import Message

    return Message.objects.filter(key__startswith=marker, state="sent").count()


def latest() -> float:
    """Return by how many seconds the latest of the sent was late."""
    from django.db.models import F, Max

    from notifications.models import Message

    most = Message.objects.filter(state="sent").aggregate(most=Max(F("sent_at") - F("next_attempt_at")))["most"]
    return float(most.total_seconds()) if most else 0.0


def administrator() -> int:
    """Make a system administrator who can be mailed."""
    from agencies.models import Office
    from tests.factories.directory import make_person

    person = make_person(office=Office.SYSTEM)
    person.email = "keeper@example.test"
    person.save()
    return person.pk


def alarms() -> list[str]:
    """Return the alarms in the administrators' inboxes."""
    from notifications.models import InboxItem

    return list(InboxItem.objects.filter(key__startswith="alarm|").values_list("subject", flat=True))


def acts() -> dict[str, int]:
    """Count the lines of the record, by task and verb: `{"12 suspend": 3}`."""
    from workflow.models import Event

    return {f"{task} {verb}": number for (task, verb), number in Counter(Event.objects.values_list("task_id", "verb")).items()}


def outcome() -> dict[str, Any]:
    """Say what came of the messages, and everything that should hold and does not."""
    from notifications.models import Message
    from tests.proof.checker import broken

    rows = Message.objects.values_list("state", "channel")
    return {
        "messages": dict(Counter(state for state, _channel in rows)),
        "sent": dict(Counter(channel for state, channel in rows if state == "sent")),
        "broken": broken(django_now()),
    }


_WORK = (scene, remind, unsent, sent, latest, administrator, alarms, acts, outcome)
JOBS: dict[str, Callable[..., Any]] = {job.__name__: job for job in _WORK}


def main() -> None:
    """Serve requests until the input ends."""
    django.setup()
    from django.db import DatabaseError, InterfaceError, connection

    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = JOBS[asked.pop("job")](**asked)
        except (DatabaseError, InterfaceError) as error:
            answer = {"error": str(error)}
        finally:
            connection.close()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
