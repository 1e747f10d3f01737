"""Names of those who issue a document, as they stand above its title and below its text."""

from __future__ import annotations

import re

_ENDINGS = (
    "政府|办公厅|办公室|委员会|委|厅|局|部|院|署|会|组|中心|行|办|党组|小组|指挥部|总行|管委会|人大|政协|公司|银行|联社|联席会议|总队|支队|大队|室|站|"
    "学院|大学|军区|集团|总社|协会|联合会"
)
ISSUER = re.compile(rf"^[\u4e00-\u9fffXx×（）()、 \u3000]{{2,60}}(?:{_ENDINGS})$")
_NAME = re.compile(rf"[\u4e00-\u9fffXx×（）()]{{2,24}}?(?:{_ENDINGS}|工商联|妇联|残联|侨联|文联|社联|科协|作协|团中央|团[省市县区]委)$")
# 〔2025〕12号, the year and the number of a document in any style of brackets.
NUMBERED = r"[〔\[【［（(﹝]\s*(?:19|20)\d{2}\s*[〕\]】］）)﹞]\s*(?:第\s*)?\d{1,4}\s*号"
_TITLE_WORDS = re.compile(r"^(?:关于|印发|转发)")
# What the number of a document begins with: 国办发, 市政函, 人社部发.
_GLUED = re.compile(
    r"^(?P<who>[\u4e00-\u9fff]{4,30}(?:文\s*件|公报|(?<=人民政府)|(?<=办公厅)|(?<=办公室)|(?<=委员会)))\s*"
    r"(?P<number>[\u4e00-\u9fff]{1,8}(?:发|字|函|办|规|通|令|请|报|文|电|批|复|告|党)[^\u4e00-\u9fff].*)$"
)
_DATED = re.compile(r"^(?P<who>[^\d]{4,60}?)[ \u3000]*(?=(?:(?:19|20)\d{2}|[二〇○零一二三四五六七八九]{4})\s*年)")


def names_issuers(line: str) -> bool:
    """Whether a line names nobody but one who issues, or several with blanks between them (财政部　全国总工会　全国工商联)."""
    if ISSUER.match(line):
        return True
    parts = line.split()
    return len(parts) > 1 and not _TITLE_WORDS.match(parts[-1]) and all(_NAME.fullmatch(part) for part in parts)


def names_several(line: str) -> bool:
    """Whether a line names several who issue together, each of them whole."""
    parts = line.split()
    return len(parts) > 1 and all(len(part) > 2 and _NAME.fullmatch(part) for part in parts)


def spelled_together(name: str) -> str:
    """Give a name without the blanks that only spread its signs; several names keep one blank between them."""
    parts = name.removeprefix("中华人民共和国").split() if name == "中华人民共和国国务院" else name.split()
    return (" " if all(len(part) > 3 or (len(part) > 2 and names_issuers(part)) for part in parts) else "").join(parts)


def behind_the_head(number: str) -> int:
    """Tell where a number begins that is glued to the letterhead above it: 西安市人民政府文件|市政发〔2025〕9号; 0 if it is not."""
    glued = _GLUED.match(number)
    return glued.start("number") if glued else 0


def before_the_date(line: str) -> str:
    """Give who signs on one line with the date: 西安市人民政府2025年3月31日; "" if nobody does."""
    dated = _DATED.match(line)
    who = dated["who"].strip() if dated else ""
    return who if who and names_issuers(who) else ""
