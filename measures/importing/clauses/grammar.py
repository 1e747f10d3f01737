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
from typing import Literal

from measures.importing.clauses import bodies, roles
from measures.importing.clauses.collectives import is_collective
from measures.importing.clauses.lead_ins import BY, JOINERS, POINTS_BACK, behind_by, leading
from measures.importing.clauses.lexer import Token
from measures.importing.clauses.mentions import Chunk
from measures.importing.clauses.model import ROLES, SAME_AS_ABOVE, ClauseContext, Doubt, Role, SameAs
from measures.importing.clauses.names import shape
from measures.importing.clauses.no_doers import built_behind, no_doer
from measures.importing.clauses.persons import is_post, names_agency, persons, without_person
from measures.importing.clauses.scopes import is_office
from measures.importing.clauses.untold import TIME_UNREAD, unknown_time
from measures.importing.deadlines import Deadline

_SPOKEN = {"lead": "牵头", "support": "配合", "guiding": "指导", "responsible": "责任"}
_NOBODY = ("", "无", "暂无", "待定", "另行确定")  # 配合单位：无
_ONLY_THE_LAST = "“（牵头）”一类标注按只标前一个单位读取"
_STOPS = ("；", "。", "\n")
_OF_UNITS = ("unit", "both")  # labels behind which agencies stand
_SCOPES = ("在", "适用于", "第", "其中")  # 在…试点, 第1项由: for what the names behind or before are named
_GUIDES = ("指导", "督促", "监督", "组织", "督导", "推动", "支持", "带动")


@dataclass
class Parser:
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
    labelled_from: int = 0  # the first chunk behind the label
    in_object: bool = False
    roles_seen: int = 0
    first_leads: bool = False
    open_list: bool = False
    same_as: list[SameAs] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)
    remarks: list[Token] = field(default_factory=list)
    outcomes: list[Token] = field(default_factory=list)  # what a deadline is for: 2024年底前建成平台
    after_deadline: bool = False
    doubts: list[Doubt] = field(default_factory=list)
    separator: str = ""
    sentences: int = 0  # what was taken for a name and is a sentence
    marked: bool = False  # a role stands in a bracket behind a name
    untidy: bool = False  # words beside names and roles were passed over

    def run(self) -> None:
        """Take every token, and settle what waits at the end."""
        for index, token in enumerate(self.tokens):
            getattr(self, "_" + token.kind)(index, token)
            if token.kind != "sep":
                self.separator = ""
        self._flush()
        ended = max((at for at, chunk in enumerate(self.chunks) if chunk.separator == "。"), default=0)
        if any(chunk.role is None for chunk in self.chunks[:ended]):
            self.untidy = True  # 改造城区。省水利局牵头: a sentence that ends before anybody's role is said is of something else

    # --- what may stand in a clause ------------------------------------------------------------------------------------------

    def _name(self, index: int, token: Token) -> None:
        kind = self.label.kind if self.label else "unit"
        if token.text in roles.SAME_AS or (kind in _OF_UNITS and token.text.endswith("同上")):
            of: Literal["agencies", "leaders", "deadline"] = "leaders" if kind == "person" else "deadline" if kind == "time" else "agencies"
            said = self.label.role if self.label and kind in _OF_UNITS and not self.label.both else None
            self.same_as.append(SameAs(token.start, token.end, said, of))
            self.doubts.append(Doubt(token.start, token.end, SAME_AS_ABOVE))
            return
        if kind == "person":
            named = persons(token.text)
            self.leaders += named
            if names_agency(token.text):  # 责任人：县教育局 王刚
                self._add(token)
                self._assign(self.pending, "responsible")
            if not named and not is_post(token.text) and token.text not in _NOBODY:
                self.doubts.append(Doubt(token.start, token.end, "领导姓名没有读出"))
            return
        if kind == "foreign" or (kind == "both" and self._person_beside(token)):
            return
        if kind == "time" and shape(token.text).complete and shape(token.text).prefix:
            self.label = None  # （完成时限：2023年底）（市财政局配合）
        elif kind == "time":
            if not token.text.startswith(bodies.OUTCOMES) and not (self.in_object and "%" in token.text):
                unknown = unknown_time(self.text, token.start)
                self.deadlines += [unknown] if unknown else []
                self.doubts += [] if unknown else [Doubt(token.start, token.end, TIME_UNREAD)]
            return
        if self._tells_to_guide(token) or (self.in_object and not self._goes_on_with_names(index)):
            (self.outcomes if self.after_deadline else self.remarks).append(token)
            return
        self.in_object = False
        self._add(token)

    def _person_beside(self, token: Token) -> bool:
        """Whether a name behind 牵头单位及责任人 is a person: 市商务局 张三."""
        named = persons(token.text) if not shape(token.text).complete else []
        self.leaders += named
        return bool(named)

    def _tells_to_guide(self, token: Token) -> bool:
        """Whether a part goes on with what those before it do: …会同…，指导各县（市、区）实施."""
        verb = next((verb for verb in _GUIDES if token.text.startswith(verb)), "")
        return bool(verb) and bool(self.chunks) and is_collective(token.text[len(verb) :])

    def _add(self, token: Token) -> None:
        """Take a name as a chunk that waits for its role, without the words before it and the person behind it."""
        text, positions = self._without_lead_in(token)
        if text in JOINERS or text in BY or text.strip("—-") in _NOBODY or roles.basis_at(text, 0) == len(text) > 0:
            return
        text, person = without_person(text, expected=self.label is not None and self.label.kind == "both")
        if person:
            positions = positions[: len(text)]
            self.leaders.append(person)
            self.doubts.append(Doubt(token.start, token.end, "括号内按责任人读取"))
        if (end := built_behind(text)) < len(text):
            self.doubts.append(Doubt(positions[end], positions[-1] + 1, "这一部分没有读出"))
            text, positions = text[:end], positions[:end]
        if self._names_no_doer(token, text, positions):
            return
        if self.label and self.label.role and self.separator in ("，", "；") and token.text[: -len(text)].endswith("由"):
            self._assign(self.pending, self.label.role)  # 协办单位：区财政局，同时由各街道负责日常维护
        starred = len(text) > 1 and "*" in (text[0], text[-1]) and text.strip("*") != ""
        if starred:
            positions = positions[len(text) - len(text.lstrip("*")) : len(text.rstrip("*"))]
            text = text.strip("*")
            self.doubts.append(Doubt(token.start, token.end, "带*的单位按牵头读取"))
        self.chunks.append(Chunk(text, positions, self.separator, self.group, role="lead" if starred else None))
        self.pending.append(len(self.chunks) - 1)

    def _without_lead_in(self, token: Token) -> tuple[str, tuple[int, ...]]:
        """A name without the words that lead in to it (由, 以上任务均由), and where its characters stand."""
        text = token.text
        positions = tuple(at for at in range(token.start, token.end) if not self.text[at].isspace())
        while word := leading(text):
            text, positions = text[len(word) :], positions[len(word) :]
        if behind := behind_by(text):
            if not text.startswith(POINTS_BACK):
                self.doubts.append(Doubt(positions[0], positions[behind - 1] + 1, f"“{text[:behind]}”没有读入，请核对范围"))
            text, positions, self.untidy = text[behind:], positions[behind:], True
        return text, positions

    def _names_no_doer(self, token: Token, text: str, positions: tuple[int, ...]) -> bool:
        """Whether an urging, one who is only asked to decide, or a leader stands here; the reviewer is told."""
        found = no_doer(text)
        if found is None:
            return False
        self.leaders += [found.leader] if found.leader else []
        self.doubts.append(Doubt(token.start if found.urges else positions[0], token.end if found.urges else positions[-1] + 1, found.why))
        self.untidy = self.untidy or found.urges
        return True

    def _sep(self, index: int, token: Token) -> None:
        self.separator = token.text
        if token.text != "、":
            self.in_object = self.after_deadline = False
        if token.text in "；。\n" and self.label is not None and self.label.kind != "foreign":
            self._flush()
        if token.text in "；\n" and self.label is not None and self.label.kind not in _OF_UNITS:
            self.label = None

    def _role(self, index: int, token: Token) -> None:
        phrase = token.phrase
        if phrase is None:
            return
        if self.label is not None and self.label.kind in ("time", "foreign"):
            return
        self.roles_seen += 1
        if phrase.role == "responsible" and token.text.startswith("协同") and any(chunk.role == "lead" for chunk in self.chunks):
            phrase = replace(phrase, role="support")  # 市发展改革委牵头，市科技局协同推进
            self.doubts.append(Doubt(token.start, token.end, f"“{phrase.words[0]}”按{_SPOKEN['support']}读取"))
        for word in phrase.words:
            if word in roles.LOOSE and ROLES.index(phrase.role) == ROLES.index(roles.ROLE_WORDS[word]):
                self.doubts.append(Doubt(token.start, token.end, roles.LOOSE[word]))
        if self.linked is not None:
            self._close_link(phrase.role, phrase.words)
        elif self.pending:
            self._keep_labelled(phrase.role)
            self._leave_stopped(phrase.role)
            self._assign(self.pending, phrase.role)
        elif not any(chunk.role for chunk in self.chunks):
            self.remarks.append(token)
        self.in_object, self.after_deadline = True, False

    def _mark(self, index: int, token: Token) -> None:
        role = token.phrase.role if token.phrase else None
        if role is None and (label := roles.label_at(token.text + "：", 0)):
            role = label.role
        if role is None or not self.pending or (self.label and self.label.kind not in _OF_UNITS):
            return
        if role == "responsible" and token.phrase and self.label is not None and self.label.role not in (None, role):
            return  # 配合单位：市税务局（按职责分工）: the label has said what it is
        # A、B（牵头）: by custom the mark is that of the one name before it
        if role == "responsible" and token.phrase and self.label is None:
            self._assign(self.pending, role)  # A、B（按职责分工负责）
            self.roles_seen += 1
            return
        if role == "support" and self._marks_all(token):
            return
        last, self.marked = self.pending.pop(), True
        self.chunks[last] = replace(self.chunks[last], role=role)
        self.roles_seen += 1
        if self.pending and self.label is None:
            first = self.chunks[self.pending[0]]
            self.doubts.append(Doubt(first.start, token.end, _ONLY_THE_LAST))

    def _marks_all(self, token: Token) -> bool:
        """Whether a mark is that of all behind a stop, and so the one before the stop of all before it: 甲、乙（牵头）；丙、丁（配合）."""
        stops = [at for at, index in enumerate(self.pending) if self.chunks[index].separator in _STOPS]
        if len(self.pending) < 2 or not stops or not any(chunk.role == "lead" for chunk in self.chunks):
            return False
        helping = self.pending[stops[-1] :]
        led = [index for index in self.pending[: stops[-1]] if self._before_a_lead(index)]
        unsaid = [index for index in self.pending[: stops[-1]] if index not in led]  # 甲（牵头）、乙；丙、丁（配合）
        if led:
            self.doubts = [doubt for doubt in self.doubts if doubt.why != _ONLY_THE_LAST]
            self._doubt_mark(led, self.chunks[led[-1]].end, "lead")
        self._doubt_mark(helping, token.end, "support")
        self._assign(led, "lead")
        self._assign(helping, "support")
        self.pending = unsaid
        self.group += 1
        self.roles_seen, self.marked = self.roles_seen + 1, True
        return True

    def _doubt_mark(self, indexes: list[int], end: int, role: Role) -> None:
        why = f"“（{_SPOKEN[role]}）”一类标注按标前面各单位读取"
        self.doubts.append(Doubt(self.chunks[indexes[0]].start, end, why))

    def _before_a_lead(self, index: int) -> bool:
        """Whether a mark of a lead stands behind a name, with no stop between."""
        for chunk in self.chunks[index + 1 :]:
            if chunk.separator in _STOPS:
                return False
            if chunk.role == "lead":
                return True
        return False

    def _link(self, index: int, token: Token) -> None:
        self.in_object = False
        if self.linked is not None:
            return
        self._leave_stopped("lead")
        self.subjects, self.pending, self.linked = self.pending, [], token
        self.group += 1

    def _label(self, index: int, token: Token) -> None:
        self._flush()
        self.label, self.in_object, self.labelled_from = token.label, False, len(self.chunks)
        self.group += 1
        if token.label and token.label.strange and token.label.kind == "unit":
            self.doubts.append(Doubt(token.start, token.end, f"不常见的标签，按{_SPOKEN['responsible']}单位读取"))
        if token.label and token.label.both:
            self.doubts.append(Doubt(token.start, token.end, "牵头和配合写在一起，按第一个牵头、其余配合读取"))

    def _deadline(self, index: int, token: Token) -> None:
        if token.deadline is not None and (self.label is None or self.label.kind in (*_OF_UNITS, "time")):
            self.deadlines.append(token.deadline)
        self.in_object = self.after_deadline = True

    def _etc(self, index: int, token: Token) -> None:
        if self.label is not None and self.label.kind in ("person", "foreign"):
            return
        if self.in_object and not self.pending:
            return
        self.open_list = True
        positions = tuple(range(token.end - len(token.text), token.end)) or (token.start,)
        self.chunks.append(Chunk(token.text, positions, self.separator, self.group, etc=token.text))
        self.pending.append(len(self.chunks) - 1)
        if any(word in token.text for word in ("有关", "相关")):
            self.doubts.append(Doubt(token.start, token.end, "“等”后面的范围不明，请补充单位"))

    def _note(self, index: int, token: Token) -> None:
        stated = token.text.startswith(roles.NOT_CLAUSE) or token.text in ("下同", "同上", "")
        if (token.inner and self.chunks and not stated) or token.text.startswith(_SCOPES):
            self.doubts.append(Doubt(token.start, token.end, "这里写的范围没有读入，请核对"))
        if "同上" in token.text:
            self.same_as.append(SameAs(token.start, token.end))
            self.doubts.append(Doubt(token.start, token.end, SAME_AS_ABOVE))

    def _rule(self, index: int, token: Token) -> None:
        self.first_leads = True

    # --- roles -------------------------------------------------------------------------------------------------------------------

    def _goes_on_with_names(self, index: int) -> bool:
        """Behind a role word without a separator: 甲牵头乙配合 goes on with names, 甲负责资金保障 with an object."""
        text = self.tokens[index].text
        named = shape(text).complete and (shape(text).prefix or shape(text).kind == "standalone")
        if not (named or text in self.context.aliases or is_collective(text)):
            return False
        said = next((token for token in reversed(self.tokens[:index]) if token.kind not in ("name", "sep")), None)
        charged = said is not None and said.phrase is not None and "负责" in said.phrase.words  # 市教育局负责中小学，市国资委负责市属企业
        kind = is_collective(text) and not text.startswith(bodies.QUANTIFIERS)
        stops = "，；。\n" if charged or kind else "；。\n"
        listed = self.tokens[index - 1].kind == "sep" and is_office(text)  # 市教育局负责中小学、市民政局负责养老机构
        for token in self.tokens[index + 1 : index + 40]:
            if token.kind in ("role", "link"):
                return listed or not (charged and token.phrase is not None and "负责" in token.phrase.words)
            if token.kind == "sep" and token.text in stops:
                break
        return False

    def _leave_stopped(self, role: Role) -> None:
        """市农业农村局；各区政府配合: the role word does not reach over a stop, those before it wait. Behind 。 every role begins anew."""
        if self.label is not None:
            return
        stops = _STOPS if role in ("support", "guiding") else ("。",)
        stopped = [at for at, index in enumerate(self.pending) if at and self.chunks[index].separator in stops]
        if stopped:
            self.pending = self.pending[stopped[-1] :]

    def _keep_labelled(self, role: Role) -> None:
        """责任单位：厅规划处，厅财务处配合: the role word is that of the names behind the last comma, the label that of those before."""
        if self.label is None or self.label.kind not in _OF_UNITS or self.label.role in (None, role) or role == "responsible":
            return
        cut = max((at for at, index in enumerate(self.pending) if self.chunks[index].separator in ("，", " ")), default=0)
        if not cut or any(chunk.role for chunk in self.chunks[self.labelled_from :]):
            return
        kept = self.pending[:cut]
        for index in kept:
            self.chunks[index] = replace(self.chunks[index], role=self.label.role)
        first, last = self.chunks[kept[0]], self.chunks[self.pending[-1]]
        self.doubts.append(Doubt(first.start, last.end, f"标签和“{_SPOKEN.get(role, '配合')}”不一致，逗号前的单位按标签读取"))
        self.pending = self.pending[cut:]

    def _assign(self, indexes: list[int], role: Role) -> None:
        for index in indexes:
            if self.chunks[index].role is None:
                self.chunks[index] = replace(self.chunks[index], role=role)
        if indexes is self.pending:
            self.pending = []
            self.group += 1

    def _close_link(self, role: Role, words: tuple[str, ...] = ()) -> None:
        link = self.linked
        if link is None:
            return
        own = self._behind_comma(role, words)
        subject: Role = role if role in ("support", "guiding") and not own else "lead"
        if self.subjects:
            self._assign(self.subjects, subject)
            if subject != "support":
                self.doubts.append(Doubt(link.start, link.end, f"“{link.text}”前的单位按{_SPOKEN[subject]}、后的单位按配合读取"))
        self._assign(own, role)
        self._assign(self.pending, "support")
        self.subjects, self.linked = [], None

    def _behind_comma(self, role: Role, words: tuple[str, ...]) -> list[int]:
        """The chunks behind a link that a comma parts from its others, to whom alone the role word belongs: 甲会同乙，各市落实.

        负责 is said of all, unless open sets stand behind the comma: 甲会同乙，丙负责.
        """
        cut = max((at for at, index in enumerate(self.pending) if self.chunks[index].separator == "，"), default=0)
        led = any(chunk.role == "lead" for chunk in self.chunks)
        if not cut or not (self.subjects or led) or role == "lead" or (role != "responsible" and led):
            return []
        own = self.pending[cut:]
        if words == ("负责",) and not any(is_collective(self.chunks[index].text) for index in own):
            return []
        first, last = self.chunks[own[0]], self.chunks[own[-1]]
        self.doubts.append(Doubt(first.start, last.end, f"逗号后的单位按{_SPOKEN[role]}读取"))
        return own

    def _flush(self) -> None:
        """The end of a labelled part, or of the clause."""
        if self.linked is not None:
            self._close_link("lead")
        if self.label is None or self.label.kind not in _OF_UNITS or self.label.role is None or not self.pending:
            return
        if self.label.both:
            self._assign(self.pending[:1], "lead")
            self._assign(self.pending, "support")
        elif self.roles_seen and self.label.role == "responsible" and any(chunk.role == "lead" for chunk in self.chunks):
            first, last = self.chunks[self.pending[0]], self.chunks[self.pending[-1]]
            if any(chunk.role == "lead" and chunk.group >= first.group - 1 for chunk in self.chunks):
                self.doubts.append(Doubt(first.start, last.end, "没有写明角色，按责任单位读取"))
            self._assign(self.pending, self.label.role)
        else:
            self._assign(self.pending, self.label.role)
