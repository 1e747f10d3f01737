"""Quantified targets 目标指标: metric, comparator, value, unit and due date, each with its span.

A target is a number that a sentence sets as an aim: 到2025年，全省本外币贷款余额达30万亿元. The unit keeps its magnitude as written
(万亿元), so that the quote and the value read alike. What is aimed at without a number is no target.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from measures.importing.amounts import Amount, find_amounts
from measures.importing.comparators import CANONICAL, COMPARATORS, SUFFIXES, VERBS, relation_of
from measures.importing.deadlines import find_deadlines
from measures.importing.partial_date import PartialDate
from measures.importing.target import LINKED, VERB, Passage, Target, told_apart
from measures.importing.when import Due, read_dues

_WORD = re.compile("(?:" + "|".join(sorted(COMPARATORS, key=len, reverse=True)) + r")(?:约|近|了|(?<=于|到|过|在|达)[^，、\d的]{1,8}的)?$")
_SUFFIX = re.compile(r"\s*(?:的?(?P<suffix>" + "|".join(sorted(SUFFIXES, key=len, reverse=True)) + "))")
_ANY_VERB = re.compile("|".join(sorted(VERBS, key=len, reverse=True)))
# 支持企业建设海外仓10个: what is counted begins at the second verb.
_ENABLING = re.compile(
    r"^(?:协调|支持|鼓励|引导|推动|指导|组织|争取|促进|动员|依托|通过|在|围绕|面向)[^，]{2,24}?(?=" + _ANY_VERB.pattern + ")"
)
_ONLY_VERB = re.compile(r"(?:" + "|".join(sorted(VERBS, key=len, reverse=True)) + ")$")
_SENTENCE = re.compile(r"[^。；;！？\n]{1,600}[。；;！？]?")
_BREAK = re.compile(r"[，,。；;：:！？\n]|(?<=[\u4e00-\u9fff）)])[.．](?=[\u4e00-\u9fff“])")
_NOUN = re.compile(r"^的?(?P<noun>[^，,。；;：:！？、（）()\d\s]{2,30})")
_LEADING = re.compile(
    r"^(?:其中|同时|[0-9０-９]{1,2}[.．、](?=[\u4e00-\u9fff])|[（(][0-9０-９一二三四五六七八九十]{1,2}[）)]|[一二三四五六七八九]是|稳定(?!在)|将|把|并且|并|且|到|力争|确保|努力|争取|预计|预期|计划|全力|基本|使得?|让|推动实现|推动|促进|带动|实现|完成|保持|累计|分别|年底|期末|年度(?!投资)|全年|每年|每季度|每月|积极|大力|分批|加快|着力|统筹|全面|持续|稳步|有序|继续|届时|届期|区域内|范围内|、|和|及|以及|与|以|——|[①-⑳]|\s|\u3000)+"
)
_REGION = re.compile(r"^(?:全省|全市|全县|全区|全国|全州|全盟|全旗|全镇|我省|我市|我县|我区|我国|本省|本市|本区|本县|全域|省内|市内)")
_HISTORY = re.compile(r"截至|截止|目前|已[经达建有完累实培]|现有|近年|以来|曾|原有|去年|上年")
_POLICY = re.compile(
    r"给予|奖励|奖补|补助|补贴|资助|贴息|罚款|处罚|最高|上限|单[个户家笔]|每[户家个人名亩笔件台辆年][^，]{0,6}(?:补|奖|\d+万?元)|"
    r"比例(?:补|返|核|安排)|标准(?:的|为|发)|不满|未满|满\d|按.{0,12}(?:计算|执行|收取|缴)|注册资本|期限|有效期"
)
# A number that only says which ones are meant: 营业收入超过100亿元的企业.
_CONDITION = re.compile(r"^(?:以上|以下|以内|及以上)?的(?!目标|比例|任务)")
_TIME_UNITS = re.compile(r"(?:年|日|天|小时|分钟|个月|工作日|分|岁|度)$")
# 由8个减少到3个: the first is where it starts from.
_FROM = re.compile(r"(?:由|从)(?:目前的?|现[有在]的?|原来的?|20\d\d年的?)?$")
_TURNED = re.compile(r"^(?:左右|以上)?(?:减少|压缩|压减|缩短|缩减|降|下降|降低|提高|提升|增加|增长|上升|扩大|精简|调整)(?:到|至|为)")
_STARTING = re.compile(r"(?:由|从)[^由从，]{0,6}\d[\d.,]*[^，\d]{0,5}$")
# 组建3个专班 counts who works, not what is reached; 在完成100个的基础上 is where it starts from.
_NOT_COUNTED = re.compile(
    r"^(?:左右|以上)?(?:的基础上|(?:工作|专项|推进|攻坚|专家|督[查导])*(?:专班|小组|工作组|专项组|专责组|专门机构)|方面|阶段|步骤|层面|维度|联络员|"
    r"(?:分管|负责|班子)(?:领导|同志|成员)|专人|[\u4e00-\u9fff]{0,6}队伍?(?:[，。；]|$)|《)"
)
_DESCRIBES = re.compile(
    r"总投资|计划投资|概算|估算|占地|用地面积|规划面积|建筑面积|全长|总长|单价|注册资本|现有|共有|合计|原有|组长|成员|主任|召集人|联络员|负责人|电话|邮编|"
    r"邮箱|传真|地址|房间|附件|第|《|提前|后|的|每人|时间为|频次|标准为"
)
_ENUMERATES = frozenset("款章节页号期届字")
_SAYINGS = re.compile(r"(?:措施|举措|意见|政策|任务|规定|清单|要求|建议|内容|方面|条例|办法)$")  # 稳经济措施50条
_CLOSED = re.compile(r"^(?:[，,。；;、）)\n]|$)")
_AGAIN = re.compile(r"(?:改扩建|迁建|改造|提升|新建|改建|扩建|续建|修复|建成|开工|竣工|完工|完成|新开工|整治|治理|建设)+")
# 产值超10亿元产业链6条: the first number says which ones are counted.
_QUALIFIES = re.compile(r"^(?P<noun>(?:以上|以下|左右)?的?[\u4e00-\u9fff“”]{2,12}?)(?:达到|达|突破|超过|不少于)?\d")
_UNFINISHED = re.compile(r"(?:至少|力争|累计)[^，]{2,4}$")
_TOWARDS = re.compile(r"(?:为|对|向|使|让|使得)(?:全[省市县区])?")  # 为不少于5万名残疾人提供托养服务
_GENERIC = frozenset(("规模", "总规模", "总量", "数量", "总数", "总额", "占比", "比例", "比重", "总产值", "年产值", "总投资额"))
# 设立总规模20亿元的水务产业基金; 产值超100亿元的产业集群3个 is none of these, it says which ones are counted.
_SET_UP = re.compile(
    r"(?:设立|组建|成立|发起|打造|形成|建立|建成|募集)[^，。；]{0,10}?(?P<size>总规模|规模|总产值|产值|总额)(?:达到?|超过?|突破|不低于|不少于|约|近|为)?$"
)
_OF_THAT_SIZE = re.compile(
    r"(?:以上|左右)?的(?P<noun>[\u4e00-\u9fff“”]{0,18}(?:基金群|基金|资金池|集群|产业带|产业链))(?![\d一二三四五六七八九十个])"
)
_YEARS = range(1900, 2101)


def find_targets(
    text: str,
    passages: Iterable[Passage],
    *,
    reference: PartialDate | None,
    skip: Sequence[tuple[int, int]] = (),
    first_year: int | None = None,
) -> list[Target]:
    """Find the targets of the passages.

    Args:
        text: the text of the document.
        passages: where to look.
        reference: the date of the document.
        skip: spans (responsibility clauses) whose numbers are none, in order.
        first_year: the first year that is aimed at; without it the year of the document. What is said of earlier ones is history.
    """
    year = first_year or (reference.year if reference else None)
    found: list[Target] = []
    for passage in passages:
        carried, before = passage.due, None
        for sentence in _SENTENCE.finditer(text, passage.start, passage.end):
            reading = _Sentence(
                text,
                sentence.span(),
                passage,
                dues=_dues(text, *sentence.span(), reference),
                skip=skip,
                carried=carried,
                year=year,
                before=before,
            )
            found += reading.targets()
            before = reading.last or before
            carried = reading.carried
    return found


def _dues(text: str, start: int, end: int, reference: PartialDate | None) -> list[Due]:
    """Find the phrases of time in a sentence: those that name a year, and the deadlines that leave it out (6月底前)."""
    found = read_dues(text, start, end, reference.last_day() if reference else None)
    for deadline in find_deadlines(text[start:end], reference, start):
        apart = not any(due.start < deadline.end and deadline.start < due.end for due in found)
        if apart and deadline.date and not deadline.recurring:
            found.append(Due(deadline.start, deadline.end, deadline.date, year=deadline.date.year))
    return sorted(found, key=lambda due: due.start)


class _Sentence:
    """The reading of one sentence: keeps the last target, from which a following number takes what it leaves out."""

    def __init__(
        self,
        text: str,
        span: tuple[int, int],
        passage: Passage,
        *,
        dues: list[Due],
        skip: Sequence[tuple[int, int]],
        carried: date | None,
        year: int | None,
        before: Target | None,
    ) -> None:
        self.text, (self.start, self.end) = text, span
        self.passage, self.dues, self.skip, self.carried = passage, dues, skip, carried
        self.year = year
        self.before = before
        self.last: Target | None = None

    def targets(self) -> list[Target]:
        """Read the sentence from left to right."""
        found: list[Target] = []
        floor = self.start
        for amount in find_amounts(self.text, self.start, self.end):
            if self._is_no_amount(amount):
                continue
            target = self._continue(amount) or self._read(amount, floor)
            if target is not None:
                floor = target.end
                found.append(target)
                self.last = target
        self._carry()
        return told_apart(self.text, found, self.dues)

    def _carry(self) -> None:
        aims = [due for due in self.dues if not due.is_base and due.on]
        if aims:
            self.carried = aims[-1].on

    def _is_no_amount(self, amount: Amount) -> bool:
        start = amount.start
        before = self.text[max(self.start, start - 12) : start]
        after = self.text[amount.end : amount.end + 16]
        if any(due.start <= start < due.end for due in self.dues) or self._is_skipped(start):
            return True
        if before and (before[-1] in '第前〔[.．+＋“"/-' or (before[-1].isascii() and before[-1].isalnum())):
            return True
        if _NOT_COUNTED.match(after) or (_FROM.search(before) and _TURNED.match(after)):
            return True
        return amount.unit in {"年", ""} and amount.length == len("2025") and int(amount.value) in _YEARS  # a year, not a length of time

    def _continue(self, amount: Amount) -> Target | None:
        """Read a number that goes on with what the last one began: 打造50个智能工厂、200个数字化车间; 分别达到90%、75%."""
        last = self.last
        if last is None or not amount.unit or not LINKED.match(self.text[last.end : amount.start]):
            return None
        suffix_match = _SUFFIX.match(self.text, amount.end, self.end)
        after = suffix_match.end() if suffix_match else amount.end
        noun = _NOUN.match(self.text[after : self.end])
        verb = VERB.match(last.metric)
        comparator, relation = self._comparator(None, suffix_match["suffix"] if suffix_match else "")
        if noun and verb and not self._is_policy(amount, amount.start):
            end = after + noun.end()
            last = replace(last, comparator=comparator, relation=relation)
            return replace(
                last,
                metric=verb.group() + noun["noun"],
                value=amount.value,
                high=amount.high,
                unit=amount.unit,
                start=amount.start,
                end=end,
            )
        separately = "分别" in self.text[self.start : last.end]
        if not separately or noun:
            return None
        return replace(last, value=amount.value, high=amount.high, unit=amount.unit, start=amount.start, end=after)

    def _is_skipped(self, position: int) -> bool:
        place = bisect_right(self.skip, (position, sys.maxsize)) - 1
        return place >= 0 and position < self.skip[place][1]

    def _read(self, amount: Amount, floor: int) -> Target | None:
        begin = self._chunk_start(amount.start, floor)
        before = self.text[begin : amount.start].rstrip()
        word = _WORD.search(before)
        suffix_match = _SUFFIX.match(self.text, amount.end, self.end)
        suffix = suffix_match["suffix"] if suffix_match else ""
        after = suffix_match.end() if suffix_match else amount.end
        due, base, metric_from = self._time(begin, amount.start)
        if (sized := self._sized(before, amount.end)) and not self._is_past(due):
            metric, end = sized
            comparator, relation = (amount.word, ">=") if amount.word else self._comparator(word, suffix)
            start = begin + _leading_blanks(self.text[begin : amount.start])
            return Target(metric, comparator, relation, amount.value, amount.unit, due, start, end, "", base, amount.high)
        named = (
            self.text[metric_from : begin + word.start()]
            if word and begin + word.start() >= metric_from
            else self.text[metric_from : amount.start]
        )
        if self._is_policy(amount, begin) or not self._is_aim(named, word, suffix, amount, due) or self._is_past(due):
            return None
        metric, region, end = self._metric(named, word, after, begin)
        if not metric:
            return None
        comparator, relation = (amount.word, ">=") if amount.word else self._comparator(word, suffix)
        start = begin + _leading_blanks(self.text[begin : amount.start])
        return Target(metric, comparator, relation, amount.value, amount.unit, due, start, end, region, base, amount.high)

    def _sized(self, before: str, after: int) -> tuple[str, int] | None:
        """Name what is set up with its size (设立总规模20亿元的产业基金): the metric, and where it ends."""
        made = _SET_UP.search(before)
        what = _OF_THAT_SIZE.match(self.text[after : min(after + 32, self.end)])
        return (what["noun"] + made["size"], after + what.end()) if made and what else None

    def _is_past(self, due: date | None) -> bool:
        """Tell what was reached in a year before that of the document: 2024年完成3200亿元, in a plan of 2025."""
        return due is not None and self.year is not None and due.year < self.year

    def _chunk_start(self, position: int, floor: int) -> int:
        begin = floor
        place = bisect_right(self.skip, (position, sys.maxsize)) - 1
        if place >= 0:
            begin = max(begin, min(self.skip[place][1], position))
        for cut in _BREAK.finditer(self.text, floor, position):
            begin = max(begin, cut.end())
        return begin

    def _time(self, begin: int, position: int) -> tuple[date | None, int | None, int]:
        """Find by when: the last aim before the number; and where the metric begins behind phrases of time."""
        due, base, metric_from = self.carried or self.passage.fallback, None, begin
        for phrase in self.dues:
            if phrase.start >= position:
                break
            if phrase.is_base:
                base = phrase.year if phrase.start >= begin else base
            elif phrase.on is not None:
                due = phrase.on
            if phrase.start <= begin + (1 if phrase.is_base else 6) and phrase.end <= position:  # 力争到2025年 opens the chunk
                metric_from = max(metric_from, phrase.end)
        return due, base, metric_from

    def _is_policy(self, amount: Amount, begin: int) -> bool:
        cut = _BREAK.search(self.text, amount.end, self.end)
        around = self.text[begin : cut.start() if cut else self.end]
        which = _QUALIFIES.match(self.text[amount.end : min(amount.end + 24, self.end)])
        if which and amount.unit.endswith("元") and not _ANY_VERB.search(which["noun"]):
            return True
        if _CONDITION.match(self.text[amount.end : amount.end + 8]):
            return True
        behind = self.text[self.start : amount.start]
        return bool(_POLICY.search(around) or _HISTORY.search(behind))

    def _is_aim(self, named: str, word: re.Match[str] | None, suffix: str, amount: Amount, due: date | None) -> bool:
        said = word.group() if word is not None else ""
        strict = said not in {"", "为", "是", "近", "约"}
        if amount.word:
            return True
        if not amount.unit:
            return strict and COMPARATORS[_stem(said)] in {">=", ">", "<=", "<"} and said not in VERBS
        if _TIME_UNITS.search(amount.unit) or amount.is_round:
            return strict and said not in {"力争", "累计"}
        if suffix or strict:
            return True
        bare = _LEADING.sub("", named)
        verbal = VERB.search(bare) or _ONLY_VERB.search(bare) or (len(bare) <= 24 and _ANY_VERB.search(named))
        listed = (said or self.last is not None or self.passage.aims) and (self.passage.aims or self.last is not None or due is not None)
        return bool(verbal) or (len(bare) > 1 if listed else self._closes(bare, amount))

    def _closes(self, bare: str, amount: Amount) -> bool:
        """Tell an amount that ends what is said, as in a list of tasks: 接待游客1.2亿人次, 落实播种面积85万亩."""
        signs = self.text[max(amount.start - 1, 0) : amount.start]
        return (
            (3 < len(bare) <= 24 or bare == "投资")
            and not _DESCRIBES.search(bare)
            and amount.unit not in _ENUMERATES
            and not (amount.unit in {"条", "项", "份"} and _SAYINGS.search(bare))
            and "\u4e00" <= signs <= "\u9fff"
            and _CLOSED.match(self.text[amount.end : self.end]) is not None
        )

    def _metric(self, named: str, word: re.Match[str] | None, after: int, begin: int) -> tuple[str, str, int]:
        """Name what is measured, the region it is measured in, and where the target ends."""
        bare, region = _named(named)
        noun = _NOUN.match(self.text[after : self.end])
        counted = word is not None and word.group() in VERBS
        if bare and not (_ONLY_VERB.fullmatch(bare) or _UNFINISHED.search(bare)):
            verbal = _ONLY_VERB.search(bare) and len(bare) < 16 and (word is None or counted)
            if bare in _GENERIC:
                bare = self._said_before(begin) + bare
            if noun and (verbal or bare.endswith("等") or _TOWARDS.fullmatch(bare)):
                return bare + noun["noun"], region, after + noun.end()
            return bare, region, after
        bare = re.sub(r"^.*?(?:力争|至少|累计)", "", bare)
        verb = bare or (word.group() if word is not None and counted else "")
        if not verb and noun:
            verb = next(reversed(_ANY_VERB.findall(named)), "")
        if noun and (verb or self.passage.aims):
            return verb + noun["noun"], region, after + noun.end()
        return *self._borrowed(bare, verb, word, region, begin), after

    def _said_before(self, begin: int, *, whole: bool = False) -> str:
        """Name the thing whose 规模 a number gives, from the words before: 设立科创基金，规模达到100亿元."""
        before = self.text[self.start : begin].rstrip("，,")
        said = _LEADING.sub("", re.split(r"[，,。；;：:]", before)[-1])
        words = said if whole else VERB.sub("", said)
        return words if 1 < len(words) <= 12 and not re.search(r"[\d、]", words) else ""

    def _borrowed(self, bare: str, verb: str, word: re.Match[str] | None, region: str, begin: int) -> tuple[str, str]:
        """Name what is measured by the target before: 增长5%，突破8万亿元; 2024年新增端口20万个；2025年新增15万个."""
        last = self.last
        if last is not None and (not bare or last.metric.startswith(bare)):
            return last.metric, region or last.region
        if self.before is not None and _ONLY_VERB.fullmatch(verb) and self.before.metric.startswith(verb):
            return self.before.metric, region or self.before.region
        if last is not None and _AGAIN.fullmatch(bare):  # 新建高标准农田120万亩、改造提升80万亩
            return bare + (word.group() if word else "") + VERB.sub("", last.metric), region or last.region
        if not bare and last is None and word is not None:  # 建设充电桩，不少于500个
            return self._said_before(begin, whole=True), region
        return bare, region

    def _comparator(self, word: re.Match[str] | None, suffix: str) -> tuple[str, str]:
        if word is None and not suffix:
            if (
                self.last is not None
                and self.last.relation in {">=", ">"}
                and "…" not in self.last.comparator
                and self.last.comparator in {"达到", "超过", "突破"}
            ):
                return "达到", ">="
            return "达到", ">="
        name = ""
        if word is not None:
            stem = _stem(word.group())
            name = CANONICAL.get(stem, stem)
            relation = relation_of(stem, suffix)
        else:
            relation = SUFFIXES[suffix]
        return (f"{name}…{suffix}" if name and suffix else name or suffix), relation


def _named(named: str) -> tuple[str, str]:
    """Take from what stands before a number the words that are no part of its name; give the name and the region."""
    bare = _LEADING.sub("", named.strip())
    region_match = _REGION.match(bare)
    region = region_match.group() if region_match else ""
    bare = _LEADING.sub("", bare[len(region) :]) if region else bare
    bare = _ENABLING.sub("", bare)
    bare = re.sub(r"(?:比|较|相比|与).{0,3}(?:19|20)\d{2}年(?:底|末)?(?:相比)?$", "", bare).strip(" 、，\u3000")
    bare = _STARTING.sub("", bare)
    return re.sub(r"(?:力争|分别|总体|累计|平均|年均|年度|基本|稳定|至少|均|已|将|要|再|在|全部|合计|共|各)+$", "", bare), region


def _stem(word: str) -> str:
    """Give a comparator without what may stand between it and the number: 达到约, 超过了, 高于上年的."""
    return re.sub(r"(?<=.)(?:约|近|了|(?<=于|到|过|在|达)[^，、\d的]{1,8}的)$", "", word)


def _leading_blanks(text: str) -> int:
    return len(text) - len(text.lstrip(" \t\u3000、"))
