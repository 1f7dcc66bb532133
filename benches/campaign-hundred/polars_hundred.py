"""The hundred rules in Polars: python polars_hundred.py DATA csv|parquet OUT.csv shared|statements RULES

`shared` computes each aggregate once, `statements` what each rule needs, over frames that were loaded once.
"""

import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))
from generate import TODAY, make_rules, used  # noqa: E402
from sources import polars_tables  # noqa: E402

data, kind, out, form, count = sys.argv[1:6]
customers, purchases = polars_tables(data, kind)
customers = customers.select("id", "joined", "city", "language", "may_email")
purchases = purchases.select("customer", "bought_on", "amount", "category", "refunded")
rules = make_rules(int(count))


def with_aggregates(aggregates):
    """Customers with aggregates; only those purchases that any of them may see."""
    rows = purchases.filter(pl.col("bought_on") <= TODAY)
    since = [a.since() for a in aggregates]
    if None not in since:
        rows = rows.filter(pl.col("bought_on") >= min(since))
    facts = rows.group_by("customer").agg(a.polars() for a in aggregates)
    present = [a.name for a in aggregates if a.missing() is not None]
    return customers.join(facts, left_on="id", right_on="customer", how="left").with_columns(pl.col(present).fill_null(0))


if form == "shared":
    people = with_aggregates(used(rules)).collect(engine="streaming").lazy()
    chosen = pl.collect_all([rule.polars(people) for rule in rules], engine="streaming")
else:
    customers, purchases = (frame.collect(engine="streaming").lazy() for frame in (customers, purchases))
    chosen = [rule.polars(with_aggregates(rule.uses())).collect(engine="streaming") for rule in rules]
pl.concat(chosen).sort("campaign", "rule", "subject").write_csv(out)
