"""The database knows the recipient of every notice, although no foreign key looks each one up."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import User
from notifications.models import InboxItem, Message
from notifications.outbox import post
from tests.notifications.conftest import NOW, notice

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NOBODY = 10**9


@pytest.mark.parametrize("model", [InboxItem, Message])
def test_no_notice_is_written_to_an_account_that_does_not_exist(person: User, model: type[InboxItem] | type[Message]) -> None:
    post([notice(person)], now=NOW)
    row: InboxItem | Message = model._default_manager.get()
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        model._default_manager.filter(pk=row.pk).update(recipient=NOBODY)
    row.pk, row.key, row.recipient_id = None, "another", NOBODY
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        row.save(force_insert=True)
    assert model._default_manager.count() == 1


def test_no_account_is_deleted_to_which_there_are_notices(person: User) -> None:
    post([notice(person)], now=NOW)
    other = User.objects.create(username="zhao")
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="to be deleted"), transaction.atomic():
            cursor.execute("DELETE FROM agencies_user WHERE id = %s", [person.pk])
        cursor.execute("DELETE FROM agencies_user WHERE id = %s", [other.pk])
    assert set(User.objects.values_list("username", flat=True)) == {"wang"}


def test_a_room_has_no_recipient(settings: Any) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "wecom"]
    post([notice(User(pk=0), recipient_id=None, channels=("wecom",))], now=NOW)
    assert Message.objects.get().recipient is None
