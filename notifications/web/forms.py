"""Forms of the inbox."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.topics import Topic


class InboxFilter(forms.Form):
    """What of the inbox to show."""

    topic = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *Topic.choices], required=False)
    unread = forms.BooleanField(label=_("Unread only"), required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000, required=False, widget=forms.HiddenInput)
