"""Responsibility clauses 责任分工: who leads, who supports, by when, as written at the end of a measure."""

from measures.importing.clauses.finder import find_clauses, parse_clause
from measures.importing.clauses.model import Clause, ClauseContext, Collective, Doubt, Item
from measures.importing.clauses.same_as import fill_same_as

__all__ = ["Clause", "ClauseContext", "Collective", "Doubt", "Item", "fill_same_as", "find_clauses", "parse_clause"]
