"""The grammar of responsibility clauses: from tokens to groups of agencies with a role.

    clause  = part { ("，" | "；" | "。" | line) part } .
    part    = list role [object] | label list | list link list [role] | "由" list role | deadline | label persons | rule .
    list    = name { ("、" | "，" | "和" | …) name } [ "等" [noun] ] .
    name    = chunk [ "（" role "）" ] .

It is parsed by hand, token by token, and not by a table: a clause in a real document may be broken anywhere, and the rest of it must
still be read, with a doubt at the break. Each branch below is one of the forms above.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from measures.importing.clauses import bodies, places, roles
from measures.importing.clauses.collectives import is_collective
from measures.importing.clauses.elision import resolve
from measures.importing.clauses.folding import fold, partners
from measures.importing.clauses.lexer import Lexer, Token
from measures.importing.clauses.mentions import Chunk, Mention
from measures.importing.clauses.model import ROLES, Clause, ClauseContext, Doubt, Item, Role
from measures.importing.clauses.names import is_region, shape
from measures.importing.deadlines import Deadline, find_deadlines

_SPOKEN = {"lead": "牵头", "guiding": "指导"}
_BY = ("并由", "具体由", "主要由", "分别由", "统一由", "其中", "由", "请", "主要包括")
_JOINERS = ("以及", "及", "和", "与", "并", "或")
_PERSON = range(2, 5)  # characters of a name of a person
_NOT_OBJECT = ("作用", "责任", "单位", "部门", "机制", "制度", "人")


@dataclass
class _Parser:
    """State of the parse of one clause; all positions are those of the piece."""

    text: str
    tokens: list[Token]
    context: ClauseContext
    chunks: list[Chunk] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)  # chunks that wait for their role
    subjects: list[int] = field(default_factory=list)  # chunks before 会同
    linked: Token | None = None
    label: roles.Label | None = None
    group: int = 0
    in_object: bool = False
    roles_seen: int = 0
    first_leads: bool = False
    open_list: bool = False
    same_as: bool = False
    deadlines: list[Deadline] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)
    remarks: list[Token] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    separator: str = ""
    untidy: bool = False  # words beside names and roles were passed over

    def run(self) -> None:
        for index, token in enumerate(self.tokens):
            getattr(self, "_" + token.kind)(index, token)
            if token.kind != "sep":
                self.separator = ""
        self._flush()

    # --- what may stand in a clause ------------------------------------------------------------------------------------------

    def _name(self, index: int, token: Token) -> None:
        kind = self.label.kind if self.label else "unit"
        if kind == "person":
            named = _persons(token.text)
            self.leaders += named
            if not named:
                self.doubts.append(Doubt(token.start, token.end, "领导姓名没有读出"))
            return
        if kind == "foreign":
            return
        if token.text in roles.SAME_AS or token.text.endswith("同上"):
            self.same_as = True
            self.doubts.append(Doubt(token.start, token.end, "写的是“同上”，请按上一项填写"))
            return
        if kind == "time":
            if not token.text.startswith(("前", "完成", "并", "底", "取得", "实现", "建成")):
                self.doubts.append(Doubt(token.start, token.end, "时限没有读出"))
            return
        if self.in_object and not self._goes_on_with_names(index):
            self.remarks.append(token)
            return
        self.in_object = False
        self._add(token)

    def _add(self, token: Token) -> None:
        text = token.text
        places = tuple(place for place in range(token.start, token.end) if not self.text[place].isspace())
        while word := _leading(text):
            text, places = text[len(word) :], places[len(word) :]
        if behind := _behind_by(text):
            text, places, self.untidy = text[behind:], places[behind:], True
        if text in _JOINERS or text in _BY:
            return
        if text in bodies.TITLES and text not in bodies.LEVEL_MARKS and not shape(text).complete:
            self.doubts.append(Doubt(places[0], places[-1] + 1, "写的是职务，不是单位"))
            return
        starred = len(text) > 1 and "*" in (text[0], text[-1]) and text.strip("*") != ""
        if starred:
            places = places[len(text) - len(text.lstrip("*")) : len(text.rstrip("*"))]
            text = text.strip("*")
            self.doubts.append(Doubt(token.start, token.end, "带*的单位按牵头读取"))
        self.chunks.append(Chunk(text, places, self.separator, self.group, role="lead" if starred else None))
        self.pending.append(len(self.chunks) - 1)

    def _sep(self, index: int, token: Token) -> None:
        self.separator = token.text
        if token.text != "、":
            self.in_object = False
        if token.text in "；。\n" and self.label is not None and self.label.kind != "foreign":
            self._flush()
        if token.text in "；\n" and self.label is not None and self.label.kind != "unit":
            self.label = None

    def _role(self, index: int, token: Token) -> None:
        phrase = token.phrase
        if phrase is None:
            return
        if self.label is not None and self.label.kind in ("time", "foreign"):
            return
        self.roles_seen += 1
        for word in phrase.words:
            if word in roles.LOOSE and ROLES.index(phrase.role) == ROLES.index(roles.ROLE_WORDS[word]):
                self.doubts.append(Doubt(token.start, token.end, roles.LOOSE[word]))
        if self.linked is not None:
            self._close_link(phrase.role, named="牵头" in phrase.words)
        elif self.pending:
            self._assign(self.pending, phrase.role)
        elif not any(chunk.role for chunk in self.chunks):
            self.remarks.append(token)
        self.in_object = True

    def _mark(self, index: int, token: Token) -> None:
        role = token.phrase.role if token.phrase else None
        if role is None and (label := roles.label_at(token.text + "：", 0)):
            role = label.role
        if role is None or not self.pending or (self.label and self.label.kind != "unit"):
            return
        # A、B（牵头）: by custom the mark is that of the one name before it
        last = self.pending.pop()
        self.chunks[last] = replace(self.chunks[last], role=role)
        self.roles_seen += 1
        if self.pending and self.label is None:
            first = self.chunks[self.pending[0]]
            self.doubts.append(Doubt(first.start, token.end, "“（牵头）”一类标注按只标前一个单位读取"))

    def _link(self, index: int, token: Token) -> None:
        self.in_object = False
        if self.linked is not None:
            return
        self.subjects, self.pending, self.linked = self.pending, [], token
        self.group += 1

    def _label(self, index: int, token: Token) -> None:
        self._flush()
        self.label, self.in_object = token.label, False
        self.group += 1
        if token.label and token.label.both:
            self.doubts.append(Doubt(token.start, token.end, "牵头和配合写在一起，按第一个牵头、其余配合读取"))

    def _deadline(self, index: int, token: Token) -> None:
        if token.deadline is not None and (self.label is None or self.label.kind in ("unit", "time")):
            self.deadlines.append(token.deadline)
        self.in_object = True

    def _etc(self, index: int, token: Token) -> None:
        if self.label is not None and self.label.kind in ("person", "foreign"):
            return
        if self.in_object and not self.pending:
            return
        self.open_list = True
        places = tuple(range(token.end - len(token.text), token.end)) or (token.start,)
        self.chunks.append(Chunk(token.text, places, self.separator, self.group, etc=token.text))
        self.pending.append(len(self.chunks) - 1)
        if any(word in token.text for word in ("有关", "相关")):
            self.doubts.append(Doubt(token.start, token.end, "“等”后面的范围不明，请补充单位"))

    def _note(self, index: int, token: Token) -> None:
        if "同上" in token.text:
            self.same_as = True

    def _rule(self, index: int, token: Token) -> None:
        self.first_leads = True

    # --- roles -------------------------------------------------------------------------------------------------------------------

    def _goes_on_with_names(self, index: int) -> bool:
        """Behind a role word without a separator: 甲牵头乙配合 goes on with names, 甲负责资金保障 with an object."""
        text = self.tokens[index].text
        if not ((shape(text).complete and (shape(text).prefix or shape(text).kind == "standalone")) or is_collective(text)):
            return False
        for token in self.tokens[index + 1 : index + 40]:
            if token.kind in ("role", "link"):
                return True
            if token.kind == "sep" and token.text in "；。\n":
                break
        return False

    def _assign(self, indexes: list[int], role: Role) -> None:
        for index in indexes:
            if self.chunks[index].role is None:
                self.chunks[index] = replace(self.chunks[index], role=role)
        if indexes is self.pending:
            self.pending = []
            self.group += 1

    def _close_link(self, role: Role, *, named: bool) -> None:
        link = self.linked
        if link is None:
            return
        subject: Role = role if role in ("support", "guiding") else "lead"
        if self.subjects:
            self._assign(self.subjects, subject)
            if not named and subject != "support":
                self.doubts.append(Doubt(link.start, link.end, f"“{link.text}”前的单位按{_SPOKEN[subject]}、后的单位按配合读取"))
        self._assign(self.pending, "support")
        self.subjects, self.linked = [], None

    def _flush(self) -> None:
        """The end of a labelled part, or of the clause."""
        if self.linked is not None:
            self._close_link("lead", named=False)
        if self.label is None or self.label.kind != "unit" or self.label.role is None or not self.pending:
            return
        if self.label.both:
            self._assign(self.pending[:1], "lead")
            self._assign(self.pending, "support")
        elif self.roles_seen and self.label.role == "responsible" and any(chunk.role == "lead" for chunk in self.chunks):
            first, last = self.chunks[self.pending[0]], self.chunks[self.pending[-1]]
            if self._marked_in_this_label(first.group):
                self.doubts.append(Doubt(first.start, last.end, "没有写明角色，按责任单位读取"))
            self._assign(self.pending, self.label.role)
        else:
            self._assign(self.pending, self.label.role)

    def _marked_in_this_label(self, group: int) -> bool:
        return any(chunk.role == "lead" and chunk.group >= group - 1 for chunk in self.chunks)


def _leading(text: str) -> str:
    """A word before a name that does not belong to it (由省财政厅), or ""."""
    word = next((word for word in (*_BY, *_JOINERS) if text.startswith(word)), "")
    rest = text[len(word) :]
    if not word or not rest or places.full_at(text):
        return ""
    if is_collective(rest) or (shape(rest).complete and (word in _BY or shape(rest).prefix)):
        return word
    return word if len(rest) > 1 and not shape(text).complete else ""


_LONGEST_LEAD_IN = 16


def _behind_by(text: str) -> int:
    """Where the name begins in 以上任务均由市民政局, 0 if at the beginning."""
    at = max(
        (
            text.rfind(word, 0, _LONGEST_LEAD_IN) + len(word)
            for word in ("由", "涉及")
            if word in text[:_LONGEST_LEAD_IN] and "自由" not in text
        ),
        default=0,
    )
    return at if at and (is_collective(text[at:]) or (shape(text[at:]).complete and shape(text[at:]).prefix)) else 0


def _persons(text: str) -> list[str]:
    """Names of persons without their titles: 副市长张三 → 张三."""
    name = text.removesuffix("同志")
    changed = True
    while changed:
        title = next((title for title in bodies.TITLES if name.startswith(title)), "")
        behind = next(
            (title for title in bodies.TITLES if name.endswith(title) and len(name) > len(title) + 1),
            "",
        )
        changed = bool(title or behind)
        name = name[len(title) :].removesuffix(behind) if behind else name[len(title) :]
    return [name] if len(name) in _PERSON or (name and "·" in name) else []


@dataclass(frozen=True)
class Reading:
    """A clause with what tells prose from a clause."""

    clause: Clause
    tidy: bool  # nothing but names, roles and deadlines: may stand without brackets


def read(piece: str, context: ClauseContext, *, bracketed: bool) -> Reading:
    """Read one piece of text as a responsibility clause; spans begin at 0."""
    text = fold(piece)
    stripped = text.strip(" \n，。；、")
    if not stripped or (stripped.startswith(roles.NOT_CLAUSE) and not places.full_at(stripped)) or len(stripped) == 1:
        return Reading(Clause(0, len(piece), is_clause=False), tidy=False)
    found = find_deadlines(piece, context.date, labelled=True)
    tokens = Lexer(text, partners(text), {deadline.start: deadline for deadline in found}).run(0, len(text))
    parser = _Parser(text, tokens, context)
    parser.run()
    aliases = frozenset(context.aliases)
    mentions = _settled(parser, resolve(parser.chunks, aliases), context)
    return _decided(piece, parser, mentions, bracketed=bracketed)


def _settled(parser: _Parser, mentions: list[Mention], context: ClauseContext) -> list[Mention]:
    """Give a role to what has none, and apply the rule that the first agency leads."""
    named = parser.roles_seen > 0
    settled: list[Mention] = []
    unsaid: list[Chunk] = []
    by_role: Role = "responsible"
    for mention in mentions:
        role = mention.chunk.role
        why = mention.why
        if role is None and named and mention.kind == "unknown":
            parser.doubts.append(Doubt(mention.chunk.start, mention.chunk.end, "这一部分没有读出"))
            continue
        if role is None:
            role = "support" if named and parser.label is None else "responsible"
            unsaid.append(mention.chunk)
            by_role = role
        settled.append(replace(mention, chunk=replace(mention.chunk, role=role), why=why))
    first_leads = context.first_listed_leads or parser.first_leads
    if unsaid and (named or not first_leads):
        word = "配合单位" if by_role == "support" else "责任单位"
        parser.doubts.append(Doubt(unsaid[0].start, unsaid[-1].end, f"没有写明角色，按{word}读取"))
    if not first_leads or any(mention.chunk.role == "lead" for mention in settled):
        return settled
    first = next((index for index, mention in enumerate(settled) if mention.chunk.role == "responsible"), None)
    if first is None or settled[first].kind != "agency":
        return settled
    return [_by_order(mention, index, first) for index, mention in enumerate(settled)]


def _by_order(mention: Mention, index: int, first: int) -> Mention:
    if mention.chunk.role != "responsible":
        return mention
    role: Role = "lead" if index == first else "support"
    return replace(mention, chunk=replace(mention.chunk, role=role))


def _decided(piece: str, parser: _Parser, mentions: list[Mention], *, bracketed: bool) -> Reading:
    strong = [mention for mention in mentions if mention.kind != "unknown" and shape(mention.name).kind != "stem"]
    unknown = len(mentions) - len(strong)
    explicit = (
        parser.roles_seen > 0
        or parser.first_leads
        or any(token.kind == "label" and token.label and token.label.kind in ("unit", "person") for token in parser.tokens)
    )
    labelled = any(token.kind == "label" for token in parser.tokens)
    deadline, doubt = _one_deadline(parser.deadlines)
    prose = any(_is_prose(token.text) for token in parser.remarks)
    headless = any(token.kind == "role" for token in parser.remarks)
    long = sum(len(token.text) for token in parser.remarks) > 2 * sum(len(mention.name) for mention in strong) + 20
    is_clause = bool(strong or parser.leaders or parser.same_as) and unknown <= len(strong)
    if not explicit:
        is_clause = is_clause and unknown < len(strong) and not parser.remarks and _names_parties(strong)
    if not labelled and not bracketed:
        is_clause = is_clause and not unknown and not headless
    is_clause = is_clause and not prose and not (long and not labelled)
    tidy = is_clause and explicit and not unknown and not parser.untidy and not headless and not long
    if not is_clause:
        return Reading(Clause(0, len(piece), is_clause=False, deadline=deadline), tidy=False)
    doubts = [*parser.doubts, *([doubt] if doubt else [])]
    passed_over = [token for token in parser.remarks if token.kind == "name" and (is_collective(token.text) or shape(token.text).prefix)]
    doubts += [Doubt(token.start, token.end, "这里提到的单位没有读入") for token in passed_over]
    doubts += [Doubt(mention.chunk.start, mention.chunk.end, mention.why) for mention in mentions if mention.why]
    doubts += [Doubt(deadline.start, deadline.end, deadline.why)] if deadline and deadline.why else []
    clause = Clause(
        0, len(piece), is_clause=True, items=_items(parser.text, mentions), leaders=tuple(dict.fromkeys(parser.leaders)), deadline=deadline,
        open_list=parser.open_list, doubts=tuple(sorted(set(doubts), key=lambda one: (one.start, one.end, one.why))),
    )  # fmt: skip
    return Reading(clause, tidy=tidy)


def _is_prose(remark: str) -> bool:
    """Whether what follows a role word shows that it assigns nothing: 牵头作用, 负责解释, 牵头制定的规范."""
    return remark.startswith((*_NOT_OBJECT, "的")) or "作用" in remark or "解释" in remark or "的" in remark[-6:]


def _names_parties(mentions: list[Mention]) -> bool:
    """Whether a list without any role word is one of those responsible: it has an agency, or several open sets."""
    offices = [shape(mention.name) for mention in mentions if mention.kind == "agency"]
    if any(
        office.kind in ("agency", "standalone") and (office.core or office.head not in ("委", *bodies.SEATS) or is_region(office.prefix))
        for office in offices
    ):
        return True
    if len(mentions) == 1:
        return mentions[0].name.startswith(("各", "有关", "相关")) and mentions[0].name.endswith(("单位", "部门"))
    return all(mention.kind == "collective" and mention.name.startswith(bodies.QUANTIFIERS) for mention in mentions[:-1])


def _items(text: str, mentions: list[Mention]) -> tuple[Item, ...]:
    counts: dict[str, int] = {}
    items = []
    for mention in mentions:
        role = mention.chunk.role or "responsible"
        counts[role] = counts.get(role, 0) + 1
        collective = mention.kind == "collective"
        name = mention.name if mention.restored else "".join(text[mention.chunk.start : mention.chunk.end].split())
        items.append(Item(name, role, counts[role], mention.chunk.start, mention.chunk.end, mention.restored, collective))
    return tuple(items)


def _one_deadline(found: list[Deadline]) -> tuple[Deadline | None, Doubt | None]:
    """The last of several deadlines is that of the whole; that there are several is a doubt."""
    if not found:
        return None, None
    dated = [deadline for deadline in found if deadline.date is not None]
    if not dated:
        chosen = found[0]
    else:
        chosen = max(dated, key=lambda deadline: (deadline.date is not None and deadline.date.toordinal(), deadline.start))
    others = len({(deadline.date, deadline.recurring, deadline.date is None and deadline.text) for deadline in found}) > 1
    return chosen, Doubt(found[0].start, found[-1].end, "写了不止一个时限，取最晚的一个") if others else None
