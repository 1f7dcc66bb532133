"""Compares two action lists (CSV) row for row, the texts of their messages included: python compare.py OURS.csv DUCKDB.csv"""

import csv
import json
import sys
from collections import Counter


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        columns = ("campaign", "rule", "action", "target", "subject")
        return Counter(tuple(row[c] for c in columns) + (parameter(row["params"]),) for row in csv.DictReader(file))


def parameter(text):
    """Each action of the benchmark has one parameter; ours are a JSON object."""
    return str(next(iter(json.loads(text).values()))) if text.startswith("{") else text


ours, theirs = read(sys.argv[1]), read(sys.argv[2])
if ours == theirs:
    print(f"the same {sum(ours.values())} actions")
else:
    for title, rows in (("only in the first", ours - theirs), ("only in the second", theirs - ours)):
        print(f"{title}: {sum(rows.values())}")
        for row in sorted(rows)[:10]:
            print("  " + ", ".join(row))
    sys.exit(1)
