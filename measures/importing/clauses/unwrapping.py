"""Takes out the blanks and line ends that mean nothing: letters set wide apart (责 任 单 位), words broken at the end of a line."""

from __future__ import annotations

from measures.importing.clauses import places, roles
from measures.importing.clauses.wholes import Wholes

_STOPS = "、，；。：（）【】/|\n "
_REACH = 24  # characters looked at on each side of a blank


def unwrap(text: str, wholes: Wholes) -> tuple[str, list[int]]:
    """A folded text without the blanks that break a word, and where each character that is left stood."""
    kept: list[str] = []
    positions: list[int] = []
    at = 0
    while at < len(text):
        if text[at] not in " \n":
            kept.append(text[at])
            positions.append(at)
            at += 1
            continue
        end = at
        while end < len(text) and text[end] in " \n":
            end += 1
        if not _breaks_word(_before(kept), _after(text, end), wholes, line="\n" in text[at:end]):
            kept += text[at:end]
            positions += range(at, end)
        at = end
    return "".join(kept), positions


def _before(kept: list[str]) -> str:
    start = len(kept)
    while start and len(kept) - start < _REACH and kept[start - 1] not in _STOPS:
        start -= 1
    return "".join(kept[start:])


def _after(text: str, at: int) -> str:
    """What comes up to the next separator, without blanks: letters set wide apart come as one word."""
    found: list[str] = []
    while at < len(text) and len(found) < _REACH and text[at] not in "、，；。（）【】/|":
        if text[at] == "\n" and found:
            break
        if text[at] != " ":
            found.append(text[at])
        at += 1
    return "".join(found)


def _breaks_word(left: str, right: str, wholes: Wholes, *, line: bool) -> bool:
    """Whether a blank or line end between two stretches stands inside a word or a name, or (a line end) before the role of a name."""
    if not left or not right:
        return False
    if wholes.holds(left):
        return line and roles.phrase_at(right, 0, after_name=True) is not None and not roles.label_at(right, 0)
    joined, edge = left + right, len(left)
    for start in range(max(0, edge - roles.LONGEST_WORD), edge):
        whole = not start or wholes.holds(left[:start])
        label = roles.label_at(joined, start, loose=False) if whole else None
        phrase = roles.phrase_at(joined, start, after_name=whole)
        if (label and label.end > edge) or (phrase and phrase.end > edge):
            return True
    if not line or roles.label_at(right, 0):
        return False
    return any(wholes.holds(left + right[:size]) or places.is_short(left + right[:size]) for size in range(1, len(right) + 1))
