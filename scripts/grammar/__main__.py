"""Prints the generated training texts as JSON Lines: `python -m scripts.grammar > FILE`."""

import argparse
import json
import sys

from scripts.grammar.write import write_rows


def main() -> None:
    """Print the rows that the seed and the counts ask for; the same arguments always print the same rows."""
    parser = argparse.ArgumentParser(prog="python -m scripts.grammar", description=__doc__)
    parser.add_argument("--seed", type=int, default=1384)
    parser.add_argument("--scam", type=int, default=1500)
    parser.add_argument("--legit", type=int, default=1500)
    parser.add_argument("--spam", type=int, default=100)
    asked = parser.parse_args()
    counts = {"scam": asked.scam, "legit": asked.legit, "spam": asked.spam}
    for row in write_rows(counts, seed=asked.seed):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
