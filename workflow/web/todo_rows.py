"""The rows of the list of what is owed, drawn without a template: each had three components in it, and a page has twenty-five."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from workflow.duties import Duty
from workflow.web import badges
from workflow.web.markup import drawn

if TYPE_CHECKING:
    from workflow.duty_rows import Row

WRITTEN = frozenset({"report", "contribution", "workplan"})
"""What has a page of its own, on which a duty is done."""
ACTS = {
    Duty.SIGN_OFF: "sign_off",
    Duty.VERIFY: "verify",
    Duty.ANSWER: "give_answer",
    Duty.CLOSE_ANSWER: "close_answer",
    Duty.BEGIN_PLAN: "begin_work_plan",
    Duty.CO_SIGN: "co_sign",
    Duty.EXTENSION: "grant_extension",
}
"""The act whose page it is otherwise; where there is none it is done on the task's page."""

ROW = (
    '<tr>{}<td class="col-number">{}</td><td data-label="{}">{}</td>'
    '<td class="col-title" data-label="{}"><a href="{}">{}</a>{}</td>'
    '<td data-label="{}">{}</td><td data-label="{}">{}</td><td class="text-nowrap" data-label="{}">{}</td>'
    '<td data-label="{}">{}</td><td class="col-actions">{}</td></tr>\n'
)
TICK = '<input class="form-check-input" type="checkbox" form="tick" name="assignment" data-tick="sign-for" value="{}:{}" aria-label="{}">'
SIGN_FOR = (
    '<form method="post" action="{}" class="d-inline"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    '<input type="hidden" name="version" value="{}"><input type="hidden" name="next" value="{}">'
    '<button type="submit" class="btn btn-primary btn-sm">{}</button></form>'
)
LINK = '<a class="btn btn-primary btn-sm" href="{}">{}</a>'


def drawn_rows(rows: Iterable[Row], *, can_tick: bool, here: str, token: str) -> SafeString:
    """Return the rows as they stand in the table, each cell with its column's name for narrow screens.

    Args:
        rows: of one page, in order.
        can_tick: whether there is a column of boxes, for what can be done together with others.
        here: the address of the page, to which an act leads back.
        token: what Django asks of forms against requests that others forged.
    """
    what, task, agency, state, due, light = _("What"), _("Task"), _("Agency"), _("State"), _("Due on"), _("Light")
    return SafeString(
        "".join(
            drawn(
                ROW, _tick(row) if can_tick else "", number, what, row.what,
                task, reverse("task", args=[row.task.pk]), row.task, _plan(row), agency, row.agency,
                state, badges.state(row.state, row.state_label), due, row.due_on.isoformat() if row.due_on else "—",
                light, badges.light(row.light.colour, row.light.reason), _act(row, here, token),
            )
            for number, row in enumerate(rows, 1)
        )
    )  # fmt: skip


def _tick(row: Row) -> SafeString:
    box = drawn(TICK, row.pk, row.version, row.task.title) if row.can_be_ticked else ""
    return drawn('<td class="col-tick">{}</td>', box)


def _plan(row: Row) -> SafeString:
    return drawn('<div class="text-secondary small">{}</div>', row.task.plan.title) if row.task.plan else SafeString("")


def _act(row: Row, here: str, token: str) -> SafeString:
    if not row.can_be_ticked:
        return drawn(LINK, page_of(row), _("See to it"))
    return drawn(SIGN_FOR, reverse("assignment-act", args=[row.pk, "sign_for"]), token, row.version, here, _("Sign for it"))


def page_of(row: Row) -> str:
    """Return the address of the page on which a duty is done."""
    if row.subject in WRITTEN:
        return reverse(row.subject, args=[row.target.pk])
    act = ACTS.get(row.duty)
    return reverse("task", args=[row.task.pk]) if act is None else reverse(f"{row.subject}-act", args=[row.target.pk, act])
