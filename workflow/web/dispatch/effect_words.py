"""What a new edition does to a task, as rows and sentences of a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.listing import listed, noted
from workflow.actions.change_part import FIRST_LEAD
from workflow.actions.edition_effects import Effect, What

PARTS: dict[str, Promise] = {
    "lead": gettext_lazy("Lead"),
    "support": gettext_lazy("Support"),
}


@dataclass(frozen=True, slots=True)
class EffectRow:
    """An effect as the page shows it; `ticked` where it will happen unless somebody says otherwise."""

    effect: Effect
    words: str
    reason: str
    ticked: bool


def effect_row(effect: Effect, kept: Collection[str] | None) -> EffectRow:
    """Return an effect as the page shows it.

    Args:
        effect: which.
        kept: keys of what was ticked before; none where everything that can happen is ticked.
    """
    reason = str(getattr(effect.decision, "reason", ""))
    return EffectRow(effect, effect_words(effect), reason, bool(effect.decision) and (kept is None or effect.key in kept))


def effect_words(effect: Effect) -> str:
    """Return what would happen, in one line; whom it concerns is shown beside it where it is a group."""
    who = noted(effect.group.name, len(effect.agencies)) if effect.group is not None else listed(one.short_name for one in effect.agencies)
    values = {
        "who": who,
        "part": str(PARTS.get(effect.part, "")),
        "was": str(PARTS.get(effect.before, effect.before)) or _("not set"),
        "becomes": str(PARTS.get(effect.after, effect.after)),
    }
    if effect.part == FIRST_LEAD:
        return _("Becomes the first lead: %(who)s") % values
    return str(SENTENCES[effect.what]) % values


SENTENCES: dict[What, Promise] = {
    What.DRAW_UP: gettext_lazy("A task is drawn up; it goes out only when it is dispatched."),
    What.REDRAFT: gettext_lazy("The task has not gone out: it is drawn up anew."),
    What.REVISE: gettext_lazy("Title and text follow the new edition."),
    What.MOVE_DUE: gettext_lazy("Due date: %(was)s → %(becomes)s"),
    What.ADD: gettext_lazy("Joins as %(part)s: %(who)s"),
    What.CHANGE_PART: gettext_lazy("%(who)s: %(was)s → %(becomes)s"),
    What.WITHDRAW: gettext_lazy("Leaves the task (%(was)s): %(who)s"),
    What.DROP: gettext_lazy("The measure is dropped: say what becomes of its task."),
}


def outcome_words(done: Mapping[What, int]) -> str:
    """Return how many things were done, in one sentence each."""
    sentences = []
    for what, count in done.items():
        match what:
            case What.DRAW_UP:
                words = ngettext("%(n)d task drawn up.", "%(n)d tasks drawn up.", count)
            case What.REDRAFT:
                words = ngettext("%(n)d draft drawn up anew.", "%(n)d drafts drawn up anew.", count)
            case What.REVISE:
                words = ngettext("%(n)d wording changed.", "%(n)d wordings changed.", count)
            case What.MOVE_DUE:
                words = ngettext("%(n)d due date changed.", "%(n)d due dates changed.", count)
            case What.ADD:
                words = ngettext("%(n)d agency joined.", "%(n)d agencies joined.", count)
            case What.CHANGE_PART:
                words = ngettext("%(n)d part changed.", "%(n)d parts changed.", count)
            case What.WITHDRAW:
                words = ngettext("%(n)d agency left.", "%(n)d agencies left.", count)
            case What.DROP:
                words = ngettext("%(n)d task terminated.", "%(n)d tasks terminated.", count)
        sentences.append(words % {"n": count})
    return " ".join(sentences)
