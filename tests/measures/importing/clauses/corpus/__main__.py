"""Prints how the reader scores on the corpus."""

import argparse

from tests.measures.importing.clauses.corpus.score import HALVES, score


def main() -> None:
    """Print a line for each half, and with --errors what was read otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("half", nargs="?", choices=HALVES)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    for half in [options.half] if options.half else HALVES:
        total = score(half)
        print(f"{half}: {total}")
        if options.errors:
            print("\n".join(total.errors))


if __name__ == "__main__":
    main()
