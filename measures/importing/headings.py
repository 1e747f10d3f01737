"""How headings are numbered: 第一章, 一、, （一）, 1., （1）, ①, 【…】, —— and their variants.

`read_marker` looks only at the beginning of a line; what a marker means in its document is settled in `outline.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from measures.importing.numerals import number_from, plain_digits

_CN = "〇零一二三四五六七八九十百"


class Scheme(IntEnum):
    """The schemes of numbering, from the outermost to the innermost, in the order of GB/T 9704 and of common use."""

    PART = 0
    CHAPTER = 1
    DIVISION = 2
    CN = 3
    ARTICLE = 4
    CN_PAREN = 5
    NUM = 6
    DOTTED = 7
    NUM_PAREN = 8
    CIRCLED = 9
    BRACKET = 10
    DASH = 11
    PARAGRAPH = 12


@dataclass(frozen=True, slots=True)
class Marker:
    """The number at the beginning of a line.

    `label` is the number as written without the separator behind it, `value` its value (0 where there is none), `length`
    the characters it takes, separator and blanks included.
    """

    scheme: Scheme
    label: str
    value: int
    length: int


_D = "[0-9０-９]"
# 100 家 is an amount, not a number with a title.
_COUNTED = "[年月日个家项万亿余多条次人名所座处公平千吨至到号%％]"
_BLANK = "[ \\t\u3000\u00a0]*"

_SCHEMES: tuple[tuple[Scheme, re.Pattern[str]], ...] = (
    (Scheme.PART, re.compile(rf"(?P<label>第(?P<cn>[{_CN}]{{1,5}})(?:部分|篇|编))[、：:．.]?{_BLANK}")),
    (Scheme.CHAPTER, re.compile(rf"(?P<label>第(?:(?P<cn>[{_CN}]{{1,5}})|(?P<num>{_D}{{1,3}}))章)[、：:．.]?{_BLANK}")),
    (Scheme.DIVISION, re.compile(rf"(?P<label>第(?:(?P<cn>[{_CN}]{{1,5}})|(?P<num>{_D}{{1,3}}))节)[、：:．.]?{_BLANK}")),
    (Scheme.ARTICLE, re.compile(rf"(?P<label>第(?:(?P<cn>[{_CN}]{{1,6}})|(?P<num>{_D}{{1,3}}))条)(?![例款])[、：:．.]?{_BLANK}")),
    (Scheme.CN_PAREN, re.compile(rf"(?P<label>[（(〔﹙]{_BLANK}(?P<cn>[{_CN}]{{1,5}}){_BLANK}[）)〕﹚])[、．.:：]?{_BLANK}")),
    (Scheme.CN, re.compile(rf"(?P<label>(?P<cn>[{_CN}]{{1,5}}))(?:{_BLANK}[、．.]|{_BLANK}[，,](?=\S{{2,20}}$)|[\u3000 ]+(?=\S)){_BLANK}")),
    (Scheme.NUM_PAREN, re.compile(rf"(?P<label>[（(﹙]?{_BLANK}(?P<num>{_D}{{1,3}}){_BLANK}[）)﹚])[、．.]?{_BLANK}")),
    (
        Scheme.DOTTED,
        re.compile(
            rf"(?P<label>{_D}{{1,2}}(?:[.．]{_D}{{1,2}}){{1,3}})(?![0-9０-９%％年月日万亿个家G])[、．.]?(?:[\u3000 ]+|(?=[^\d\s])){_BLANK}"
        ),
    ),
    (
        Scheme.NUM,
        re.compile(
            rf"(?P<label>(?P<num>{_D}{{1,3}}))"
            rf"(?:{_BLANK}[、．。]|[.](?=(?:19|20)\d\d年|\d{{1,3}}G|\D|$)|[\u3000\t ]+(?=[\u4e00-\u9fff“《【])(?!{_COUNTED})){_BLANK}"
        ),
    ),
    (Scheme.CIRCLED, re.compile(rf"(?P<label>(?P<circled>[①-⑳㉑-㉟⑴-⒇⒈-⒛❶-❿]))[、．.]?{_BLANK}")),
    (Scheme.DASH, re.compile(rf"(?P<label>(?:——|--|──|―――?|－－|—|●|◆|■|•|·|※|★)){_BLANK}(?=\S)")),
)
_KIND = "(?:任务|措施|举措|行动|工程|项目|事项|专项)"
_TASK = re.compile(rf"(?P<label>{_KIND}(?:(?P<cn>[{_CN}]{{1,4}})|(?P<num>{_D}{{1,3}})))(?:[：:、．.]|[\u3000 ]+){_BLANK}")
# 【规划引领篇】 is a heading, 【责任单位】省财政厅 a responsibility in label style.
BRACKETED = r"【(?!.{0,6}(?:单位|部门|责任|牵头|配合|时限|时间|领导|负责))[^【】\n]{1,40}】"
_BRACKET = re.compile(rf"(?P<label>{BRACKETED})")


def _value(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if written := groups.get("cn") or groups.get("num"):
        return number_from(written) or 0
    circled = groups.get("circled")
    if circled:
        for first in "①⑴⒈":
            if 0 <= ord(circled) - ord(first) < 20:  # each of these ranges holds twenty signs
                return ord(circled) - ord(first) + 1
        return ord(circled) - ord("❶") + 1 if circled >= "❶" else ord(circled) - ord("㉑") + 21
    return 0


def read_marker(line: str) -> Marker | None:
    """Read the number at the beginning of a line that has no blanks in front."""
    task = _TASK.match(line)
    if task:
        return Marker(Scheme.NUM, task["label"], _value(task), task.end())
    bracket = _BRACKET.match(line)
    if bracket:
        return Marker(Scheme.BRACKET, bracket["label"], 0, bracket.end())
    for scheme, pattern in _SCHEMES:
        match = pattern.match(line)
        if match:
            return Marker(scheme, plain_digits(match["label"]), _value(match), match.end())
    return None
