"""The same six rules as somebody would write them for Polars: python polars_six.py DATA csv|parquet OUT.csv

Everything goes through the streaming engine, which is the faster one here.
"""

import sys
from datetime import date
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))
from sources import polars_tables  # noqa: E402

data, kind, out = sys.argv[1:4]
customers, purchases = polars_tables(data, kind)
name, zh = pl.col("name"), pl.col("language") == "zh"
day, amount, category = pl.col("bought_on"), pl.col("amount"), pl.col("category")

facts = (
    purchases.filter(day <= date(2026, 11, 21), ~pl.col("refunded"))
    .group_by("customer")
    .agg(
        spend_12m=amount.filter(day > date(2025, 11, 21)).sum(),
        spend_quarter=amount.filter(day >= date(2026, 10, 1)).sum(),
        first_purchase=day.min(),
        last_visit=day.max(),
        cents=amount.sum(),
        visits=pl.len().cast(pl.Int64),
        bought_tea=((category == "tea") & (day > date(2026, 10, 22))).any(),
        bought_ware=(category == "ware").any(),
    )
)
people = customers.join(facts, left_on="id", right_on="customer", how="left").select(
    "id",
    "name",
    "language",
    "referred_by",
    "first_purchase",
    "last_visit",
    "visits",
    "cents",
    "bought_tea",
    pl.col("spend_12m", "spend_quarter").fill_null(0),
    never_ware=~pl.col("bought_ware").fill_null(False),
    reachable=pl.col("email").is_not_null() & pl.col("may_email"),
    birthday_today=(pl.col("birthday").dt.month() == 11) & (pl.col("birthday").dt.day() == 21),
)
# Computed once; nine lists are made of it.
people = people.collect(engine="streaming").lazy()
platinum = pl.col("spend_12m") >= 400_000
greeting = pl.col("birthday_today") & (pl.col("spend_12m") >= 50_000) & ~platinum
flowers = pl.col("birthday_today") & platinum
reachable = pl.col("reachable")
average_above_50 = pl.col("cents") >= 5_000 * pl.col("visits")
lapsed = (pl.col("visits") >= 3) & pl.col("last_visit").is_between(date(2025, 11, 21), date(2026, 5, 25)) & average_above_50
first = pl.col("first_purchase") > date(2026, 10, 22)
reward = (pl.col("referred_by") != pl.col("id")) & first
# A fifth of the average basket, rounded to whole units, half away from zero.
voucher = ((pl.col("cents") + 250 * pl.col("visits")) // (500 * pl.col("visits"))).cast(pl.String)


def by_language(chinese, english):
    return pl.when(zh).then(chinese).otherwise(english)


def action(campaign, rule, action, condition, params, target="id"):
    return people.filter(condition).select(
        campaign=pl.lit(campaign),
        rule=pl.lit(rule),
        action=pl.lit(action),
        target=pl.col(target),
        subject=pl.col("id"),
        params=params,
    )


def birthday_card(points):
    return by_language(name + f",生日快乐!{points} 积分已到账。", pl.lit("Happy birthday, ") + name + f"! {points} points are yours.")


letter = by_language(
    name + ",好久不见!凭此信到店立减 ¥" + voucher + ".00。",
    pl.lit("It has been a while, ") + name + ". This letter is worth CN¥" + voucher + ".00.",
)
pot = by_language(name + ",好茶配好壶。", name + ", a good tea deserves a good pot.")
actions = [
    action("birthdays", "greeting", "grant_points", greeting & reachable, pl.lit("500")),
    action("birthdays", "greeting", "send_email", greeting & reachable, birthday_card("500")),
    action("birthdays", "flowers", "send_gift", flowers, pl.lit("bouquet")),
    action("birthdays", "flowers", "grant_points", flowers & reachable, pl.lit("2000")),
    action("birthdays", "flowers", "send_email", flowers & reachable, birthday_card("2,000")),
    action("win_back", "lapsed", "send_email", lapsed & reachable, letter),
    action("thanks", "high_spender", "grant_points", pl.col("spend_quarter") >= 150_000, pl.lit("300")),
    action("refer_a_friend", "reward", "grant_points", reward, pl.lit("100"), target="referred_by"),
    action("cross_sell", "ware", "send_email", pl.col("bought_tea") & pl.col("never_ware") & reachable, pot),
]
listed = pl.concat(actions).sort("campaign", "rule", "subject")
listed.collect(engine="streaming").write_csv(out)
