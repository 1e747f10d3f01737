"""Agencies and groups as people type them: a name, a short name or an alias, found again in the directory of the day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.listing import listed
from agencies.models import Agency, AgencyGroup, Alias, User
from agencies.models.agency import in_force

SUGGESTIONS = 300
"""How many agencies a page offers at once; a larger directory is searched while typing."""

SEPARATORS = re.compile(r"[、，,；;\n\r\t]+")


@dataclass(frozen=True, slots=True)
class Named:
    """What a typed name stands for today: one agency, one group, or neither."""

    name: str
    agency_ids: tuple[int, ...] = ()
    group_id: int | None = None

    @property
    def agency_id(self) -> int | None:
        """Return the agency when the name means exactly one."""
        return self.agency_ids[0] if len(self.agency_ids) == 1 else None

    @property
    def is_known(self) -> bool:
        """Tell whether the directory knows whom the name means, and only one."""
        return self.agency_id is not None or self.group_id is not None


def look_up(names: Collection[str], today: dt.date) -> dict[str, Named]:
    """Return what names stand for on a day, in four queries however many there are."""
    found: dict[str, set[int]] = {name: set() for name in names}
    groups: dict[str, int] = dict(AgencyGroup.objects.filter(name__in=names).values_list("name", "pk"))
    alive = Agency.objects.filter(in_force(today))
    for pk, name, short_name in alive.filter(Q(name__in=names) | Q(short_name__in=names)).values_list("pk", "name", "short_name"):
        for written in {name, short_name} & found.keys():
            found[written].add(pk)
    aliases = Alias.objects.filter(in_force(today), name__in=names).values_list("name", "agency_id", "group_id")
    living = set(alive.filter(aliases__name__in=names).values_list("pk", flat=True))
    for name, agency_id, group_id in aliases:
        if agency_id in living:
            found[name].add(agency_id)
        elif group_id is not None:
            groups.setdefault(name, group_id)
    return {name: Named(name, tuple(sorted(ids)), groups.get(name) if not ids else None) for name, ids in found.items()}


def suggestions(text: str, today: dt.date) -> list[str]:
    """Return the names of agencies that contain a text, in the order of the directory."""
    rows = Agency.objects.filter(in_force(today))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(aliases__name__icontains=text)).distinct()
    return list(rows.order_by("position", "pk").values_list("short_name", flat=True)[:SUGGESTIONS])


def split_names(text: str) -> list[str]:
    """Return the names in a text as it is pasted from a document: one a line, or with Chinese or Western commas between."""
    return list(dict.fromkeys(name.strip() for name in SEPARATORS.split(text) if name.strip()))


class AgencyField(forms.CharField):
    """One agency, typed by name with suggestions; cleans to its key."""

    default_error_messages = {
        "unknown": _("The directory does not know “%(name)s” today. Choose one of the suggestions."),
        "ambiguous": _("“%(name)s” may mean several agencies; write the full name."),
    }

    def __init__(self, *, today: dt.date, label: object = None, required: bool = True, initial: object = None) -> None:
        widget = forms.TextInput(attrs={"list": "agencies", "autocomplete": "off", "data-agency-picker": "one"})
        super().__init__(label=label, required=required, initial=initial, widget=widget)  # type: ignore[arg-type]
        self.today = today

    def clean(self, value: object) -> int | None:
        """Return the key of the agency meant.

        Raises:
            ValidationError: no agency, or more than one, goes by this name.
        """
        name = str(super().clean(value)).strip()
        if not name:
            return None
        meant = look_up([name], self.today)[name]
        if meant.agency_id is None:
            code = "ambiguous" if meant.agency_ids else "unknown"
            raise forms.ValidationError(self.error_messages[code], code=code, params={"name": name})
        return meant.agency_id


class PersonField(forms.CharField):
    """One person with an account, typed by name or user name; cleans to its key."""

    default_error_messages = {
        "unknown": _("Nobody with an account goes by “%(name)s”."),
        "ambiguous": _("Several people are called “%(name)s”; write the user name: %(names)s."),
    }

    def clean(self, value: object) -> int | None:
        """Return the key of the person meant.

        Raises:
            ValidationError: nobody, or more than one, goes by this name.
        """
        name = str(super().clean(value)).strip()
        if not name:
            return None
        people = list(User.objects.filter(Q(username=name) | Q(name=name), is_active=True).order_by("pk")[:6])
        exact = [person for person in people if person.username == name] or people
        if len(exact) != 1:
            code = "ambiguous" if exact else "unknown"
            names = listed(person.username for person in exact)
            raise forms.ValidationError(self.error_messages[code], code=code, params={"name": name, "names": names})
        return int(exact[0].pk)


@dataclass(frozen=True, slots=True)
class Receivers:
    """Agencies and groups in the order they were typed."""

    named: Sequence[Named] = field(default_factory=tuple)


class ReceiversField(forms.CharField):
    """Several agencies or groups, one a line or with commas between, as pasted from a document; cleans to `Receivers`."""

    default_error_messages = {
        "unknown": _("The directory does not know: %(names)s."),
        "ambiguous": _("These names may mean several agencies; write them in full: %(names)s."),
    }

    def __init__(self, *, today: dt.date, label: object, required: bool, help_text: object = "") -> None:
        widget = forms.Textarea(
            attrs={
                "rows": 4,
                "data-agency-picker": "many",
                "data-add": _("Type to find an agency"),
                "spellcheck": "false",
            }
        )
        super().__init__(label=label, required=required, help_text=help_text, widget=widget)  # type: ignore[arg-type]
        self.today = today

    def clean(self, value: object) -> Receivers:
        """Return who is meant.

        Raises:
            ValidationError: naming every name that means nobody, or more than one.
        """
        names = split_names(str(super().clean(value)))
        meant = look_up(names, self.today)
        faults = []
        unknown = [name for name in names if not meant[name].is_known and not meant[name].agency_ids]
        ambiguous = [name for name in names if not meant[name].is_known and meant[name].agency_ids]
        for code, doubtful in (("unknown", unknown), ("ambiguous", ambiguous)):
            if doubtful:
                faults.append(forms.ValidationError(self.error_messages[code], code=code, params={"names": listed(doubtful)}))
        if faults:
            raise forms.ValidationError(faults)
        return Receivers([meant[name] for name in names])
