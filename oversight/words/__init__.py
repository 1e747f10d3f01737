"""The index of words: every two neighbouring characters of a title or text are one term, so that two characters find without a scan.

Why pairs of characters, and why kept by the database: `docs/decisions/0007-words-are-pairs-of-characters.md`.
"""
