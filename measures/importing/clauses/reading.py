"""From the parsed groups to the clause: what has no role gets one, the first agency leads where the document says so, prose is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from measures.importing.clauses import bodies, places, roles
from measures.importing.clauses.collectives import is_collective, is_of_levels, is_stationed
from measures.importing.clauses.elision import resolve
from measures.importing.clauses.folding import fold, partners
from measures.importing.clauses.grammar import Parser
from measures.importing.clauses.lexer import Lexer
from measures.importing.clauses.mentions import NOT_A_NAME, Chunk, Mention
from measures.importing.clauses.model import OTHERS_NOT_TOLD, Clause, ClauseContext, Doubt, Item, Role, numbered
from measures.importing.clauses.names import is_region, shape
from measures.importing.clauses.several_days import in_stages
from measures.importing.clauses.unwrapping import unwrap
from measures.importing.clauses.wholes import Wholes
from measures.importing.deadlines import find_deadlines

UNREAD = "这一部分没有读出"
TELLING = "没有括号和标签，可能只是叙述"
_SHORTEST_SENTENCE = 6  # characters
_FREE_REMARKS = 20  # characters of words beside names that are nothing to wonder at
_BY_A_DAY = re.compile(rf"[前底内](?:正式|联合)?(?:{'|'.join(roles.ISSUES)})$")  # 年底前印发实施
_LABEL_LINE = re.compile(r"：[ \n]*\n")  # a label on a line of its own
_COMMITTEES = ("党组织", "党支部", "村委会", "居委会")
_MEMBERS = ("成员单位", "成员部门")  # 市双碳工作领导小组成员单位
_HISTORY = re.compile("[的所][^，。；]{0,14}(?:已[经投建完覆实全开达有于]|正在)")  # 牵头新建的3所幼儿园已投入使用
_NOT_OBJECT = ("作用", "责任", "单位", "部门", "机制", "制度", "人")


@dataclass(frozen=True)
class Reading:
    """A clause with what tells prose from a clause."""

    clause: Clause
    tidy: bool  # nothing but names, roles and deadlines: may stand without brackets


def read(piece: str, context: ClauseContext, *, bracketed: bool) -> Reading:
    """Read one piece of text as a responsibility clause; spans begin at 0."""
    wholes = Wholes(frozenset(context.aliases))
    text, positions = unwrap(_LABEL_LINE.sub(lambda found: "：" + " " * (len(found[0]) - 1), fold(piece)), wholes)
    stripped = text.strip(" \n，。；、")
    if not stripped or (stripped.startswith(roles.NOT_CLAUSE) and not places.full_at(stripped)) or len(stripped) == 1:
        return Reading(Clause(0, len(piece), is_clause=False), tidy=False)
    if stripped.startswith("原") and not places.full_at(stripped) and not any(word in stripped for word in (*roles.ALWAYS, "、", "，")):
        return Reading(Clause(0, len(piece), is_clause=False), tidy=False)  # 原省质量技术监督局: what it was called before
    if (
        stripped.endswith(roles.ISSUES)
        and not _BY_A_DAY.search(stripped)
        and not any(word in stripped for word in (*roles.ALWAYS, "：", "；"))
    ):
        return Reading(Clause(0, len(piece), is_clause=False), tidy=False)  # 省财政厅、省税务局联合印发
    inner = stripped.strip("（）【】")
    if roles.refers_to_paper(inner) or roles.numbers_paper(inner):
        return Reading(Clause(0, len(piece), is_clause=False), tidy=False)
    found = find_deadlines(text, context.date, labelled=True)
    tokens = Lexer(text, partners(text), {deadline.start - deadline.lead: deadline for deadline in found}, wholes).run(0, len(text))
    parser = Parser(text, tokens, context)
    parser.run()
    mentions = _settled(parser, resolve(parser.chunks, wholes.aliases), context)
    found_reading = _decided(len(text), parser, mentions, bracketed=bracketed)
    return replace(found_reading, clause=found_reading.clause.placed(piece, positions))


def _settled(parser: Parser, mentions: list[Mention], context: ClauseContext) -> list[Mention]:
    """Give a role to what has none, and apply the rule that the first agency leads."""
    first_leads = context.first_listed_leads or parser.first_leads
    settled = _with_roles(parser, _doers(parser, mentions), ruled=first_leads)
    if not first_leads or any(mention.chunk.role == "lead" for mention in settled):
        return settled
    first = next((index for index, mention in enumerate(settled) if mention.chunk.role == "responsible"), None)
    if first is None:
        return settled
    if settled[first].kind != "agency":
        parser.doubts.append(Doubt(settled[first].chunk.start, settled[first].chunk.end, "按规定首位牵头，但列在首位的不是一个单位"))
        return settled
    if _divides(parser, settled):
        return settled
    ordered = [_by_order(mention, index, first) for index, mention in enumerate(settled)]
    others = [after.chunk for before, after in zip(settled, ordered, strict=True) if before is not after and after.chunk.role == "support"]
    if others and not (context.others_told or roles.OTHERS_SUPPORT.search(parser.text)):
        parser.doubts.append(Doubt(others[0].start, others[-1].end, OTHERS_NOT_TOLD))
    return ordered


def _with_roles(parser: Parser, mentions: list[Mention], *, ruled: bool) -> list[Mention]:
    """The mentions that name somebody, each with a role; what is assumed or passed over is doubted.

    Args:
        parser: what was read.
        mentions: the names of the clause.
        ruled: a rule says what those without a role word are.
    """
    named = parser.roles_seen > 0
    leads = any(mention.chunk.role == "lead" for mention in mentions) and not parser.marked
    assumed: Role = "support" if named and parser.label is None and leads else "responsible"
    settled: list[Mention] = []
    unsaid: list[Chunk] = []
    label = next((token.start for token in parser.tokens if token.kind == "label"), 0)
    for mention in mentions:
        chunk, sentence = mention.chunk, _is_sentence(mention)
        parser.sentences += sentence
        headed = chunk.end <= label  # 启动新馆建设，责任单位：市文旅局
        if sentence or (mention.kind == "unknown" and (headed or (named and chunk.role is None))):
            parser.sentences += headed and not sentence
            parser.doubts.append(Doubt(chunk.start, chunk.end, UNREAD))
            continue
        unsaid += [chunk] if chunk.role is None else []
        settled.append(replace(mention, chunk=replace(chunk, role=chunk.role or assumed)))
    plain = len(settled) > 1 and all(mention.kind in ("agency", "collective") and not mention.why for mention in settled)
    if unsaid and (named or not (ruled or plain)):
        word = "配合单位" if assumed == "support" else "责任单位"
        parser.doubts.append(Doubt(unsaid[0].start, unsaid[-1].end, f"没有写明角色，按{word}读取"))
    return settled


def _divides(parser: Parser, mentions: list[Mention]) -> bool:
    """Tell whether each answers for a part of its own, so that no order makes a leader: 市住建局负责建设，市自然资源局负责征迁."""
    said = [token for token in parser.tokens if token.kind == "role" and token.phrase and token.phrase.role == "responsible"]
    if said and len(mentions) > 1 and any(word in said[0].text for word in ("职责", "分工")):
        parser.doubts.append(
            Doubt(
                mentions[0].chunk.start, max(said[0].end, mentions[-1].chunk.end), "文中规定首位牵头，此处又写按职责分工，仍按首位牵头读取"
            )
        )
    parts = {mention.chunk.group for mention in mentions if mention.chunk.role == "responsible"}
    return len(said) > 1 and len(parts) > 1 and bool(parser.remarks) and not _labelled(parser)


def _doers(parser: Parser, mentions: list[Mention]) -> list[Mention]:
    """Where all would only guide, those before the last comma are responsible (市公交公司，市城管局指导); where all would lead, a doubt."""
    roles_read = {mention.chunk.role for mention in mentions}
    if roles_read not in ({"guiding"}, {"lead"}) or any(token.kind in ("label", "link") for token in parser.tokens):
        return mentions
    if parser.leaders or parser.roles_seen != 1:
        return mentions
    cut = max((at for at, mention in enumerate(mentions) if mention.chunk.separator == "，"), default=0)
    sets = all(mention.kind == "collective" for mention in mentions[:cut]) and all(mention.kind == "agency" for mention in mentions[cut:])
    if not cut or (roles_read == {"lead"} and cut + 1 < len(mentions) and not sets):
        return mentions
    spoken = "牵头单位" if roles_read == {"lead"} else "责任单位"
    parser.doubts.append(Doubt(mentions[0].chunk.start, mentions[-1].chunk.end, f"角色只写在最后，逗号前的单位按{spoken}读取"))
    if roles_read == {"lead"}:
        return mentions
    doing = [replace(mention, chunk=replace(mention.chunk, role="responsible")) for mention in mentions[:cut]]
    return [*doing, *mentions[cut:]]


def _is_sentence(mention: Mention) -> bool:
    """Whether words were taken for a name that are a sentence: 各县（市、区）委书记为第一责任人."""
    return (
        mention.why == NOT_A_NAME
        and len(mention.name) > _SHORTEST_SENTENCE
        and any(word in mention.name for word in bodies.SENTENCE_WORDS)
        and not mention.name.endswith(bodies.COMPANY_ENDS)
    )


def _by_order(mention: Mention, index: int, first: int) -> Mention:
    if mention.chunk.role != "responsible":
        return mention
    role: Role = "lead" if index == first else "support"
    return replace(mention, chunk=replace(mention.chunk, role=role))


def _decided(length: int, parser: Parser, mentions: list[Mention], *, bracketed: bool) -> Reading:
    """Whether this is a clause, and what it says."""
    strong = [
        mention
        for mention in mentions
        if mention.kind != "unknown" and shape(mention.name).kind != "stem" and mention.name not in bodies.GENERIC
    ]
    explicit = (
        parser.roles_seen > 0
        or parser.first_leads
        or bool(parser.same_as)
        or sum(token.kind == "note" and token.text.startswith("：") for token in parser.tokens) > 1  # 县水务局：编制规划；县发改局：…
        or any(token.kind == "label" and token.label and token.label.kind in ("unit", "person", "both") for token in parser.tokens)
    )
    reading = _judged(parser, mentions, strong, explicit=explicit, bracketed=bracketed)
    deadline, stages, doubt = in_stages(parser.text, parser.deadlines)
    if not reading.is_clause:
        parties = [mention for mention in strong if mention.kind == "collective" or shape(mention.name).kind in ("agency", "standalone")]
        suspect = bool(parties) and (bracketed or (explicit and len(parties) > 1))
        named = (Doubt(0, length, "提到单位，但不像责任分工，请核对"),) if suspect else ()
        # 定期研究 of a sentence that assigns nothing is no rhythm of a duty; 完成时限：长期坚持 is what it says.
        # So is a day that was over before the document: 2025年，由…牵头开展的试点已覆盖23个口岸.
        over = deadline and deadline.date and parser.context.date and deadline.date < parser.context.date.first_day()
        told = deadline if deadline and (_labelled(parser) or (deadline.date and not over)) else None
        return Reading(Clause(0, length, is_clause=False, deadline=told, doubts=named, stages=stages if told else ()), tidy=False)
    doubts = [*parser.doubts, *_doubts_of_all(length, parser, strong, bracketed=bracketed), *([doubt] if doubt else [])]
    doubts += [Doubt(mention.chunk.start, mention.chunk.end, mention.why) for mention in mentions if mention.why]
    doubts += [Doubt(deadline.start, deadline.end, deadline.why)] if deadline and deadline.why else []
    clause = Clause(
        0,
        length,
        is_clause=True,
        items=_items(mentions),
        leaders=tuple(dict.fromkeys(parser.leaders)),
        deadline=deadline,
        open_list=parser.open_list and sum(chunk.etc is not None for chunk in parser.chunks) > _sorts(mentions),
        doubts=tuple(sorted(set(doubts), key=lambda one: (one.start, one.end, one.why))),
        same_as=tuple(parser.same_as),
        stages=stages,
    )
    return Reading(clause, tidy=reading.tidy)


@dataclass(frozen=True)
class _Verdict:
    is_clause: bool
    tidy: bool


def _judged(parser: Parser, mentions: list[Mention], strong: list[Mention], *, explicit: bool, bracketed: bool) -> _Verdict:
    """Tell a clause from prose by what else stands beside the names.

    Args:
        parser: what was read.
        mentions: all names.
        strong: those of them that are surely somebody.
        explicit: a role, a label or a rule is written.
        bracketed: the text stands in brackets.
    """
    labelled = _labelled(parser)
    bare = not labelled and not bracketed
    unknown = sum(mention.kind == "unknown" or mention.partial for mention in mentions) + parser.sentences
    remarks = sum(len(token.text) for token in parser.remarks)
    long = remarks > 2 * sum(len(mention.name) for mention in strong) + _FREE_REMARKS
    prose = any(_is_prose(token.text) for token in (*parser.remarks, *parser.outcomes)) or (long and not labelled)
    headless = any(token.kind == "role" for token in parser.remarks)
    is_clause = bool(strong or parser.leaders or parser.same_as) and unknown <= len(strong) and not (parser.sentences and parser.untidy)
    if not explicit:
        is_clause = is_clause and unknown < len(strong) and not parser.remarks and _names_parties(strong)
    if bare:
        is_clause = is_clause and not unknown and not headless and not any(mention.why == NOT_A_NAME for mention in mentions)
        is_clause = is_clause and not _tells_how(parser) and (bool(parser.same_as) or any(map(_is_known, strong)))
    headless = headless or any(mention.kind == "agency" and shape(mention.name).kind == "stem" for mention in mentions)
    is_clause = is_clause and not prose
    return _Verdict(is_clause, is_clause and explicit and not unknown and not parser.untidy and not headless and not long)


def _is_known(mention: Mention) -> bool:
    """Whether a name shows by itself that it is one: 推行首办 of 推行首办负责 does not."""
    made = shape(mention.name)
    return mention.kind == "collective" or mention.chunk.alias or bool(made.prefix) or made.kind == "standalone" or made.known


def _labelled(parser: Parser) -> bool:
    return any(token.kind == "label" for token in parser.tokens)


def _tells_how(parser: Parser) -> bool:
    """Whether a sentence tells how work goes on, and not who does it: 市发展改革委会同有关部门加强跟踪评估; 鼓励…."""
    said = any(token.phrase and roles.ALWAYS.intersection(token.phrase.words) for token in parser.tokens)
    started = bool(parser.tokens) and parser.tokens[0].text.startswith(roles.SENTENCE_STARTS)
    return started or (bool(parser.remarks) and not said and not parser.text.lstrip().startswith("由"))


def _doubts_of_all(length: int, parser: Parser, strong: list[Mention], *, bracketed: bool) -> list[Doubt]:
    """What is doubtful about a clause as a whole, and the agencies in it that have no part."""
    doubts: list[Doubt] = []
    if strong and not _labelled(parser) and not parser.leaders and all(mention.chunk.role in ("support", "guiding") for mention in strong):
        doubts.append(Doubt(0, length, "只写了配合单位，没有写牵头或者负责的单位"))
    if not _labelled(parser) and not bracketed and parser.remarks:
        doubts.append(Doubt(0, length, TELLING))
    passed_over = [token for token in parser.remarks if token.kind == "name" and _names_somebody(token.text)]
    return [*doubts, *(Doubt(token.start, token.end, "这里提到的单位没有读入") for token in passed_over)]


def _sorts(mentions: list[Mention]) -> int:
    """How many 等 name the sort of bodies that stand before them (供水、供电等企业), and leave no list open."""
    return sum(mention.kind == "collective" and mention.name.endswith(bodies.SORTS) and "等" in mention.name for mention in mentions)


def _names_somebody(text: str) -> bool:
    return bool(shape(text).prefix) or any(is_collective(text[at:]) for at in range(3))


def _is_prose(remark: str) -> bool:
    """Whether what follows a role word shows that it assigns nothing: 牵头作用, 负责解释, 牵头制定的规范."""
    told = any(word in remark for word in ("作用", "解释", "担任", "任召集人", "任组长", "为成员"))  # 由县委、县政府负责同志担任
    told = told or _HISTORY.search(remark) is not None
    return told or remark.startswith((*_NOT_OBJECT, "的")) or "的" in remark[-6:]


def _names_parties(mentions: list[Mention]) -> bool:
    """Whether a list without any role word is one of those responsible: it has an agency, or several open sets."""
    offices = [shape(mention.name) for mention in mentions if mention.kind == "agency"]
    if any(
        office.kind in ("agency", "standalone") and (office.core or office.head not in ("委", *bodies.SEATS) or is_region(office.prefix))
        for office in offices
    ) or any(is_of_levels(mention.name) for mention in mentions):
        return True  # 市、县（市、区）教育局
    opened = any(mention.kind == "collective" and mention.name.startswith("各") for mention in mentions)
    if offices and opened and not any(office.head == "委" for office in offices):
        return True  # 街道党工委、街道办事处，各社区党组织
    if any(office.kind == "region" for office in offices):
        return any(mention.kind == "collective" and mention.name.startswith("各") for mention in mentions)
    if len(mentions) == 1:
        name = mentions[0].name
        return (
            (
                name.startswith(("各", "有关", "相关"))
                and name.endswith(("单位", "部门", *_COMMITTEES, *bodies.SEATS, *bodies.PREFECTURE_OFFICES))
            )
            or (not name.startswith("各") and "各" in name)
            or name.endswith(_MEMBERS)
        )
    if opened and any(mention.name.endswith(("单位", "部门", *_COMMITTEES, *bodies.SEATS)) for mention in mentions):
        return True  # 中央驻鄂单位、省直有关部门、各市州人民政府
    return all(
        mention.kind == "collective" and (any(word in mention.name for word in bodies.QUANTIFIERS) or is_stationed(mention.name))
        for mention in mentions[:-1]
    )


def _items(mentions: list[Mention]) -> tuple[Item, ...]:
    return numbered(
        Item(
            mention.name,
            mention.chunk.role or "responsible",
            0,
            mention.chunk.start,
            mention.chunk.end,
            mention.restored,
            mention.kind == "collective",
        )
        for mention in mentions
    )
