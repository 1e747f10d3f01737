"""Restores the ending that a list leaves out: 广州、深圳市政府 → 广州市政府, 市教育、财政局 → 市教育局, 中国移动、中国联通广东公司."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from measures.importing.clauses import bodies, places
from measures.importing.clauses.collectives import is_collective
from measures.importing.clauses.counted import OWN_UNITS, without_choice, without_numbers
from measures.importing.clauses.mentions import NOT_A_NAME, Chunk, Mention
from measures.importing.clauses.names import Shape, functional, head_of, is_region, shape

_UNITS_OF_PLACES = ("省", "市", "州", "盟", "县", "旗")
_SEVERAL_AREAS = re.compile(r"(?P<zone>.{0,14}(?:自由贸易试验区|自贸试验区|自贸区))(?P<place>[\u4e00-\u9fff]{2,4})$")
_ONLY_FUNCTION = "只写了职能，没有写单位全称"
_CARRIERS = ("移动", "联通", "电信", "铁塔")
_OF_CHINA = tuple(f"中国{carrier}" for carrier in _CARRIERS)
_DEPARTMENTS = ("局", "委", "厅")
_TOWN_UNITS = ("镇", "乡", "街道")
_LONGEST_PLACE, _LONGEST_TOWN, _LONGEST_OPEN = 6, 3, 16  # characters
_COMMITTEE = "党工委"
_FRAGMENTS = ("place", "branch", "stem", "unknown")


def classified(chunk: Chunk, aliases: frozenset[str]) -> Mention:
    """A chunk with what it is by its own words: an agency, an open set, or a fragment that wants its ending."""
    if chunk.etc is not None:
        return Mention(chunk, chunk.etc, "collective" if _named_group(chunk.etc) else "etc")
    if chunk.text in aliases:
        return Mention(replace(chunk, alias=True), chunk.text, "agency")
    if is_collective(chunk.text):
        return Mention(chunk, chunk.text, "collective", why=chunk.why)
    kind = shape(chunk.text).kind
    return Mention(chunk, chunk.text, "agency" if shape(chunk.text).complete else kind, why=chunk.why)


def _named_group(noun: str) -> bool:
    return any(word in noun for word in ("有关", "相关", "各", "其他", "其它"))


def restore_suffixes(mentions: list[Mention]) -> list[Mention]:
    """Give every fragment the ending of the name that closes its run; what stays a fragment is doubted."""
    mentions = _seats_shared(_halves_of_zones(_shared_offices(without_choice(without_numbers(mentions)))))
    done = list(mentions)
    run: list[int] = []
    for index, mention in enumerate(mentions):
        if run and (mention.chunk.group != mentions[run[-1]].chunk.group or mention.chunk.separator in ("；", "。", "\n")):
            run = []
        if _is_fragment(mention):
            if run and _closes_run(mentions[run[-1]], mention):
                _close_run(done, run, index)
            run.append(index)
        else:
            if run:
                _close_run(done, run, index)
            run = []
    return [mention if mention.kind in ("agency", "collective", "etc") else _unfinished(mention) for mention in done]


def _shared_offices(mentions: list[Mention]) -> list[Mention]:
    """县人大常委会、县政府、县政协办公室: the office of the last organ is named for those before it as well."""
    done = list(mentions)
    for index, mention in enumerate(mentions):
        mark, organ, office = _organ_and_office(mention.name)
        at = index
        while organ and at and mentions[at].chunk.separator in ("、", "和") and _organ_of(mentions[at - 1].name, mark):
            at -= 1
            bare = mentions[at].name
            done[at] = replace(done[at], name=bare + office, restored=True, why=f"可能是“{bare}”本身")
    return done


def _organ_and_office(name: str) -> tuple[str, str, str]:
    """The mark, the organ and the office of 县政协办公室; empty strings for anything else."""
    office = next((office for office in bodies.OFFICES_OF_BOTH if name.endswith(office)), "")
    organ = next((organ for organ in bodies.ORGANS if name.removesuffix(office).endswith(organ)), "")
    mark = name.removesuffix(office).removesuffix(organ)
    return (mark, organ, office) if office and organ not in ("", "委", "党委") and mark in bodies.LEVEL_MARKS else ("", "", "")


def _organ_of(name: str, mark: str) -> bool:
    made = shape(name)
    organ = name.removeprefix(made.prefix.removesuffix("党委").removesuffix("委"))
    place = name.removesuffix(organ)
    return organ in bodies.ORGANS and (place == mark or (is_region(place) and place.endswith(mark)))  # 伊犁州党委、州政府督查室


def _seats_shared(mentions: list[Mention]) -> list[Mention]:
    """天长、明光等市和定远、凤阳等县人民政府: the seat behind the second 等 is that of all."""
    done = list(mentions)
    nouns = [(index, mention.chunk) for index, mention in enumerate(mentions) if mention.chunk.etc]
    for (index, chunk), (_, after) in pairwise(nouns):
        noun, behind = chunk.etc or "", after.etc or ""
        shared = behind[1:] if behind[:1] in bodies.LEVEL_MARKS and behind[1:] in bodies.SEATS else ""
        if noun in bodies.LEVEL_MARKS and shared and chunk.group == after.group:
            done[index] = replace(mentions[index], chunk=replace(chunk, etc=noun + shared))
    return done


def _halves_of_zones(mentions: list[Mention]) -> list[Mention]:
    """贵安新区党工委、管委会: both are of the zone, and of the zones before it (新蒲新区、南部新区党工委、管委会)."""
    done = mentions[:1]
    for before, mention in pairwise(mentions):
        zone = before.name.removesuffix(_COMMITTEE) if before.name.endswith(_COMMITTEE) and before.kind == "agency" else ""
        if not zone or mention.name not in bodies.ZONE_SEATS or mention.chunk.separator not in ("、", "和"):
            done.append(mention)
            continue
        first = len(done) - 1
        while first and done[first].chunk.separator in ("、", "和") and _is_zone(done[first - 1]):
            first -= 1
        for other in done[first:-1]:
            at = done.index(other)
            halves = [replace(other, name=other.name + half, kind="agency", restored=True) for half in (_COMMITTEE, mention.name)]
            done[at : at + 1] = halves
        done.append(replace(mention, name=zone + mention.name, kind="agency", restored=True))
    return done


def _is_zone(mention: Mention) -> bool:
    return mention.name.endswith(bodies.ZONES) and shape(mention.name).kind == "region" and not mention.restored


def _is_fragment(mention: Mention) -> bool:
    if mention.chunk.alias:
        return False
    made = shape(mention.name)
    bare_central = mention.name.endswith(bodies.TELECOM) or mention.name in bodies.BANKS
    zone = made.bare and made.head in bodies.ZONES  # 高新开发区、综合保税区管委会
    return mention.kind in _FRAGMENTS or (mention.kind == "agency" and (made.kind == "region" or bare_central or zone))


def _closes_run(last: Mention, mention: Mention) -> bool:
    """广州、深圳市: a place with its unit gives the unit to places before it that lack it; 华舍、柯岩街道: a town also to names unknown."""
    if shape(mention.name).kind != "region":
        return False
    return last.kind == "place" or (last.kind == "unknown" and mention.name.endswith(_TOWN_UNITS) and len(last.name) <= _LONGEST_TOWN)


def _close_run(done: list[Mention], run: list[int], closing: int) -> None:
    closer = done[closing]
    zone = _SEVERAL_AREAS.match(done[run[0]].name) if closer.name.endswith("片区管委会") else None
    for index in run if zone and closer.kind == "agency" else ():  # 福建自贸试验区福州、厦门、平潭片区管委会
        place = done[index].name.removeprefix(zone["zone"] if zone else "").removesuffix("片区")
        done[index] = replace(done[index], name=f"{zone['zone'] if zone else ''}{place}片区管委会", kind="agency", restored=True)
    if zone and closer.kind == "agency":
        done[closing] = replace(closer, name=zone["zone"] + closer.name, restored=True)
        return
    stem = next((done[index].name for index in reversed(run) if shape(done[index].name).kind == "branch"), "")
    for index in run:
        done[index] = _finished(done[index], closer)
    if done[run[0]].name.startswith(_OF_CHINA):  # 中国移动、电信、联通纳雍分公司
        for index in (index for index in (*run, closing) if done[index].name.startswith(_CARRIERS)):
            done[index] = replace(done[index], name=f"中国{done[index].name}", restored=True)
    if stem and closer.kind == "agency":
        organisation = shape(stem).prefix
        ends = range(2, len(organisation))
        at = next((at for at in ends if organisation[at:] in (places.full_at(organisation, at), places.short_at(organisation, at))), 0)
        lead = organisation[:at]
        if lead and (places.full_at(closer.name) or places.short_at(closer.name)):
            done[closing] = replace(closer, name=lead + closer.name, restored=True)


def _finished(mention: Mention, closer: Mention) -> Mention:
    """A fragment with the ending of the name that closes its run."""
    if closer.chunk.etc is not None:
        return _finished_by_noun(mention, closer)
    if closer.kind != "agency" or (
        shape(closer.name).prefix in bodies.LANDMARKS and mention.kind in ("agency", "place") and not mention.name.endswith(bodies.ZONES)
    ):
        return _before_a_set(mention, closer)
    name, end = mention.name, shape(closer.name)
    kind = shape(name).kind
    rest = closer.name[len(end.prefix) :].split("（")[0] or closer.name[len(end.prefix) :]
    if kind in ("agency", "standalone") and not name.endswith(bodies.ZONES):
        return _with_company(mention, closer)
    party = "委" if kind == "place" and end.party and is_region(end.prefix[:-1]) else ""  # 福州、厦门市委统战部
    if kind in ("place", "unknown") and (party or is_region(end.prefix)):
        return _place_with(mention, replace(end, prefix=end.prefix.removesuffix(party)), party + rest)
    if kind in ("region", "agency"):
        return _region_with(mention, closer, rest)
    whole = name + closer.name.removeprefix(places.short_at(closer.name)) if kind == "place" else ""
    whole, why = whole if whole in bodies.STANDALONE else "", ""  # 上海、深圳证券交易所
    if kind == "unknown" and len(name) <= _LONGEST_PLACE and (seat := _zone_seat(closer.name)):
        whole, why = name + seat, "不能确定是省略了后缀的地名"
    elif kind == "branch" and (place := places.full_at(closer.name) or places.short_at(closer.name)):
        whole = name + closer.name[len(place) :]
    elif kind == "stem" and (ending := _ending(rest)):
        whole = name + ending
        leveled = shape(name).prefix and shape(name).prefix == end.prefix  # 省红会、省商务厅
        why = "后面的单位另有层级，不能确定共用后缀" if leveled else _ONLY_FUNCTION if ending == "部门" else ""
    return replace(mention, name=whole, kind="agency", restored=True, why=why) if whole else mention


def _before_a_set(mention: Mention, closer: Mention) -> Mention:
    """江阴市、宜兴市、各区人民政府: cities and counties take the seat of the open set, with a doubt; a zone is only doubted."""
    seat = next((seat for seat in sorted(bodies.SEATS, key=len, reverse=True) if closer.chunk.text.endswith(seat)), "")
    listed = closer.kind == "collective" and closer.chunk.separator == "、" and closer.chunk.text.startswith("各")
    if not (listed and seat.endswith("政府") and places.full_at(mention.name) == mention.name and _may_sit(mention.name, seat)):
        return mention
    if not mention.name.endswith(_UNITS_OF_PLACES):
        return replace(mention, why=mention.why or f"可能省略了“{seat}”")
    return replace(mention, name=mention.name + seat, kind="agency", restored=True, why=f"按后文补了“{seat}”")


def _region_with(mention: Mention, closer: Mention, rest: str) -> Mention:
    """A place with its unit, or a zone, with the seat of the one that closes the run: 天河区、越秀区政府, 市高新区、市经开区管委会."""
    name, placed = mention.name, is_region(shape(closer.name).prefix)
    seat = _zone_seat(closer.name)
    if closer.name.endswith("（行署）") and _may_sit(name, "行署"):
        rest = "行署"  # 和田地区、克孜勒苏柯尔克孜自治州人民政府（行署）
    if placed and rest and _may_sit(name, rest):
        return replace(mention, name=name + rest, kind="agency", restored=True)
    if seat and name.endswith(bodies.ZONES) and name not in bodies.DISTRICTS and not shape(closer.name).level.startswith("town"):
        return replace(mention, name=name + seat, kind="agency", restored=True)
    sits = placed and rest in (*bodies.SEATS, *bodies.ZONE_SEATS, *bodies.PREFECTURE_OFFICES)
    return replace(mention, why=f"可能省略了“{rest}”") if sits else mention


def _zone_seat(name: str) -> str:
    return next((seat for seat in bodies.ZONE_SEATS if name.endswith(seat)), "")


def _ending(rest: str) -> str:
    """What the last of a list of departments lends to those before it: the 局 of 人社局, or ""."""
    head = rest[-1:] if rest[-1:] in _DEPARTMENTS and functional(rest[:-1]) else head_of(rest)  # 市场监管局 lends 局, and not 监管局
    core = rest[: -len(head)] if head else ""
    return head if functional(core) and head not in core else ""


def _place_with(mention: Mention, end: Shape, rest: str) -> Mention:
    name = mention.name
    unit = next((unit for unit in (*bodies.ZONES, *bodies.REGION_UNITS) if end.prefix.endswith(unit) and len(end.prefix) > len(unit)), "")
    known = set() if unit in _TOWN_UNITS else places.units_of(name)
    if places.short_at(end.prefix) == end.prefix or known == {""}:
        unit = ""  # 嵩县 has its own
    elif known and not any(own == unit or (unit.startswith("自治") and own.endswith(unit)) for own in known):
        if len(known) > 1:
            return mention
        own = places.plain_unit(known.pop())
        return replace(mention, name=name + own + rest, kind="agency", restored=True, why="与后面的地名不同级，按其行政区划补全")
    if not known and (len(name) > _LONGEST_PLACE or shape(name).head):
        return mention
    why = "" if known else "不能确定是省略了后缀的地名"
    return replace(mention, name=name + unit + rest, kind="agency", restored=True, why=why)


def _may_sit(region: str, rest: str) -> bool:
    zone = (
        not places.level_of(region)
        and not region.endswith(_UNITS_OF_PLACES)
        and (region.endswith(bodies.ZONES) or rest in bodies.ZONE_SEATS)
    )
    if rest in bodies.ZONE_SEATS:
        return zone
    if rest in bodies.PREFECTURE_OFFICES:
        return region.endswith(("地区", "盟"))
    if rest in ("办事处", "街道办", "街道办事处"):
        return region.endswith(("街道", "地区"))
    if rest in bodies.SEATS:
        return not region.endswith("街道") and (not zone or region.endswith("新区"))
    return not zone


def _finished_by_noun(mention: Mention, closer: Mention) -> Mention:
    """广州、深圳等市政府: the noun after 等 gives unit and seat."""
    noun = (closer.chunk.etc or "").removeprefix("有关").removeprefix("相关").removeprefix("各")
    seat = next((seat for seat in sorted(bodies.SEATS, key=len, reverse=True) if noun.endswith(seat)), "")
    units = noun.removesuffix(seat)
    kind = shape(mention.name).kind
    town = units in _TOWN_UNITS or noun in ("街道办事处", "街道办")
    if town and kind in ("place", "unknown") and len(mention.name) <= _LONGEST_TOWN:
        return replace(mention, name=mention.name + noun, kind="agency", restored=True)  # 湖头、官桥、龙门等镇
    if kind == "place" and (seat or units):
        known = places.units_of(mention.name)
        fitting = {unit for unit in known if unit in units or units in ("地", "地市", "")} or known
        if (prefecture := places.prefecture_unit(mention.name)) in fitting:
            fitting = {prefecture}
        if len(fitting) == 1:
            unit = fitting.pop()
            why = OWN_UNITS if "自治县" in unit and "自治" not in units else ""  # 陵水等市县政府
            return replace(mention, name=mention.name + places.plain_unit(unit) + seat, kind="agency", restored=True, why=why)
    if kind == "region" and seat and _may_sit(mention.name, seat):
        return replace(mention, name=mention.name + seat, kind="agency", restored=True)
    if kind == "stem" and noun in ("部门", "单位", "部门和单位"):
        return replace(mention, name=mention.name + "部门", kind="agency", restored=True, why=_ONLY_FUNCTION)
    return mention


def _with_company(mention: Mention, closer: Mention) -> Mention:
    """A carrier or bank with the branch of the one that closes the run: 中国移动、中国联通广东公司."""
    carrier = mention.name.endswith(bodies.TELECOM) and closer.name.endswith("公司")
    if not (carrier or (mention.name in bodies.BANKS and closer.name.endswith("行"))):
        return mention
    at = next((closer.name.find(word) + len(word) for word in (*bodies.TELECOM, *bodies.BANKS) if word in closer.name), 0)
    tail = closer.name[at:]
    if not at or not tail.endswith(("公司", "分行", "支行")):
        return mention
    return replace(mention, name=mention.name + tail, kind="agency", restored=True, why="后缀按后面的分支机构补全")


def _unfinished(mention: Mention) -> Mention:
    kind = mention.kind
    if kind == "stem":
        return replace(mention, kind="agency", why="没有写出单位名称的后缀")
    if kind in ("place", "branch"):
        return replace(mention, kind="agency", why="只写了地名，没有写单位")
    rest = mention.name[1:].removeprefix("有关")
    sentence = any(word in rest for word in (*bodies.NOT_IN_COLLECTIVES, *bodies.NOT_IN_NAMES))
    if mention.name.startswith(bodies.QUANTIFIERS) and len(mention.name) <= _LONGEST_OPEN and not sentence:
        return replace(mention, kind="collective", why="“各…”的范围请核对")
    end = _agency_within(mention.name)
    if end:
        rest = mention.name[end:]
        chunk = replace(mention.chunk, text=mention.name[:end], positions=mention.chunk.positions[:end])
        return replace(mention, chunk=chunk, name=chunk.text, kind="agency", partial=True, why=f"“{rest}”不是常见的职责写法，请核对")
    return replace(mention, kind="unknown", why=NOT_A_NAME)


def _agency_within(name: str) -> int:
    """Where an agency ends that words follow: 省财政厅 in 省财政厅安排资金; 0 if none is plain to see."""
    for end in range(len(name) - 2, 2, -1):
        made = shape(name[:end])
        if made.kind == "agency" and made.prefix in bodies.LEVEL_MARKS and made.office and made.known and not head_of(name[end:]):
            return end
    return 0
