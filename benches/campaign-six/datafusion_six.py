"""The same six rules in DataFusion, through its Python wheel: python datafusion_six.py DATA csv|parquet OUT.csv [THREADS]"""

import sys
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here.parent))
from sources import datafusion_tables, fill  # noqa: E402

data, kind, out = sys.argv[1:4]
session = datafusion_tables(data, kind, *map(int, sys.argv[4:5]))
people, actions = fill((here / "six.sql").read_text(encoding="utf-8"), kind).split(";")
session.sql(people.replace("temporary ", "")).collect()
session.sql(f"copy ({actions}) to '{out}' stored as csv options ('format.has_header' 'true')").collect()
