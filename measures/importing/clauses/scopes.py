"""What stands behind an agency and says what for: 省交通运输厅（航道疏浚）, 市住建局：房屋建筑."""

from __future__ import annotations

from typing import Literal

from measures.importing.clauses import bodies, places, roles
from measures.importing.clauses.collectives import is_collective
from measures.importing.clauses.names import functional, head_of, shape
from measures.importing.clauses.persons import looks_like_person

_MARKS = "：（，0123456789"
_OFFICES_INSIDE = ("办公室", "领导小组", "小组", "办", "委员会", "指挥部", "专班", "联席会议", "中心", "局")
_LONGEST_SCOPE = 14  # characters


def is_office(name: str) -> bool:
    """Whether a name is that of one office, behind which a scope may stand."""
    return shape(name).kind in ("agency", "standalone") and not name.endswith(bodies.COMPANY_ENDS) and not is_collective(name)


def ends_office(words: str) -> bool:
    """Whether words are the end of the name of an office (管理局), and no name by themselves."""
    stands = is_collective(words) or (shape(words).complete and bool(shape(words).prefix))
    return len(words) > 1 and not stands and words.endswith(_OFFICES_INSIDE)


def names_nobody(words: str) -> bool:
    """Whether words behind the name of an agency name neither an agency nor a person nor a place."""
    return not any(mark in words for mark in _MARKS) and all(map(_is_of_work, words.split("、")))


def _is_of_work(words: str) -> bool:
    if len(words) < len("用地") or head_of(words) or is_collective(words) or places.short_at(words) or places.full_at(words):
        return False
    return functional(words) or not looks_like_person(words)


def note_kind(inside: str) -> Literal["mark", "rule", "note"] | None:
    """What a bracket inside a clause is: a mark of role, a rule, a note; None if it belongs to a name."""
    compact = inside.replace(" ", "")
    for word in ("以上单位", "以上部门", "以上", "上述单位", "均", "分别"):
        compact = compact.removeprefix(word) or compact
    if any(words in compact for words in roles.FIRST_LEADS):
        return "rule"
    if compact.startswith(roles.NOT_CLAUSE) or compact in ("下同", "同上"):
        return "note"
    phrase = roles.phrase_at(compact, 0, after_name=True)
    if phrase is not None and (phrase.end == len(compact) or (phrase.role in ("lead", "support") and phrase.words[0] in roles.ALWAYS)):
        return "mark"  # （牵头）, （牵头，负责建筑领域）
    if compact.endswith(bodies.SCOPE_ENDS) and len(compact) <= _LONGEST_SCOPE and not (shape(compact).complete or is_collective(compact)):
        return "note"  # 省交通运输厅（交通领域）
    label = roles.label_at(compact + "：", 0)
    if label is not None and label.end >= len(compact) > 1:
        return "mark"
    return None
