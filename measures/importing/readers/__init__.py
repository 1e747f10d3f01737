"""Readers of files, a module a format. The format is told from the content, never from the name alone."""

from measures.importing.readers.sniff import read_document

__all__ = ["read_document"]
