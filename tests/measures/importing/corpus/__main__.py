"""`python -m tests.measures.importing.corpus [tuned|held_out] [-v]`: score the document corpus."""

import sys

from tests.measures.importing.corpus.expectation import HALVES, Score, halves, score


def main() -> None:
    """Print the figures of each half."""
    wanted = [name for name in sys.argv[1:] if name in HALVES] or list(HALVES)
    for half, documents in halves().items():
        if half not in wanted:
            continue
        total = Score()
        for document in documents:
            total.add(score(document))
        print(f"{half}: {len(documents)} documents")
        for kind, count in total.total.items():
            print(f"  {kind}: {total.right[kind]} of {count}")
        if "-v" in sys.argv:
            print("\n".join(f"    {line}" for line in total.wrong))


if __name__ == "__main__":
    main()
