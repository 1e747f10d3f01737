"""Role words of responsibility clauses, from `tables/roles.toml`, and the phrases and labels that are made of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from measures.importing.clauses.model import ROLES, Role

_TABLE = tomllib.loads((Path(__file__).parent / "tables" / "roles.toml").read_text(encoding="utf-8"))


class Words(tuple[str, ...]):
    """Words, the longest first, with a pattern that finds the longest of them at a position."""

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> Words:
        """Words in the order in which they are to be tried."""
        made = cls(sorted(words, key=len, reverse=True))
        made.pattern = re.compile("|".join(map(re.escape, made)))
        return made


def _by_word(table: Mapping[str, str]) -> dict[str, str]:
    return {word: value for value, words in table.items() for word in words.split()}


def _roles_by_word(table: Mapping[str, str]) -> dict[str, Role]:
    return {word: role for role in ROLES for word in table.get(role, "").split()}


_WORDS = {name: Words.of(words.split()) for name, words in _TABLE["words"].items()}

ROLE_WORDS = _roles_by_word(_TABLE["roles"])
LOOSE: dict[str, str] = _TABLE["loose"]
ALWAYS = frozenset(_WORDS["always"])
LINKS = _WORDS["links"]
NOT_CLAUSE = _WORDS["not_clause"]
ISSUES = _WORDS["issues"]
SENTENCE_STARTS = _WORDS["sentence_starts"]
SAME_AS = _WORDS["same_as"]
FIRST_LEADS = _WORDS["first_leads"]
REST = _WORDS["rest"]
OTHERS_SUPPORT = re.compile(r"(?:其余|其他|其它|其后|后面|后列)[^，。；]{0,8}(?:配合|参与|参加|协办|协助|协同)")
"""What a rule that the first one leads says of those behind it: 其余为配合单位."""

_REFERENCE = re.compile(
    "(?:具体|原则上|可|应|均|暂|继续)?(?:{refers})[^，；。：]*(?:{papers})(?:的|中的)?(?:规定|要求|精神|内容|标准|程序)?(?:{followed})?".format(
        **{name: "|".join(map(re.escape, _WORDS[name])) for name in ("refers", "papers", "followed")}
    )
)
_NUMBERED = re.compile("[^，；：]*(?:第?[0-9]+号(?:令|公告|通告|文|文件)?|[〔（[][0-9]{4}[]）〕][0-9]+号)")
_NOT_AFTER_ROLE = ("单位", "部门", "人", "机构", "方", "作用", "制")  # 牵头单位, 负责人, 负责制
_NATIONAL = ("国家", "国务院", "国资", "国铁", "国网", "国防")
_IS = ("分别为", "均为", "同为", "都为", "均是", "都是", "作为", "列为", "为", "是", "系")
ALL_ARE = _IS[:6]  # these speak of a list that is closed before them: 省教育厅、省财政厅，均为牵头单位
_OBJECTS = (
    "制定",
    "制订",
    "制作",
    "制发",
    "方案",
    "方面",
    "方式",
    "人才",
    "人口",
    "人力",
    "人民",
)  # 负责方案制定: 方 does not belong to 负责
_WORKS = ("办法", "办理", "办好", "处置", "处理", "处罚", "组建", "组织", "部署", "人员", "人才")  # 制定实施办法: no 办 ends a name there
_LOOSE_NOUNS = Words.of(("领导", "责任人", "负责人", "单位", "部门", "时限", "时间", "期限"))
_LONGEST_LOOSE = 10
_LABEL_JOINERS = ("及", "和", "、", "/", "与", "或")
_BEFORE_LABELS = ("", "（", "【", " ", "；", "。", "\n")
_LONGEST_RULE = 24  # characters of a rule in a label
_LONGEST_LABEL = 24  # characters
_LONGEST_PRINCIPLE = 24  # characters
LONGEST_WORD = 8  # characters of a role word
_LABEL_ROLES = _roles_by_word(_TABLE["label_words"])
_NOUNS = _by_word(_TABLE["label_nouns"])
_SHORT_LABELS = _roles_by_word(_TABLE["short_labels"])
_ROLES_SORTED = Words.of(ROLE_WORDS)
_LABELS_SORTED = Words.of({*_by_word(_TABLE["label_words"]), *_NOUNS})


@dataclass(frozen=True)
class Phrase:
    """Role words found in a text: what they say and where they end."""

    end: int
    role: Role
    words: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """A label found in a text: "unit", "person", "both", "time" or "foreign", its role, and where the labelled text begins."""

    end: int
    kind: str
    role: Role | None
    both: bool = False  # 牵头及配合单位
    strange: bool = False  # it is made of words that the table lacks, and says no role


def _first(words: Words, text: str, at: int) -> str:
    found = words.pattern.match(text, at)
    return found.group() if found else ""


def basis_at(text: str, at: int) -> int:
    """End of a phrase such as 按照各自职责分工 at a position, or the position itself."""
    end = at + len(_first(_WORDS["basis"], text, at))
    if end == at:
        return at
    core = False
    while word := _first(_WORDS["basis_words"], text, end) or _principle_at(text, end):
        core = core or word.startswith("“")
        if word in ("、", "和", "与", "内", "的") and not core:
            break
        core = core or word in _WORDS["basis_core"]
        end += len(word)
    return end if core else at


def _principle_at(text: str, at: int) -> str:
    """A principle in quotation marks: “管行业必须管安全”."""
    close = text.find("”", at, at + _LONGEST_PRINCIPLE) if text[at : at + 1] == "“" else -1
    return text[at : close + 1] if close > 0 and text[close + 1 : close + 2] in ("的", "原", "要") else ""


def phrase_at(text: str, at: int, *, after_name: bool) -> Phrase | None:
    """The role phrase at a position.

    Args:
        text: the folded text.
        at: where the phrase is to begin.
        after_name: a whole name, a collective or 等 ends here, so that words count which may also be part of a name.
    """
    words: list[str] = []
    end, grounded, opened = at, False, False
    while True:
        glue = _first(_WORDS["glue"], text, end) if words else ""
        start = end + len(glue) if glue and _role_at(text, _preface(text, end + len(glue))[0]) else end
        start, based = _preface(text, start)
        grounded, opened = grounded or based, opened or (based and not words)
        word = _role_at(text, start)
        if not word:
            end = start if based else end
            break
        words.append(word)
        end = start + len(word)
    if not words:
        return Phrase(end, "responsible", ("按职责分工",)) if grounded and after_name else None
    if not opened and not after_name and words[0] not in ALWAYS:
        return None
    if words[0] not in ALWAYS and not grounded and text.startswith(_WORDS["name_ends"], end) and not text.startswith(_WORKS, end):
        return None
    tail = end + len(_first(_WORDS["tails"], text, end))
    return Phrase(tail if _closes(text, tail) else end, _strongest(words), tuple(words))


def _closes(text: str, at: int) -> bool:
    return at >= len(text) or text[at] in "，；。、）】\n ：（"


def _preface(text: str, at: int) -> tuple[int, bool]:
    """End of what stands before a role word: how (共同, 依法) and on what basis (按职责分工); and whether there is a basis."""
    end, based = at, False
    while True:
        basis = basis_at(text, end)
        word = _first(_WORDS["manner"], text, end)
        rest = end + len(word)
        if basis > end:
            end, based = basis, True
        elif word and _leads_to_role(text, rest):
            end = rest
        else:
            return end, based


def _leads_to_role(text: str, at: int) -> bool:
    """Whether a role word or a basis stands here, perhaps behind words of manner: 积极配合, but not 重点企业."""
    word = _first(_WORDS["manner"], text, at)
    return bool(_role_at(text, at)) or basis_at(text, at) > at or (bool(word) and _leads_to_role(text, at + len(word)))


def _role_at(text: str, at: int) -> str:
    word = _first(_ROLES_SORTED, text, at)
    end = at + len(word)
    return "" if text.startswith(_NOT_AFTER_ROLE, end) and not text.startswith(_OBJECTS, end) else word


def _strongest(words: list[str]) -> Role:
    roles = {ROLE_WORDS[word] for word in words}
    if roles == {"lead", "guiding"} and "牵头" not in words:
        return "guiding"
    if "lead" in roles and all(word == "统筹" for word in words if ROLE_WORDS[word] == "lead") and len(words) > 1:
        roles.discard("lead")
        return "lead" if roles == {"responsible"} else next(role for role in ("support", "guiding", "responsible") if role in roles)
    if roles == {"support", "guiding"} and set(words) & {"支持", "协同"}:
        return "guiding"
    return next(role for role in ("lead", "support", "guiding", "responsible") if role in roles)


def label_at(text: str, at: int, *, loose: bool = True) -> Label | None:
    """The label at a position: 牵头单位：, 【责任单位】, 完成时限：, 配合单位 (before a name); if `loose`, also 包联领导： by its noun."""
    opened = text[at : at + 1] == "【" or (text[at : at + 1] == "（" and "）" in text[at : at + 10])
    start = at + 1 if opened else at
    short = _short_label(text, start, opened=opened)
    if short is not None:
        return short
    end, roles, noun = _label_words(text, start)
    if not noun:
        return _foreign_label(text, start, opened=opened) or (_loose_label(text, start, opened=opened) if loose else None)
    after = _skip_blanks(text, end)
    if opened:
        if text[after : after + 1] not in ("】", "）"):
            return None
        after = _skip_blanks(text, after + 1)
    slip = ("；",) if roles and noun == "unit" and text[at - 1 : at] in _BEFORE_LABELS else ()  # 牵头单位；县商务局
    colon = next((mark for mark in ("：", "——", "—", "-", *slip) if text.startswith(mark, after)), "")
    verb = next((word for word in ("为", "是") if text.startswith(word, after)), "")
    timed = noun == "time" and text[after + len(verb) : after + len(verb) + 1].isdigit()
    same = {"lead", "support"} <= set(roles) and text.startswith("同上", after)  # 牵头单位、配合单位同上
    if not (opened or same or bool(colon) or after > end or (verb and (noun == "unit" or timed))):
        return None
    if not roles and noun != "time" and not colon and not opened:
        return None
    after = _skip_blanks(text, after + len(colon)) if colon else after + len(verb)
    return Label(after, noun, _label_role(roles), both={"lead", "support"} <= set(roles))


def numbers_paper(text: str) -> bool:
    """Whether a text is the number of a paper: 国家发展改革委2023年第5号令."""
    return not any(word in text for word in ALWAYS) and _NUMBERED.fullmatch(text) is not None


def refers_to_paper(text: str) -> bool:
    """Whether a text says by which paper things are done, and not by whom: 参照省住房城乡建设厅等部门印发的技术导则执行."""
    return not any(word in text for word in ALWAYS) and _REFERENCE.fullmatch(text) is not None


def bare_label_at(text: str, at: int) -> Label | None:
    """A label that runs into the name behind it (牵头单位县林业局); whether a name follows is for the caller to see."""
    end, found, noun = _label_words(text, at)
    return Label(end, noun, _label_role(found)) if noun == "unit" and found else None


def _short_label(text: str, start: int, *, opened: bool) -> Label | None:
    word = next((word for word in _SHORT_LABELS if text.startswith(word, start)), "")
    end = _skip_blanks(text, start + len(word))
    if not word or text[end : end + 1] not in (("】", "）") if opened else ("：",)):
        return None
    end = _skip_blanks(text, end + 1)
    return Label(_skip_blanks(text, end + 1) if text[end : end + 1] == "：" else end, "unit", _SHORT_LABELS[word])


def _foreign_label(text: str, start: int, *, opened: bool) -> Label | None:
    word = next((word for word in _WORDS["foreign_labels"] if text.startswith(word, start)), "")
    end = start + len(word)
    return Label(end + 1, "foreign", None) if word and text[end : end + 1] in (("】", "）") if opened else ("：",)) else None


def _loose_label(text: str, start: int, *, opened: bool) -> Label | None:
    """A label with a word that the table lacks (包联领导：), told by its noun and the colon."""
    end = next((index for index in range(start, min(len(text), start + _LONGEST_LOOSE)) if text[index] in "：】"), -1)
    words = text[start:end] if end > 0 else ""
    noun = next((noun for noun in _LOOSE_NOUNS if words.endswith(noun)), "")
    if not noun or any(char in words for char in "，、；。 （\n/|") or text[end] != ("】" if opened else "："):
        return None
    found = [role for word, role in ROLE_WORDS.items() if word in words]
    return Label(_skip_blanks(text, end + 1), _NOUNS[noun], _label_role(found), strange=not found)


def _label_words(text: str, start: int) -> tuple[int, list[Role], str]:
    """Read label words up to the last noun: its end, the roles named, and the kind of the noun ("" when there is none)."""
    end, last, noun = start, start, ""
    roles: list[Role] = []
    found: list[Role] = []
    joined = listed = False
    while end - start < _LONGEST_LABEL:
        if text[end : end + 1] == "（":
            close = text.find("）", end, end + _LONGEST_RULE)
            if noun and close > 0 and any(words in text[end:close] for words in FIRST_LEADS):
                last = end = close + 1  # 责任单位（排在首位的为牵头单位）
                continue
            inner = _label_words(text, end + 1) if close > 0 else None
            inside = _words_of_label(text[end + 1 : close]) if inner else []
            if inner is None or not inside:
                break
            roles, end = roles + [_LABEL_ROLES[word] for word in inside if word in _LABEL_ROLES], close + 1
            noun = "both" if {noun, inner[2]} == {"unit", "person"} else noun
            last, found = (end, list(roles)) if noun else (last, found)
            continue
        word = _first(_LABELS_SORTED, text, end)
        if not word:
            break
        end += len(word)
        role = _LABEL_ROLES.get(word)
        roles = [*roles, role] if role else roles
        listed = listed or (word == "、" and not roles and not noun)
        if listed and _NOUNS.get(word) == "time":
            break  # 相关县政府、完成时限： begins with a name
        if word in _NOUNS:
            both = joined and {noun, _NOUNS[word]} == {"unit", "person"}  # 牵头单位及责任人, but 牵头单位负责人 is a person
            noun = "both" if both else _NOUNS[word] if noun in ("", "unit") else noun
            last, found = end, list(roles)
        joined = joined or word in _LABEL_JOINERS
    return last, found, noun


def _words_of_label(text: str) -> list[str]:
    """The words of a label that a text is made of, or nothing if other words are in it."""
    at, words = 0, []
    while at < len(text) and (word := _first(_LABELS_SORTED, text, at)):
        words.append(word)
        at += len(word)
    return words if at == len(text) else []


def _label_role(roles: list[Role]) -> Role | None:
    if not roles:
        return "responsible"
    if set(roles) == {"guiding", "responsible"}:
        return "guiding"
    return (
        next(role for role in ("support", "lead", "guiding", "responsible") if role in roles)
        if {"lead", "support"} - set(roles)
        else "lead"
    )


def predicate_at(text: str, at: int) -> Phrase | None:
    """为牵头单位, 作为配合部门 behind a name."""
    verb = next((verb for verb in _IS if text.startswith(verb, at)), "")
    end, found, noun = _label_words(text, at + len(verb))
    role = _label_role(found)
    return Phrase(end, role, ("为",)) if verb and noun == "unit" and found and role and _closes(text, end) else None


def link_at(text: str, at: int) -> str:
    """The word of a link (会同, 商, 联合) at a position, or ""."""
    word = _first(LINKS, text, at).removesuffix("有关")
    if word == "会同":
        return word
    if word != "联合" and text.startswith(_NATIONAL, at + len(word)):
        return word  # 财政部商国家发展改革委, but 联合国
    return "" if not word or text.startswith(_WORDS["links_not_before"], at + len(word)) else word


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] == " ":
        at += 1
    return at
