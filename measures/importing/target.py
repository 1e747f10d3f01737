"""What a target is, and how the numbers of a 分别 are told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from measures.importing.comparators import VERBS, any_of
from measures.importing.when import Due

LINKED = re.compile(r"^\s*(?:[、和及与，]|以及)\s*$")
VERB = re.compile("^" + any_of(VERBS))


@dataclass(frozen=True, slots=True)
class Target:
    """A quantified target.

    `value` is the number as written, `unit` holds its magnitude (万亿元); `high` is the upper end of a range. `comparator` is the
    wording (达到, 增长…左右, 控制在…以内), `relation` its sign. `due` is the last day of the time named, or None.
    """

    metric: str
    comparator: str
    relation: str
    value: Decimal
    unit: str
    due: date | None
    start: int
    end: int
    region: str = ""
    base_year: int | None = None
    high: Decimal | None = None

    def to_json(self) -> dict[str, object]:
        """Give the JSON of a target."""
        return {
            "metric": self.metric,
            "comparator": self.comparator,
            "relation": self.relation,
            "value": _plain(self.value),
            "high": None if self.high is None else _plain(self.high),
            "unit": self.unit,
            "due": self.due.isoformat() if self.due else None,
            "region": self.region,
            "base_year": self.base_year,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text in which targets are looked for.

    `aims` tells that it stands under a heading of aims, where a number needs no verb; `due` is the time set by what stands above,
    `fallback` the deadline of its measure or the year of the plan, for numbers that no time stands with; `subject` the title above;
    `row` that it is a cell of a row of which `subject` is the task.
    """

    start: int
    end: int
    aims: bool = False
    due: date | None = None
    fallback: date | None = None
    subject: str = ""
    row: bool = False


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


_SEPARATELY = re.compile("分别|依次|[均各]为")


def told_apart(text: str, start: int, found: list[Target], dues: list[Due]) -> list[Target]:
    """Give each number of a 分别 its own metric (A、B分别增长5%和6%) or its own time (到2025年、2030年，A分别达到…).

    Args:
        text: the text of the document.
        start: where the sentence begins.
        found: its targets.
        dues: its phrases of time.
    """
    result: list[Target] = []
    run: list[Target] = []
    for target in [*found, None]:
        if target is not None and run and target.metric == run[0].metric and LINKED.match(text[run[-1].end : target.start]):
            run.append(target)
            continue
        separately = len(run) > 1 and _SEPARATELY.search(text, start, run[-1].end)
        result += _one_each(run, dues) if separately else run
        run = [target] if target is not None else []
    return result


def _one_each(run: list[Target], dues: list[Due]) -> list[Target]:
    for pattern in ("、", "[、和及与]"):
        metrics = re.split(pattern, run[0].metric)
        if len(metrics) == len(run) and all(len(metric) > 1 for metric in metrics):
            return [replace(target, metric=metric) for target, metric in zip(run, _completed(metrics), strict=True)]
    aims = [due for due in dues if due.on and not due.is_base and due.end <= run[0].start + len(run[0].metric) + 30]
    if len(aims) >= len(run):
        return [replace(target, due=due.on) for target, due in zip(run, aims[-len(run) :], strict=True)]
    return run


_MEASURED = (
    "率|比重|占比|比例|收入|产量|产值|增加值|面积|规模|总量|数量|浓度|投资|销售额|出口额|总额|周转量|吞吐量|里程|能力|价格|强度|水平"
)
_TAIL = re.compile(
    rf"(?P<of>(?:居民|冷链|综合|人均|平均|年均|户籍|常住|播种|种植|养殖|机械化|无害化|资源化)*)[\u4e00-\u9fff]{{0,3}}(?:{_MEASURED})$"
)
_ENDS_MEASURED = re.compile(rf"(?:{_MEASURED})$")
_SHORTEST_TAIL = 3


def _shared_tail(metrics: list[str]) -> str:
    """Give what the parts of a list leave to the last one (城镇、农村居民人均可支配收入); "" where each is whole.

    The tail begins with a word that no name of a part ends with (居民, 冷链), else behind a name as long as the first one or two signs.
    """
    last = metrics[-1]
    if not _ENDS_MEASURED.search(last) or any(_ENDS_MEASURED.search(metric) for metric in metrics[:-1]):
        return ""
    shared = last.rfind(metrics[0][-2:])
    if shared > 0 and _TAIL.match(last, shared + 2):
        return last[shared + 2 :]  # 高新技术企业、科技型中小企业数量
    tails = {place: tail for place in range(2, len(last)) if (tail := _TAIL.match(last, place))}
    opened = next((place for place, tail in tails.items() if tail["of"]), None)
    likely = (place for place in (len(metrics[0]), 2) if place in tails and len(last) - place >= _SHORTEST_TAIL)
    place = (
        opened
        if opened is not None
        else next(likely, len(metrics[0]) if len(metrics[0]) in tails and len(last) - len(metrics[0]) > 1 else None)
    )
    return last[place:] if place is not None else ""


def _completed(metrics: list[str]) -> list[str]:
    """Give each part of 建成市级、县级示范点 its verb and its noun."""
    verb = VERB.match(metrics[0])
    if (tail := _shared_tail(metrics)) and not verb:
        return [*(metric + tail for metric in metrics[:-1]), metrics[-1]]
    shared = re.match(r"[^级类型]{1,4}[级类型](?P<noun>.{2,})$", metrics[-1])
    if shared and all(metric.endswith(("级", "类", "型")) for metric in metrics[:-1]):
        metrics = [*(metric + shared["noun"] for metric in metrics[:-1]), metrics[-1]]
        return [metrics[0], *((verb.group() if verb else "") + metric for metric in metrics[1:])]
    return metrics
