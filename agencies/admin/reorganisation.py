"""The form of a reorganisation: one agency ends, others stand in its place."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.translation import gettext_lazy as _

from agencies.actions.abolish_agency import abolish_agency
from agencies.actions.merge_agencies import merge_agencies
from agencies.actions.rename_agency import rename_agency
from agencies.actions.split_agency import split_agency
from agencies.actor import Actor
from agencies.foresight import foresee
from agencies.models import Agency, Succession

LONG_AHEAD = dt.timedelta(days=366)
"""A day further off is asked about before it is entered."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that hangs on an agency: how many there are, what becomes of them, and their names where they have some."""

    what: str
    count: int
    becomes: str
    names: Sequence[str] = ()


class ReorganisationForm(forms.Form):
    """What becomes of an agency, from which day, by which paper."""

    kind = forms.ChoiceField(label=_("kind"), choices=Succession.Kind.choices)
    names = forms.CharField(
        label=_("new names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("One new agency a line: full name, a vertical bar, short name. The principal heir first."),
    )
    heirs = forms.ModelMultipleChoiceField(
        label=_("agencies that exist"),
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 14}),
        help_text=_("Into which it is merged, or which take over its duties."),
    )
    effective_on = forms.DateField(label=_("effective on"), widget=AdminDateWidget)
    basis = forms.CharField(label=_("basis"), max_length=300, widget=forms.TextInput(attrs={"size": 80}))

    def __init__(self, agency: Agency, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        heirs = self.fields["heirs"]
        assert isinstance(heirs, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        heirs.queryset = Agency.objects.filter(ends_on__isnull=True).exclude(pk=agency.pk)

    def clean_names(self) -> list[tuple[str, str]]:
        """Read the lines into pairs of names."""
        pairs = []
        for line in self.cleaned_data["names"].splitlines():
            if not line.strip():
                continue
            name, bar, short_name = (part.strip() for part in line.replace("｜", "|").partition("|"))
            if not (name and bar and short_name):
                raise forms.ValidationError(_("Write each line as: full name | short name."))
            pairs.append((name, short_name))
        return pairs

    def clean(self) -> dict[str, Any]:
        """Ask for what each kind needs: one new name, an heir, or several new names."""
        entered = super().clean() or self.cleaned_data
        kind, names, heirs = entered.get("kind"), entered.get("names") or [], entered.get("heirs") or []
        if kind == Succession.Kind.RENAME and len(names) != 1:
            self.add_error("names", _("A renamed agency has one new name."))
        if kind == Succession.Kind.SPLIT and len(names) < 2:  # noqa: PLR2004 - less is a rename
            self.add_error("names", _("A split makes at least two agencies."))
        if kind == Succession.Kind.MERGE and len(heirs) != 1:
            self.add_error("heirs", _("Choose the one agency into which it is merged."))
        return entered

    def heirs_by_name(self) -> list[str]:
        """Return who would stand in its place, the principal heir first."""
        entered = self.cleaned_data
        if entered["kind"] in {Succession.Kind.RENAME, Succession.Kind.SPLIT}:
            return [name for name, _short_name in entered["names"]]
        return [heir.name for heir in entered["heirs"]]

    def lines(self) -> list[Line]:
        """Return what hangs on the agency, and what would become of it."""
        found = foresee(self.agency, self.cleaned_data["effective_on"])
        heir = next(iter(self.heirs_by_name()), "")
        to_heir = str(_("goes to %(heir)s")) % {"heir": heir} if heir else str(_("ends"))
        is_abolished = self.cleaned_data["kind"] == Succession.Kind.ABOLISH
        people = str(_("ends: people are appointed anew where they go")) if is_abolished else to_heir
        left = _("stays until it is moved by an act of its own, yours or the coordinators' of its tasks")
        return [
            Line(str(_("memberships")), len(found.people), people, [str(row.user) for row in found.people]),
            Line(str(_("delegations")), found.delegations, str(_("ends")) if is_abolished else to_heir),
            Line(str(_("places in groups")), len(found.groups), to_heir, found.groups),
            Line(str(_("agencies below it")), len(found.subordinates), to_heir if heir else str(_("stay below it")), found.subordinates),
            *(Line(what, count, str(left)) for what, count in found.open_work),
        ]

    def digest(self, lines: Sequence[Line]) -> str:
        """Return a short name of all that a preview shows, which is another as soon as anything of it is."""
        entered = self.cleaned_data
        shown = [self.agency.pk, entered["kind"], self.heirs_by_name(), entered["effective_on"].isoformat()]
        shown += [[line.what, line.count, line.becomes, list(line.names)] for line in lines]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]

    def odd_day(self, today: dt.date) -> str:
        """Say in words what is odd about the day chosen, nothing where it is not: a long time ahead, or past."""
        day = self.cleaned_data["effective_on"]
        if day < today:
            says = _(
                "%(day)s lies %(count)d days in the past. What was done under the old name since then stays under it, "
                "and memberships end and begin as of that day."
            )
            return str(says) % {"day": day.isoformat(), "count": (today - day).days}
        if day > today + LONG_AHEAD:
            return str(_("%(day)s lies more than a year ahead; until then everything stays as it is.")) % {"day": day.isoformat()}
        return ""

    def carry_out(self, *, actor: Actor, now: dt.datetime) -> None:
        """Ring the action of the kind chosen."""
        entered = self.cleaned_data
        common: dict[str, Any] = {"actor": actor, "now": now, "effective_on": entered["effective_on"], "basis": entered["basis"]}
        match Succession.Kind(entered["kind"]):
            case Succession.Kind.RENAME:
                [(name, short_name)] = entered["names"]
                rename_agency(**common, agency=self.agency, name=name, short_name=short_name)
            case Succession.Kind.MERGE:
                merge_agencies(**common, agencies=[self.agency], into=entered["heirs"].get())
            case Succession.Kind.SPLIT:
                split_agency(**common, agency=self.agency, parts=entered["names"])
            case Succession.Kind.ABOLISH:
                abolish_agency(**common, agency=self.agency, duties_to=list(entered["heirs"]))
