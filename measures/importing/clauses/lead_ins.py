"""Words that lead in to a name and do not belong to it: 由省财政厅, 以上任务均由市民政局, 涉及市教育局."""

from __future__ import annotations

from measures.importing.clauses import bodies, places
from measures.importing.clauses.collectives import is_collective
from measures.importing.clauses.names import shape

BY = ("以", "在", "并由", "同时由", "并同时由", "具体由", "主要由", "分别由", "统一由", "其中", "由", "请", "主要包括")
POINTS_BACK = (
    "以上",
    "上述",
    "各项",
    "此项",
    "该项",
    "本项",
    "本条",
    "具体",
    "主要",
    "任务",
    "工作",
)  # 以上任务均由: of what the clause stands behind
JOINERS = (*bodies.JOINERS, "并", "或")
_LONGEST_LEAD_IN = 16  # characters


def leading(text: str) -> str:
    """A word before a name that does not belong to it (由省财政厅), or ""."""
    word = next((word for word in (*BY, *JOINERS) if text.startswith(word)), "")
    rest = text[len(word) :]
    if (
        not word
        or not rest
        or places.full_at(text)
        or text.startswith(("以上", "以下"))
        or (word == "在" and (is_collective(text) or not (shape(rest).complete or is_collective(rest))))
    ):
        return ""
    if is_collective(rest) or (shape(rest).complete and (word in BY or shape(rest).prefix)):
        return word
    return word if len(rest) > 1 and not shape(text).complete else ""


def behind_by(text: str) -> int:
    """Where the name begins in 以上任务均由市民政局, 0 if at the beginning."""
    if text.startswith("涉及") and is_collective(text) and not text.startswith(bodies.QUANTIFIERS, len("涉及")):
        return 0  # 涉及县区政府 is said of the set itself
    at = max(
        (
            text.rfind(word, 0, _LONGEST_LEAD_IN) + len(word)
            for word in ("由", "涉及", "均需", "都需", "均须")
            if word in text[:_LONGEST_LEAD_IN] and "自由" not in text
        ),
        default=0,
    )
    return at if at and (is_collective(text[at:]) or (shape(text[at:]).complete and shape(text[at:]).prefix)) else 0
