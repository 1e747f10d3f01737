"""The reader's reasons in English. The reader writes them in Chinese, for whoever checks a Chinese document; this is the other language."""

from __future__ import annotations

import re

from django.utils.translation import get_language

ENGLISH: dict[str, str] = {
    # names
    "不能确定是省略了后缀的地名": "it is not certain that this is a place whose suffix was left out",
    "后缀按后面的公司补全": "the suffix was completed from the company that follows",
    "不像单位名称，请核对": "this does not look like the name of an agency; please check",
    "只写了职能，没有写单位全称": "only the field of work is written, not the agency’s full name",
    "没有写出单位名称的后缀": "the suffix of the agency’s name is not written",
    "只写了地名，没有写单位": "only a place is written, no agency",
    "“、”或者“及”前后可能是两类单位": "agencies of two kinds may stand on the two sides of “、” or “及”",
    "写的数目与列出的地方不符，请核对": "the number written is not that of the places listed; please check",
    "可能是“{}”本身": "it may be “{}” itself",
    "按“{}”的下属单位补全": "completed as a part of “{}”",
    "也可能属于“{}”": "it may be a part of “{}”",
    "按各自的行政区划补全": "each place was completed by its own administrative division",
    "与后面的地名不同级，按其行政区划补全": "not of the level of the place that follows; completed by its own administrative division",
    "可能属于前面的“各…”": "this may belong to the “各…” before it",
    "没有写明所在地区": "the region is not written",
    "级别与前面的“{}”不符": "its level does not fit “{}” before it",
    "按前文补了“{}”，不能确定是否省略": "“{}” was added from what stands before; it is not certain that it was left out",
    "前面隔有其他单位，按“{}”补全": "completed with “{}”, though other agencies stand between",
    "按前一组的“{}”补全": "completed with “{}” of the group before",
    "前面是政府部门，按党委部门补全": "completed as an organ of the party committee, though departments of the government stand before it",
    "括号内可能是同一单位的另一名称": "the brackets may hold another name of the same agency",
    "名称过长，请核对": "the name is very long; please check",
    "其他单位写有“{}”，这里没有写": "other agencies bear “{}”, this one does not",
    "没有写出级别，无法补全": "the level is not written and cannot be completed",
    "“{}”不是常见的职能，请核对写法": "“{}” is no usual field of work; please check how it is written",
    "“{}”不是常见的职责写法，请核对": "“{}” is no usual name of a function; please check",
    "“各…”的范围请核对": "please check how far “各…” reaches",
    "企业名称按前文补了“{}”": "“{}” was added to the company’s name from what stands before",
    "可能与后面的单位共用“人民政府”一类后缀": "it may share a suffix like “人民政府” with the agency that follows",
    "可能省略了“{}”": "“{}” may have been left out",
    "也可能省略了“{}”": "it may also be “{}” that was left out",
    "按前文补了“{}”": "“{}” was filled in from the text before",
    "按后文补了“{}”": "“{}” was filled in from the text behind",
    "年份写法不明": "it is not clear which year is meant",
    "文中没有标题": "the text has no title",
    "没有读到措施": "no measures were found",
    "时限没有读出": "the deadline could not be read",
    "没有写单位，按与上一行合并的单元格读取，请核对": "no agency is written; read as merged with the cell above; please check",
    "没有写领导，按与上一行合并的单元格读取，请核对": "no leader is written; read as merged with the cell above; please check",
    "这一格占了几种单位的列，没有另写角色的按责任单位读取，请核对": "this cell covers columns of several roles; "
    "those without a role of their own were read as responsible; please check",
    "可能省略了“{}”，也可能是泛指": "“{}” may have been left out, or agencies in general are meant",
    "后缀按后面的分支机构补全": "the suffix was completed from the branch that follows",
    "提到单位，但不像责任分工，请核对": "agencies are named, but this does not look like an assignment; please check",
    "没有括号和标签，可能只是叙述": "without brackets or label this may only be telling",
    # roles
    "写的是“同上”，请按上一项填写": "it says “the same as above”; please enter what the item before says",
    "写的是职务，不是单位": "this is an office that somebody holds, not an agency",
    "领导姓名没有读出": "the leader’s name could not be read",
    "带*的单位按牵头读取": "agencies marked * were read as leads",
    "“（牵头）”一类标注按只标前一个单位读取": "marks like “（牵头）” were read as belonging to the one agency before them",
    "牵头和配合写在一起，按第一个牵头、其余配合读取": (
        "lead and support are written together; the first was read as lead, the others as support"
    ),
    "“等”后面的范围不明，请补充单位": "it is not clear whom “等” leaves unsaid; please add the agencies",
    "“{}”前的单位按{}、后的单位按配合读取": "agencies before “{}” were read as {}, those after it as support",
    "只规定首位牵头，没有规定其余单位的角色，按配合单位读取": "only the lead of the first one is ruled; the others are read as supporting",
    "没有写明角色，按责任单位读取": "no role is written; read as responsible",
    "没有写明角色，按{}读取": "no role is written; read as {}",
    "这里提到的单位没有读入": "an agency is named here that was not read",
    "这一部分没有读出": "this part could not be read",
    "不常见的标签，按{}单位读取": "an unusual label; read as {}",
    "写的是“同上”，按上一项填写，请核对": "it says “the same as above”; filled in from the item before, please check",
    "写的是领导，按牵头领导读取": "a leader is named; read as the leader in charge",
    "按规定首位牵头，但列在首位的不是一个单位": "the first is to lead by the document’s rule, but no single agency stands first",
    "括号内按责任人读取": "the brackets were read as the person in charge",
    "“{}”没有读入，请核对范围": "“{}” was not read; please check what it is about",
    "这里写的范围没有读入，请核对": "the scope written here was not read; please check",
    "标签和“{}”不一致，逗号前的单位按标签读取": "label and “{}” do not agree; agencies before the comma were read by the label",
    "“（{}）”一类标注按标前面各单位读取": "the mark “（{}）” was read as that of all the agencies before it",
    "两个单位之间没有标点，请核对": "no mark stands between two agencies; please check",
    "只写了配合单位，没有写牵头或者负责的单位": "only supporting agencies are named, nobody who leads or is responsible",
    "逗号后的单位按{}读取": "agencies after the comma were read as {}",
    "分工中没有写时限，取正文所写的时限": "no deadline is written with the agencies; that of the text was taken",
    "角色只写在最后，逗号前的单位按{}读取": "a role is written only at the end; agencies before the comma were read as {}",
    "“等”后面是一类单位，按集合读取": "behind “等” stands a sort of bodies; read as an open set",
    "后面的单位另有层级，不能确定共用后缀": "the agency behind has a mark of level of its own; it may not lend its ending",
    "句中除分工外还有其他内容，请核对": "the sentence says more than who does it; please check",
    "没有写出级别，前面是“{}”的政府": "no level is written, and the government of “{}” stands before",
    "“{}”按{}读取": "“{}” was read as {}",
    "文中规定首位牵头，此处又写按职责分工，仍按首位牵头读取": (
        "the document says that the first leads, and here that each acts by its duties; the first was still read as leading"
    ),
    # deadlines
    "写了不止一个时限，取最晚的一个": "more than one deadline is written; the latest was taken",
    "从成文日期起算": "counted from the document’s date",
    "成文日期不全，按其最后一天起算": "the document’s date is not complete; counted from the last day it may be",
    "“{}”每年日期不同，请填写具体日期": "“{}” falls on another day each year; please enter the date",
    "未写年份，且不知道成文日期": "no year is written, and the document’s date is not known",
    "未写年份，按成文日期后最近的一次推算": "no year is written; the next time after the document’s date was taken",
    "“{}”没有确定的日子": "“{}” has no certain day",
    "工作日要按工作日历推算，请填写具体日期": "working days need the calendar; please enter the date",
    "不知道成文日期，无法推算": "the document’s date is not known, so the day cannot be reckoned",
    "起算日“{}”不明，请填写具体日期": "it is not clear which day “{}” is; please enter the date",
    "学年的最后一天不明，请填写具体日期": "the last day of the school year is not certain; please enter the date",
    "不知道成文的月份": "the month of the document is not known",
    "未写年份，且当年的日期早于成文日期，按下一年推算": (
        "no year is written, and this year’s day is before the document’s date; the next year was taken"
    ),
    "“前”字前没有“底”“末”，可能含当期，也可能不含": "“前” without “底” or “末”: the period itself may be meant or not",
    "只写了开始的时间，没有写完成时限": "only the beginning is written, no deadline",
    "季节没有确定的最后一天": "a season has no certain last day",
    "按农历节日的前一天推算": "the day before the feast of the lunar calendar was taken",
    # the directory
    "“{}”在成文日期不存在": "“{}” did not exist on the document’s date",
    "“{}”在成文日期已不存在，由“{}”承接": "“{}” no longer existed on the document’s date; “{}” took over",
    "单位名录中没有这个名称，列出相近的供选择": "the directory does not have this name; similar ones are listed to choose from",
    "单位名录中没有这个名称": "the directory does not have this name",
    "“{}”对应多个单位": "“{}” is several agencies’ name",
    "“{}”只可能是“{}”的简称": "“{}” can only be short for “{}”",
    "“{}”可能是多个单位的简称": "“{}” may be short for several agencies",
    "文件规定“{}”是“{}”的简称": "the document says that “{}” is short for “{}”",
    "不计括号内的名称": "without the name in brackets",
    "按括号内的名称": "by the name in brackets",
    "按发文地区补全为“{}”": "completed to “{}” by the region of the issuer",
    # the document
    "文中没有发文字号": "the document bears no number",
    "文中没有发文机关": "the document does not say who issued it",
    "文中没有成文日期": "the document bears no date",
    "这条措施没有写责任单位": "nobody is named for this measure",
    "文中规定各条均有此单位参与，已补入其后（或者其前）各条，请核对": (
        "the document says that this agency takes part in all that follows, or that stands above; it was added to each, please check"
    ),
    "文中规定各条均有此单位参与，没有补入各条，请核对": (
        "the document says that this agency takes part in all; it was not added to each, please check"
    ),
    "这里写的分工没有读入，请核对": "the division of work that is written here was not read; please check",
    "文中像是目标的数字没有读入，请核对": "a number that looks like a target was not read; please check",
    "此处编号与措施相同，但未写责任单位，未列为措施": "numbered like a measure, but nobody is named; not taken for one",
}
"""The reader's sentences, with {} where it writes a word of the document, and what each says in English."""

ROLES = {"牵头单位": "lead", "配合单位": "support", "责任单位": "responsible", "牵头": "lead", "配合": "support", "指导": "guidance"}


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, sentence.split("{}"))))


_PATTERNS = [(_pattern(sentence), english) for sentence, english in ENGLISH.items()]


def in_english(sentence: str) -> str | None:
    """Return a reason of the reader in English, several joined by ； one by one; None for one that has no English."""
    for pattern, english in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            return english.format(*(ROLES.get(word, word) for word in found.groups()))
    parts = re.split("[；，]", sentence)
    if len(parts) == 1:
        return None
    told = [in_english(part) for part in parts]
    return "; ".join(part for part in told if part) if all(told) else None


def reason(sentence: str) -> str:
    """Return a reason of the reader in the language of whoever reads; what has no English stays as it was written."""
    if (get_language() or "zh").startswith("zh"):
        return sentence
    return in_english(sentence) or sentence
