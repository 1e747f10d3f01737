import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Office
from tests.factories.directory import make_person
from tests.factories.tasks import dispatched_task
from workflow.models import Event
from workflow.timeline import Verb

pytestmark = pytest.mark.django_db
RECORDS = ["workflow_event", "measures_planevent", "agencies_directoryevent"]


def enter(client: Client, office: Office) -> Client:
    client.force_login(make_person(office=office), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("record", RECORDS)
def test_the_auditor_reads_every_record_and_the_other_offices_none(record: str, client: Client) -> None:
    address = reverse(f"admin:{record}_changelist")
    assert enter(client, Office.AUDIT).get(address).status_code == 200
    for office in (Office.SYSTEM, Office.SECURITY):
        assert enter(client, office).get(address).status_code == 403


def test_a_line_tells_what_was_done_to_which_task_and_takes_no_change(client: Client) -> None:
    stage = dispatched_task()
    line = Event.objects.filter(task=stage.task, verb=Verb.DISPATCH).get()
    enter(client, Office.AUDIT)
    listed = client.get(reverse("admin:workflow_event_changelist"), {"verb": "dispatch"}).content.decode()
    assert stage.task.title in listed
    assert str(Verb.DISPATCH.label) in listed
    address = reverse("admin:workflow_event_change", args=[line.pk])
    assert line.digest in client.get(address).content.decode()
    assert client.post(address, {"comment": "改"}).status_code == 403
    assert client.post(reverse("admin:workflow_event_delete", args=[line.pk]), {"post": "yes"}).status_code == 403


def test_the_length_of_a_record_is_known_without_counting_it(client: Client) -> None:
    dispatched_task()
    enter(client, Office.AUDIT)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse("admin:workflow_event_changelist"))
    assert response.context["cl"].result_count == Event.objects.count()
    assert not [query for query in queries if "COUNT(" in query["sql"] and "workflow_event" in query["sql"]]
