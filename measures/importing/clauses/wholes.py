"""Where a name is whole: by its make-up, as an open set, or as a short name that the document defines."""

from __future__ import annotations

from dataclasses import dataclass

from measures.importing.clauses import bodies
from measures.importing.clauses.collectives import is_collective
from measures.importing.clauses.names import shape

_OPENINGS = ("各", "有关", "相关")


@dataclass(frozen=True)
class Wholes:
    """Tells whole names from pieces of names.

    Args:
        aliases: short names that the document defines; their make-up says nothing (马尾造船).
    """

    aliases: frozenset[str] = frozenset()

    def holds(self, name: str) -> bool:
        """Whether this is a whole name."""
        return name in self.aliases or shape(name).complete or is_collective(name)

    def known(self, name: str) -> bool:
        """Whether this is a whole name by words of the tables or of the document alone."""
        return name in self.aliases or shape(name).known or is_collective(name)

    def end(self, text: str) -> bool:
        """Whether a whole name ends with the text, by itself or behind a joiner (省科学院及有关高校)."""
        if self.holds(text):
            return True
        cuts = [(text[:at], text[at + len(joiner) :]) for joiner in bodies.JOINERS if (at := text.rfind(joiner)) > 0]
        return any(self.holds(right) and self.holds(left) for left, right in cuts)

    def begin(self, text: str) -> bool:
        """Whether a whole name that stands by itself begins with the text, perhaps behind 由."""
        text = text.removeprefix("由")
        return text.startswith(_OPENINGS) or any(self._stands(text[:size]) for size in range(2, len(text) + 1))

    def _stands(self, name: str) -> bool:
        made = shape(name)
        known = name in self.aliases or name in bodies.STANDALONE or name in bodies.WHOLE
        known = known or (made.kind == "standalone" and name.startswith(bodies.CENTRAL_STEMS))
        return known or (made.complete and bool(made.prefix)) or is_collective(name)
