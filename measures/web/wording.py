"""Words of the review page: doubts, confidence, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from measures.models import Responsibility
from measures.reviewing import Open
from measures.web.reasons import reason


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a reading is: a colour and always a word."""

    look: str
    word: str


def confidence(value: float) -> Confidence:
    """Return the colour and the word of a confidence from 0 to 1."""
    for least, look, word in (
        (0.94, "green", _("Certain")),
        (0.8, "yellow", _("Likely")),
        (0.5, "orange", _("Doubtful")),
    ):
        if value >= least:
            return Confidence(look, word)
    return Confidence("red", _("Not settled"))


def wording(doubt: Open) -> str:
    """Return what is open as a sentence; where only the reader can say it, by the reader's own reason."""
    if doubt.code == "no_deadlines":
        return ngettext(
            "For %(count)d measure the document sets no deadline: set it before the task is dispatched.",
            "For %(count)d measures the document sets no deadline: set them before the tasks are dispatched.",
            doubt.count,
        ) % {"count": doubt.count}
    code = "unknown_issuer" if doubt.code == "no_issuer" and doubt.name else doubt.code
    if code not in SENTENCES:
        return reason(doubt.why)
    means = doubt.match.label if doubt.match else ""
    return str(SENTENCES[code] % {"name": doubt.name, "count": doubt.count, "means": means, "why": reason(doubt.why)})


SENTENCES: dict[str, Promise] = {
    "unknown": ngettext_lazy(
        "“%(name)s” is not in the directory (%(count)d time).", "“%(name)s” is not in the directory (%(count)d times).", "count"
    ),
    "ambiguous": ngettext_lazy(
        "“%(name)s” means more than one agency (%(count)d time).", "“%(name)s” means more than one agency (%(count)d times).", "count"
    ),
    "deduced": ngettext_lazy(
        "“%(name)s” was taken for %(means)s (%(count)d time): %(why)s.",
        "“%(name)s” was taken for %(means)s (%(count)d times): %(why)s.",
        "count",
    ),
    "no_lead": gettext_lazy("No lead is named for “%(name)s”."),
    "nobody_named": gettext_lazy("Nobody is named for “%(name)s”."),
    "several_deadlines": gettext_lazy("“%(name)s” has several deadlines; the latest was taken."),
    "open_list": gettext_lazy("The list of agencies of “%(name)s” is open (“等”): others may be meant."),
    "unknown_issuer": gettext_lazy("Say which agency of the directory “%(name)s” is, the issuer."),
    "no_title": gettext_lazy("The document has no title: enter it."),
    "no_issuer": gettext_lazy("The document does not say who issued it: choose the issuer."),
    "no_date": gettext_lazy("The document bears no date: enter it, or say that it is unknown."),
    "no_number": gettext_lazy("The document bears no number."),
    "no_measures": gettext_lazy("No measure was found."),
    "left_out": gettext_lazy("This is numbered like a measure but names nobody; it was not taken for one."),
}

EDITS: dict[str, Promise] = {
    "set_facts": gettext_lazy("facts of the document"),
    "set_role": gettext_lazy("part of an agency"),
    "settle_name": gettext_lazy("whom a name means"),
    "add_mention": gettext_lazy("agency added"),
    "remove_mention": gettext_lazy("agency removed"),
    "set_measure": gettext_lazy("number and title of a measure"),
    "merge_measures": gettext_lazy("measures merged"),
    "split_measure": gettext_lazy("measure split"),
    "drop_measure": gettext_lazy("measure left out"),
    "set_deadline": gettext_lazy("deadline"),
    "set_target": gettext_lazy("target"),
    "add_target": gettext_lazy("target added"),
    "make_measure": gettext_lazy("measure made of a passage"),
    "remove_target": gettext_lazy("target left out"),
    "dismiss_doubt": gettext_lazy("doubt put aside"),
}


def edit_words(kept: Mapping[str, Any]) -> str:
    """Return what a kept correction was about, and by whom."""
    about = str(EDITS[kept["op"]])
    subject = kept.get("name") or kept.get("title") or kept.get("metric") or ""
    if kept["op"] == "set_role":
        subject = str(Responsibility.Role(kept["role"]).label)
    return " · ".join(part for part in (about, subject, kept["by_name"]) if part)
