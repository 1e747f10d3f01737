"""Forms of the pages about people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.actor import Actor
from agencies.models import ROLE_PERMISSIONS, Agency, Membership, Role, User
from agencies.models.agency import in_force

Deputies = dict[str, tuple[Agency, User]]


class DelegationForm(forms.Form):
    """Who acts for me, in which of my agencies, from when to when."""

    deputy = forms.ChoiceField(label=_("deputy"))
    starts_at = forms.DateTimeField(
        label=_("from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("At once when left empty."),
    )
    ends_at = forms.DateTimeField(label=_("until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    reason = forms.CharField(label=pgettext_lazy("delegation", "reason"), max_length=200)

    def __init__(self, user: User, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deputies = deputies_of(user, today)
        choices = self.fields["deputy"]
        assert isinstance(choices, forms.ChoiceField)  # noqa: S101 - declared above
        by_agency: dict[str, list[tuple[str, str]]] = {}
        for key, (agency, colleague) in self.deputies.items():
            by_agency.setdefault(agency.short_name, []).append((key, f"{colleague} ({colleague.username})"))
        choices.choices = [("", _("Choose a colleague")), *by_agency.items()]

    def entered(self) -> dict[str, Any]:
        """Return what the action takes."""
        agency, deputy = self.deputies[self.cleaned_data["deputy"]]
        dated = {name: self.cleaned_data[name] for name in ("starts_at", "ends_at", "reason")}
        return {"agency": agency, "deputy": deputy, **dated}


class AppointmentForm(forms.Form):
    """A person comes into an agency that the actor administers."""

    username = forms.CharField(label=_("account"), max_length=150)
    agency = forms.ModelChoiceField(label=_("agency"), queryset=Agency.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_("role held"))
    ends_on = forms.DateField(
        label=_("to"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Without an end when left empty.")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = actor.agencies_where("administer")
        held: frozenset[str] = frozenset().union(*(actor.permissions[seat] for seat in seats))
        agency, role = self.fields["agency"], self.fields["role"]
        assert isinstance(agency, forms.ModelChoiceField)  # noqa: S101 - declared above
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - declared above
        agency.queryset = Agency.objects.filter(pk__in=seats)
        role.choices = [(choice.value, choice.label) for choice in Role if ROLE_PERMISSIONS[choice] <= held]

    def clean_username(self) -> User:
        """Find the person by the exact name of the account; nobody can leaf through accounts here."""
        user = User.objects.filter(username=self.cleaned_data["username"].strip(), is_active=True, office="").first()
        if user is None:
            raise forms.ValidationError(_("There is no such account. Ask the system administrator to open one."))
        return user


def deputies_of(user: User, today: dt.date | None = None) -> Deputies:
    """Return the colleagues who could act for a person, by a key for forms; in two queries."""
    today = today or timezone.localdate()
    mine = Membership.objects.filter(in_force(today), in_force(today, "agency__"), user=user).values("agency_id")
    colleagues = (
        Membership.objects.filter(in_force(today), agency_id__in=mine, user__is_active=True)
        .exclude(user=user)
        .select_related("agency", "user")
        .order_by("agency__position", "agency_id", "user__username")
    )
    return {f"{row.agency_id}:{row.user_id}": (row.agency, row.user) for row in colleagues}
