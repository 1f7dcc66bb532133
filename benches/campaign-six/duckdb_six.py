"""The same six rules as somebody would write them for DuckDB: python duckdb_six.py DATA csv|parquet OUT.csv [THREADS]"""

import sys
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here.parent))
from sources import duckdb_tables, fill  # noqa: E402

data, kind, out = sys.argv[1:4]
connection = duckdb_tables(data, kind, *sys.argv[4:5])
people, actions = fill((here / "six.sql").read_text(encoding="utf-8"), kind).split(";")
connection.execute(people)
connection.execute(f"copy ({actions}) to '{out}' (header true)")
