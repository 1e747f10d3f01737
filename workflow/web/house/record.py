"""What was set for the whole house, by whom and when, in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.listing import listed
from measures.models import PlanEvent, PlanVerb
from notifications.channels import load
from workflow.actions.set_calendar import MOVED
from workflow.ladder import RUNG_NAMES, RUNG_PAPERS, Audience
from workflow.ladder.rungs import BEFORE

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
    off, known = set(data.get("off", ())), {**dict.fromkeys(data.get("off", ())), **data.get("days", {}), **data.get("told", {})}
    for code in known:
        name = RUNG_NAMES.get(code, code)
        if code in off:
            yield _("%(rung)s: does not fire") % {"rung": name}
        else:
            yield _("%(rung)s: %(how)s") % {"rung": name, "how": _("; ").join(_of_rung(code, data))}
    for row in data.get("thresholds", ()):
        length = _("up to %(days)d working days") % {"days": row["up_to"]} if row["up_to"] is not None else _("longer")
        yield _("Lights, %(length)s: yellow from %(yellow)d, orange from %(orange)d") % {
            "length": length,
            "yellow": row["yellow"],
            "orange": row["orange"],
        }
    if not any(data.get(name) for name in ("off", "days", "told", "thresholds")):
        yield _("As by default")


def _of_rung(code: str, data: Mapping[str, Any]) -> Iterator[str]:
    """Say how a rung fires that is set: when, whom it tells, with which paper, by which channels."""
    if (days := data.get("days", {}).get(code)) is not None:
        if code in BEFORE:
            words = ngettext("%(days)d working day before", "%(days)d working days before", abs(days))
        else:
            words = ngettext("%(days)d working day", "%(days)d working days", days)
        yield words % {"days": abs(days)}
    if told := data.get("told", {}).get(code):
        yield _("tells %(people)s") % {"people": listed(Audience(who).label for who in told)}
    if code in RUNG_PAPERS and (makes := data.get("papers", {}).get(code)) is not None:
        yield _("makes: %(paper)s") % {"paper": RUNG_PAPERS[code].label} if makes else _("makes no paper")
    if channels := data.get("channels", {}).get(code):
        yield _("by %(channels)s") % {"channels": listed(_channel(code) for code in channels)}


def _channel(code: str) -> str:
    """Return the name of a channel; its code where it is no longer installed."""
    try:
        return str(load(code).label)
    except LookupError:
        return code


def _of_calendar(data: Mapping[str, Any]) -> Iterator[str]:
    yield str(data.get("notice", ""))
    for day, working in data.get("days", {}).items():
        yield _("%(day)s: %(how)s") % {"day": day, "how": _("worked") if working else _("off") if working is False else _("as announced")}
    moved = sum(int(data.get(kind, 0)) for kind in MOVED)
    yield ngettext("%(count)d date moved", "%(count)d dates moved", moved) % {"count": moved}
