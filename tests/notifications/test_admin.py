"""The outbox in the administration: given-up messages are listed without their words and sent again by hand."""

from __future__ import annotations

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Office
from notifications.models import Message
from notifications.outbox import send_again
from tests.factories.directory import NOW, make_person

pytestmark = pytest.mark.django_db


def message(key: str, state: str) -> Message:
    return Message.objects.create(
        key=key,
        recipient=make_person(),
        channel="email",
        topic="deadline",
        subject="机密事项",
        body="机密事项",
        state=state,
        attempts=5,
        answer="550 no such mailbox",
        created_at=NOW,
        next_attempt_at=NOW,
        sent_at=NOW if state == "sent" else None,
        message_id=f"<{key}@test>",
    )


def enter(client: Client, office: Office) -> Client:
    client.force_login(make_person(office=office), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_system_administrator_sees_what_was_given_up_but_not_what_it_says(client: Client) -> None:
    lost = message("lost", "given_up")
    message("gone", "sent")
    address = reverse("admin:notifications_message_changelist")
    page = enter(client, Office.SYSTEM).get(address)
    assert [row.pk for row in page.context["cl"].result_list] == [lost.pk]
    assert "550 no such mailbox" in page.content.decode()
    assert "机密事项" not in page.content.decode()
    assert client.get(reverse("admin:notifications_message_change", args=[lost.pk])).status_code in {302, 403}
    assert enter(client, Office.AUDIT).get(address).status_code == 403


def test_sending_again_queues_it_under_its_own_name_and_leaves_the_rest_alone(client: Client) -> None:
    lost, gone = message("lost", "given_up"), message("gone", "sent")
    enter(client, Office.SYSTEM)
    answer = client.post(
        reverse("admin:notifications_message_changelist"), {"action": "again", ACTION_CHECKBOX_NAME: [str(lost.pk)]}, follow=True
    )
    assert answer.status_code == 200
    lost.refresh_from_db()
    assert (lost.state, lost.attempts, lost.message_id) == ("queued", 0, "<lost@test>")
    assert send_again([gone.pk], now=timezone.now()) == 0
    gone.refresh_from_db()
    assert gone.state == "sent"
