from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from agencies.models import AgencyUserPermission
from tests.factories.directory import make_agency, make_person
from tests.factories.tasks import dispatched_task
from workflow.models import Participation

pytestmark = pytest.mark.django_db


def check_grants(*, rebuild: bool = False) -> tuple[bool, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("check_grants", rebuild=rebuild, stdout=out, stderr=err)
    except CommandError:
        return False, err.getvalue()
    return True, out.getvalue()


def test_what_the_acts_have_written_agrees() -> None:
    dispatched_task()
    assert check_grants()[0]


def test_a_permission_without_a_reason_is_named_and_taken_away() -> None:
    dispatched_task()
    agency, person = make_agency("省审计厅"), make_person()
    permission = Permission.objects.get(codename="coordinate", content_type__app_label="agencies")
    AgencyUserPermission.objects.create(user=person, content_object=agency, permission=permission)
    sound, said = check_grants()
    assert not sound
    assert "省审计厅" in said
    assert check_grants(rebuild=True)[0]
    assert not AgencyUserPermission.objects.filter(user=person).exists()
    assert check_grants()[0]


def test_a_link_row_that_departs_from_its_task_is_named_and_written_anew() -> None:
    stage = dispatched_task()
    before = Participation.objects.filter(task=stage.task).count()
    Participation.objects.filter(task=stage.task).update(task_state="closed")
    sound, said = check_grants()
    assert not sound
    assert "task state" in said
    assert check_grants(rebuild=True)[0]
    assert Participation.objects.filter(task=stage.task, task_state=stage.task.state).count() == before
