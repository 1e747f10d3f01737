"""Open sets of agencies (各地级以上市政府, 市直有关部门), which are not agencies of a directory but groups."""

from __future__ import annotations

import re
from functools import lru_cache

from measures.importing.clauses import bodies, places
from measures.importing.clauses.names import functional, head_of, shape, without_harmless

_CLASS_NOUNS = frozenset(bodies.CLASS_NOUNS)
_WORDS = _CLASS_NOUNS | frozenset(bodies.SCOPES) | frozenset(bodies.QUANTIFIERS) | {"和", "及", "及其", "以及", "的", "与", "、", "，"}
_LONGEST = max(map(len, _WORDS))
_LEVELS = frozenset(bodies.LEVEL_MARKS)
_PARTIES = ("牵头单位", "责任单位", "配合单位", "牵头部门", "配合部门", "责任部门", "成员单位")
_COUNTED = re.compile(r"(?:全[省市县区州])?(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:个|家|大)")
_SEATS_OF_PLACES = ("", "党委", "党委和政府", "党委政府", *bodies.SEATS)
_COUNTED_PLACES = re.compile(  # 26个县人民政府, 山区26县政府, 10个脱贫县（市、区）人民政府
    r"[\u4e00-\u9fff]{0,6}?(?:\d{1,3}个?|[一二三四五六七八九十]{1,3}个)[\u4e00-\u9fff]{0,6}?(?:市|区|县|州|盟|旗|镇|乡|街道)(?:市区|区|市)?(?P<seat>[\u4e00-\u9fff]*)$"
)
_SEVERAL = re.compile(
    r"[两二三四五六七八九十](?:个)?(?:省|市|区|县|州|盟|镇|街道|街|地)(?:[一两]?市|[一两]?区|县)?"
    r"(?:办事处|党委和政府|党委政府|人民政府|政府|党委|部门|管委会)$"
)
_STATIONED = re.compile(r"^(?:中央|中省|省|市|部)?[在驻](?P<place>[\u4e00-\u9fff]{2})")
_STATIONED_UNITS = re.compile(
    r"[在驻][\u4e00-\u9fff](?:中直|部省属|中省属|部属|省属|省直|中省直)(?:有关)?(?:单位|部门|企业|高校|企事业单位)$"
)
_TIERED = re.compile(r"[省市县区州旗盟镇乡、]{1,8}[两二三四]级")  # 市、区两级卫生健康部门
_AREA = re.compile(r"^(?:全[省市县区州]|本[省市县区]|地区|片区|流域|沿岸|一带)$")
_SORT = re.compile(r"[^等各]{2,30}等[\u4e00-\u9fff]{0,6}(?:" + "|".join(bodies.SORTS) + r")$")
_BY_TRADE = re.compile(
    r"(?P<thing>[\u4e00-\u9fff]{2,10}?)(?:运营|经营|生产|加工|制造|施工|开发|运输|物流|配送|销售|流通|供应|回收|处置|利用|养殖|种植|服务|租赁|检测|"
    r"研发|设计|监理|仓储|冶炼|开采|维修|拆解|发电|采购|零售|批发)企业$"
)
_THINGS = ("设施", "设备", "资源", "产品", "废物", "垃圾", "电池", "单车", "用品", "物资", "器材", "材料")
_SORTS_OWNED, _OWNED_BY = ("企业", "机构", "院校"), ("属", "国有", "重点", "骨干")
_UNDER = ("监管", "所属", "下属", "直属", "出资", "主管")
_OWNED = re.compile(rf"(?P<owner>[\u4e00-\u9fff]{{3,14}}?)(?:{'|'.join(_UNDER)})(?P<kind>[\u4e00-\u9fff]{{2,6}})$")
_IN_AN_AREA = re.compile(r"[\u4e00-\u9fff]{2,8}(?:县市区|市县区|县区|区县|市县|县市|旗县|乡镇)(?:人民政府|政府)$")  # 三省交界县区政府
_LEVELS_LISTED = re.compile(r"[省市县区州旗盟](?:、[省市县区州旗镇乡](?:（[^（）]{1,8}）)?){1,3}")
_COUNTED_LEVELS = re.compile(r"^[两二三四]级")
_BUREAUS = re.compile(r"(?:各|有关|相关)[部委办厅局科室](?:、?[部委办厅局科室])*$")  # 市直各委、办、局
_TOWNS, _OFFICES_OF_TOWNS = ("镇", "乡", "街道", "街道办", "办事处"), ("办", "场", "街")  # 各镇、办
_OF_EVERY_LEVEL = bodies.ORGANS
_EITHER = ("部门", "单位", "机构", "企业", "处室", "科室", "街道", "地区")
_LEVELS_NAMED, _OF_ONE_LEVEL = ("省级", "市级", "县级"), ("机关", "政府")  # 省级地方金融管理局
_OFFICES_OF_AID = ("指挥部", "工作组", "工作队", "领导小组")  # 对口援疆前方指挥部 is one body
_EACH = ("各", "三省一市", "两省一市", "三省两市", "两省两市")
_SEAT_OF_ALL = re.compile(r"(?P<kinds>各[^，；]{1,30}?)(?:以及|及|和|暨)(?P<place>[\u4e00-\u9fff]{3,12}?)(?:人民政府|政府)$")
_KINDS_OF_PLACES = (*bodies.LEVEL_NOUNS, "）")
_OF_SOME_PROVINCES = re.compile(  # 京津冀三地生态环境部门, 川渝两省市发展改革委
    "(?:[京津冀沪苏浙皖川渝粤港澳晋蒙辽吉黑鲁豫鄂湘赣闽桂琼滇黔藏陕甘青宁新]{2,9})[两三四五六七八九](?:地|省市|省区|省|市)"
    "|[京津冀沪苏浙皖川渝晋蒙辽吉黑鲁豫鄂湘赣闽桂琼滇黔陕甘宁]{3,9}(?=(?:人民)?政府$)"  # 沪苏浙皖人民政府
)
_SHORTEST, _LONGEST_NAME, _LONGEST_OFFICE = 2, 40, 24
_WHOLE_NAMES = tuple(bodies.WHOLE)
_SHORT_SCOPE, _LONGEST_SCOPE = 4, 10
_FREE = 16  # characters of free words that a collective may hold (承担试点任务的县（市、区）政府)


@lru_cache(maxsize=20_000)
def is_collective(name: str) -> bool:
    """Whether a chunk names an open set."""
    if not _SHORTEST <= len(name) <= _LONGEST_NAME or name in bodies.STANDALONE or name in bodies.WHOLE:
        return False
    return (
        _plural_office(name)
        or _owned(name)
        or _open_set(name)
        or _SORT.match(name) is not None
        or _several_bureaus(name)
        or is_of_levels(name)
        or _of_some_provinces(name)
    )


def _of_some_provinces(name: str) -> bool:
    """Whether this is one kind of office in provinces that their short names list."""
    found = _OF_SOME_PROVINCES.match(name)
    rest = name[found.end() :] if found else ""
    return bool(rest) and (rest in _CLASS_NOUNS or rest in bodies.WHOLE or functional(rest.removesuffix(head_of(rest))))


def _owned(name: str) -> bool:
    """Whether these are the bodies under an agency: 市国资委监管企业, 省教育厅直属高校."""
    found = _OWNED.match(name) if any(word in name for word in _UNDER) else None
    return found is not None and found["kind"] in _CLASS_NOUNS and bool(shape(found["owner"]).prefix) and shape(found["owner"]).office


def is_of_levels(name: str) -> bool:
    """Whether this is one kind of office at several levels: 市、县（市、区）教育局, 市、县两级教育部门."""
    found = _LEVELS_LISTED.match(name)
    rest = _COUNTED_LEVELS.sub("", name[found.end() :]) if found else ""
    return bool(rest) and (rest in bodies.WHOLE or functional(rest.removesuffix(head_of(rest)))) and bool(head_of(rest))


def _several_bureaus(name: str) -> bool:
    """Whether this is 市直各委、办、局 or its beginning."""
    found = _BUREAUS.search(name)
    return found is not None and (not found.start() or _may_precede(name[: found.start()]))


def _open_set(name: str) -> bool:
    plain = unbracketed(name)
    place = places.full_at(plain)
    if place and _SEVERAL.fullmatch(plain, len(place)):
        return True  # 城区三个街道办事处
    if (place and not any(word in plain[len(place) :] for word in bodies.QUANTIFIERS)) or _reads_on(plain):
        return False  # 和县政府, 二七区政府, 隆林各族自治县政府
    if not plain.endswith(bodies.CLASS_NOUNS) and not (
        (any(word in plain for word in _EACH) or plain.startswith(("有关", "相关"))) and (head_of(plain) or plain.endswith(_WHOLE_NAMES))
    ):
        return False
    if is_counted(plain) or (plain.endswith("政府") and _IN_AN_AREA.match(plain)):
        return True
    if found := _COUNTED.match(plain):
        return is_class(plain[found.end() :]) or plain[found.end() :] in _CLASS_NOUNS
    opened = (
        is_stationed(plain)
        or bool(_TIERED.match(plain))
        or bool(_SEVERAL.search(plain))
        or "所在地" in plain
        or (plain.startswith(bodies.OPENERS) and not place)
    )
    return opened or _quantified(plain) or is_class(name)


def is_counted(plain: str) -> bool:
    """Whether this is a number of places: 26个县人民政府, 13个设区市."""
    counted = _COUNTED_PLACES.match(unbracketed(plain))
    return counted is not None and counted["seat"] in _SEATS_OF_PLACES


def is_stationed(name: str) -> bool:
    """Whether this is a kind of body in a place, and not its own: 在京高校, 驻粤央企, 驻连中直单位."""
    if _STATIONED_UNITS.match(name):
        return True
    found = _STATIONED.match(name)
    place = found["place"] if found else ""
    rest = name[found.start("place") :] if found else ""
    return any(rest.startswith(abbreviation) and is_kind(rest[len(abbreviation) :]) for abbreviation in (place[:1], place) if place)


def is_kind(noun: str) -> bool:
    """Whether a word names a kind of body that stands in a place without being its government: 高校, 央企."""
    words = _words(noun)
    return bool(words) and noun not in bodies.LEVEL_NOUNS and len(noun) > 1


def _reads_on(plain: str) -> bool:
    """Whether words of a sentence stand in a name, or 对口 in the name of one body."""
    sentence = without_harmless(plain)
    if plain.startswith("对口") and plain.endswith(_OFFICES_OF_AID):
        return True
    said = any(word in sentence for word in bodies.NOT_IN_COLLECTIVES) and not plain.endswith(_PARTIES)
    return said or any(word in plain for word in ("为", "系", "是", "*"))


def _quantified(plain: str) -> bool:
    """Whether 各, 有关 and the like stand where they open a set."""
    for quantifier in bodies.QUANTIFIERS:
        at = plain.find(quantifier)
        if at >= 0 and (at == 0 or _may_precede(plain[:at])) and _may_follow(plain[at + len(quantifier) :]):
            return True
    return False


def _plural_office(name: str) -> bool:
    """Whether this is one kind of office in many places: 区县财政局."""
    if name.startswith(_LEVELS_NAMED):  # 省级地方金融管理局, but 省级机关事务管理局 and 省级河长办 are one
        rest = name[len("省级") :]
        return functional(rest.removesuffix(head_of(rest))) and rest not in bodies.WHOLE and not rest.startswith(_OF_ONE_LEVEL)
    rest = name.removeprefix(next((word for word in bodies.PLURALS if name.startswith(word)), name))
    rest = rest.removeprefix("委") if rest.removeprefix("委") in bodies.PARTY else rest
    core = rest[: -len(head_of(rest))] if head_of(rest) else ""
    return rest in bodies.WHOLE or rest in bodies.PARTY or (functional(core) and not core.startswith("企业"))


@lru_cache(maxsize=20_000)
def is_class(name: str) -> bool:
    """Whether a chunk is made of words for kinds of agencies alone, without a place: 县（市、区）人民政府, 市直部门, 乡镇（街道）."""
    plain = unbracketed(name)
    if plain.endswith(("成员单位", "牵头单位", "责任单位")) and plain not in ("牵头单位", "责任单位") and len(plain) <= _LONGEST_OFFICE:
        return True
    if not plain.endswith(bodies.CLASS_NOUNS):
        return False
    words = _words(plain)
    if not words:
        return _is_sort(plain)
    if len(words) == 1:
        return words[0] not in bodies.SINGULAR or plain != name
    owned = words[0].endswith(("属", "级")) and len(words) > len(("市属", "管委会"))  # 市属开发区管委会
    if (
        not owned
        and words[-1] in (*bodies.ZONE_SEATS, "党工委")
        and (words[:-1] == ["城市"] or any(word.endswith(bodies.ZONES) for word in words[:-1]))
    ):
        return False  # 开发区管委会, 工业园区管委会, 城市管理委员会 are one agency
    return plain != name or words[0] not in _LEVELS or any(word in bodies.LEVEL_NOUNS for word in words[1:])


def _is_sort(plain: str) -> bool:
    """Whether this is a sort of bodies by what they do: 充电设施运营企业, 省属重点煤炭企业, 市属医疗机构."""
    trade = _BY_TRADE.match(plain)
    if trade and (functional(trade["thing"]) or trade["thing"].endswith(_THINGS)) and not shape(plain).prefix:
        return True
    noun = next((noun for noun in _SORTS_OWNED if plain.endswith(noun)), "")
    rest = plain.removesuffix(noun)
    owned = (at for at in range(2, len(rest) - 1) if rest[:at].endswith(_OWNED_BY))
    return bool(noun) and any(functional(rest[at:]) and _words(rest[:at]) for at in owned)


def names_either(before: str, inside: str) -> bool:
    """Whether a bracket behind an open set belongs to it: 有关部门（单位）."""
    return inside in _EITHER and before.endswith(_EITHER)


def goes_on(collective: str, name: str) -> bool:
    """Whether a chunk after 、 goes on the collective before it: 各市（州）、县（市、区）人民政府."""
    return (
        _goes_on_by_office(collective, name)
        or _goes_on_by_level(collective, unbracketed(name))
        or (not collective.endswith(bodies.SEATS) and shares_seat_by_joiner(f"{collective}、{name}"))
    )


def shares_seat_by_joiner(name: str) -> bool:
    """Whether the kinds of places of an open set and one place behind a joiner have the same seat: 各市、州及神农架林区人民政府."""
    found = _SEAT_OF_ALL.match(name)
    return found is not None and found["kinds"].endswith(_KINDS_OF_PLACES) and shape(found["place"]).kind == "region"


def _goes_on_by_office(collective: str, name: str) -> bool:
    first, _, last = name.partition("和")
    return (
        (name in _OFFICES_OF_TOWNS and collective.endswith(_TOWNS))  # 各镇、办
        # 各级人大、政协
        or (name in _OF_EVERY_LEVEL and collective.startswith("各级") and collective.endswith(_OF_EVERY_LEVEL))
        or (len(name) == 1 and _BUREAUS.search(f"{collective}、{name}") is not None)  # 各委、办、局
        # 各省、自治区、直辖市和计划单列市税务局
        or (first in bodies.LEVEL_NOUNS and last.startswith(bodies.PLURALS) and _plural_office(last) and "各" in collective)
        # 各区、县（市）委宣传部
        or (unbracketed(name) != name and _plural_office(name) and collective.endswith(tuple(bodies.LEVEL_MARKS)))
        # 各国家级高新区、经开区管委会
        or (collective.endswith(bodies.ZONES) and name.startswith(bodies.ZONES) and name.endswith(bodies.ZONE_SEATS))
    )


def _goes_on_by_level(collective: str, plain: str) -> bool:
    if not plain.endswith(bodies.CLASS_NOUNS) or any(
        word in plain.replace("省直管", "") for word in ("各", "有关", "相关", "市直", "县直", "省直", "区直", "州直", "其他", "等")
    ):
        return False
    words = _words(plain)
    opened = any(word in collective for word in ("各", "有关", "相关")) or is_class(collective)
    if not words or not opened or (plain.startswith("省直管") and collective.endswith(bodies.SEATS)):
        return False  # 各市政府、省直管县（市）政府
    if words[0] in _LEVELS and any(word in bodies.ZONES for word in words[1:]):
        return False  # 市高新区 is one of its own
    if words[0] == "城市" and len(words) > 1 and collective.endswith(bodies.SEATS) and plain.endswith(bodies.SEATS):
        words = words[1:]  # 各乡镇（场）人民政府、城市社区管委会
    return words[0] in bodies.LEVEL_NOUNS or plain in bodies.FURTHER_NOUNS


def unbracketed(name: str) -> str:
    """A name without what stands in brackets."""
    return re.sub(r"（[^（）]*）", "", name)


def _may_precede(text: str) -> bool:
    if len(text) > _FREE or text.endswith(("和", "及", "与", "、")):
        return False
    if len(text) <= _SHORT_SCOPE:
        return True  # 沿淮各市, 中省直有关单位
    if len(text) <= _LONGEST_SCOPE and not head_of(text) and not any(word in text for word in bodies.NOT_IN_NAMES):
        return True  # 粤东粤西粤北各市政府
    known = _words(text) or places.full_at(text) or places.short_at(text) or _AREA.match(text) or shape(text).complete
    return bool(known) or text.endswith(bodies.AREAS)


def _may_follow(text: str) -> bool:
    return len(text) <= _FREE + 8 and (
        bool(_words(text)) or text.endswith(bodies.CLASS_NOUNS) or bool(head_of(text)) or text.endswith(_WHOLE_NAMES)
    )


def _words(text: str) -> list[str]:
    """The text cut into words of collectives, or nothing if it cannot be."""
    best: list[list[str] | None] = [[]] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for begin in range(max(0, end - _LONGEST), end):
            before = best[begin]
            if before is not None and text[begin:end] in _WORDS and (best[end] is None or len(before) + 1 < len(best[end] or [])):
                best[end] = [*before, text[begin:end]]
    return best[-1] or []
