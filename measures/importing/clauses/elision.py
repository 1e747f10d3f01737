"""From the chunks of a list to full names: parts what 和 joins, and restores what the text leaves out.

    省财政厅、国资委            → 省财政厅, 省国资委            prefix
    广州、深圳市政府            → 广州市政府, 深圳市政府         suffix
    各市（州）、县（市、区）政府 → one collective

A name gets only a prefix that its kind takes: 国资委 takes 省, 人民银行广州分行 does not, 教育局 takes 市 and not 省. What had to be
assumed beyond that is a doubt.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from measures.importing.clauses import bodies, places
from measures.importing.clauses.collectives import goes_on, is_class, is_collective
from measures.importing.clauses.mentions import NOT_A_NAME, Chunk, Mention
from measures.importing.clauses.names import Shape, functional, head_of, is_region, shape
from measures.importing.clauses.prefixes import restore_prefixes

_OPENINGS = ("各级各类", "各地区", "各市县", "各区县", "各县区", "各级", "各地", "各市", "各县", "各区", "有关", "相关", "各")
_TOWN_UNITS = ("镇", "乡", "街道")
_LONGEST_CHUNK, _LONGEST_PLACE, _LONGEST_OPEN = 120, 6, 16  # characters


def resolve(chunks: list[Chunk], aliases: frozenset[str] = frozenset()) -> list[Mention]:
    """Full names of the chunks of a clause, in the order of the text."""
    parted = [part for chunk in chunks for part in _part(chunk, aliases)]
    merged = _merge(parted)
    whole = _doubt_scopes(_restore_suffixes([_classified(chunk, aliases) for chunk in merged]))
    named = [mention for mention in whole if mention.chunk.etc is None or mention.kind == "collective"]
    return restore_prefixes(named)


# --- joiners ---------------------------------------------------------------------------------------------------------------------

_JOINERS = ("以及", "及其", "及", "和", "与", "暨")


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
    return replace(chunk, text=chunk.text[begin:end], places=chunk.places[begin:end], separator=separator)


def _joins(text: str, begin: int, at: int, joiner: str, aliases: frozenset[str]) -> bool:
    left, right = text[begin:at], text[at + len(joiner) :]
    if joiner == "及其":
        return left.endswith(("政府", "管委会", "党委")) and right.startswith(("有关", "相关"))
    if _inside_name(text, at):
        return False
    if is_collective(left) and is_collective(text[begin:]) and goes_on(left, right):
        return False  # 各有关部门和单位
    if is_collective(text[begin:]) and left in bodies.LEVEL_NOUNS and is_class(right) and not any(q in right for q in bodies.QUANTIFIERS):
        return False  # 直辖市及计划单列市人民政府
    if is_collective(text[begin:]) and not (_whole(left, aliases) and (is_collective(right) or _is_named(right))):
        return False
    return left not in bodies.TOO_SHORT and _whole(left, aliases) and _starts_whole(right, aliases)


def _is_named(right: str) -> bool:
    """Whether an agency with its own level or place follows an open set (各市政府及省农信联社)."""
    found = shape(right)
    return found.complete and bool(found.prefix)


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
        if (
            last is not None
            and last.etc is None
            and chunk.etc is None
            and chunk.separator == "、"
            and chunk.start - last.end == len("、")
            and last.role == chunk.role
            and last.group == chunk.group
        ):
            joined = last.text + "、" + chunk.text
            if (
                (is_collective(last.text) and goes_on(last.text, chunk.text))
                or joined in bodies.NAMES_WITH_JOINER
                or _one_scope(last.text, chunk.text)
            ):
                merged[-1] = replace(last, text=joined, places=last.places + chunk.places)
                continue
        merged.append(chunk)
    return merged


def _departments(chunks: list[Chunk]) -> list[Chunk]:
    """Put together 各地财政、人社、税务部门: an open set whose departments share their ending."""
    done: list[Chunk] = []
    index = 0
    while index < len(chunks):
        end = _shared_ending(chunks, index)
        parts = chunks[index : end + 1]
        if len(parts) > 1:
            text, places = "、".join(part.text for part in parts), [*parts[0].places]
            for part in parts[1:]:
                places += [part.start - 1, *part.places]
            done.append(replace(parts[0], text=text, places=tuple(places), role=parts[-1].role))
        else:
            done.append(chunks[index])
        index = end + 1
    return done


def _shared_ending(chunks: list[Chunk], index: int) -> int:
    """The last chunk of an open set of departments that begins here; the chunk itself when there is none."""
    first = chunks[index]
    opening = next((word for word in _OPENINGS if first.text.startswith(word)), "")
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


def _one_scope(left: str, right: str) -> bool:
    """省、市有关部门; 市、县（区）人民政府; 省、市、县三级政府."""
    levels = set(bodies.LEVEL_MARKS) | {"自治区", "直辖市", "设区市", "中央", "部属", "省属", "市属"}
    heads = [part for part in left.split("、") if part not in levels]
    return (
        not heads
        and (is_collective(right) or right in levels or right.endswith(("三级政府", "两级政府", "三级部门", "两级部门")))
        and not places.full_at(right)
    )


def _doubt_scopes(mentions: list[Mention]) -> list[Mention]:
    """Doubt what may still belong to the 各 before it: 各高校、科研院所."""
    done: list[Mention] = []
    for mention in mentions:
        before = done[-1] if done else None
        follows = before is not None and before.kind == "collective" and "各" in before.name and mention.chunk.separator == "、"
        made = shape(mention.name)
        open_set = mention.kind == "collective" and not any(word in mention.name for word in bodies.QUANTIFIERS)
        generic = (
            open_set or (mention.kind != "collective" and not made.prefix and made.kind != "standalone") or made.prefix in bodies.ZONES
        )
        done.append(replace(mention, why="可能属于前面的“各…”") if follows and generic and not mention.why else mention)
    for mention, after in pairwise(done):
        if mention.kind == "collective" and not mention.why and _shares_seat(mention, after):
            done[done.index(mention)] = replace(mention, why="可能与后面的单位共用“人民政府”一类后缀")
    return [
        replace(mention, why="“、”前后可能是两类单位")
        if mention.kind == "collective" and not mention.why and _two_kinds(mention.name)
        else mention
        for mention in done
    ]


def _shares_seat(mention: Mention, after: Mention) -> bool:
    """各市、州、直管市、神农架林区人民政府: the seat may be meant for all."""
    made = shape(after.name)
    seated = made.prefix and is_region(made.prefix) and after.name[len(made.prefix) :] in bodies.SEATS
    return bool(seated) and after.kind == "agency" and after.chunk.separator == "、" and mention.name.endswith(tuple(bodies.LEVEL_MARKS))


def _two_kinds(name: str) -> bool:
    """Whether a collective with 、 inside has two seats (各镇人民政府、街道办事处)."""
    parts = name.split("、")
    return any(part.endswith(bodies.SEATS) for part in parts[:-1]) and not name.endswith(("党委、政府", "党委、人民政府"))


# --- suffixes --------------------------------------------------------------------------------------------------------------------

_FRAGMENTS = ("place", "region", "branch", "stem", "unknown")


def _classified(chunk: Chunk, aliases: frozenset[str]) -> Mention:
    if chunk.etc is not None:
        return Mention(chunk, chunk.etc, "collective" if _named_group(chunk.etc) else "etc")
    if chunk.text in aliases:
        return Mention(replace(chunk, alias=True), chunk.text, "agency")
    if is_collective(chunk.text):
        return Mention(chunk, chunk.text, "collective")
    kind = shape(chunk.text).kind
    return Mention(chunk, chunk.text, "agency" if shape(chunk.text).complete else kind)


def _named_group(noun: str) -> bool:
    return any(word in noun for word in ("有关", "相关", "各", "其他", "其它"))


def _restore_suffixes(mentions: list[Mention]) -> list[Mention]:
    done = list(mentions)
    run: list[int] = []
    for index, mention in enumerate(mentions):
        if run and (mention.chunk.group != mentions[run[-1]].chunk.group or mention.chunk.separator in ("；", "。", "\n")):
            run = []
        if _is_fragment(mention):
            if run and _closes_run(mentions[run[-1]], mention):
                _close_run(done, run, index)
                run = []
            run.append(index)
        else:
            if run:
                _close_run(done, run, index)
            run = []
    return [mention if mention.kind in ("agency", "collective", "etc") else _unfinished(mention) for mention in done]


def _is_fragment(mention: Mention) -> bool:
    if mention.chunk.alias:
        return False
    made = shape(mention.name)
    bare_telecom = mention.name.endswith(bodies.TELECOM)
    return mention.kind in _FRAGMENTS or (mention.kind == "agency" and (made.kind == "region" or bare_telecom))


def _closes_run(last: Mention, mention: Mention) -> bool:
    """广州、深圳市: a place with its unit gives the unit to places before it that lack it."""
    return last.kind == "place" and shape(mention.name).kind == "region"


def _close_run(done: list[Mention], run: list[int], closing: int) -> None:
    closer = done[closing]
    stem = next((done[index].name for index in reversed(run) if shape(done[index].name).kind == "branch"), "")
    for index in run:
        done[index] = _finished(done[index], closer)
    if stem and closer.kind == "agency":
        organisation = shape(stem).prefix
        place = places.full_at(organisation, 2) or next(
            (organisation[at:] for at in range(2, len(organisation)) if places.short_at(organisation, at) == organisation[at:]), ""
        )
        lead = organisation[: -len(place)] if place else ""
        if lead and (places.full_at(closer.name) or places.short_at(closer.name)):
            done[closing] = replace(closer, name=lead + closer.name, restored=True)


def _finished(mention: Mention, closer: Mention) -> Mention:
    """A fragment with the ending of the name that closes its run."""
    if closer.chunk.etc is not None:
        return _finished_by_noun(mention, closer)
    if closer.kind != "agency":
        return mention
    name, end = mention.name, shape(closer.name)
    kind = shape(name).kind
    rest = closer.name[len(end.prefix) :].split("（")[0] or closer.name[len(end.prefix) :]
    placed = is_region(end.prefix)
    whole = ""
    if name.endswith(bodies.TELECOM) and kind in ("agency", "standalone") and closer.name.endswith("公司"):
        return _with_company(mention, closer)
    if kind in ("place", "unknown") and placed:
        return _place_with(mention, end, rest)
    seat = next((seat for seat in bodies.ZONE_SEATS if closer.name.endswith(seat)), "")
    if kind == "region" and placed and rest and _may_sit(name, rest):
        whole = name + rest
    elif kind == "region" and seat and name.endswith(bodies.ZONES) and closer.name.removesuffix(seat).endswith(bodies.ZONES):
        whole = name + seat  # 市高新区、市经开区管委会
    elif kind == "region" and placed and rest in (*bodies.SEATS, *bodies.ZONE_SEATS):
        return replace(mention, why=f"可能省略了“{rest}”")
    elif kind == "branch" and (place := places.full_at(closer.name) or places.short_at(closer.name)):
        whole = name + closer.name[len(place) :]
    elif kind == "stem" and (ending := _ending(rest)):
        whole = name + ending
    return replace(mention, name=whole, kind="agency", restored=True) if whole else mention


def _ending(rest: str) -> str:
    """What the last of a list of departments lends to those before it: the 局 of 人社局, or ""."""
    head = head_of(rest)
    core = rest[: -len(head)] if head else ""
    return head if functional(core) and head not in core else ""


def _place_with(mention: Mention, end: Shape, rest: str) -> Mention:
    name = mention.name
    unit = next((unit for unit in (*bodies.ZONES, *bodies.REGION_UNITS) if end.prefix.endswith(unit) and len(end.prefix) > len(unit)), "")
    known = set() if unit in _TOWN_UNITS else places.units_of(name)
    if places.short_at(end.prefix) == end.prefix:
        unit = ""
    elif known and unit not in known:
        if len(known) > 1:
            return mention
        return replace(mention, name=name + known.pop() + rest, kind="agency", restored=True, why="与后面的地名不同级，按其行政区划补全")
    if not known and (len(name) > _LONGEST_PLACE or shape(name).head):
        return mention
    why = "" if known else "不能确定是省略了后缀的地名"
    return replace(mention, name=name + unit + rest, kind="agency", restored=True, why=why)


def _may_sit(region: str, rest: str) -> bool:
    zone = not places.level_of(region) and (region.endswith(bodies.ZONES) or rest in bodies.ZONE_SEATS)
    if rest in bodies.ZONE_SEATS:
        return zone
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
    if kind == "place" and (seat or units):
        known = places.units_of(mention.name)
        fitting = {unit for unit in known if unit in units or units in ("地", "地市", "")} or known
        if (prefecture := places.prefecture_unit(mention.name)) in fitting:
            fitting = {prefecture}
        if len(fitting) == 1:
            return replace(mention, name=mention.name + fitting.pop() + seat, kind="agency", restored=True)
    if kind == "region" and seat and _may_sit(mention.name, seat):
        return replace(mention, name=mention.name + seat, kind="agency", restored=True)
    if kind == "stem" and noun in ("部门", "单位", "部门和单位"):
        return replace(mention, name=mention.name + "部门", kind="agency", restored=True, why="只写了职能，没有写单位全称")
    return mention


def _with_company(mention: Mention, closer: Mention) -> Mention:
    at = next((closer.name.find(word) + len(word) for word in bodies.TELECOM if word in closer.name), 0)
    tail = closer.name[at:]
    if not at or not tail.endswith("公司"):
        return mention
    return replace(mention, name=mention.name + tail, kind="agency", restored=True, why="后缀按后面的公司补全")


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
    return replace(mention, kind="unknown", why=NOT_A_NAME)
