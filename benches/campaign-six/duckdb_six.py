"""The same six rules as somebody would write them for DuckDB: python duckdb_six.py DATA csv|parquet OUT.csv [THREADS]"""

import sys

import duckdb

data, kind, out = sys.argv[1:4]
connection = duckdb.connect()
if len(sys.argv) > 4:
    connection.execute(f"set threads to {int(sys.argv[4])}")

if kind == "csv":
    customers = f"""read_csv('{data}/customers.csv', header = true, columns = {{
        'id': 'varchar', 'name': 'varchar', 'birthday': 'date', 'joined': 'date', 'city': 'varchar', 'language': 'varchar',
        'email': 'varchar', 'may_email': 'varchar', 'referred_by': 'varchar'}})"""
    purchases = f"""read_csv('{data}/purchases.csv', header = true, columns = {{
        'id': 'varchar', 'customer': 'varchar', 'bought_on': 'date', 'amount': 'decimal(12, 2)', 'category': 'varchar',
        'refunded': 'varchar'}})"""
    yes = "{} = 'yes'"
else:
    customers = f"read_parquet('{data}/customers.parquet')"
    purchases = f"read_parquet('{data}/purchases.parquet')"
    yes = "{}"

query = open(__file__.replace("duckdb_six.py", "six.sql"), encoding="utf-8").read()
query = (
    query.replace("$customers", customers)
    .replace("$purchases", purchases)
    .replace("$may_email", yes.format("may_email"))
    .replace("$refunded", yes.format("refunded"))
)
connection.execute(f"copy ({query}) to '{out}' (header true)")
