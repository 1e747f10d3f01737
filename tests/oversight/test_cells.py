"""Cells that are drawn without a template take no text for markup, wherever they stand."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from agencies.models import Agency, User
from measures.models import Measure, Plan, Section
from oversight import cells, ledger
from oversight.board import Figure
from tests.factories.directory import NOW
from tests.factories.documents import confirmed
from tests.factories.tasks import Stage, accepted_task, submitted_report
from workflow.models import Assignment, Report, Task

MARKUP = "<script>\"&'</script>"
QUOTED = "&lt;script&gt;&quot;&amp;&#x27;&lt;/script&gt;"


@pytest.fixture
def stage(db: None) -> Stage:
    """Return a task that is late and whose every name and text could be taken for markup."""
    made = accepted_task(supporters=1)
    plan = confirmed(made.coordinator, made.issuer)
    submitted_report(made, made.leads[0], 30)
    Plan.objects.update(title=MARKUP)
    Section.objects.update(title=MARKUP)
    Report.objects.update(done=MARKUP, problems=MARKUP, help_needed=MARKUP)
    Task.objects.update(title=MARKUP, text=MARKUP, number=MARKUP, plan=plan, measure=Measure.objects.first())
    Assignment.objects.update(officer=made.leads[0].officer)
    User.objects.update(name=MARKUP)
    Agency.objects.update(short_name=MARKUP)
    return made


@pytest.mark.parametrize("rows", ["tasks", "parts"])
def test_the_ledger_shows_every_name_and_text_as_it_was_written(client: Client, stage: Stage, rows: str) -> None:
    client.force_login(stage.coordinator)
    with time_machine.travel(NOW + dt.timedelta(days=90), tick=False):
        page = client.get("/ledger/", {"rows": rows, "cols": list(ledger.COLUMNS)}).content.decode()
    assert '<script>"' not in page
    shown = {"plan", "section", "latest"} | ({"officer"} if rows == "parts" else {"leads", "supporters"})
    for name in shown:
        cell = page.partition(f'<td class="col-{name}"')[2].partition("</td>")[0]
        assert QUOTED in cell, name


@pytest.mark.parametrize("address", ["/cockpit/", "/cockpit/?screen=big", "/cockpit/briefing/", "/statistics/", "/command/", "/workbench/"])
def test_boards_take_no_name_for_markup(client: Client, stage: Stage, address: str) -> None:
    client.force_login(stage.coordinator)
    with time_machine.travel(NOW + dt.timedelta(days=90), tick=False):
        page = client.get(address).content.decode()
    assert QUOTED in page
    assert '<script>"' not in page


def test_figures_and_fields_quote_what_they_are_given() -> None:
    figure = Figure(MARKUP, 1, f"/?{MARKUP}", MARKUP)
    assert (cells.figures([figure]).count(QUOTED), cells.heat([figure]).count(QUOTED)) == (1, 3)
    assert cells.figures([Figure("", 0, "/"), Figure("", 2, "", "red")]) == (
        '<td class="num"><span class="zero">0</span></td><td class="num hot">2</td>'
    )
