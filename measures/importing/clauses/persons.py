"""Persons that a clause names as leaders: 牵头领导：副市长张三, 常务副县长王强牵头."""

from __future__ import annotations

from measures.importing.clauses import bodies, roles
from measures.importing.clauses.names import shape

_LENGTH = range(2, 5)  # characters of a name of a person
_MANY, _NO_NAMES = ("各", "有关", "相关"), ("领导", "负责人", "责任人", "待定", "同上", "领导班子", "班子成员")
_POSTS = tuple(title for title in bodies.TITLES if title.endswith(bodies.POST_ENDS))


def persons(text: str) -> list[str]:
    """Names of persons without their titles: 副市长张三 → 张三."""
    name = text.partition("（")[0].removesuffix("同志")
    if name.startswith(_MANY) or name.endswith(_NO_NAMES) or names_agency(name):
        return []
    changed = True
    while changed:
        title = next((title for title in bodies.TITLES if name.startswith(title)), "")
        behind = next((title for title in bodies.TITLES if name.endswith(title) and len(name) > len(title) + 1), "")
        changed = bool(title or behind)
        name = name[len(title) :].removesuffix(behind) if behind else name[len(title) :]
    if len(name) in _LENGTH or (name and "·" in name):
        return [name]
    return [held] if (held := _post_holder(text)) else []


def names_agency(text: str) -> bool:
    """Whether an agency of a level stands where persons stand: 责任人：县教育局 王刚."""
    made = shape(text)
    return made.kind == "agency" and made.prefix.removesuffix("委") in bodies.LEVEL_MARKS and bool(made.head) and made.certain


def _post_holder(text: str) -> str:
    """The person behind an agency and a post of it (县教育局局长赵明华), or ""."""
    for post in _POSTS:
        at = text.rfind(post)
        rest = text[at + len(post) :].removesuffix("同志")
        if at > 0 and looks_like_person(rest) and shape(text[:at]).complete:
            return rest
    return ""


def is_post(text: str) -> bool:
    """Whether a text is the title of a person and nothing else: 县委常委, 市长, 县教育局局长."""
    rest = text
    if any(text.endswith(post) and shape(text[: -len(post)]).complete for post in _POSTS):
        return True
    while title := next((title for title in bodies.TITLES if rest.startswith(title)), ""):
        rest = rest[len(title) :]
    return not rest and text.endswith(bodies.POST_ENDS)


def leader_in(text: str) -> str:
    """The person that stands with a title where agencies stand (常务副县长王强), or ""."""
    behind = next((post for post in _POSTS if text.endswith(post)), "")  # 李强副市长
    post = text.removeprefix("分管").startswith(_POSTS) or _post_holder(text) or (behind and looks_like_person(text.removesuffix(behind)))
    names = persons(text) if post and not is_post(text) else []
    return "" if not names or (shape(text).certain and shape(text).complete and shape(text).head) else names[0]


def without_person(text: str, *, expected: bool) -> tuple[str, str]:
    """A name without the person in a bracket behind it, and that person: 市财政局（李四）.

    Args:
        text: a name as written.
        expected: the label speaks of persons as well; else a surname has to show one.
    """
    name, _, note = text.partition("（")
    inside = note.removesuffix("）")
    label = roles.label_at(inside, 0)
    inside, expected = (inside[label.end :], True) if label and label.kind == "person" else (inside, expected)
    named = persons(inside) if note.endswith("）") and not shape(inside).complete else []
    shown = bool(named) and (expected or (looks_like_person(inside) and not shape(inside).head))
    return (name, named[0]) if name and shown else (text, "")


def looks_like_person(text: str) -> bool:
    """Whether a word of two or three characters begins with a frequent surname."""
    return len(text) in _LENGTH[:2] and text[0] in bodies.SURNAMES
