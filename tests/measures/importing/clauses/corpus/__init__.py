"""Clauses with readings made by hand, and how a reader scores on them.

`python -m tests.measures.importing.clauses.corpus` prints the figures of both halves; `--errors` lists what was read otherwise.
"""
