"""Many rules over the data of campaign six, said for all contenders from one list: python generate.py [--rules N] [--out FOLDER]

Writes `hundred.rules`, `shared.sql` and `statements.sql`. The first rules of a longer list are those of a shorter one.
Polars takes its expressions from here: see `polars_hundred.py`.
"""

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

TODAY = date(2026, 11, 21)
STARTS = {"this month": date(2026, 11, 1), "this quarter": date(2026, 10, 1), "this year": date(2026, 1, 1)}
CITIES = ("Hangzhou", "Shanghai", "Beijing", "Suzhou", "Guangzhou", "Shenzhen", "Chengdu", "Wuhan", "Nanjing", "Xiamen")
CATEGORIES = ("tea", "ware", "food", "gift", "incense", "textile", "book", "class", "tasting", "travel", "flower", "paper")
RULES_OF_A_CAMPAIGN = 10
# Characters at most, as `guanxi fmt` lays lines out.
LINE = 100

HEAD = """\
# Many rules for a million customers. Made by generate.py; a test of speed, not of taste.

workspace "Campaign hundred" {
  currency CNY
  time zone "Asia/Shanghai"
}

record customer from "customers" {
  id: text key
  joined: date
  city: text
  language: one of (zh, en)
  may_email: yes/no
  purchases: many purchase by customer
}

record purchase from "purchases" dated by bought_on {
  id: text key
  customer: customer
  bought_on: date
  amount: money
  category: text
  refunded: yes/no
}

action grant_points(points: integer) for customer costs points * 0.01 CNY
"""

TIERS = """\
tiers membership for customer by spend_365d {
  bronze   from 0 CNY
  silver   from 500 CNY
  gold     from 2_000 CNY
  platinum from 4_000 CNY
}
"""


def back(days):
    return TODAY - timedelta(days)


class Draw:
    """Vigna's SplitMix64, as in the data's generator: no library's next version changes the rules."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return (z ^ (z >> 31)) * bound >> 64

    def one(self, things):
        return things[self.below(len(things))]


@dataclass(frozen=True)
class Aggregate:
    """Of a customer's purchases up to today."""

    name: str
    # count, sum, average, latest, earliest, any or no
    function: str
    # Days that end today, a calendar period that today lies in, or None: all.
    window: int | str | None = None
    category: str | None = None
    # None: whether or not.
    refunded: bool | None = False

    def since(self):
        """The first day of the window."""
        return back(self.window - 1) if isinstance(self.window, int) else STARTS.get(self.window)

    def rules(self):
        of = {"count": "count of purchases", "any": "any of purchases", "no": "no purchases"}
        of |= {f: f"{f} of purchases.amount" for f in ("sum", "average")}
        of |= {f: f"{f} of purchases.bought_on" for f in ("latest", "earliest")}
        window = f" in last {self.window} days" if isinstance(self.window, int) else f" in {self.window}" if self.window else ""
        where = [f'category = "{self.category}"'] if self.category else []
        where += {None: [], False: ["not refunded"], True: ["refunded"]}[self.refunded]
        where = " where " + " and ".join(where) if where else ""
        head, value = f"define {self.name} for customer =", f"{of[self.function]}{window}{where}\n"
        return f"{head} {value}" if len(head) + len(value) <= LINE else f"{head}\n  {value}"

    def sql(self):
        where = [f"bought_on >= date '{self.since()}'"] if self.window else []
        where += [f"category = '{self.category}'"] if self.category else []
        where += {None: [], False: ["not ($refunded)"], True: ["($refunded)"]}[self.refunded]
        of = {"sum": "sum(amount)", "average": "avg(amount)", "latest": "max(bought_on)", "earliest": "min(bought_on)"}
        filtered = f" filter (where {' and '.join(where)})" if where else ""
        return f"{of.get(self.function, 'count(*)')}{filtered} as {self.name}"

    def polars(self):
        import polars as pl

        where = [pl.col("bought_on") >= self.since()] if self.window else []
        where += [pl.col("category") == self.category] if self.category else []
        where += {None: [], False: [~pl.col("refunded")], True: [pl.col("refunded")]}[self.refunded]
        if self.function in ("count", "any", "no"):
            return (pl.all_horizontal(where).sum() if where else pl.len()).cast(pl.Int64).alias(self.name)
        of = pl.col("amount" if self.function in ("sum", "average") else "bought_on")
        of = of.filter(*where) if where else of
        method = {"sum": "sum", "average": "mean", "latest": "max", "earliest": "min"}[self.function]
        return getattr(of, method)().alias(self.name)

    def missing(self):
        """What stands for a customer who has bought nothing: 0, or None where it is missing."""
        return None if self.function in ("average", "latest", "earliest") else 0


def aggregates():
    windows = [(f"{d}d", d) for d in (7, 30, 60, 90, 180, 365)] + [(w.replace(" ", "_"), w) for w in STARTS]
    made = []
    for short, window in windows:
        made.append(Aggregate(f"spend_{short}", "sum", window))
        made.append(Aggregate(f"visits_{short}", "count", window))
    made += [Aggregate(f"{c}_spend_365d", "sum", 365, c) for c in CATEGORIES]
    made += [Aggregate(f"{c}_visits_90d", "count", 90, c) for c in CATEGORIES[:6]]
    made += [Aggregate(f"refunds_{d}d", "count", d, None, True) for d in (30, 90, 365)]
    made += [Aggregate("refunded_365d", "sum", 365, None, True), Aggregate("baskets_365d", "count", 365, None, None)]
    made += [Aggregate("average_basket", "average"), Aggregate("average_90d", "average", 90), Aggregate("average_365d", "average", 365)]
    made += [Aggregate("last_visit", "latest"), Aggregate("first_visit", "earliest")]
    made += [Aggregate(f"last_{c}", "latest", None, c) for c in ("tea", "ware", "travel", "class")]
    made += [Aggregate(f"bought_{c}_{d}d", "any", d, c) for c, d in (("tea", 30), ("gift", 60), ("flower", 180), ("tasting", 365))]
    made += [Aggregate(f"never_{c}", "no", None, c) for c in ("ware", "book", "incense", "travel", "paper")]
    return made


AGGREGATES = {a.name: a for a in aggregates()}


@dataclass(frozen=True)
class Condition:
    """In three languages; of the aggregates it names."""

    rules: str
    sql: str
    # Python, of `col`, `lit` and `date`.
    polars: str
    uses: tuple[str, ...] = ()


def at_least(name, units):
    """Of money. Polars counts cents."""
    return Condition(f"{name} >= {units} CNY", f"{name} >= {units}", f"col('{name}') >= {units}00", (name,))


def compared(name, sign, number):
    return Condition(f"{name} {sign} {number}", f"{name} {sign} {number}", f"col('{name}') {sign} {number}", (name,))


def days_since(name, least, most):
    first, last = back(most), back(least)
    polars = f"col('{name}').is_between(lit(date({first:%Y, %-m, %-d})), lit(date({last:%Y, %-m, %-d})))"
    sql = f"{name} between date '{first}' and date '{last}'"
    return Condition(f"days since {name} between {least} and {most}", sql, polars, (name,))


def truth(name):
    """An `any` or a `no`, which the others count."""
    sign = ">" if AGGREGATES[name].function == "any" else "="
    return Condition(name, f"{name} {sign} 0", f"col('{name}') {sign.replace('=', '==')} 0", (name,))


def tier(level, exactly):
    least = {"silver": 500, "gold": 2000, "platinum": 4000}[level]
    below = {"silver": 2000, "gold": 4000}.get(level)
    at_least_it = at_least("spend_365d", least)
    if not exactly or below is None:
        return Condition(f"membership >= {level}", at_least_it.sql, at_least_it.polars, ("spend_365d",))
    sql = f"({at_least_it.sql} and spend_365d < {below})"
    return Condition(f"membership is {level}", sql, f"({at_least_it.polars}) & (col('spend_365d') < {below}00)", ("spend_365d",))


def both(name, *conditions):
    """A segment."""
    sql = "(" + " and ".join(c.sql for c in conditions) + ")"
    uses = tuple(u for c in conditions for u in c.uses)
    return Condition(name, sql, " & ".join(f"({c.polars})" for c in conditions), uses), conditions


SEGMENTS = dict(
    (segment.rules, (segment, of))
    for segment, of in (
        both("lapsing", compared("visits_365d", ">=", 1), days_since("last_visit", 180, 364)),
        both("regulars", compared("visits_90d", ">=", 2), compared("visits_365d", ">=", 5)),
        both("newcomers", days_since("first_visit", 0, 60), compared("visits_60d", ">=", 1)),
        both("returners", compared("refunds_365d", ">=", 1), compared("baskets_365d", ">=", 4)),
        both("tea_lovers", at_least("tea_spend_365d", 200), days_since("last_tea", 0, 120)),
    )
)


def behaviour(draw):
    """What few customers do."""
    kind = draw.below(7)
    if kind == 0:
        name, units = draw.one((("7d", 300), ("30d", 600), ("60d", 900), ("90d", 1200), ("180d", 1800), ("this_month", 500)))
        return at_least(f"spend_{name}", units + 100 * draw.below(8))
    if kind == 1:
        name, visits = draw.one((("7d", 2), ("30d", 2), ("60d", 3), ("90d", 3), ("180d", 5), ("this_quarter", 3), ("this_year", 7)))
        return compared(f"visits_{name}", ">=", visits + draw.below(2))
    if kind == 2:
        return at_least(f"{draw.one(CATEGORIES)}_spend_365d", 300 + 50 * draw.below(12))
    if kind == 3:
        return compared(f"{draw.one(CATEGORIES[:6])}_visits_90d", ">=", 2)
    if kind == 4:
        name = draw.one(("last_visit", "last_tea", "last_ware", "last_travel", "last_class", "first_visit"))
        least = draw.one((0, 30, 45, 60, 90, 180, 365))
        return days_since(name, least, least + 7 + draw.below(14))
    if kind == 5:
        return draw.one((compared("refunds_90d", ">=", 1), compared("refunds_30d", ">=", 1), at_least("refunded_365d", 150)))
    return SEGMENTS[draw.one(tuple(SEGMENTS))][0]


def further(draw):
    """What many are or do."""
    kind = draw.below(7)
    if kind == 0:
        return tier(draw.one(("silver", "gold", "platinum")), draw.below(2) == 0)
    if kind == 1:
        name = draw.one(("average_basket", "average_90d", "average_365d"))
        return at_least(name, 40 + 10 * draw.below(6))
    if kind == 2:
        return truth(draw.one(("bought_tea_30d", "bought_gift_60d", "bought_flower_180d", "bought_tasting_365d")))
    if kind == 3:
        return truth(draw.one(("never_ware", "never_book", "never_incense", "never_travel", "never_paper")))
    if kind == 4:
        return at_least(f"spend_{draw.one(('this_month', 'this_quarter', 'this_year'))}", 50 + 50 * draw.below(4))
    if kind == 5:
        return compared(f"visits_{draw.one(('this_month', 'this_quarter', 'this_year', '180d'))}", ">=", 1 + draw.below(2))
    return draw.one((compared("refunds_365d", "<=", 1), compared("baskets_365d", ">=", 3)))


def person(draw):
    kind = draw.below(4)
    if kind == 0:
        cities = sorted({draw.one(CITIES) for _ in range(4)})
        rules = ", ".join(f'"{c}"' for c in cities)
        return Condition(f"city in ({rules})", "city in (" + ", ".join(f"'{c}'" for c in cities) + ")", f"col('city').is_in({cities})")
    if kind == 1:
        language = draw.one(("zh", "en"))
        return Condition(f"language is {language}", f"language = '{language}'", f"col('language') == '{language}'")
    if kind == 2:
        return Condition("may_email", "($may_email)", "col('may_email')")
    least = draw.one((0, 365, 730, 1825))
    return days_since("joined", least, least + 700)


@dataclass(frozen=True)
class Rule:
    number: int
    conditions: tuple[Condition, ...]
    points: int

    @property
    def name(self):
        return f"rule_{self.number:04}"

    @property
    def campaign(self):
        return f"campaign_{self.number // RULES_OF_A_CAMPAIGN:03}"

    def uses(self):
        """The aggregates, each once, in their order."""
        named = {u for c in self.conditions for u in c.uses}
        return [a for name, a in AGGREGATES.items() if name in named]

    def rules(self):
        conditions = [c.rules for c in self.conditions]
        when = "    when " + " and ".join(conditions)
        if len(when) > LINE:
            when = "    when " + "\n      and ".join(conditions)
        return f"  rule {self.name} {{\n{when}\n    then grant_points({self.points})\n  }}\n"

    def sql(self, source):
        head = f"select '{self.campaign}' as campaign, '{self.name}' as rule, 'grant_points' as action, id as target, id as subject"
        where = " and ".join(c.sql for c in self.conditions)
        return f"{head}, '{self.points}' as params\nfrom {source}\nwhere {where}"

    def polars(self, people):
        import polars as pl

        names = {"col": pl.col, "lit": pl.lit, "date": date}
        conditions = [eval(c.polars, names) for c in self.conditions]
        return people.filter(*conditions).select(
            campaign=pl.lit(self.campaign),
            rule=pl.lit(self.name),
            action=pl.lit("grant_points"),
            target=pl.col("id"),
            subject=pl.col("id"),
            params=pl.lit(str(self.points)),
        )


def make_rules(count):
    draw = Draw(20_261_121)
    rules = []
    for number in range(count):
        conditions = [behaviour(draw), further(draw)]
        # Guanxi refuses rules that can never fire.
        while conditions[1].rules.startswith("never_") and conditions[1].rules.removeprefix("never_") in conditions[0].rules:
            conditions[1] = further(draw)
        if draw.below(3) > 0:
            conditions.append(person(draw))
        rules.append(Rule(number, tuple(conditions), 10 * (1 + draw.below(50))))
    return rules


def used(rules):
    """All aggregates of some rules, each once, in their order."""
    named = {a.name for rule in rules for a in rule.uses()}
    return [a for name, a in AGGREGATES.items() if name in named]


def as_rules(rules):
    conditions = [c for rule in rules for c in rule.conditions]
    segments = [s for s in SEGMENTS.values() if s[0] in conditions]
    parts = [HEAD] + [a.rules() for a in used(rules)]
    parts += [TIERS] if any(c.rules.startswith("membership") for c in conditions) else []
    for segment, of in segments:
        head, where = f"segment {segment.rules} of customer where", " and ".join(c.rules for c in of)
        parts.append(f"{head} {where}\n" if len(head) + len(where) < LINE else f"{head}\n  {where}\n")
    for start in range(0, len(rules), RULES_OF_A_CAMPAIGN):
        some = rules[start : start + RULES_OF_A_CAMPAIGN]
        parts.append(f"campaign {some[0].campaign} for customer {{\n" + "\n".join(r.rules() for r in some) + "}\n")
    return "\n".join(parts)


def people(aggregates, where=""):
    """Customers with aggregates; only those rows of purchases that any of the aggregates may see."""
    columns = ["c.id", "c.joined", "c.city", "c.language", "c.may_email"]
    columns += [a.name if a.missing() is None else f"coalesce({a.name}, 0) as {a.name}" for a in aggregates]
    since = [a.since() for a in aggregates]
    bound = "" if None in since else f" and bought_on >= date '{min(since)}'"
    inner = ",\n    ".join(["customer"] + [a.sql() for a in aggregates])
    return f"""select {", ".join(columns)}
from customers c left join (
  select
    {inner}
  from purchases
  where bought_on <= date '{TODAY}'{bound}
  group by customer
) f on f.customer = c.id"""


def as_shared_sql(rules):
    """All aggregates computed once, then a selection for each rule."""
    chosen = "\nunion all\n".join(r.sql("people") for r in rules)
    return f"create table people as\n{people(used(rules))};\n\n{chosen}\norder by campaign, rule, subject\n"


def as_statements_sql(rules):
    """A statement for each rule, which computes what it needs. Empty lines part them."""
    return "\n\n".join(r.sql(f"({people(r.uses())}) people") for r in rules) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rules", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "workspace")
    chosen = parser.parse_args()
    rules = make_rules(chosen.rules)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, text in (("hundred.rules", as_rules), ("shared.sql", as_shared_sql), ("statements.sql", as_statements_sql)):
        (chosen.out / name).write_text(text(rules), encoding="utf-8")
    print(f"{chosen.rules} rules of {len(used(rules))} aggregates")


if __name__ == "__main__":
    main()
