//! Conditions by chance, and the records that they are of.

/// A small generator of numbers, the same on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

pub const RECORDS: &str = r#"
workspace "Generated" {
  currency CNY
  time zone "Asia/Shanghai"
  leap day on 28 February
}

record customer {
  id: text key
  city: text optional
  grade: one of (a, b, c)
  visits: integer
  spent: money
  ratio: number optional
  rate: percent
  vip: yes/no
  opted: yes/no optional
  joined: date
  birthday: date optional
  seen: datetime optional
  friend: customer optional
  purchases: many purchase by customer
}

record purchase dated by bought_on {
  id: text key
  customer: customer
  bought_on: date
  amount: money
  kind: one of (x, y, z)
  points: integer optional
  refunded: yes/no default no
}

define year_spend for customer = sum of purchases.amount in last 12 months where not refunded
define last_visit for customer = latest of purchases.bought_on
define lucky for customer = if opted then visits > 4 otherwise spent >= 3 CNY

tiers membership for customer by year_spend {
  bronze from 0 CNY
  silver from 6 CNY
  gold   from 15 CNY
}

tiers level for customer {
  when visits > 8 then high
  when visits > 3 and vip then middle
  when opted then low
}

stages life for customer {
  when last_visit is missing then stranger
  when days since last_visit > 200 then lost
  when visits < 2 then newcomer
  otherwise regular
}

score closeness for customer {
  when visits >= 5 then 3
  when vip then 2
  when city = "p" then -1
}

table fee for customer by visits, grade {
  when < 4, any then 5
  when >= 4, a or b then 3
  otherwise 1
}

occasion sale on (2025-03-01, 2025-04-15, 2026-02-01, 2027-08-08)
"#;

/// A condition on a customer, of some depth. It says few things, in several ways, so that its parts meet.
pub fn condition(random: &mut Random, depth: usize) -> String {
    let rows = rows(random);
    let recurring = random.of(&["sale", "spring_festival", "anniversary of birthday"]);
    let n = random.below(160) + 1;
    let mut said: Vec<String> = (0..3).map(|_| atom(random)).collect();
    if random.one_in(2) {
        said.extend([
            format!("(any of purchases{rows})"),
            format!("(no purchases{rows})"),
            format!("(at least 1 of purchases{rows})"),
            format!("(count of purchases{rows}) = 0"),
        ]);
    }
    if random.one_in(4) {
        said.extend([
            format!("{recurring} in next {n} days"),
            format!("{recurring} in last {n} days"),
        ]);
    }
    tree(random, depth, &said)
}

pub fn tree(random: &mut Random, depth: usize, said: &[String]) -> String {
    if depth == 0 || random.one_in(4) {
        return said[random.below(said.len())].clone();
    }
    let below = |random: &mut Random| {
        let part = tree(random, depth - 1, said);
        match random.one_in(4) {
            true => format!("(not ({part}))"),
            false => format!("({part})"),
        }
    };
    match random.below(5) {
        0 | 1 => format!("{} and {}", below(random), below(random)),
        2 => format!("{} or {}", below(random), below(random)),
        3 => format!(
            "all of ({}, {}, {})",
            below(random),
            below(random),
            below(random)
        ),
        _ => format!("none of ({}, {})", below(random), below(random)),
    }
}

fn op(random: &mut Random) -> &'static str {
    random.of(&["=", "!=", "<", "<=", ">", ">="])
}

fn window(random: &mut Random) -> String {
    let n = random.below(40) + 1;
    match random.below(9) {
        0 | 1 => format!("in last {n} days"),
        2 => format!("in next {n} days"),
        3 => format!("in last {} months", n % 14 + 1),
        4 => format!("in next {} months", n % 5 + 1),
        5 => format!("in last {} weeks", n % 9 + 1),
        6 => format!(
            "in {} {}",
            random.of(&["this", "previous", "next"]),
            random.of(&["week", "month", "quarter", "year"])
        ),
        7 => format!("in last {} years", n % 3 + 1),
        _ => "is today".into(),
    }
}

fn rows(random: &mut Random) -> String {
    let n = random.below(40) + 1;
    let window = match random.below(5) {
        0 => format!(" in last {n} days"),
        1 => format!(" in last {} months", n % 14 + 1),
        2 => " in this year".into(),
        _ => String::new(),
    };
    let filter = match random.below(5) {
        0 => " where not refunded".into(),
        1 => format!(" where amount > {} CNY", n % 9),
        2 => format!(" where kind is {}", random.of(&["x", "y", "z"])),
        3 => format!(" where points >= {}", n % 9),
        _ => String::new(),
    };
    format!("{window}{filter}")
}

pub fn atom(random: &mut Random) -> String {
    let n = random.below(12);
    let o = op(random);
    match random.below(44) {
        0 | 1 => format!("visits {o} {n}"),
        2 => format!("spent {o} {n} CNY"),
        3 => format!("ratio {o} {}.5", n / 2),
        4 => format!("rate {o} {n}%"),
        5 => random
            .of(&["vip", "not vip", "opted", "not opted", "lucky"])
            .into(),
        6 => format!(
            "city {} \"{}\"",
            random.of(&["=", "!="]),
            random.of(&["p", "q", "r"])
        ),
        7 => format!(
            "city {} (\"p\", \"{}\")",
            random.of(&["in", "not in"]),
            random.of(&["q", "r"])
        ),
        8 => format!("grade is {}", random.of(&["a", "b", "c", "not a", "not b"])),
        9 => format!("joined {o} 202{}-0{}-15", 4 + n % 5, n % 9 + 1),
        10 | 11 => format!("joined {}", window(random)),
        12 => format!("birthday {}", window(random)),
        13 => format!("seen {}", window(random)),
        14 => format!("days since joined {o} {}", n * 9),
        15 => format!("days until birthday {o} {}", n * 9),
        16 => format!("months since joined {o} {n}"),
        17 => format!("years since birthday {o} {}", n / 2),
        18 => format!("weeks since joined {o} {n}").replace("weeks since", "days since"),
        19 => format!(
            "{} is {}",
            random.of(&[
                "birthday",
                "city",
                "ratio",
                "opted",
                "friend",
                "last_visit",
                "membership",
                "level"
            ]),
            random.of(&["known", "missing"])
        ),
        20 => format!(
            "anniversary of birthday {}",
            random.of(&[
                "is today",
                "in next 7 days",
                "in last 30 days",
                "in next 30 days",
                "in next 170 days",
                "in last 180 days"
            ])
        ),
        21 => format!(
            "spring_festival {}",
            random.of(&[
                "in next 30 days",
                "in last 30 days",
                "in next 180 days",
                "in last 180 days"
            ])
        ),
        22 => format!(
            "sale {}",
            random.of(&["in next 30 days", "in last 30 days", "in next 150 days"])
        ),
        23 => format!("(count of purchases{}) {o} {}", rows(random), n / 3),
        24 => format!("(count of purchases.points{}) {o} {}", rows(random), n / 3),
        25 => format!("(sum of purchases.amount{}) {o} {n} CNY", rows(random)),
        26 => format!("(average of purchases.amount{}) {o} {n} CNY", rows(random)),
        27 => format!(
            "({} of purchases.points{}) {o} {n}",
            random.of(&["highest", "lowest", "first", "last", "sum"]),
            rows(random)
        ),
        28 => format!(
            "({} of purchases.bought_on{}) {}",
            random.of(&["latest", "earliest"]),
            rows(random),
            window(random)
        ),
        29 => format!(
            "({} {} of purchases{})",
            random.of(&["at least", "at most", "exactly"]),
            n / 3,
            rows(random)
        ),
        30 => format!(
            "({} purchases{})",
            random.of(&["any of", "no"]),
            rows(random)
        ),
        31 => format!("friend.visits {o} {n}"),
        32 => random
            .of(&[
                "friend.vip",
                "friend.lucky",
                "not friend.vip",
                "friend.city is known",
            ])
            .into(),
        33 => format!("(ratio default {n}.0) {o} {}.0", n / 2),
        34 => format!("visits {} {} {o} {n}", random.of(&["+", "-"]), n / 2),
        35 => format!("(if vip then visits otherwise {n}) {o} {}", n / 2),
        36 => format!(
            "membership {} {}",
            random.of(&[">=", "<", "=", "!="]),
            random.of(&["bronze", "silver", "gold"])
        ),
        37 => format!(
            "level {} {}",
            random.of(&[">=", "<", "=", "!="]),
            random.of(&["low", "middle", "high"])
        ),
        38 => format!(
            "life is {}",
            random.of(&["stranger", "lost", "newcomer", "regular", "not regular"])
        ),
        39 => format!("closeness {o} {}", n / 2),
        40 => format!("fee {o} {}", n / 2),
        41 => format!(
            "joined {o} {}",
            random.of(&[
                "birthday",
                "today",
                "today - 30 days",
                "today + 1 month",
                "start of this month",
                "end of previous quarter"
            ])
        ),
        42 => format!(
            "{} {} before {}",
            random.of(&["60, 30 or 7", "7", "90"]),
            "days",
            random.of(&["joined", "birthday", "anniversary of birthday"])
        ),
        _ => format!("{} months after joined", n + 1),
    }
}
