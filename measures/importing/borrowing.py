"""What a number takes from what was said before it, where it does not say itself what is counted: 增长5%，突破8万亿元."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from measures.importing.comparators import VERBS, any_of
from measures.importing.naming import LEADING
from measures.importing.target import VERB, Target

_AGAIN = "(?:改扩建|迁建|改造|提升|新建|改建|扩建|续建|修复|建成|开工|竣工|完工|完成|新开工|整治|治理|建设)"
_ONLY_AGAIN = re.compile(f"{_AGAIN}+")
_DONE_TO = re.compile(f"^(?:{_AGAIN}|{any_of(VERBS)})+(?:[和、及与](?:{_AGAIN}|{any_of(VERBS)})+)*")  # 新建和改造提升
_ONLY_VERB = re.compile(any_of(VERBS))
_REACHED = re.compile("(?:完成|实现|达到|达|建成|新增|改造|开工|竣工)")
_SAID_OF_ALL = ("完成", "实现", "推进", "推动", "落实")
_STEPS = re.compile(r"分[一二两三四五六\d]?[年批步阶段期季]")  # 分两年实施, of which no number tells
_GRADE = re.compile(r"(?:[\u4e00-\u9fff“”]{1,3}|[0-9A]{1,2})[级类型]")
_GRADED = re.compile(rf"{_GRADE.pattern}(?P<noun>[^级类型]{{2,}})$")
_PLACE = re.compile(
    r"(?:(?:珠|长)三角|京津冀|成渝|粤东西北|[东中西]部|[\u4e00-\u9fff]{2,8}(?:地区|区域|平原|三角洲|流域|城市群|都市圈|片区|省|市|县|州|盟|旗))"
    r"(?:及(?:其|其他)?周边(?:地区|区域)?)?(?:地区)?|城[市镇乡区]|县城|城镇|农村|乡村|乡镇"
)
EACH = re.compile(r"^每个?(?:村|社区|乡镇|镇街|镇|乡|街道|县|市|区|县区|学校|校|单位|部门|园区|企业|网格)")
_LONGEST = 18


@dataclass(slots=True)
class Said:
    """What was said so far, as far as numbers borrow from it.

    Args:
        text: the text of the document.
        start: where the sentence begins.
        subject: the title that it stands under.
        before: the last target of the sentences before.
        found: those of this sentence.
        counted: what an earlier number, that is no target, counts: 目前建有中心210个，到2027年达到300个.
        row: it is a cell beside the title, whose numbers tell of what the title says.
    """

    text: str
    start: int
    subject: str = ""
    before: Target | None = None
    found: list[Target] = field(default_factory=list)
    counted: str = ""
    row: bool = False

    @property
    def last(self) -> Target | None:
        """The last target of this sentence."""
        return self.found[-1] if self.found else None

    def words(self, begin: int, *, whole: bool = False) -> str:
        """Name the thing whose 规模 a number gives, from the words before: 设立科创基金，规模达到100亿元."""
        before = self.text[self.start : begin].rstrip("，,")
        said = LEADING.sub("", re.split(r"[，,。；;：:]", before)[-1])
        words = said if whole else VERB.sub("", said)
        fitting = 1 < len(words) <= _LONGEST and not re.search(r"[\d、]", words) and not _STEPS.search(words)
        return words if fitting else ""

    def name(self, bare: str, word: str, begin: int, unit: str, *, dated: bool) -> str:
        """Name what is measured; "" where nothing tells.

        Args:
            bare: what stands before the number, without the words that are no part of a name: a verb, or nothing.
            word: the comparator before the number.
            begin: where the part of the sentence begins.
            unit: that of the number.
            dated: a time is said for it, so that the heading may be what it tells of: 2025年完成60%.
        """
        like = next((target for target in reversed(self.found) if target.unit == unit), self.last)
        verb = bare + (word if word in VERBS or _ONLY_AGAIN.fullmatch(word) else "")
        if like is not None and _ONLY_AGAIN.fullmatch(verb) and (thing := _DONE_TO.sub("", like.metric)) != like.metric:
            return verb + thing  # 新建高标准农田120万亩、改造提升80万亩
        if like is not None and (not bare or like.metric.startswith(bare)):
            return like.metric
        if self.before is not None and _ONLY_VERB.fullmatch(verb) and self.before.metric.startswith(verb):
            return self.before.metric  # 2024年新增端口20万个；2025年新增15万个
        if not bare and self.last is None and word:  # 建设充电桩，不少于500个
            heading = self.subject if dated and _REACHED.fullmatch(word) else ""
            return self.words(begin, whole=True) or self.counted or heading
        if dated and self.subject and _ONLY_AGAIN.fullmatch(verb):  # （二）实施管网改造工程。完成改造120公里
            return self.subject if verb in self.subject else verb + self.subject
        return bare

    def of_row(self, bare: str, word: str) -> str:
        """Name what a cell counts that gives a number and at most a verb, by the task of its row: 培育企业 | 新增15家; "" else."""
        verb = bare + (word if word in VERBS else "")
        if not (self.row and self.subject and (_ONLY_VERB.fullmatch(verb) or _ONLY_AGAIN.fullmatch(verb))):
            return ""
        told = verb in self.subject or verb in _SAID_OF_ALL
        return self.subject if told else verb + _DONE_TO.sub("", self.subject.removeprefix("新"))

    def of_place(self, named: str, unit: str) -> Target | None:
        """Give the target before whose share a place has of its own: 货运量增长30%，其中长三角地区增长40%; None of no place."""
        if not (EACH.fullmatch(named) or (unit == "%" and _PLACE.fullmatch(named))):
            return None
        return next((target for target in reversed(self.found) if target.unit == unit), None)

    def region(self, named: str) -> str:
        """Give the region, that of the target before where none is written."""
        return named or (self.last.region if self.last else "")


def whole_names(found: list[Target]) -> list[str]:
    """Give the metrics of a sentence, those that name nothing but a grade with the noun of their neighbour.

    建成2个国家级、8个省级创新平台; 创建省级示范村8个、市级20个.
    """
    names = [target.metric for target in found]
    nouns = [match["noun"] if (match := _GRADED.search(name)) else "" for name in names]
    for place, name in enumerate(names):
        if _GRADE.fullmatch(VERB.sub("", name)):
            near = [other for other in (place + 1, place - 1) if 0 <= other < len(nouns)]
            beside = [other for other in near if found[other].unit == found[place].unit]
            names[place] = name + next((nouns[other] for other in beside if nouns[other]), "")
    return names
