"""The form of a ladder, a plan's or the house's: its rungs, the thresholds of the lights, and the switch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.refusals import Invalid
from measures.models import Plan
from notifications.channels import load
from workflow.actions.set_ladder import RungChoice, channels_to_choose, choices_of, chosen_rungs, timing_of
from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold, check_thresholds
from workflow.ladder import DEFAULT_LADDER, RUNG_NAMES, RUNG_PAPERS, Audience, Paper, Rung, Trigger
from workflow.ladder.rungs import BEFORE, LONGEST


class RungForm(forms.Form):
    """One rung."""

    enabled = forms.BooleanField(label=gettext_lazy("Fires"), required=False)
    days = forms.IntegerField(label=gettext_lazy("Working days"), required=False, min_value=0, max_value=LONGEST)
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("Who is told"), choices=Audience.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    makes_paper = forms.BooleanField(label=gettext_lazy("Makes its paper"), required=False)
    channels = forms.MultipleChoiceField(label=gettext_lazy("By which channels"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        channels = self.fields["channels"]
        assert isinstance(channels, forms.MultipleChoiceField)  # noqa: S101 - declared above
        channels.choices = [(code, load(code).label) for code in channels_to_choose()]

    def choice(self, code: str) -> RungChoice:
        """Return the rung as it was chosen; before the due date days are counted back."""
        asked = self.cleaned_data
        days = asked["days"]
        sign = -1 if code in BEFORE else 1
        told, channels = tuple(asked["audiences"]), tuple(asked["channels"])
        return RungChoice(asked["enabled"], None if days is None else sign * days, told, asked["makes_paper"], channels)


class ThresholdForm(forms.Form):
    """From when on the light warns, for tasks of a length."""

    yellow = forms.IntegerField(label=gettext_lazy("Yellow from"), min_value=0, max_value=LONGEST)
    orange = forms.IntegerField(label=gettext_lazy("Orange from"), min_value=0, max_value=LONGEST)


class LadderForm:
    """The whole page, of a plan or of the house: a form a rung, a form a length, and the switch of a plan."""

    def __init__(self, plan: Plan | None, data: Any = None) -> None:
        self.is_on, thresholds = timing_of(plan)
        if data is not None:
            self.is_on = bool(data.get("is_on"))
        stands = choices_of(plan)
        self.rungs = [
            (
                rung,
                RUNG_NAMES[rung.code],
                Trigger(rung.trigger).label,
                RUNG_PAPERS.get(rung.code, Paper.NONE),
                RungForm(data, prefix=rung.code, initial=_initial(stands[rung.code])),
            )
            for rung in DEFAULT_LADDER
        ]
        self.thresholds = [
            (row.up_to, ThresholdForm(data, prefix=f"light-{number}", initial={"yellow": row.yellow, "orange": row.orange}))
            for number, row in enumerate(thresholds)
        ] if len(thresholds) == len(DEFAULT_THRESHOLDS) else []  # fmt: skip

    def is_valid(self) -> bool:
        """Tell whether every field can be read."""
        return all([form.is_valid() for *_rest, form in self.rungs] + [form.is_valid() for _length, form in self.thresholds])

    def choices(self) -> dict[str, RungChoice]:
        """Return the rungs as they were chosen."""
        return {rung.code: form.choice(rung.code) for rung, *_rest, form in self.rungs}

    def chosen_thresholds(self) -> list[Threshold]:
        """Return the thresholds as they were chosen."""
        return [Threshold(length, form.cleaned_data["yellow"], form.cleaned_data["orange"]) for length, form in self.thresholds]


def _initial(choice: RungChoice) -> dict[str, Any]:
    days = None if choice.working_days is None else abs(choice.working_days)
    return {
        "enabled": choice.enabled,
        "days": days,
        "audiences": list(choice.audiences or ()),
        "makes_paper": bool(choice.makes_paper),
        "channels": list(choice.channels),
    }


def chosen(form: LadderForm, plan: Plan | None) -> tuple[tuple[Rung, ...], list[Threshold]]:
    """Return the rungs and thresholds that were chosen.

    Raises:
        Invalid: with every reason, in words.
    """
    if not form.is_valid():
        raise Invalid(_("Some fields cannot be read; they are marked below."))
    thresholds = form.chosen_thresholds() or list(timing_of(plan)[1])
    if wrong := check_thresholds(thresholds):
        raise Invalid(" ".join(wrong))
    return chosen_rungs(form.choices(), plan), thresholds
