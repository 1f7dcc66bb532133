"""The hundred rules in DataFusion: python datafusion_hundred.py DATA csv|parquet OUT.csv shared|statements RULES [THREADS]

The two forms are those of `duckdb_hundred.py`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from generate import as_shared_sql, as_statements_sql, make_rules  # noqa: E402
from sources import datafusion_tables, fill  # noqa: E402

data, kind, out, form, count = sys.argv[1:6]
session = datafusion_tables(data, kind, *map(int, sys.argv[6:7]))
rules = make_rules(int(count))
if form == "shared":
    people, actions = fill(as_shared_sql(rules), kind).split(";")
    session.sql(people).collect()
else:
    columns = {"customers": "id, joined, city, language, may_email", "purchases": "customer, bought_on, amount, category, refunded"}
    loaded = {name: session.sql(f"select {wanted} from {name}").cache() for name, wanted in columns.items()}
    for name, table in loaded.items():
        session.deregister_table(name)
        session.register_view(name, table)
    batches = []
    for statement in fill(as_statements_sql(rules), kind).split("\n\n"):
        batches += session.sql(statement).collect()
    session.register_record_batches("actions", [batches])
    actions = "select * from actions order by campaign, rule, subject"
session.sql(f"copy ({actions}) to '{out}' stored as csv options ('format.has_header' 'true')").collect()
