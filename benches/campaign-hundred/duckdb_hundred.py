"""The hundred rules in DuckDB: python duckdb_hundred.py DATA csv|parquet OUT.csv shared|statements RULES [THREADS]

`shared` reads the files once and computes each aggregate once. `statements` loads the files into tables,
once, and each rule computes what it needs from those.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from generate import as_shared_sql, as_statements_sql, make_rules  # noqa: E402
from sources import duckdb_tables, fill  # noqa: E402

data, kind, out, form, count = sys.argv[1:6]
connection = duckdb_tables(data, kind, *sys.argv[6:7])
rules = make_rules(int(count))
if form == "shared":
    people, actions = fill(as_shared_sql(rules), kind).split(";")
    connection.execute(people)
else:
    columns = {"customers": "id, joined, city, language, may_email", "purchases": "customer, bought_on, amount, category, refunded"}
    for name, wanted in columns.items():
        connection.execute(f"create temporary table {name}_loaded as select {wanted} from {name}")
        connection.execute(f"drop view {name}; alter table {name}_loaded rename to {name}")
    for number, statement in enumerate(fill(as_statements_sql(rules), kind).split("\n\n")):
        connection.execute(("create temporary table actions as\n" if number == 0 else "insert into actions\n") + statement)
    actions = "from actions order by campaign, rule, subject"
connection.execute(f"copy ({actions}) to '{out}' (header true)")
