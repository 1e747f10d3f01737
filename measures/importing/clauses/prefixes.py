"""Restores the prefix that a list leaves out: 省财政厅、国资委 → 省国资委, 省委宣传部、网信办 → 省委网信办."""

from __future__ import annotations

from dataclasses import dataclass, replace

from measures.importing.clauses import bodies, places
from measures.importing.clauses.bodies import INNER, NATION, PROVINCE
from measures.importing.clauses.collectives import is_counted
from measures.importing.clauses.mentions import NOT_A_NAME, Mention
from measures.importing.clauses.names import Shape, functional, head_of, is_region, shape

_SAME_SEAT = ("（行署）", "（管委会）", "（人民政府）", "（街道）", "（镇）", "（乡）")  # 市政府（行署）: either, by the kind of the place
_ENTERPRISES = ("集团", "控股", "股份", "银行")
_GREAT_REGIONS = ("西部", "东部", "中部", "北部", "南部", "北方", "南方", "华北", "华东", "华南", "华中", "东北", "西北", "西南", "中原")
_SHORT_FIRMS, _LONGEST_FIRM = ("集团", "公司", "总公司"), 2  # 交发集团: nothing in it tells whether it is one of the city's
_DEPARTMENTS, _SHORT_CORE = ("厅", "局", "委", "委员会", "部"), 6  # names of departments say what they do; a slip of the pen shows there
_NO_PLACE = "没有写明所在地区"
_AT_PORTS = ("海关", "边检站", "边检总站", "海警局")
_PUBLIC = ("院", "中心", "所", "站", "馆", "局", "处", "大队", "支队", "总队", "办", "委", "管理局")  # endings of what a government keeps
_PARTS, _PERHAPS_PARTS = ("分局", "支队", "总队", "大队", "司", "处", "科", "股"), ("站", "所", "室", "中心")
_OF_THEIR_OWN = ("消防", "武警", "森林消防", "海警", "公积金")
_MAY_BE_REGIONS = ("区", "区党委")
_LINE_OFFICES = ("供电局", "监管局", "公安分局", "税务分局", "管理局")
_NATURE = ("池", "湖", "海", "山", "湿地", "保护区")
_HOUSES = ("市局", "省局", "省厅", "区局", "县局", "州局", "总局")  # 市局办公室、政策法规处: of a department whose plan it is
_THE_HOUSE = "总局"  # 总局食品生产司: what is left out behind it is of the same 总局
_HOUSE_PARTS = ("局", "中心", "厅", "办公室", "党委", "党校")  # 大数据和风险管理局, 机关服务中心
_OF_ITS_OWN = 12  # characters; 推进海南全面深化改革开放领导小组办公室 wants no mark of level
_SENTENCES = tuple(word for word in bodies.NOT_IN_NAMES if len(word) > 1)  # 办公室设在市发展改革委 is one, and wants no mark
_LONGEST_NAME = 30  # characters; a longer name is doubted


@dataclass(frozen=True)
class _Chain:
    """The prefix in force, and what has come between since it was written."""

    prefix: str
    level: str
    party: bool
    group: int
    broken: bool = False
    core: str = ""
    owner: str = ""  # the bureau of which the name before is a part: 市公安局 of 市公安局交警支队
    seated: bool = False  # it comes from the government of a place (雄县人民政府)


def restore_prefixes(mentions: list[Mention]) -> list[Mention]:
    """Give the names that lean on a prefix before them the one that their kind takes."""
    done: list[Mention] = []
    chain: _Chain | None = None
    short = ""  # 深圳 of 深圳证监局, for the name right behind it
    centre = ""  # 人民银行 of 人民银行广州分行
    for mention in mentions:
        made = shape(mention.name)
        current = mention
        beside = _beside(mention, done[-1] if done else None, made, chain)
        if beside:
            current = beside
        elif mention.kind == "collective" or mention.chunk.alias or mention.kind == "unknown":
            current = _perhaps_elided(mention, made, chain)
            chain, short = _broken(chain), ""
        elif _leans(mention.name, made, chain):
            with_place = short and mention.name in bodies.LOCAL_OF_CENTRE
            current = _with_short(mention, short, chain) if with_place else _with_prefix(mention, made, chain)
            if short and not current.why and not current.restored:
                current = replace(current, why=f"可能省略了“{short}”")  # 济宁能源集团、城投控股集团
        elif centre and made.head in bodies.BRANCH_HEADS and not made.core and (made.level or places.short_at(made.prefix)):
            current = replace(mention, name=centre + mention.name, restored=True)
        else:
            current = _perhaps_elided(mention, made, chain)
            chain, short = _of_the_house(made, mention) or _next_chain(chain, made, mention)
            centre = _centre(mention.name, made)
        done.append(_remarked(current, made))
    return _bare_first(done)


def _perhaps_elided(mention: Mention, made: Shape, chain: _Chain | None) -> Mention:
    """Doubt a name that stands as it is behind one with a mark, and may lean on it: 省社保局、技工教育管理院; 镇政府、卫生院."""
    if chain is None or not chain.level or mention.why or mention.chunk.alias:
        return mention
    if mention.name in bodies.NO_PREFIX and chain.level != NATION:
        return replace(mention, why=_NO_PLACE)  # 市检察院、人行
    if chain.broken or mention.chunk.separator not in ("、", "，", "和"):
        return mention
    if mention.kind == "collective":
        open_set = (
            any(word in mention.name for word in (*bodies.QUANTIFIERS, "、")) or not head_of(mention.name) or is_counted(mention.name)
        )
        return mention if open_set else replace(mention, why=f"可能省略了“{chain.prefix}”，也可能是泛指")
    public = head_of(mention.name).endswith(_PUBLIC) and not mention.name.endswith(bodies.COMPANY_ENDS)
    public = public or (made.head in _SHORT_FIRMS and len(made.core) <= _LONGEST_FIRM and chain.prefix in bodies.LEVEL_MARKS)
    own = made.kind == "standalone" and made.level != NATION and not made.prefix
    leans = own or (made.prefix in bodies.LANDMARKS and "国家公园" not in mention.name)
    return replace(mention, why=f"可能省略了“{chain.prefix}”") if public and leans and not places.short_at(mention.name) else mention


def _bare_first(mentions: list[Mention]) -> list[Mention]:
    """Names without a prefix beside names that have one: the first takes that of the next (财政厅、省教育厅), others are doubted."""
    shapes = [shape(mention.name) for mention in mentions]
    marked = next(
        (
            made
            for made, mention in zip(shapes, mentions, strict=True)
            if made.prefix in bodies.LEVEL_MARKS or (made.kind == "agency" and mention.kind != "collective" and is_region(made.prefix))
        ),
        None,
    )
    if marked is None:
        return mentions
    done: list[Mention] = []
    first = True
    for mention, made in zip(mentions, shapes, strict=True):
        marked_itself = _of_a_level(mention.name) or mention.name.startswith(_THE_HOUSE)
        bare = made.bare and made.office and mention.kind == "agency" and not mention.why and not marked_itself
        if bare and first and _takes(mention.name, made, marked):
            why = f"按后文补了“{marked.prefix}”"
            done.append(replace(mention, name=marked.prefix + mention.name, restored=True, why=why))
        else:
            done.append(replace(mention, why=f"其他单位写有“{marked.prefix}”，这里没有写") if bare else mention)
        first = first and bare
    return done


def _takes(name: str, made: Shape, marked: Shape) -> bool:
    """Whether a name at the head of a list has the prefix of a name behind it: both are departments of one level."""
    chain = _Chain(marked.prefix, marked.level, marked.party, 0, core=marked.core + marked.head)
    known = (functional(made.core) or name in bodies.WHOLE) and made.head not in bodies.OF_A_GROUP
    return (
        known
        and marked.prefix in bodies.LEVEL_MARKS
        and marked.prefix != "管委会"
        and made.head != "司"
        and not _refusal(name, made, chain)
        and name not in bodies.PARTY
    )


def _centre(name: str, made: Shape) -> str:
    """The central body of which a name is the office in a place, or ""."""
    if made.kind != "standalone" or made.head not in bodies.BRANCH_HEADS:
        return ""
    return max((stem for stem in bodies.CENTRAL_STEMS if made.prefix.startswith(stem)), key=len, default="")


def _broken(chain: _Chain | None) -> _Chain | None:
    return replace(chain, broken=True) if chain else None


def _leans(name: str, made: Shape, chain: _Chain | None) -> bool:
    """Whether a name wants a prefix from before."""
    if made.head in ("部门", "机关", "大学") or places.short_at(name) or (name.startswith(_GREAT_REGIONS) and name.endswith(_ENTERPRISES)):
        return False  # 市场监管部门 names a function, at whatever level
    if _of_a_level(name) or _of_a_zone(made) or name.startswith(("对口", _THE_HOUSE)) or any(word in name for word in _SENTENCES):
        return False
    if (
        made.bare
        or _of_bare_bureau(name)
        or (made.kind == "stem" and not made.prefix)
        or (_of_nature(name) and made.prefix in ("", *bodies.LANDMARKS))
    ):
        return True
    return name in bodies.STANDALONE_ONLY_NATIONAL and chain is not None


def _of_bare_bureau(name: str) -> bool:
    """Whether a name is that of a part of a bureau whose mark is left out: 公安局交警支队."""
    if head_of(name) not in _PARTS:
        return False
    bureaus = (shape(name[:end]) for end in range(3, len(name) - 1) if name[end - 1] in "局厅委")
    return any(bureau.bare and bureau.known for bureau in bureaus)


def _of_a_level(name: str) -> bool:
    """Whether a name of the table has its mark already: 市直机关工委."""
    return name[:1] in bodies.LEVEL_MARKS and name[1:2] == "直"


def _of_a_zone(made: Shape) -> bool:
    """Whether a name begins with that of a zone (张江科学城建设管理办公室), which is a place of its own."""
    if not made.core or functional(made.core):
        return False
    return any((at := made.core.find(zone)) > 1 and not functional(made.core[:at]) for zone in bodies.ZONES)


def _of_the_house(made: Shape, mention: Mention) -> tuple[_Chain, str] | None:
    if not mention.name.startswith(_THE_HOUSE) or made.head not in _PARTS:
        return None
    return _Chain(_THE_HOUSE, NATION, party=False, group=mention.chunk.group, owner=_THE_HOUSE), ""


def _next_chain(chain: _Chain | None, made: Shape, mention: Mention) -> tuple[_Chain | None, str]:
    rest = mention.name[len(made.prefix) :]
    if made.kind == "agency" and made.prefix and not made.level:
        return _broken(chain), places.short_at(made.prefix) and made.prefix
    if made.kind in ("region", "standalone") and made.level != NATION:
        return _broken(chain), ""
    if made.level == NATION and not made.prefix:
        return _broken(chain), ""
    if rest in bodies.SEATS and (
        is_region(made.prefix) or made.prefix in (*bodies.ZONES, "街道")
    ):  # 广州市政府: what follows hardly belongs to it
        return _broken(chain or _Chain(made.prefix, made.level, made.party, mention.chunk.group, seated=True)), ""
    if not made.prefix or made.kind == "unknown":
        return _broken(chain), ""
    return _Chain(made.prefix, made.level, made.party, mention.chunk.group, core=made.core + made.head, owner=_owner(mention.name)), ""


def _owner(name: str) -> str:
    """The bureau of which a name is a part (市公安局 of 市公安局交警支队), or ""."""
    if name not in _HOUSES and name.startswith(_HOUSES):
        return name[:2]
    if head_of(name) not in (*_PARTS, *_PERHAPS_PARTS) or name.startswith(bodies.CENTRAL_STEMS):
        return ""
    return next((name[:end] for end in range(len(name) - 2, 2, -1) if name[end - 1] in "局厅委" and _is_bureau(name[:end])), "")


def _is_bureau(name: str) -> bool:
    made = shape(name)
    return made.kind == "agency" and bool(made.prefix) and made.office and made.known


def _beside(mention: Mention, before: Mention | None, made: Shape, chain: _Chain | None) -> Mention | None:
    """A name that is read by the one right before it, whatever the prefix in force; None for others."""
    if mention.kind == "collective" or mention.chunk.alias:
        return None
    if not made.prefix and (part := _part_of(mention, before, chain)):
        return part
    if before is not None and before.why == _NO_PLACE and before.name in _AT_PORTS and mention.name in bodies.LOCAL_OF_CENTRE:
        return replace(mention, why=mention.why or _NO_PLACE)  # 海关、边检站、海事局
    return _zone_beside(mention, before, made) or _department_beside(mention, before, made)


def _part_of(mention: Mention, before: Mention | None, chain: _Chain | None) -> Mention | None:
    """A part of the bureau whose other part stands before it: 市公安局交警支队、治安支队; None if it is not clearly one."""
    name, head = mention.name, head_of(mention.name)
    of_house = chain is not None and chain.owner == _THE_HOUSE and head.endswith(_HOUSE_PARTS) and name not in bodies.STANDALONE
    if chain is None or chain.broken or not (head in _PARTS or of_house) or name.startswith(_OF_THEIR_OWN):
        return None
    bureau = before.name if before is not None and before.kind == "agency" and before.name.endswith("局") else ""
    of_bureau = not chain.owner and head == "分局" and places.is_short(name.removesuffix(head)) and bureau and _is_bureau(bureau)
    owner = bureau if of_bureau else chain.owner  # 市公安局、天河分局
    if not owner:
        return None
    why = "" if head == "分局" and not of_bureau else f"按“{owner}”的下属单位补全"
    if name.startswith(owner):
        return replace(mention, kind="agency")  # 总局征管和科技发展司…，总局纳税服务司: the owner is said again
    return replace(mention, name=owner + name, kind="agency", restored=True, why=mention.why or why)


def _zone_beside(mention: Mention, before: Mention | None, made: Shape) -> Mention | None:
    """A zone as it is written, doubted, behind one with a mark that may be its own as well: 市高新区、经开区管委会; None for others."""
    mark = before.name[:1] if before is not None and before.name.endswith(bodies.ZONE_SEATS) else ""
    beside = before is not None and before.name.startswith(bodies.ZONES, 1) and mention.chunk.separator in ("、", "和")
    if mark not in bodies.LEVEL_MARKS or not beside or made.prefix not in bodies.ZONES or not mention.name.endswith(bodies.ZONE_SEATS):
        return None
    return replace(mention, why=mention.why or f"可能省略了“{mark}”")


def _department_beside(mention: Mention, before: Mention | None, made: Shape) -> Mention | None:
    """市教育、民政、卫健部门: departments beside one with a mark have it too; None for others."""
    mark = shape(before.name).prefix if before is not None and before.name.endswith("部门") and before.kind == "agency" else ""
    known = made.head == "部门" and functional(made.core) and not made.prefix and mention.kind == "agency"
    if mark not in bodies.LEVEL_MARKS or not known or mention.chunk.separator != "、":
        return None
    return replace(mention, name=mark + mention.name, restored=True, why=mention.why or f"按前文补了“{mark}”，不能确定是否省略")


def _with_short(mention: Mention, short: str, chain: _Chain | None) -> Mention:
    marked = chain.prefix if chain and chain.prefix in bodies.LEVEL_MARKS else ""
    why = f"也可能省略了“{marked}”" if marked else ""  # 市发展改革委、徐州银保监分局、税务局
    return replace(mention, name=short + mention.name, restored=True, why=mention.why or why)


def _with_prefix(mention: Mention, made: Shape, chain: _Chain | None) -> Mention:
    if chain is None:
        return mention
    name = mention.name
    if chain.level == NATION:
        return _with_national(mention, chain)
    refusal = _refusal(name, made, chain)
    elsewhere = chain.level == PROVINCE and _of_nature(name)  # a lake is a city's, or no one province's
    if refusal or elsewhere or _of_the_line(name, made):
        return replace(mention, why=mention.why or refusal or f"可能省略了“{chain.prefix}”")
    prefix, why = _fitting(name, chain)
    if chain.broken and is_region(chain.prefix) and chain.seated and chain.group != mention.chunk.group:
        return replace(mention, why=mention.why or f"没有写出级别，前面是“{chain.prefix}”的政府")  # 雄县人民政府牵头，改革发展局配合
    if chain.broken and is_region(chain.prefix) and not functional(made.core) and name not in bodies.WHOLE:
        return mention  # 深圳市政府、前海管理局
    why = mention.why or why or _doubtful(mention, made, chain, prefix)
    return replace(mention, name=prefix + name, kind="agency", restored=True, why=why)


def _of_the_line(name: str, made: Shape) -> bool:
    """Whether a place or a region seems to begin the name of an office of a line administration: 鹤庆供电局, 西北能源监管局, 湾里管理局."""
    if made.known or not made.core:
        return False
    if name not in bodies.LOCAL_OF_CENTRE and name.endswith(tuple(bodies.LOCAL_OF_CENTRE)):
        return True  # 平潭海事局
    return name.endswith(_LINE_OFFICES) and not _of_nature(name)


def _of_nature(name: str) -> bool:
    """Whether a bureau is named after a lake or a hill of its place, and so is the place's own: 洱海管理局."""
    return name.endswith(tuple(f"{kind}管理局" for kind in _NATURE)) and not name.startswith("前海")


def _doubtful(mention: Mention, made: Shape, chain: _Chain, prefix: str) -> str:
    """Why a prefix that a name takes is not certain, or ""."""
    name, head = mention.name, head_of(mention.name)
    known = name in bodies.WHOLE or name in bodies.PARTY or functional(made.core) or name in bodies.STANDALONE_ONLY_NATIONAL
    if not known or name.endswith(bodies.ZONES):
        return f"按前文补了“{prefix}”，不能确定是否省略"
    if (name.endswith(_ENTERPRISES) and not chain.core.endswith((*_ENTERPRISES, "公司"))) or (_carrier(name) and not _carrier(chain.core)):
        return f"企业名称按前文补了“{prefix}”"
    if chain.owner and head in (*_PARTS, *_PERHAPS_PARTS):
        return f"也可能属于“{chain.owner}”"
    if chain.broken:
        return f"前面隔有其他单位，按“{prefix}”补全"
    return f"按前一组的“{prefix}”补全" if chain.group != mention.chunk.group else ""


def _carrier(name: str) -> bool:
    return name.removesuffix("公司") in bodies.TELECOM


def _with_national(mention: Mention, chain: _Chain) -> Mention:
    name = mention.name
    takes = (
        (chain.party and name in bodies.PARTY)
        or (chain.prefix == "国家" and name in bodies.TAKES_GUOJIA)
        or (chain.prefix == "全国" and name in bodies.NATIONWIDE)
        or (chain.prefix.startswith("最高") and name in ("检察院", "法院", "人民检察院", "人民法院"))
    )
    if not takes:
        stands_alone = name in bodies.STANDALONE or len(name) >= _OF_ITS_OWN
        return mention if stands_alone else replace(mention, why=mention.why or "没有写出级别，无法补全")
    if chain.broken or (chain.prefix == "国家" and name in bodies.STANDALONE):
        if chain.broken:
            return replace(mention, why=mention.why or f"可能省略了“{chain.prefix}”")
        return replace(mention, name=chain.prefix + name, restored=True, why=f"按前文补了“{chain.prefix}”")
    return replace(mention, name=chain.prefix + name, restored=True)


def _refusal(name: str, made: Shape, chain: _Chain) -> str:
    """Why a name does not take the prefix before it, or ""."""
    head = made.head if made.head in bodies.HEADS else head_of(name)
    levels = bodies.HEADS.get(head, frozenset())
    if name in bodies.NO_PREFIX and not chain.core.endswith(name[-2:]):
        return _NO_PLACE
    if name in bodies.WHOLE or name in bodies.PARTY:
        return ""
    if head == "厅" and chain.prefix in _MAY_BE_REGIONS:
        return ""  # 区发改委、商务厅: 区 is 自治区, for no district has a 厅
    if levels and chain.level and chain.level not in levels:
        return f"级别与前面的“{chain.prefix}”不符"
    if chain.level == PROVINCE and chain.prefix.endswith(("省", "自治区")) and head == "局" and made.core in bodies.PROVINCIAL_TING:
        return f"级别与前面的“{chain.prefix}”不符"
    return ""


def _fitting(name: str, chain: _Chain) -> tuple[str, str]:
    """The prefix that a bare name takes, and why that is doubtful ("" when not)."""
    plain = chain.prefix.removesuffix("委").removesuffix("党") if chain.party else chain.prefix
    if chain.party:
        return (chain.prefix, "") if name in bodies.PARTY else (plain, "")
    if name in bodies.PARTY and name not in bodies.PARTY_OR_GOVERNMENT and chain.level != INNER and name not in bodies.WHOLE:
        return plain + "委", "前面是政府部门，按党委部门补全"
    return plain, ""


def _remarked(mention: Mention, made: Shape) -> Mention:
    if mention.why or mention.kind != "agency" or mention.chunk.alias:
        return mention
    if mention.name.endswith("）") and not mention.name.endswith(_SAME_SEAT):
        return replace(mention, why="括号内可能是同一单位的另一名称")
    if len(mention.name) > _LONGEST_NAME:
        return replace(mention, why="名称过长，请核对")
    if made.kind == "unknown" or not made.certain:
        kind = mention.kind if made.prefix or made.bare else "unknown"
        return replace(mention, kind=kind, why=NOT_A_NAME)
    if made.kind == "agency" and made.head in _DEPARTMENTS and made.core and not functional(made.core) and len(made.core) <= _SHORT_CORE:
        return replace(mention, why=f"“{made.core}”不是常见的职能，请核对写法")
    return mention
