"""From the chunks of a list to full names: parts what 和 joins, and restores what the text leaves out.

    省财政厅、国资委            → 省财政厅, 省国资委            prefix
    广州、深圳市政府            → 广州市政府, 深圳市政府         suffix
    各市（州）、县（市、区）政府 → one collective

A name gets only a prefix that its kind takes: 国资委 takes 省, 人民银行广州分行 does not, 教育局 takes 市 and not 省. What had to be
assumed beyond that is a doubt.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from measures.importing.clauses import bodies, places
from measures.importing.clauses.collectives import goes_on, is_class, is_collective, shares_seat_by_joiner, unbracketed
from measures.importing.clauses.mentions import Chunk, Mention, joined
from measures.importing.clauses.names import Shape, functional, is_region, shape
from measures.importing.clauses.prefixes import restore_prefixes
from measures.importing.clauses.suffixes import classified, restore_suffixes

_OPENINGS = ("各级各类", "各地区", "各市县", "各区县", "各县区", "各级", "各地", "各市", "各县", "各区", "有关", "相关", "各")
_PERHAPS_OF_EACH = "可能属于前面的“各…”"
_SCOPE_OF_EACH = "“各…”的范围请核对"
_OWN_PARTS = ("各", "有关", "相关", "直属", "下属")
_LONGEST_SORT = 6  # characters
_LONGEST_CHUNK = 120  # characters
_SHORTEST_PAIR, _LONGEST_PAIR = 6, 40
_MARK_STARTS = frozenset(mark[0] for mark in bodies.LEVEL_MARKS)


def resolve(chunks: list[Chunk], aliases: frozenset[str] = frozenset()) -> list[Mention]:
    """Full names of the chunks of a clause, in the order of the text."""
    parted: list[Chunk] = []
    running = ""  # the open set that a chunk may go on: 各市 of 各市、州委和人民政府
    for chunk in chunks:
        if running and chunk.separator == "、" and len(running) < _LONGEST_CHUNK and goes_on(running, chunk.text):
            running += "、" + chunk.text
            parted.append(chunk)
        elif running and chunk.separator == "、" and (cut := _goes_on_and(running, chunk.text)):
            first, joiner = cut  # 各级党委、政府及有关部门
            parted += [_cut(chunk, 0, first, first=True), _cut(chunk, first + joiner, len(chunk.text), first=False)]
            running = ""
        else:
            parted += [piece for part in _part(chunk, aliases) for piece in _unglued(part, aliases)]
            running = parted[-1].text if parted and is_collective(parted[-1].text) else ""
    merged = _merge(parted)
    whole = _doubt_scopes(restore_suffixes([classified(chunk, aliases) for chunk in merged]))
    named = [mention for mention in whole if mention.chunk.etc is None or mention.kind == "collective"]
    return restore_prefixes(named)


def _goes_on_and(running: str, text: str) -> tuple[int, int] | None:
    """Where a joiner stands behind the end of an open set, and its length: 各级党委、政府|及|有关部门, 各市、州|及|长白山管委会."""
    for joiner in _JOINERS:
        at = text.find(joiner)
        right = text[at + len(joiner) :]
        if at > 0 and goes_on(running, text[:at]) and (_opens(right) or (_is_named(right) and not is_collective(right))):
            return at, len(joiner)
    return None


def _opens(text: str) -> bool:
    return is_collective(text) and any(word in text for word in bodies.QUANTIFIERS)


# --- joiners ---------------------------------------------------------------------------------------------------------------------

_JOINERS = ("及其", *bodies.JOINERS)


def _part(chunk: Chunk, aliases: frozenset[str]) -> list[Chunk]:
    """Part a chunk at joiners that stand between two names, and leave those inside a name (文化和旅游厅)."""
    if chunk.etc is not None or chunk.text in aliases or len(chunk.text) > _LONGEST_CHUNK:
        return [chunk]
    parts: list[Chunk] = []
    text, begin, at = chunk.text, 0, 1
    while at < len(text) - 1:
        joiner = next((joiner for joiner in _JOINERS if text.startswith(joiner, at)), "")
        if joiner and _joins(text, begin, at, joiner, aliases):
            parts.append(_cut(chunk, begin, at, first=not parts))
            begin = at + len(joiner)
            at = begin
        at += 1
    return [*parts, _cut(chunk, begin, len(text), first=not parts)]


def _cut(chunk: Chunk, begin: int, end: int, *, first: bool) -> Chunk:
    if begin == 0 and end == len(chunk.text):
        return chunk
    separator = chunk.separator if first else "和"
    return replace(chunk, text=chunk.text[begin:end], positions=chunk.positions[begin:end], separator=separator)


def _unglued(chunk: Chunk, aliases: frozenset[str]) -> list[Chunk]:
    """Part two names between which a mark is lacking (市科技局市财政局), each with a doubt."""
    text = chunk.text
    if (
        chunk.etc is not None
        or text in aliases
        or not _SHORTEST_PAIR <= len(text) <= _LONGEST_PAIR
        or is_collective(text)
        or _own_name(shape(text))
    ):
        return [chunk]
    cuts, begin = [0], 0
    for at in range(3, len(text) - 2):
        if (
            text[at] in _MARK_STARTS
            and at - begin > 2
            and _own_name(shape(text[begin:at]))
            and _own_start(text[at:])
            and not _one_house(text[:at], text[at:])
        ):
            cuts.append(at)
            begin = at
    if len(cuts) == 1 or not _own_name(shape(text[begin:])):
        return [chunk]
    ends = [*cuts[1:], len(text)]
    parts = [_cut(chunk, start, end, first=not start) for start, end in zip(cuts, ends, strict=True)]
    return [replace(part, why="两个单位之间没有标点，请核对") for part in parts]


def _one_house(left: str, right: str) -> bool:
    """省纪委省监委 is one house, and 党工委管委会 has one office (党工委管委会党政办公室)."""
    return left.endswith(bodies.ONE_HOUSE) or (left.endswith("党工委") and right.startswith("管委会") and right != "管委会")


def _own_start(right: str) -> bool:
    """Whether a department with the mark of its level begins here."""
    return any(_own_name(shape(right[:end])) for end in range(3, len(right) + 1))


def _own_name(made: Shape) -> bool:
    """Whether a stretch is a department with the mark of its level and a function that is known."""
    return made.kind == "agency" and made.prefix.removesuffix("委") in bodies.LEVEL_MARKS and made.office and made.known


def _joins(text: str, begin: int, at: int, joiner: str, aliases: frozenset[str]) -> bool:
    left, right = text[begin:at], text[at + len(joiner) :]
    if joiner == "及其":
        return _whole(left, aliases) and right.startswith(_OWN_PARTS) and is_collective(right)  # 市政府及其有关部门
    if _inside_name(text, at) or _seat_of_all(text, begin, left) or _one_function(text[begin:], left, joiner):
        return False
    if is_collective(left) and is_collective(text[begin:]) and (goes_on(left, right) or right in bodies.PREFECTURE_OFFICES):
        return False  # 各有关部门和单位; 各地、市、州人民政府和行政公署
    kinds = is_collective(text[begin:]) and is_class(right) and not any(q in right for q in bodies.QUANTIFIERS)
    if left in bodies.LEVEL_NOUNS and (kinds or (right.startswith(bodies.PLURALS) and is_collective(right))):
        return False  # 直辖市及计划单列市人民政府; 各省、自治区、直辖市和计划单列市税务局
    if is_collective(text[begin:]) and not (_whole(left, aliases) and (is_collective(right) or _is_named(right))):
        return False
    return left not in bodies.TOO_SHORT and _whole(left, aliases) and _starts_whole(right, aliases)


def _one_function(name: str, left: str, joiner: str) -> bool:
    """Whether a joiner stands in what one office does: 市水库和生态移民局, though a 市水库 there may be."""
    core = shape(name).core
    return joiner in core and functional(core) and not shape(left).office


def _seat_of_all(text: str, begin: int, left: str) -> bool:
    """Whether the seat behind is that of all: 各市、州及神农架林区人民政府."""
    return shares_seat_by_joiner(text[begin:]) or (begin == 0 and left in bodies.LEVEL_NOUNS and shares_seat_by_joiner(f"各{text}"))


def _is_named(right: str) -> bool:
    """Whether an agency with its own level or place follows an open set (各市政府及省农信联社)."""
    found = shape(right)
    return found.complete and (bool(found.prefix) or right in bodies.OF_THEIR_OWN)


def _inside_name(text: str, at: int) -> bool:
    """Whether a joiner stands in a bracket, in quotation marks, in the name of a place, or in a name known to hold one."""
    if text.count("（", 0, at) > text.count("）", 0, at) or text.count("“", 0, at) > text.count("”", 0, at):
        return True
    return any(at >= place >= 0 and at < place + len(name) for name in bodies.NAMES_WITH_JOINER if (place := text.find(name)) >= 0)


def _whole(name: str, aliases: frozenset[str]) -> bool:
    return name in aliases or shape(name).complete or is_collective(name) or shape(name).kind in ("place", "branch")


def _starts_whole(right: str, aliases: frozenset[str]) -> bool:
    if _whole(right, aliases) or shape(right).kind == "stem":
        return True
    return any(
        right.startswith(joiner, end) and _whole(right[:end], aliases) for end in range(2, min(len(right), 30)) for joiner in _JOINERS
    )


# --- merging ---------------------------------------------------------------------------------------------------------------------


def _merge(chunks: list[Chunk]) -> list[Chunk]:
    """Put together the chunks of one collective, and of the few names with 、 inside."""
    merged: list[Chunk] = []
    for chunk in _departments(chunks):
        last = merged[-1] if merged else None
        if chunk.etc and last is not None and last.etc is None and chunk.etc.endswith(bodies.SORTS):
            merged = _sorted_out(merged, chunk)
            continue
        if last is not None and _listed_beside(last, chunk) and _one_name(last.text, chunk.text):
            merged[-1] = joined([last, chunk])
        else:
            merged.append(chunk)
    return merged


def _listed_beside(last: Chunk, chunk: Chunk) -> bool:
    plain = last.etc is None and chunk.etc is None and chunk.separator == "、" and chunk.start - last.end == len("、")
    return plain and last.role == chunk.role and last.group == chunk.group


def _one_name(left: str, right: str) -> bool:
    """Whether two chunks with a 、 between them are one open set or one name."""
    goes = is_collective(left) and goes_on(left, right)
    return goes or f"{left}、{right}" in bodies.NAMES_WITH_JOINER or _one_scope(left, right)


def _sorted_out(merged: list[Chunk], etc: Chunk) -> list[Chunk]:
    """Put together 供水、供电、通信等企业: words that name no agency, and the sort of bodies that 等 gives them."""
    first = len(merged)
    while first and _names_a_sort(merged[first - 1], etc) and (first == len(merged) or merged[first].separator == "、"):
        first -= 1
    run = merged[first:]
    if not run:
        return [*merged, etc]
    sort = joined([joined(run), replace(etc, text=etc.etc or "")], "等")
    return [*merged[:first], replace(sort, role=etc.role, why="“等”后面是一类单位，按集合读取")]


def _names_a_sort(chunk: Chunk, etc: Chunk) -> bool:
    """Whether a chunk before 等企业 says of which sort: 供水, 顺丰; what names an agency of itself does not."""
    made = shape(chunk.text)
    plain = chunk.etc is None and not chunk.alias and chunk.group == etc.group and not is_collective(chunk.text)
    return plain and len(chunk.text) <= _LONGEST_SORT and made.kind in ("stem", "unknown") and not made.prefix


def _departments(chunks: list[Chunk]) -> list[Chunk]:
    """Put together 各地财政、人社、税务部门: an open set whose departments share their ending."""
    done: list[Chunk] = []
    index = 0
    while index < len(chunks):
        end = _shared_ending(chunks, index)
        parts = chunks[index : end + 1]
        done.append(replace(joined(parts), role=parts[-1].role))
        index = end + 1
    return done


def _shared_ending(chunks: list[Chunk], index: int) -> int:
    """The last chunk of an open set of departments that begins here; the chunk itself when there is none."""
    first = chunks[index]
    tiers = _TWO_LEVELS.match(first.text)
    opening = tiers.group() if tiers else next((word for word in _OPENINGS if first.text.startswith(word)), "")
    if not opening or first.etc is not None or not functional(first.text[len(opening) :]):
        return index
    for at in range(index + 1, len(chunks)):
        chunk = chunks[at]
        if chunk.etc is not None or chunk.separator != "、" or chunk.start != chunks[at - 1].end + 1:
            return index
        if chunk.text.endswith("部门") and functional(chunk.text.removesuffix("部门")):
            return at
        if not functional(chunk.text):
            return index
    return index


_TIERS = re.compile(r"[省市县区州旗盟镇乡（）、]{1,8}[两二三四](?:级|地)[\u4e00-\u9fff、]{2,20}$")  # 市、区两级卫生健康部门
_TWO_LEVELS = re.compile(r"[省市县区州旗盟镇乡（）]{1,8}[两二三四]级")


def _one_scope(left: str, right: str) -> bool:
    """省、市有关部门; 市、县（区）人民政府; 省、市、县三级政府."""
    levels = set(bodies.LEVEL_MARKS) | {"自治区", "直辖市", "设区市", "中央", "部属", "省属", "市属"}
    heads = [part for part in left.split("、") if part not in levels]
    return (
        not heads
        and (
            is_collective(right)
            or right in levels
            or _TIERS.match(right)
            or right.endswith(("三级政府", "两级政府", "三级部门", "两级部门"))
        )
        and not places.full_at(right)
    )


def _doubt_scopes(mentions: list[Mention]) -> list[Mention]:
    """Doubt what may still belong to the 各 before it (各高校、科研院所), or to the seat behind it."""
    done: list[Mention] = []
    for mention in mentions:
        if done and not mention.why and _may_be_of_each(done[-1], mention):
            done[-1] = replace(done[-1], why=done[-1].why or _SCOPE_OF_EACH)
            kind = "collective" if unbracketed(mention.name) in bodies.KINDS_OF_ZONES else mention.kind  # 各县区政府、开发区管委会
            done.append(replace(mention, kind=kind, why=_PERHAPS_OF_EACH))
        else:
            done.append(mention)
    for index, (mention, after) in enumerate(list(pairwise(done))):
        if not mention.why and (_shares_seat(mention, after) or _shares_zone_seat(mention, after)):
            done[index] = replace(mention, why="可能与后面的单位共用“人民政府”一类后缀")
    return [
        replace(mention, why="“、”或者“及”前后可能是两类单位")
        if mention.kind == "collective" and not mention.why and (_two_kinds(mention.name) or shares_seat_by_joiner(mention.name))
        else mention
        for mention in done
    ]


def _may_be_of_each(before: Mention, mention: Mention) -> bool:
    """Whether a name has nothing of its own to tell it from one that the 各 before it opens: 各高校、科研院所, 各区县政府、开发区管委会."""
    set_before = before.kind == "collective" and ("各" in before.name or before.name.startswith(("有关", "相关")))
    if not (set_before or before.why == _PERHAPS_OF_EACH) or mention.chunk.separator not in ("、", "和"):
        return False
    made = shape(mention.name)
    if mention.kind == "collective":
        return not any(word in mention.name for word in bodies.QUANTIFIERS)
    seat_of_level = made.prefix in bodies.LEVEL_MARKS and made.name[len(made.prefix) :] in ("委", *bodies.SEATS)
    zone = made.prefix in bodies.ZONES or (made.name.startswith(bodies.ZONES) and made.name.endswith(bodies.ZONE_SEATS))
    return seat_of_level or zone or (not made.prefix and (made.kind != "standalone" or made.head == "部门"))


def _shares_seat(mention: Mention, after: Mention) -> bool:
    """各市、州、直管市、神农架林区人民政府: the seat may be meant for all."""
    made = shape(after.name)
    seated = made.prefix and is_region(made.prefix) and after.name[len(made.prefix) :] in bodies.SEATS
    kinds = mention.kind == "collective" and mention.name.endswith(tuple(bodies.LEVEL_MARKS))
    return bool(seated) and kinds and after.kind == "agency" and after.chunk.separator == "、"


def _shares_zone_seat(mention: Mention, after: Mention) -> bool:
    """西咸新区、各开发区管委会: the seat may be meant for the zone as well."""
    zone = mention.kind == "agency" and mention.name.endswith(bodies.ZONES) and shape(mention.name).kind == "region"
    return zone and after.chunk.separator in ("、", "和") and after.kind == "collective" and after.name.endswith(bodies.ZONE_SEATS)


def _two_kinds(name: str) -> bool:
    """Whether a collective with 、 inside has two seats (各镇人民政府、街道办事处)."""
    parts = name.split("、")
    return any(part.endswith(bodies.SEATS) for part in parts[:-1]) and not name.endswith(("党委、政府", "党委、人民政府"))
