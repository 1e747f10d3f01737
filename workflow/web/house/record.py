"""What was set for the whole house, by whom and when, in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.models import PlanEvent, PlanVerb
from workflow.ladder import RUNG_NAMES

SHOWN = 50
"""Lines that are shown; the record keeps all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act."""

    at: dt.datetime
    actor_name: str
    sentences: tuple[str, ...]


def record_of(verb: PlanVerb) -> list[Line]:
    """Return what was done for the whole house, the latest first."""
    rows = PlanEvent.objects.filter(verb=verb.value, plan__isnull=True, upload__isnull=True).order_by("-sequence")[:SHOWN]
    tell = {PlanVerb.SET_LADDER: _of_ladder, PlanVerb.SET_CALENDAR: _of_calendar}[verb]
    return [Line(row.at, row.actor_name, tuple(tell(row.data))) for row in rows]


def _of_ladder(data: Mapping[str, Any]) -> Iterator[str]:
    for code in data.get("off", ()):
        yield _("%(rung)s: does not fire") % {"rung": RUNG_NAMES.get(code, code)}
    for code, days in data.get("days", {}).items():
        yield ngettext("%(rung)s: %(days)d working day", "%(rung)s: %(days)d working days", days) % {
            "rung": RUNG_NAMES.get(code, code),
            "days": days,
        }
    for row in data.get("thresholds", ()):
        length = _("up to %(days)d working days") % {"days": row["up_to"]} if row["up_to"] is not None else _("longer")
        yield _("Lights, %(length)s: yellow from %(yellow)d, orange from %(orange)d") % {
            "length": length,
            "yellow": row["yellow"],
            "orange": row["orange"],
        }
    if not any(data.get(name) for name in ("off", "days", "told", "thresholds")):
        yield _("As by default")


def _of_calendar(data: Mapping[str, Any]) -> Iterator[str]:
    yield str(data.get("notice", ""))
    for day, working in data.get("days", {}).items():
        yield f"{day}：{_('worked') if working else _('off') if working is False else _('as announced')}"
    moved = int(data.get("reports", 0)) + int(data.get("contributions", 0)) + int(data.get("hand_backs", 0))
    yield ngettext("%(count)d date moved", "%(count)d dates moved", moved) % {"count": moved}
