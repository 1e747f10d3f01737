"""How far the long proofs go: `DUBAN_PROOF_A6=10` lets the long form of A6 make ten restarts instead of its fifty."""

import os


def full(row: str, size: int) -> int:
    """Return the size of the long form of a row of proofs, unless the environment names a smaller one."""
    return int(os.environ.get(f"DUBAN_PROOF_{row}", size))
