"""The make-up of one name: the mark of its level, what it does, and its ending.

    省 | 财政 | 厅        市委 | 宣传部        广州市 | 教育 | 局        人民银行广州 | 分行
    prefix core head

A name that has no prefix and is made of function words alone (财政厅, 网信办) leans on the name before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from measures.importing.clauses import bodies, places
from measures.importing.clauses.bodies import CITY, COUNTY, INNER, NATION, PROVINCE, TOWN
from measures.importing.clauses.folding import CLOSING

_LONGEST_FUNCTION = max(map(len, bodies.FUNCTIONS))
_LONGEST_HEAD = max(map(len, bodies.HEADS))
_SHORTEST_PROPER = 3  # 驻村工作队 is a name, 全部 is none
_TOWNS = ("镇", "乡", "街道")
_SHORT_TOWN = 3  # characters
_BARE_UNIT = 2  # characters of 东区, 西区, 城区
_LONGEST_CERTAIN = 24
_LONGEST, _REGION = 60, range(2, 13)  # characters of a name, of a place
_UNIT_LEVELS = {
    **dict.fromkeys(("自治区", "省"), PROVINCE),
    **dict.fromkeys(("自治县",), COUNTY),
    **dict.fromkeys(("街道", "镇", "乡"), TOWN),
    **dict.fromkeys(("市", "州", "盟"), CITY),
}
_SHORT_FUNCTIONS = ("人社", "教科", "经科", "商科", "工科")  # 社 and 科 are no endings there
_MARKS = sorted(bodies.LEVEL_MARKS, key=len, reverse=True)


@dataclass(frozen=True)
class Shape:
    """How a name is made.

    Args:
        kind: "agency" has an ending of an agency; "standalone" stands alone at the centre or as an enterprise; "region" is a place with
            its unit (天河区); "place" one without (天河); "stem" lacks its ending (省财政); "branch" is a central body up to the place
            (人民银行广州); "unknown" is none of these.
        prefix: mark of the level (省, 市委, 广东省, 人民银行广州), "" for a name without.
        level: level that the prefix stands for, "" if it does not tell.
        party: the prefix is that of a party committee.
        bare: an agency without prefix that wants one.
        office: its ending is that of a public office.
    """

    name: str
    kind: str
    prefix: str = ""
    level: str = ""
    party: bool = False
    core: str = ""
    head: str = ""
    bare: bool = False
    office: bool = False

    @property
    def known(self) -> bool:
        """Whether words of the tables alone tell what it is: 财政 of 省财政厅, 残联 of 县残联."""
        return self.name in bodies.STANDALONE or functional(self.core) or (not self.core and self.head in bodies.WHOLE | bodies.PARTY)

    @property
    def certain(self) -> bool:
        """Whether nothing in the name suggests that more or less than a name was taken for it."""
        if self.known:
            return True
        plain = without_harmless(_without_note(self.name))
        joined = any(joiner in self.core for joiner in bodies.JOINERS)
        return not joined and not any(word in plain for word in bodies.NOT_IN_NAMES) and len(plain) <= _LONGEST_CERTAIN

    @property
    def complete(self) -> bool:
        """Whether the name may stand in a list as it is."""
        return self.kind in ("agency", "standalone", "region")


# 公安武侯分局: what it does, and the place that it is for.
_BRANCH_IN_A_PLACE = re.compile(
    r"(?:公安|公安交警|生态环境|自然资源|(?:规划和)?自然资源(?:和规划)?|税务|烟草|工商|质监)[^局厅部和与及]{2,4}"
)


_DIVISION = re.compile("(?:新疆)?(?:生产建设)?兵团第?[一二三四五六七八九十]{1,3}师")


def without_harmless(text: str) -> str:
    """A text without the words that hold a sign of a sentence and are none (应用, 有限)."""
    for word in bodies.HARMLESS:
        text = text.replace(word, "")
    return text


def functional(core: str) -> bool:
    """Whether a string is made of function words alone."""
    reach = [True] + [False] * len(core)
    for end in range(1, len(core) + 1):
        reach[end] = any(reach[begin] and core[begin:end] in bodies.FUNCTIONS for begin in range(max(0, end - _LONGEST_FUNCTION), end))
    return reach[-1] if core else False


def is_region(prefix: str) -> bool:
    """Whether a prefix is a place, and not a mark (省) or a party committee."""
    return len(prefix) > 1 and prefix not in bodies.LEVEL_MARKS and not prefix.endswith("委") and prefix not in bodies.NATIONAL_MARKS


def is_twin(left: str, right: str) -> bool:
    """Whether these are a zone and a place, in either order, that share a government: 开发区 and 铁山区."""
    halves = left, right
    return any(half.endswith(bodies.ZONES) for half in halves) and all(shape(half).kind == "region" for half in halves)


def head_of(name: str) -> str:
    """The longest ending of agencies that a name has, or ""."""
    for size in range(min(_LONGEST_HEAD, len(name)), 0, -1):
        if name[-size:] in bodies.HEADS:
            return name[-size:]
    return ""


@lru_cache(maxsize=20_000)
def shape(name: str) -> Shape:
    """Analyse one name; blanks must be gone."""
    base = _without_note(name)
    if not base or len(base) > _LONGEST or base[0] in CLOSING + "（【":
        return Shape(name, "unknown")
    if base in bodies.STANDALONE:
        return _standalone(name, base)
    if _youth_league(base):
        return Shape(name, "agency", base[1:-1], bodies.LEVEL_MARKS.get(base[1:-1], CITY), head="团委")
    if places.is_short(base) and base not in bodies.WHOLE:
        return Shape(name, "place", core=base)
    prefix, level, party = _prefix(base)
    if not prefix and base.startswith(bodies.CENTRAL_STEMS) and not base.endswith("部门"):  # 财政部门 is not of 财政部
        return _central(name, base)
    return _local(name, base[len(prefix) :], prefix, level, party=party)


def _local(name: str, rest: str, prefix: str, level: str, *, party: bool) -> Shape:
    """A name behind its prefix."""
    head = "" if rest in _SHORT_FUNCTIONS else head_of(rest)
    kind, core = "unknown", rest
    if not rest:
        kind, core, head = ("agency", "", "委") if party else ("region", "", "")
    elif rest in bodies.WHOLE or rest in bodies.PARTY:
        return Shape(name, "agency", prefix, level, party, "", rest, not prefix, office=True)
    elif head:
        return _with_head(name, rest, prefix, level, party=party, head=head)
    elif not prefix:
        return _without_head(name, rest)
    elif rest.endswith(bodies.ZONES):
        kind, core = "region", ""  # 市高新区
    elif rest.endswith(_TOWNS) and is_region(prefix) and level == COUNTY and shape(rest).kind == "region":
        return Shape(name, "region", name, TOWN)  # 鼎城区花岩溪镇
    elif functional(rest):
        kind = "stem"
    return Shape(name, kind, prefix, level, party, core, head)


def _standalone(name: str, base: str) -> Shape:
    mark = next((mark for mark in bodies.NATIONAL_MARKS if base.startswith(mark)), "")
    return Shape(name, "standalone", mark, NATION, mark in ("中央", "中共中央"), core=base[len(mark) :], head=head_of(base), office=True)


def _with_head(name: str, rest: str, prefix: str, level: str, *, party: bool, head: str) -> Shape:
    core = rest[: -len(head)]
    if core[-1:].isdigit():
        return Shape(name, "unknown", core=rest)  # 每县至少1所
    made = functional(core)
    if head in bodies.ZONES and (prefix or not made):
        return Shape(name, "region", prefix or name, level)  # 济源示范区
    office = head != "管委" and (head in (*bodies.OFFICES, "司") or rest.endswith(bodies.OFFICES))  # 百管委 is a zone's own
    if not prefix and head == "分局" and not made and _BRANCH_IN_A_PLACE.fullmatch(core):
        return Shape(name, "standalone", core=core, head=head)  # 公安武侯分局 is not one of 区
    if not prefix and not made and (rest.endswith(bodies.COMPANY_ENDS) or not office):
        # 广铁集团, 中山大学: a proper name wants no prefix; a bare ending alone (中心) is no name
        proper = rest.endswith(bodies.COMPANY_ENDS) or (len(head) > 1 and head not in ("部门", "机关")) or len(core) >= _SHORTEST_PROPER
        return Shape(name, "standalone" if core and proper else "unknown", core=core, head=head)
    return Shape(name, "agency", prefix, level, party, core, head, not prefix, office)


def _without_head(name: str, base: str) -> Shape:
    if functional(base):
        return Shape(name, "stem", core=base)
    if base.endswith(bodies.ZONES) or (
        len(base) in _REGION and base.endswith(bodies.REGION_UNITS) and not base.endswith(bodies.NO_REGIONS)
    ):
        return Shape(name, "region", prefix=base, level=_level_of_unit(base))
    return Shape(name, "unknown", core=base)


def _central(name: str, base: str) -> Shape:
    stem = max((stem for stem in bodies.CENTRAL_STEMS if base.startswith(stem)), key=len)
    rest = base[len(stem) :]
    place = places.full_at(rest) or places.short_at(rest)
    tail = rest[len(place) :]
    if place and not tail:
        kind = "branch"
    elif head_of(base) or base.endswith(("电力", "石油", "石化", "移动", "联通", "电信")):
        kind = "standalone"
    else:
        kind = "standalone" if not rest else "unknown"
    return Shape(name, kind, stem + place if place else "", "", core=tail, head=head_of(tail))


def _without_note(name: str) -> str:
    """A name without a bracket at its end: 省委金融办（省地方金融管理局）, 经济技术开发区（综合保税区）管委会 keeps its own."""
    if name.endswith("）") and "（" in name[1:]:
        return name[: name.index("（", 1)]
    return name if name.endswith("”") and not name.startswith("“") else name.strip("“”")  # 推行“一件事一次办” is no 办


def _youth_league(base: str) -> bool:
    return base.startswith("团") and base.endswith("委") and (base[1:-1] in bodies.LEVEL_MARKS or base == "团地委")


def _prefix(base: str) -> tuple[str, str, bool]:
    """Prefix of a name, its level, and whether it is a party committee's."""
    if base in bodies.WHOLE or base in bodies.PARTY:
        return "", "", False
    for mark in bodies.NATIONAL_MARKS:
        if base.startswith(mark) and len(base) > len(mark) and not base.startswith(bodies.CENTRAL_STEMS):
            return mark, NATION, mark in ("中央", "中共中央")
    left, dot, right = base.partition("·")
    if dot and is_twin(left, twin := _prefix(right)[0] or right):
        return left + dot + twin, COUNTY, False
    if place := _full_place(base) or _division(base):
        return _party(base, place, places.level_of(place) or _level_of_unit(place))
    if not base.startswith(bodies.NOT_MARKS):
        for mark in _MARKS:
            if base.startswith(mark) and _marks_level(base, mark):
                return _party(base, mark, bodies.LEVEL_MARKS[mark])
    return _short_prefix(base) or _region_prefix(base)


def _division(base: str) -> str:
    """A division of the corps with the city that it governs, which begins a name: 兵团第三师图木舒克市; or ""."""
    found = _DIVISION.match(base)
    city = places.full_at(base, found.end()) if found else ""
    return base[: found.end() + len(city)] if found and city else ""


def _full_place(base: str) -> str:
    """The place that begins a name, as far as it goes (广州市天河区), or ""."""
    place = places.full_at(base)
    while place and (further := places.full_at(base, len(place))):
        place += further
    street = len(place) == _BARE_UNIT and base.startswith("街道", len(place))
    return place + "街道" if street else place  # 西区街道办事处 is of a street in whichever city, and not of 西区


def _short_prefix(base: str) -> tuple[str, str, bool] | None:
    """A landmark, or a place without its unit: 京津冀协同发展领导小组办公室, 深圳证监局."""
    landmark = next((word for word in bodies.LANDMARKS if base.startswith(word)), "")
    if landmark and head_of(base[len(landmark) :]) and base[len(landmark) :] != "办":
        return landmark, "", False
    short = places.short_at(base)
    rest = base[len(short) :]
    units = ("省", "市", "区", "县", "州", "盟", "旗", "地区", "新区", "街道", "镇", "乡")
    if not short or not rest or rest.startswith(units) or not (head_of(rest) or rest in bodies.WHOLE):
        return None
    core = rest[: -len(head_of(rest))]
    return (short, "", False) if rest in bodies.WHOLE or not core or functional(core) else ("", "", False)


def _marks_level(base: str, mark: str) -> bool:
    rest = base[len(mark) :]
    if bodies.LEVEL_MARKS[mark] != INNER:
        return bool(rest)
    return bool(head_of(rest)) and (
        rest in bodies.WHOLE or rest in bodies.PARTY or rest in bodies.HEADS or functional(rest[: -len(head_of(rest))])
    )


def _party(base: str, place: str, level: str) -> tuple[str, str, bool]:
    rest = base[len(place) :]
    if rest == "委":
        return place + "委", level, True
    for seat in ("党委", "委"):
        office = rest[len(seat) :]
        if rest.startswith(seat) and office and not rest.startswith(("委员会", "委托")) and (office in bodies.PARTY or head_of(office)):
            return place + seat, level, True
    return place, level, False


def _region_prefix(base: str) -> tuple[str, str, bool]:
    """A place that no table knows, told by its unit: 清溪镇政府, 临空新区管委会, 城厢区财政局."""
    for end in range(2, min(len(base), 12) + 1):
        unit = next((unit for unit in bodies.REGION_UNITS if base.endswith(unit, 0, end) and end > len(unit)), None)
        if (
            unit is None
            or (functional(base[:end]) and not _zone_with_bureau(base[:end], base[end:]))
            or base[:end] in bodies.NO_PLACES
            or (base.endswith(bodies.PLURALS, 0, end) and base[end:] in bodies.SEATS)
            or base[: end - len(unit)].endswith(("各", "有关", "相关"))
        ):
            continue
        rest = base[end:]
        town = end <= _SHORT_TOWN and unit in ("镇", "乡") and rest in bodies.SEATS  # 平等镇人民政府
        if not town and any(word in base[:end] for word in bodies.NOT_IN_NAMES):
            break  # 办公室设在市发展改革委
        if not rest:
            break
        seat = rest in bodies.WHOLE or rest in bodies.PARTY or rest in bodies.SEATS
        if seat or rest.startswith("委") or (head_of(rest) and functional(rest[: -len(head_of(rest))])):
            return _party(base, base[:end], _level_of_unit(base[:end]))
    for end in range(len(base) - 1, 1, -1):
        if base[end:] in bodies.ZONE_SEATS and base.endswith(bodies.ZONES, 0, end):
            return base[:end], COUNTY, False
    return "", "", False


def _zone_with_bureau(zone: str, rest: str) -> bool:
    """Whether a word for zones is the mark of a bureau here (园区经发委), and not what it is for (园区发展中心)."""
    head = head_of(rest)
    return zone in bodies.ZONES and head in ("局", "分局", "委", "委员会") and functional(rest.removesuffix(head))


def _level_of_unit(place: str) -> str:
    return next((level for unit, level in _UNIT_LEVELS.items() if place.endswith(unit)), COUNTY)
