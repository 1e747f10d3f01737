"""The form of a reorganisation: one agency ends, others stand in its place."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.translation import gettext_lazy as _

from agencies.actions.abolish_agency import abolish_agency
from agencies.actions.merge_agencies import merge_agencies
from agencies.actions.rename_agency import rename_agency
from agencies.actions.split_agency import split_agency
from agencies.actor import Actor
from agencies.models import Agency, Succession


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
