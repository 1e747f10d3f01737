"""Cuts the text of a clause into tokens: names, separators, role phrases, labels, deadlines, notes.

One pass from left to right. Words that may also be part of a name (指导, 协同) count as role words only where a whole name ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from measures.importing.clauses import bodies, places, roles
from measures.importing.clauses.collectives import goes_on, is_collective, names_either
from measures.importing.clauses.folding import BRACKETS, OPENING
from measures.importing.clauses.names import is_twin, shape
from measures.importing.clauses.persons import looks_like_person, persons
from measures.importing.clauses.rules import rule_at
from measures.importing.clauses.scopes import ends_office, is_office, names_nobody, note_kind
from measures.importing.clauses.wholes import Wholes
from measures.importing.deadlines import Deadline

Kind = Literal["name", "sep", "role", "mark", "link", "label", "deadline", "etc", "note", "rule", "end"]
SEPARATORS = "、，；。/|\n"
_LONGEST_NAME = 80  # characters; what goes on for longer is prose
_PROSE = "…"
_AREA_OF_TRIAL = re.compile(r"(?:在[^，；。：（）\n]{2,30}(?:试点|先行先试|试行|先行开展)|适用于[^，；。：（）\n]{2,30})(?=[，；。）\n]|$)")
_NUMBER = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3}|（(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})）)"
_ITEMS = re.compile(rf"(?:其中)?，?第{_NUMBER}(?:[、，和及至—-]+第?{_NUMBER})*(?:项|条|款|点)(?:任务|工作|措施|内容|事项)?(?:均|分别)?由?")
_ENUMERATOR = re.compile(r"(?:\d{1,2}[.．)）](?!\d)|[①-⑳❶-❿●◆■◇□▪•]|\*(?=[\u4e00-\u9fff]{2,8}：))")
_HELPED = re.compile("[局委厅部办府院会社司][^，；。]{0,3}(?:配合|参与|参加|协助|协办)$")
_AFTER_PLACE = SEPARATORS + "）政人委等"
_LONGEST_NUMBER, _NUMERALS = 3, "0123456789一二三四五六七八九十"


@dataclass(frozen=True)
class Token:
    """A piece of a clause with its span."""

    kind: Kind
    start: int
    end: int
    text: str = ""
    phrase: roles.Phrase | None = None
    label: roles.Label | None = None
    deadline: Deadline | None = None
    inner: tuple[int, int] | None = None


@dataclass
class Lexer:
    """Reads one stretch of a folded text.

    Args:
        text: the folded text.
        pairs: its brackets and quotation marks, opening → closing.
        deadlines: deadline phrases by their beginning.
        wholes: tells whole names.
    """

    text: str
    pairs: dict[int, int]
    deadlines: dict[int, Deadline]
    wholes: Wholes
    tokens: list[Token] = field(default_factory=list)
    _name: int = -1  # where the current name begins

    def run(self, start: int, end: int) -> list[Token]:
        """The tokens between two positions; every character belongs to one, but for blanks."""
        at = start
        while at < end:
            at = self._step(at, end)
        self._close(end)
        return self.tokens

    def _step(self, at: int, end: int) -> int:
        char = self.text[at]
        special = self._separator(at, char) or self._bracket(at, end, char) or self._word(at, end)
        if special:
            return special
        if self._name < 0:
            self._name = at
        return at + 1

    def _separator(self, at: int, char: str) -> int:
        if char == "：" and (stop := self._scope_behind_colon(at)):
            return stop
        if char in SEPARATORS + "：）】" or (char in BRACKETS and at not in self.pairs):
            self._close(at)
            self.tokens.append(Token("sep", at, at + 1, char))
            return at + 1
        if char == " ":
            return self._blank(at)
        if char in "·." and self.wholes.holds(self._so_far(at)) and self.wholes.begin(self._ahead(at + 1)) and not self._twin(at):
            self._close(at)
            self.tokens.append(Token("sep", at, at + 1, "、"))
            return at + 1
        return 0

    def _twin(self, at: int) -> bool:
        """Whether a dot joins a zone and a place that have one government: 开发区·铁山区."""
        halves = self._so_far(at), self._ahead(at + 1)
        return is_twin(*halves) or any(is_twin(halves[0], halves[1][:end]) for end in range(2, len(halves[1])))

    def _blank(self, at: int) -> int:
        """A blank parts two names, or is nothing."""
        end = at
        while end < len(self.text) and self.text[end] == " ":
            end += 1
        if self._name < 0:
            return end
        if (label := roles.label_at(self.text, end)) and self.text[label.end - 1] in "： ":
            self._close(at)
            return end
        before, after = self._so_far(at), self._ahead(end)
        two = self._labels_persons() and persons(before) and persons(after)  # 牵头领导：王伟 刘洋
        if two or (self.wholes.holds(before) and (self.wholes.begin(after) or not after or looks_like_person(after))):
            self._close(at)
            self.tokens.append(Token("sep", at, end, " "))
        return end

    def _labels_persons(self) -> bool:
        label = next((token.label for token in reversed(self.tokens) if token.label), None)
        return label is not None and label.kind == "person"

    def _bracket(self, at: int, end: int, char: str) -> int:
        if char not in OPENING or self.pairs.get(at, end) >= end:
            return 0
        close = self.pairs[at]
        inside = self.text[at + 1 : close].strip()
        leads = char == "【" or (self._name < 0 and (not self.tokens or self.tokens[-1].text in ("；", "。", "\n", " ")))
        marks = self._name >= 0 and self.text[close + 1 : close + 2] in ("", *SEPARATORS, "）") and note_kind(inside) == "mark"
        if leads and not marks and (label := roles.label_at(self.text, at)) and label.end > close:
            return self._label(at, label)
        if char not in BRACKETS:
            return self._quoted(at, close)
        kind = None if names_either(self._so_far(at), inside) else note_kind(inside) or self._scope(at, close, inside)
        if kind == "note" and self._name >= 0 and self._seat_behind(at, close):
            kind = None  # 各市（含定州、辛集市）人民政府
        numbered, helped = _is_number(inside), kind is None and _HELPED.search(inside) is not None  # 市教育局（市财政局、市人社局配合）
        if (numbered or helped) and self.wholes.holds(self._so_far(at)):
            self._close(at)
            self.tokens.append(Token("sep", at, at + 1 if helped else close + 1, "；"))
            return at + 1 if helped else close + 1
        if kind is None:
            return self._open(at, close, inside) if self._name < 0 else close + 1
        self._close(at)
        phrase = roles.phrase_at(inside, 0, after_name=True) if kind == "mark" else None
        self.tokens.append(Token(kind, at, close + 1, inside, phrase=phrase, inner=(at + 1, close)))
        return close + 1

    def _seat_behind(self, at: int, close: int) -> bool:
        """Whether an open set goes on behind a bracket with the seat of each."""
        before, seat = self._so_far(at), next((seat for seat in bodies.SEATS if self.text.startswith(seat, close + 1)), "")
        opened = is_collective(before) or bool(self._last("sep") and before in bodies.LEVEL_NOUNS)
        return bool(seat) and opened and not before.endswith(bodies.SEATS)

    def _scope(self, at: int, close: int, inside: str) -> Kind | None:
        """A bracket behind a whole name that names nobody says what for: 省交通运输厅（航道疏浚）."""
        after = self.text[close + 1 : close + 2]
        ended = not after or after in SEPARATORS + " ）" or roles.phrase_at(self.text, close + 1, after_name=True) is not None
        return "note" if ended and is_office(self._so_far(at)) and names_nobody(inside) else None

    def _scope_behind_colon(self, at: int) -> int:
        """The end of what stands behind a name and a colon and names nobody (市住建局：房屋建筑；市交通局：公路工程), or 0."""
        stop = next((index for index in range(at + 1, len(self.text)) if self.text[index] in "；，。\n）"), len(self.text))
        before = self._so_far(at)
        if not (is_office(before) or is_collective(before)) or not names_nobody(self.text[at + 1 : stop].strip()):
            return 0
        self._close(at)
        self.tokens.append(Token("note", at, stop, self.text[at + 1 : stop], inner=(at + 1, stop)))
        return stop

    def _quoted(self, at: int, close: int) -> int:
        """Words in quotation marks belong to a name, but for a deadline (“十四五”末)."""
        if at in self.deadlines:
            return 0
        if self._name < 0:
            self._name = at
        return close + 1

    def _open(self, at: int, close: int, inside: str) -> int:
        """A bracket that follows no name: a number （一）, or names in brackets, which are read on."""
        if _is_number(inside):
            self.tokens.append(Token("note", at, close + 1, ""))
            return close + 1
        if self._last("role") and not any(is_office(inside[:size]) for size in range(len("市教育"), len(inside) + 1)):
            self.tokens.append(Token("note", at, close + 1, inside, inner=(at + 1, close)))  # 市住建局牵头（城市建成区）
            return close + 1
        self.tokens.append(Token("sep", at, at + 1, "，"))
        return at + 1

    def _word(self, at: int, end: int) -> int:
        fresh = self._name < 0
        if fresh and at not in self.deadlines and (number := _ENUMERATOR.match(self.text, at, end)):
            return number.end()
        deadline = self.deadlines.get(at)
        if deadline is not None and deadline.end <= end and (fresh or not self._holds(at, deadline.end)):
            self._close(at)
            self.tokens.append(Token("deadline", at, deadline.end, deadline.text, deadline=deadline))
            return deadline.end
        if fresh and (passed := self._for_what(at, end) or self._rule(at, end)):
            return passed
        label = roles.label_at(self.text, at) if fresh or self.wholes.holds(self._so_far(at)) else None
        if label is not None and self._belongs_to_name(at, label, fresh=fresh):
            label = None
        if label is None and fresh and (bare := roles.bare_label_at(self.text, at)) and self.wholes.begin(self._ahead(bare.end)):
            label = bare
        if label is not None and label.end <= end:
            return self._label(at, label)
        before = "" if fresh else self._so_far(at)
        after_name = bool(before and (self.wholes.end(before) or self._goes_on(before))) or (fresh and self._last("etc", "mark", "note"))
        return (
            self._etc(at, end, before, fresh=fresh)
            or self._link(at, end, after_name=after_name)
            or self._role(at, end, after_name=after_name)
        )

    def _belongs_to_name(self, at: int, label: roles.Label, *, fresh: bool) -> bool:
        """Whether what looks like a label is a name before the next one (县水利局配合单位：), or its end before a blank (县市场监管局 )."""
        if not fresh:
            return self.text[label.end - 1] == " " and self.wholes.known(self._so_far(at) + self.text[at : label.end].strip())
        ends = [end for end in range(at + 3, label.end - 2) if roles.label_at(self.text, end, loose=False) is not None]
        return any(self.wholes.known(self.text[at:end]) for end in ends)

    def _goes_on(self, before: str) -> bool:
        """Whether 县 goes on an open set before it: 各市、县具体落实."""
        if len(self.tokens) < len(("name", "sep")) or self.tokens[-1].text != "、" or self.tokens[-2].kind != "name":
            return False
        return is_collective(self.tokens[-2].text) and goes_on(self.tokens[-2].text, before)

    def _for_what(self, at: int, end: int) -> int:
        """Words that say for what the names are named, and name nobody: 第1项由…, 在自贸试验区试点."""
        found = _ITEMS.match(self.text, at, end) or _AREA_OF_TRIAL.match(self.text, at, end)
        if found is None:
            return 0
        self.tokens.append(Token("note", at, found.end(), found.group()))
        return found.end()

    def _rule(self, at: int, end: int) -> int:
        """A part that says who leads (列第一位的为牵头单位), or that the rest supports."""
        found = rule_at(self.text, at, end)
        if found is None:
            return 0
        self.tokens.append(Token("rule" if found.leads else "note", at, found.end, found.text))
        return found.end

    def _label(self, at: int, label: roles.Label) -> int:
        self._close(at)
        words = self.text[at : label.end]
        self.tokens.append(Token("label", at, label.end, words, label=label))
        if any(stated in words for stated in roles.FIRST_LEADS):
            self.tokens.append(Token("rule", label.end, label.end))  # 责任单位（列首位的为牵头单位）：
        return label.end

    def _etc(self, at: int, end: int, before: str, *, fresh: bool) -> int:
        if (
            self.text[at] != "等"
            or self.text.startswith(("等级", "等候", "等待"), at)
            or (before.endswith(("高", "中", "初", "平", "均", "同")) and not places.is_short(before))
            or any(len(places.full_at(self.text, at - back)) > back for back in range(1, min(at, 2) + 1))  # 天等县
        ):
            return 0
        if fresh and not self._last("name", "mark", "note"):
            return 0
        at_noun = at + 1
        while at_noun < end and self.text[at_noun] in "0123456789一二三四五六七八九十余多个家":
            at_noun += 1
        stop = at_noun
        while stop < min(end, at_noun + 30) and (self._levels_go_on(stop, at_noun) or not self._noun_stops(stop, at_noun)):
            stop = self.pairs[stop] + 1 if self.text[stop] == "（" and self.pairs.get(stop, end) < end else stop + 1
        self._close(at)
        self.tokens.append(Token("etc", at, stop, self.text[at_noun:stop]))
        return stop

    def _levels_go_on(self, at: int, start: int) -> bool:
        """Whether a 、 stands between two kinds of places with one seat: 昆明、红河等州、市人民政府."""
        ahead = self._ahead(at + 1)
        kinds = self.text[at] == "、" and self.text[start:at] in bodies.LEVEL_NOUNS
        return kinds and any(ahead.startswith(unit + seat) for unit in bodies.LEVEL_MARKS for seat in bodies.SEATS)

    def _noun_stops(self, at: int, start: int) -> bool:
        if self.text[at] in SEPARATORS + " ：）":
            return True
        joined = next((word for word in bodies.JOINERS if self.text.startswith(word, at)), "")
        if (
            joined
            and not self._noun_goes_on(at + len(joined), start)
            and (self.text[start:at] in bodies.CLASS_NOUNS or is_collective(self.text[start:at]))
            and (self.wholes.begin(ahead := self._ahead(at + len(joined))) or places.is_short(ahead))
        ):
            return True
        return self._role_begins(at, start)

    def _noun_goes_on(self, at: int, start: int) -> bool:
        """Whether 和 stands inside the noun: 等部门和单位, 等国务院有关部门和单位."""
        start = max(start, *(self.text.rfind(word, start, at) + len(word) for word in ("有关", "相关")))
        return any(noun in bodies.CLASS_NOUNS for noun in (self.text[start : at + size] for size in range(1, len("人民政府") + 1)))

    def _role_begins(self, at: int, start: int) -> bool:
        noun = self.text[start:at]
        known = not noun or noun in bodies.CLASS_NOUNS or is_collective(noun) or self.wholes.holds(noun)
        return roles.phrase_at(self.text, at, after_name=known) is not None or (known and self._links(at) != "") or at in self.deadlines

    def _links(self, at: int) -> str:
        word = roles.link_at(self.text, at)
        if word and (word == "商" or self._name < 0) and self._names_place(at, word):
            return ""
        if word == "商" and self._name >= 0 and not self.wholes.known(self._so_far(at)):
            return ""  # 泉州台商投资区
        if not word and self._meets(at):
            return "会"
        return word if word in ("", "会同") or self.wholes.begin(self._ahead(at + len(word))) else ""

    def _meets(self, at: int) -> bool:
        """Whether 会 stands for 会同 (省发展改革委会省财政厅) and is no part of a name (市人大常委会财经委, 和社会保障厅)."""
        before = self._so_far(at) if self._name >= 0 and self.text[at] == "会" else ""
        if not before or before.endswith("社") or self.wholes.holds(before + "会"):
            return False
        return self.wholes.known(before) and self.wholes.begin(self._ahead(at + 1))

    def _names_place(self, at: int, word: str) -> bool:
        """Whether 商 or 会同 begins the name of a place (商洛市, 会同县人民政府)."""
        place = places.full_at(self.text, at)
        if word == "商":
            return bool(place or places.short_at(self.text, at))
        after = self.text[at + len(place or word) : at + len(place or word) + 1]
        return not after or after in (_AFTER_PLACE if place else SEPARATORS + "等）")

    def _link(self, at: int, end: int, *, after_name: bool) -> int:
        word = self._links(at)
        if word == "会同" and self._so_far(at).endswith("委员") and self.wholes.holds(self._so_far(at) + "会"):
            self._close(at + 1)  # 省发展和改革委员会同省财政厅: 会 is said once and belongs to the name
            self.tokens.append(Token("link", at + 1, at + 2, "同"))
            return at + 2
        if not word or not (after_name or word == "会同" or (self._name < 0 and self._last("role", "sep"))):
            return 0
        phrase = roles.phrase_at(self.text, at, after_name=after_name) if word in ("协同", "联合", "协调", "商") else None
        if phrase is not None and not (word == "协同" and phrase.words == (word,)):
            return 0  # 省公安厅协同省高级人民法院负责 is a link, 省公安厅协同配合 is none
        self._close(at)
        self.tokens.append(Token("link", at, at + len(word), word))
        return at + len(word)

    def _role(self, at: int, end: int, *, after_name: bool) -> int:
        predicated = after_name or (self._name < 0 and self.text.startswith(roles.ALL_ARE, at))
        phrase = roles.phrase_at(self.text, at, after_name=after_name) or (roles.predicate_at(self.text, at) if predicated else None)
        if phrase is None or (not roles.ALWAYS.intersection(phrase.words) and self._in_name(at, phrase.end)):
            return 0
        if phrase.words == ("会办",) and self.wholes.holds(self._so_far(at) + "会"):
            return 0  # 市人大常委会办
        self._close(at)
        self.tokens.append(Token("role", at, phrase.end, self.text[at : phrase.end], phrase=phrase))
        return phrase.end

    def _in_name(self, at: int, end: int) -> bool:
        """Whether a role word is rather inside a name (省委推进城镇化领导小组办公室)."""
        ahead = self.text[end : end + 24]
        ahead = ahead[: next((index for index, char in enumerate(ahead) if char in SEPARATORS + " ：；）"), len(ahead))]
        stop = next((place for place in range(len(ahead)) if roles.phrase_at(ahead, place, after_name=False)), len(ahead))
        ahead = ahead[:stop]
        joined = [ahead[:cut] for joiner in bodies.JOINERS if (cut := ahead.find(joiner)) > 1]  # 市市场监督管理局及各区政府
        whole = self._so_far(at) + self.text[at:end]
        return ends_office(ahead) or any(ends_office(part) and self.wholes.holds(whole + part) for part in joined)

    def _holds(self, at: int, end: int) -> bool:
        """Whether a deadline phrase is rather part of a name (“十四五”规划专班)."""
        before, ahead = self._so_far(at), self._ahead(end)
        return bool(ahead) and not self.wholes.holds(before) and shape(before + self.text[at:end] + ahead).kind == "agency"

    def _ahead(self, at: int) -> str:
        """What comes up to the next separator, at most twelve characters."""
        stop = at
        while stop < min(len(self.text), at + 12) and self.text[stop] not in SEPARATORS + " ：；）":
            stop += 1
        return self.text[at:stop]

    def _so_far(self, at: int) -> str:
        if self._name < 0:
            return ""
        return self.text[self._name : at].replace(" ", "") if at - self._name < _LONGEST_NAME else _PROSE

    def _last(self, *kinds: Kind) -> bool:
        return bool(self.tokens) and self.tokens[-1].kind in kinds

    def _close(self, at: int) -> None:
        if self._name < 0:
            return
        stop = self._name + len(self.text[self._name : at].rstrip())
        words = "".join(self.text[self._name : stop].split())
        if words:
            self.tokens.append(Token("name", self._name, stop, words))
        self._name = -1


def _is_number(inside: str) -> bool:
    return 0 < len(inside) <= _LONGEST_NUMBER and all(char in _NUMERALS for char in inside)
