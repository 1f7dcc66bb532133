"""Compares two action lists (CSV) as sorted lists, texts included: python compare.py OURS.csv THEIRS.csv"""

import csv
import json
import sys

COLUMNS = ("campaign", "rule", "action", "target", "subject")


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return sorted((*(row[c] for c in COLUMNS), parameter(row["params"])) for row in rows)


def parameter(text):
    """Each action of the benchmarks has one parameter; ours are a JSON object."""
    return str(next(iter(json.loads(text).values()))) if text.startswith("{") else text


def extra(some, others):
    """What is more often in the one list than in the other; both are sorted."""
    left = others[::-1]
    found = []
    for row in some:
        while left and left[-1] < row:
            left.pop()
        if left and left[-1] == row:
            left.pop()
        else:
            found.append(row)
    return found


def main():
    ours, theirs = read(sys.argv[1]), read(sys.argv[2])
    if ours == theirs:
        print(f"the same {len(ours)} actions")
        return
    for title, rows in (("only in the first", extra(ours, theirs)), ("only in the second", extra(theirs, ours))):
        print(f"{title}: {len(rows)}")
        for row in rows[:10]:
            print("  " + ", ".join(row))
    sys.exit(1)


if __name__ == "__main__":
    main()
