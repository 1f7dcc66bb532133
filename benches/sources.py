"""The tables of the benchmarks, opened in the way that is fastest for each program: all types stated, nothing guessed.

In CSV yes/no is a text, in Parquet a boolean. What is read lazily is read again by each query.
"""

CUSTOMERS = ("id", "name", "birthday", "joined", "city", "language", "email", "may_email", "referred_by")
PURCHASES = ("id", "customer", "bought_on", "amount", "category", "refunded")
DATES = ("birthday", "joined", "bought_on")
FLAGS = ("may_email", "refunded")


def fill(sql, kind):
    """SQL in which `$may_email` and `$refunded` stand for conditions."""
    for flag in FLAGS:
        sql = sql.replace(f"${flag}", f"{flag} = 'yes'" if kind == "csv" else flag)
    return sql


def duckdb_tables(data, kind, threads=None):
    """A connection that knows `customers` and `purchases` as views of the files."""
    import duckdb

    def source(name, columns):
        if kind == "parquet":
            return f"read_parquet('{data}/{name}.parquet')"
        types = {"amount": "decimal(12, 2)"} | dict.fromkeys(DATES, "date")
        stated = ", ".join(f"'{c}': '{types.get(c, 'varchar')}'" for c in columns)
        return f"read_csv('{data}/{name}.csv', header = true, delim = ',', columns = {{{stated}}})"

    connection = duckdb.connect()
    # The lists are sorted at the end, so the order of rows in the files need not be kept.
    connection.execute("set preserve_insertion_order = false")
    if threads:
        connection.execute(f"set threads to {threads}")
    for name, columns in (("customers", CUSTOMERS), ("purchases", PURCHASES)):
        connection.execute(f"create view {name} as from {source(name, columns)}")
    return connection


def datafusion_tables(data, kind, threads=None):
    """A session that knows `customers` and `purchases`."""
    import datafusion
    import pyarrow

    # DataFusion 55 refuses to sort a union of selections with constants (`SanityCheckPlan`) unless it sorts in one go.
    config = datafusion.SessionConfig().set("datafusion.optimizer.repartition_sorts", "false")
    if threads:
        config = config.with_target_partitions(threads)
    session = datafusion.SessionContext(config)
    types = {"amount": pyarrow.decimal128(12, 2)} | dict.fromkeys(DATES, pyarrow.date32())
    for name, columns in (("customers", CUSTOMERS), ("purchases", PURCHASES)):
        if kind == "parquet":
            session.register_parquet(name, f"{data}/{name}.parquet")
        else:
            schema = pyarrow.schema([(c, types.get(c, pyarrow.string())) for c in columns])
            session.register_csv(name, f"{data}/{name}.csv", schema=schema)
    return session


def polars_tables(data, kind):
    """Customers and purchases as lazy frames; amounts are whole cents, so that sums are exact."""
    import polars as pl

    def source(name, columns):
        if kind == "parquet":
            return pl.scan_parquet(f"{data}/{name}.parquet")
        types = {"amount": pl.Float64} | dict.fromkeys(DATES, pl.Date)
        return pl.scan_csv(f"{data}/{name}.csv", schema={c: types.get(c, pl.String) for c in columns})

    customers, purchases = source("customers", CUSTOMERS), source("purchases", PURCHASES)
    cents = pl.col("amount") * 100
    if kind == "csv":
        customers = customers.with_columns(pl.col("may_email") == "yes")
        purchases = purchases.with_columns(pl.col("refunded") == "yes")
        cents = cents.round()
    return customers, purchases.with_columns(amount=cents.cast(pl.Int64))
