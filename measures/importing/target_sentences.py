"""One sentence that sets targets: each number that is an aim, with what it counts, how it is compared, and by when."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from measures.importing.amounts import Amount, find_amounts
from measures.importing.borrowing import EACH, Said, whole_names
from measures.importing.comparators import CANONICAL, COMPARATORS, NUMBER, SUFFIXES, UNIT, VERBS, any_of, relation_of
from measures.importing.exclusions import (
    goes_on_promising,
    is_condition,
    is_counted,
    is_history,
    is_kind,
    is_named_behind,
    is_plainly_none,
    is_promise,
    names_thing,
    says_capacity,
)
from measures.importing.naming import ANY_VERB, BETWEEN, LEADING, named_by, stem_of
from measures.importing.target import LINKED, VERB, Passage, Target, told_apart
from measures.importing.when import Due

_WORD = re.compile(r"(?:(?<![签节预合])|(?!约))" + any_of(COMPARATORS) + BETWEEN + "?$")  # 签约10个, 节约2万吨 are no 约
_SUFFIX = re.compile(rf"\s*(?:[（(][\u4e00-\u9fff]{{1,2}}[）)])?(?:的?(?P<suffix>{any_of(SUFFIXES)}))")
_PLAIN = frozenset(("", "为", "是", "近", "约", "力争", "累计", *VERBS))
# 3000余处坑塘基本完成整治: what is done to them stands behind.
_DONE_TO = re.compile(r"(?P<thing>[\u4e00-\u9fff“”]{2,16}?)(?:基本|全部|全面|如期|均)*完成(?P<done>[\u4e00-\u9fff]{2,6})(?=[，。；、]|$)")
_LENGTH = re.compile(r"(?<!/)(?:年|日|天|小时|分钟|个月|周|秒|工作日|岁|周岁|米|公里)$")
_ONLY_VERB = re.compile(any_of(VERBS) + "$")
_BREAK = re.compile(r"[，,。；;：:！？】\n]|(?<=[\u4e00-\u9fff）)])[.．](?=[\u4e00-\u9fff“])")
# 2台100万千瓦级煤电机组: a noun may begin with its size.
_NOUN = re.compile(rf"^的?(?P<noun>(?:(?:{NUMBER})(?:{UNIT})(?:级|(?:及?以上|以下)的?))?[^，,。；;：:！？、（）()\d\s]{{2,30}})")
_TIME_UNITS = re.compile(r"(?<!/)(?:年|日|天|小时|分钟|个月|周|秒|工作日|分|岁|度)$")
# 由8个减少到3个: the first is where it starts from.
_FROM = re.compile(r"(?:由|从)(?:目前的?|现[有在]的?|原来的?|20\d\d年的?)?$")
_TURNED = re.compile(r"^(?:左右|以上)?(?:减少|压缩|压减|缩短|缩减|降|下降|降低|提高|提升|增加|增长|上升|扩大|精简|调整)(?:到|至|为)")
_LASTS = re.compile(r"(?:时间|时限|时长|周期|用时|耗时)$")  # 审批时间3天以内
_ONLY_TIME = re.compile(r".{0,6}年(?:[底末内]|\d{1,2}月底?)?前?")
_DONE = re.compile(
    r"(?:前|之前)?(?:全面|全部|基本|如期|按期)?(?:完成(?:(?:建设|改造|交付|验收|竣工|投用|任务|移交)+)?|建成|建成投用|投用|投产|投运|到位|见效|办结|销号|竣工|完工|交付|通车|开园|达标|达到目标)(?=[，。；;）)\n]|$)"
)
_RATE = re.compile(r"(?:率|占比|比重|满意度|覆盖面)$")  # 检验率100%
_CLOSED = re.compile(r"^(?:[，,。；;、）)\n]|$)")
_UNFINISHED = re.compile(r"(?:至少|力争|累计)[^，]{1,4}$")
_HAS_AT_LEAST = re.compile(r"至少(?:建|设|配)?有$")  # 每个县至少有1家定点医院
_NOUN_OF = re.compile(
    r"[^，,。；;：:！？、（）()\d\s]{2,16}(?:、[^，,。；;：:！？、（）()\d\s]{2,16}){1,2}(?<=的)[^，,。；;：:！？、（）()\d\s的]{2,16}"
)
_ABLE = re.compile(r"能够|可以|能(?=开|提|满|独|办)")
_AT_LEAST = frozenset(("至少", "不少于", "不低于", "不小于", "约", "超过"))
_HELPS = re.compile(r"(?:促进|推动|带动|帮助|引导|吸纳|保障|惠及)$")  # 促进约1亿农业转移人口落户城镇
_TOWARDS = re.compile(r"(?:为|对|向|使|让|使得)(?:全[省市县区])?")  # 为不少于5万名残疾人提供托养服务
_GENERIC = frozenset(("规模", "总规模", "总量", "数量", "总数", "总额", "占比", "比例", "比重", "总产值", "年产值", "总投资额"))
# 设立总规模20亿元的水务产业基金; 产值超100亿元的产业集群3个 is none of these, it says which ones are counted.
_SET_UP = re.compile(
    r"(?:设立|组建|成立|发起|打造|形成|建立|建成|募集)[^，。；]{0,10}?(?P<size>总规模|规模|总产值|产值|总额)(?:达到?|超过?|突破|不低于|不少于|约|近|为)?$"
)
_OF_THAT_SIZE = re.compile(
    r"(?:以上|左右)?的(?P<noun>[\u4e00-\u9fff“”]{0,18}(?:基金群|基金|资金池|集群|产业带|产业链))(?![\d一二三四五六七八九十个])"
)
_CHANGED = frozenset(("提升", "扩大", "增加", "减少", "压减", "削减"))
_YEARS = range(1900, 2101)


class AimedSentence:
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
        compared: int | None,
    ) -> None:
        self.text, (self.start, self.end) = text, span
        self.passage, self.dues, self.skip, self.carried = passage, dues, skip, carried
        self.year = year
        self.compared = next((due.year for due in reversed(dues) if due.throughout), compared)  # 与2017年相比，…
        self.said = Said(text, self.start, passage.subject, before, row=passage.row)
        self.unread: list[tuple[int, int]] = []

    def targets(self) -> list[Target]:
        """Read the sentence from left to right."""
        floor = self.start
        for amount in find_amounts(self.text, self.start, self.end):
            if amount.start < floor or self._is_no_amount(amount):
                continue
            target = self._continue(amount) or self._read(amount, floor)
            if target is None and self._seems_aim(amount, floor):
                self.unread.append((self._chunk_start(amount.start, floor), amount.end))
            if target is not None:
                floor = target.end
                self.said.found.append(target)
        self._carry()
        found = [replace(target, metric=name) for target, name in zip(self.said.found, whole_names(self.said.found), strict=True)]
        return told_apart(self.text, self.start, found, self.dues)

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
        if before.endswith("其余"):
            return True
        if before and (before[-1] in '第前〔[.．+＋“"/-' or (before[-1].isascii() and before[-1].isalnum())):
            return True
        if self.text.rfind("《", self.start, start) > self.text.rfind("》", self.start, start):
            return True  # in the name of a paper
        if not is_counted(after) or (_FROM.search(before) and _TURNED.match(after)):
            return True
        return amount.unit in {"年", ""} and amount.length == len("2025") and int(amount.value) in _YEARS  # a year, not a length of time

    def _continue(self, amount: Amount) -> Target | None:
        """Read a number that goes on with what the last one began: 打造50个智能工厂、200个数字化车间; 分别达到90%、75%."""
        last = self.said.last
        if last is None or not amount.unit or not LINKED.match(self.text[last.end : amount.start]):
            return None
        suffix_match = _SUFFIX.match(self.text, amount.end, self.end)
        after = suffix_match.end() if suffix_match else amount.end
        noun = _NOUN.match(self.text[after : self.end])
        verb = VERB.match(last.metric)
        comparator, relation = self._comparator(None, suffix_match["suffix"] if suffix_match else "")
        if noun and verb and not self._is_policy(amount, amount.start):
            end = after + noun.end()
            metric = verb.group() + noun["noun"]
            return _like(replace(last, metric=metric, comparator=comparator, relation=relation), amount, end)
        separately = "分别" in self.text[self.start : last.end]
        as_well = amount.unit != last.unit and _CLOSED.match(self.text[after : self.end])  # 组织培训不少于4期、500人次
        return _like(last, amount, after) if (separately or as_well) and not noun else None

    def _seems_aim(self, amount: Amount, floor: int) -> bool:
        """Tell a number behind a word that aims (达到, 不低于) that no target was made of, though nothing says that it is none."""
        begin = self._chunk_start(amount.start, floor)
        word = _WORD.search(self.text[begin : amount.start].rstrip())
        suffix = _SUFFIX.match(self.text, amount.end, self.end)
        said = stem_of(word.group()) if word else ""
        due, _, _ = self._time(begin, amount.start)
        shared = said in VERBS and (amount.unit == "%" or self._is_dated(amount.start))
        aimed = said not in _PLAIN or shared or (suffix is not None and not _LENGTH.search(amount.unit))
        cut = _BREAK.search(self.text, amount.end, self.end)
        around = self.text[begin : cut.start() if cut else self.end]
        after = self.text[amount.end : min(amount.end + 32, self.end)]
        if not amount.unit or not aimed or self._is_past(due) or is_kind(after):
            return False
        return not is_plainly_none(around, self.text[self.start : begin], after)

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
        if self._is_policy(amount, begin, named, word):
            counted, _, _ = self._metric(named, word, after, begin, amount)
            self.said.counted = self.said.counted or re.sub(r"^(?:目前|现|已经?|建有|拥有|有|共)+", "", counted)
            return None
        done = _DONE_TO.match(self.text, after, self.end) if word is None and amount.unit and self._is_dated(amount.start) else None
        if self._is_past(due) or not (self._is_aim(named, word, suffix, amount, due) or done):
            return None
        metric, region, end = self._metric(named, word, after, begin, amount)
        if done:
            metric, end = done["thing"] + done["done"], done.end()
        if not metric or _ONLY_TIME.fullmatch(metric):
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
        due, base, metric_from = self._finished(position) or self.carried or self.passage.fallback, self.compared, begin
        for phrase in self.dues:
            if phrase.start >= position:
                break
            if phrase.is_base:
                base = phrase.year if phrase.start >= begin else base
            elif phrase.on is not None:
                due = phrase.on
            opens = phrase.start <= begin + (1 if phrase.is_base else 6)  # 力争到2025年
            goes_on = metric_from > begin and LINKED.match(self.text[metric_from : phrase.start])  # 2025年、2026年和2027年
            if (opens or goes_on) and phrase.end <= position:
                metric_from = max(metric_from, phrase.end)
        return due, base, metric_from

    def _is_dated(self, position: int) -> bool:
        """Tell whether a time is said in the sentence before a number."""
        return any(due.start < position and due.on and not due.is_base for due in self.dues)

    def _finished(self, position: int) -> date | None:
        """Give the time that stands behind a number with what is to be done by then: 建成泊位10个，年底前完成."""
        behind = (due for due in self.dues if due.start >= position and due.on and not due.is_base)
        return next((due.on for due in behind if _DONE.match(self.text, due.end, self.end)), None)

    def _is_policy(self, amount: Amount, begin: int, named: str = "", word: re.Match[str] | None = None) -> bool:
        cut = _BREAK.search(self.text, amount.end, self.end)
        around = self.text[begin : cut.start() if cut else self.end]
        after = self.text[amount.end : min(amount.end + 32, self.end)]
        if is_condition(after, amount.unit) or (says_capacity(named) and is_named_behind(after)):
            return True
        if goes_on_promising(self.text[self.start : begin], named, amount.unit):
            return True
        said = stem_of(word.group()) if word is not None else ""
        return is_promise(around, named, said) or is_history(self.text[self.start : amount.start - len(said)], said)

    def _is_aim(self, named: str, word: re.Match[str] | None, suffix: str, amount: Amount, due: date | None) -> bool:
        said = word.group() if word is not None else ""
        strict = said not in {"", "为", "是", "近", "约"}
        if amount.word:
            return True
        if not amount.unit:
            return strict and COMPARATORS[stem_of(said)] in {">=", ">", "<=", "<"} and said not in VERBS
        if _TIME_UNITS.search(amount.unit) or amount.is_round:
            return (strict and said not in {"力争", "累计"}) or (suffix in {"以内", "之内"} and _LASTS.search(named) is not None)
        if suffix or strict or _HAS_AT_LEAST.search(named):
            return True
        if said and due and _HELPS.search(named) and self._is_dated(amount.start):
            return True
        bare = LEADING.sub("", named)
        verbal = VERB.search(bare) or _ONLY_VERB.search(bare) or (len(bare) <= 24 and ANY_VERB.search(named))
        among = self.said.last is not None or self.passage.aims
        listed = (said or among) and (among or due is not None)
        return bool(verbal) or (len(bare) > 1 if listed else self._closes(bare, amount))

    def _closes(self, bare: str, amount: Amount) -> bool:
        """Tell an amount that ends what is said, as in a list of tasks: 接待游客1.2亿人次, 落实播种面积85万亩."""
        signs = self.text[max(amount.start - 1, 0) : amount.start]
        return (
            (3 < len(bare) <= 24 or bare == "投资" or (len(bare) > 1 and _RATE.search(bare) is not None))
            and names_thing(bare, amount.unit)
            and "\u4e00" <= signs <= "\u9fff"
            and _CLOSED.match(self.text[amount.end : self.end]) is not None
        )

    def _metric(self, named: str, word: re.Match[str] | None, after: int, begin: int, amount: Amount) -> tuple[str, str, int]:
        """Name what is measured, the region it is measured in, and where the target ends."""
        bare, region = named_by(named)
        noun = _NOUN.match(self.text[after : self.end])
        if (like := self.said.of_place(bare, amount.unit)) is not None:
            return EACH.sub("", like.metric), bare, after
        if noun and (thing := self._held(bare, noun, after)):
            return thing[0], region, thing[1]
        counted = word is not None and word.group() in VERBS
        if bare and not (_ONLY_VERB.fullmatch(bare) or _UNFINISHED.search(bare)):
            verbal = _ONLY_VERB.search(bare) and len(bare) < 16 and (word is None or counted or stem_of(word.group()) in _AT_LEAST)
            if bare in _GENERIC:
                bare = self.said.words(begin) + bare
            if noun and (verbal or bare.endswith("等") or _TOWARDS.fullmatch(bare)):
                return bare + noun["noun"], region, after + noun.end()
            return bare, region, after
        bare = re.sub(r"^.*?(?:力争|至少|累计)", "", bare)
        verb = bare or (word.group() if word is not None and counted else "")
        if not verb and noun:
            changed = word is not None and amount.unit != "%" and word.group() in _CHANGED  # 提升20万亩茶园
            helps = _HELPS.search(named)
            spare = helps.group() if helps else word.group() if word is not None and changed else ""
            verb = next(reversed(ANY_VERB.findall(named)), spare)
        if noun and (verb or self.passage.aims):
            return verb + noun["noun"], region, after + noun.end()
        said = stem_of(word.group()) if word is not None else ""
        name = self.said.of_row(bare, said) or self.said.name(bare, said, begin, amount.unit, dated=self._is_dated(amount.start))
        return name, self.said.region(region), after

    def _held(self, bare: str, noun: re.Match[str], after: int) -> tuple[str, int] | None:
        """Name what is made or had, of which only how many there are stands before the number; and where it ends."""
        if says_capacity(bare):  # 形成年产300万台终端设备生产能力
            return noun["noun"], after + noun.end()
        if not _HAS_AT_LEAST.search(bare):
            return None
        of = _NOUN_OF.match(self.text[after : self.end])  # 1所失能、部分失能人员为主的机构
        end = after + (of or noun).end()
        return _ABLE.split(self.text[after:end])[0], end

    def _comparator(self, word: re.Match[str] | None, suffix: str) -> tuple[str, str]:
        if word is None and not suffix:
            return "达到", ">="
        name = ""
        if word is not None:
            stem = stem_of(word.group())
            name = CANONICAL.get(stem, stem)
            relation = relation_of(stem, suffix)
        else:
            relation = SUFFIXES[suffix]
        return (f"{name}…{suffix}" if name and suffix else name or suffix), relation


def _like(target: Target, amount: Amount, end: int) -> Target:
    """Give the target of a number that shares all but itself with another one."""
    return replace(target, value=amount.value, high=amount.high, unit=amount.unit, start=amount.start, end=end)


def _leading_blanks(text: str) -> int:
    return len(text) - len(text.lstrip(" \t\u3000、"))
