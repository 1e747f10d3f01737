"""The page of a re-check: a constant number of queries, whoever looks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.directory import NOW, TODAY
from tests.factories.scenes import closed
from workflow.actions.recheck import draw_recheck
from workflow.models import Task

pytestmark = pytest.mark.django_db


def test_the_page_of_a_re_check_costs_a_leader_no_query_a_task(client: Client) -> None:
    stage, others = closed(), [closed() for _number in range(2)]
    Task.objects.filter(pk__in=[other.task.pk for other in others]).update(issuer=stage.issuer)
    for other in others:
        other.task.participations.filter(tie="issuer").update(agency=stage.issuer)
    client.force_login(stage.leader)
    asked = []
    for size in (1, 3):
        row = draw_recheck(
            actor=stage.coordinator_actor, agency_id=stage.issuer.pk, title="回头看", closed_from=TODAY, closed_to=TODAY, size=size, now=NOW
        )
        assert row.items.count() == size
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("recheck", args=[row.pk])).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
