"""Two wordings of a measure, told apart stretch by stretch. Free of Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_PIECE = re.compile(r"[^，。；、：！？（）()\n]*[，。；、：！？（）()\n]?")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text: `same`, `gone` or `new`."""

    kind: str
    text: str


def wording_diff(before: str, after: str) -> list[Stretch]:
    """Return the stretches of both wordings in their order; pieces between punctuation marks are compared as wholes."""
    old, new = _pieces(before), _pieces(after)
    found: list[Stretch] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Stretch("same", "".join(new[new_from:new_to])))
            continue
        if old_to > old_from:
            found.append(Stretch("gone", "".join(old[old_from:old_to])))
        if new_to > new_from:
            found.append(Stretch("new", "".join(new[new_from:new_to])))
    return found


def _pieces(text: str) -> list[str]:
    return [piece for piece in _PIECE.findall(text) if piece]
