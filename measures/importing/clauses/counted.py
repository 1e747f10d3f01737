"""Runs of places of which the last counts them (兴庆、金凤、西夏三区政府) or leaves the unit to choose (泸定、九龙县（市）政府)."""

from __future__ import annotations

import re
from dataclasses import replace

from measures.importing.clauses import bodies, places
from measures.importing.clauses.mentions import Mention
from measures.importing.clauses.names import functional, head_of, shape

_DIGITS = {digit: number for digits in ("二三四五六七八九十", "23456789", "两") for number, digit in enumerate(digits, start=2)}
_NUMBER = "[两二三四五六七八九十2-9]"
_SEATS = "|".join(sorted({*bodies.SEATS, *bodies.PREFECTURE_OFFICES}, key=len, reverse=True))
_CHOICE = re.compile(  # 九龙县（市）人民政府, 彭阳五县（区）政府
    rf"(?P<place>[\u4e00-\u9fff]{{2,9}}?)(?:(?P<number>{_NUMBER})个?)?"
    rf"(?P<units>[省市区县州旗](?:（[省市区县州旗、]{{1,5}}）|[市区县旗]))(?P<seat>{_SEATS})$"
)
_COUNTED = re.compile(
    rf"(?P<place>[\u4e00-\u9fff]{{2,11}}?)(?P<number>{_NUMBER})个?(?P<unit>地区|市|区|县|州|旗|盟|镇|乡|街道|地)(?P<seat>{_SEATS})?$"
)
_COUNTED_OFFICES = re.compile(  # 西夏区三区住建局
    rf"(?P<place>[\u4e00-\u9fff]{{2,11}}?)(?P<number>{_NUMBER})个?(?P<unit>市|区|县|州|旗|盟|镇|乡|街道)(?P<seat>[\u4e00-\u9fff]{{2,8}})$"
)
_COUNTED_ZONES = re.compile(  # 万盛经开区三个管委会
    rf"(?P<place>[\u4e00-\u9fff]{{2,14}}(?:{'|'.join(bodies.ZONES)}))"
    rf"(?P<number>{_NUMBER})个?(?P<unit>)(?P<seat>{'|'.join(bodies.ZONE_SEATS)})$"
)
_LONGEST_PLACE = 4  # characters of a place that no table knows
OWN_UNITS = "按各自的行政区划补全"
_MISCOUNTED = "写的数目与列出的地方不符，请核对"


def without_numbers(mentions: list[Mention]) -> list[Mention]:
    """The last place of a counted run by its own name, so that those before it take their ending from it."""
    done = list(mentions)
    for index, mention in enumerate(mentions):
        text = mention.chunk.text
        counted = _counted(text) if _follows_place(mentions, index) else None
        before = _places_before(done, index, counted["unit"]) if counted else 0
        if counted and before and _is_place(counted["place"], counted["unit"]):
            place, unit = counted["place"], counted["unit"]
            name = place + _unit(place, unit) + (counted["seat"] or "")
            why = OWN_UNITS if unit == "地" else "" if before + 1 == _DIGITS[counted["number"]] else _MISCOUNTED
            done[index] = replace(mention, name=name, kind="agency", restored=True, why=mention.why or why)
    return done


def _counted(text: str) -> re.Match[str] | None:
    offices = _COUNTED_OFFICES.match(text)
    core = offices["seat"].removesuffix(head_of(offices["seat"])) if offices else ""
    return _COUNTED.match(text) or _COUNTED_ZONES.match(text) or (offices if functional(core) else None)


def without_choice(mentions: list[Mention]) -> list[Mention]:
    """Places whose units are left to choose where they end, each with its own: 康定、泸定、九龙县（市）人民政府."""
    done = list(mentions)
    for index, mention in enumerate(mentions):
        chosen = _CHOICE.match(mention.chunk.text) if _follows_place(mentions, index) else None
        before = _places_before(mentions, index, "地") if chosen else 0
        if not chosen or not before:
            continue
        for at in range(index - before, index + 1):
            name = chosen["place"] if at == index else mentions[at].name
            own = {unit for unit in places.units_of(name) if unit[-1:] in chosen["units"]}
            if chosen["units"].startswith("省"):  # 吉林 of 辽宁、吉林省（区）政府 is no city
                own = {unit for unit in own if places.level_of(name + unit) == bodies.PROVINCE}
            if shape(name).kind == "place" and len(own) == 1:
                done[at] = replace(mentions[at], name=name + places.plain_unit(own.pop()) + chosen["seat"], kind="agency", restored=True)
    return done


def _follows_place(mentions: list[Mention], index: int) -> bool:
    chunk = mentions[index].chunk
    listed = index > 0 and chunk.etc is None and not chunk.alias and chunk.separator in ("、", "和")
    return listed and shape(mentions[index - 1].name).kind in ("place", "region", "unknown")


def _unit(place: str, unit: str) -> str:
    """The unit that a place lacks: 渠县 has its own, and 唐山 of 唐山、沧州两地 that of a prefecture."""
    if shape(place).kind == "region" or (places.level_of(place) and place.endswith(unit)):
        return ""
    return places.prefecture_unit(place) if unit == "地" else unit


def _places_before(mentions: list[Mention], index: int, unit: str) -> int:
    """How many places stand in the same run before a position."""
    first = index
    while first and mentions[first].chunk.separator in ("、", "和") and mentions[first].chunk.group == mentions[first - 1].chunk.group:
        before = mentions[first - 1]
        if before.chunk.etc is not None or before.restored or not _is_place(before.name, unit):
            break
        first -= 1
    return index - first


def _is_place(name: str, unit: str) -> bool:
    made = shape(name)
    if made.kind == "region":
        return name.endswith(unit) or unit == "地"
    return made.kind == "place" or (made.kind == "unknown" and len(name) <= _LONGEST_PLACE and not places.full_at(name))
