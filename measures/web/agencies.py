"""The agency picker: names to choose from, and whom a chosen name means."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, AgencyGroup
from agencies.models.agency import in_force
from agencies.names import name_index
from agencies.refusals import Invalid, require
from measures import policy

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

SHOWN = 12


def search(request: ActorRequest) -> HttpResponse:
    """Answer with the options of a picker: agencies and groups in whose name the words occur."""
    require(policy.may_upload(request.actor))
    words = request.GET.get("who", "").strip()
    names: list[str] = []
    if words:
        today = timezone.localdate()
        agencies = Agency.objects.filter(in_force(today), name__contains=words) | Agency.objects.filter(
            in_force(today), short_name__contains=words
        )
        names = list(agencies.order_by("position", "pk").values_list("name", flat=True)[:SHOWN])
        names += list(AgencyGroup.objects.filter(name__contains=words).values_list("name", flat=True)[: SHOWN - len(names)])
    return render(request, "measures/agency_options.html", {"names": names})


def whom(name: str, on: dt.date) -> tuple[int | None, int | None, str]:
    """Return the agency or the group that a name typed into a picker means, and its own name.

    Args:
        name: a name of any kind that the directory knows.
        on: the day on which it is to mean them.

    Raises:
        Invalid: the directory does not know it, or it means several.
    """
    index = name_index(on)
    meanings = index.meanings(name)
    if not name.strip() or not meanings:
        raise Invalid(
            _("The directory knows no agency or group called “%(name)s”. Choose one from the list.") % {"name": name.strip()}, "who"
        )
    if len(meanings) > 1:
        raise Invalid(_("“%(name)s” means several agencies. Write the full name.") % {"name": name.strip()}, "who")
    [meaning] = meanings
    if meaning.agency_id is not None:
        return meaning.agency_id, None, index.agencies[meaning.agency_id].name
    assert meaning.group_id is not None  # noqa: S101  (a meaning is one or the other)
    return None, meaning.group_id, index.groups[meaning.group_id].name
