//! Random programs: every construct of the grammar, from a string of random bytes.
//!
//! Each byte answers one question ("which of these?"); when they run out the answer is the first, the
//! simplest. So proptest shrinks a failing program by shrinking its bytes.

/// A program as pieces that white space may stand between; a piece is never broken.
pub struct Generator<'a> {
    bytes: &'a [u8],
    pieces: Vec<String>,
    depth: usize,
}

const NAMES: &[&str] = &[
    "amount",
    "city",
    "会员",
    "`two words`",
    "visits",
    "level_2",
    "shop",
];
const RECORDS: &[&str] = &["customer", "purchase", "顾客"];
const TEXTS: &[&str] = &[
    "\"tea\"",
    "\"\"",
    "\"Hello, {first_word(name)}! \\\"你好\\\" \\{ # no comment\"",
    "\"until {today + 90 days} in {if vip then \"a\" otherwise \"b\"}\"",
    "\"\"\"\n    A longer text,\n      indented {city}\n\n    # not a comment\n  \"\"\"",
    "“smart \"plain\" quotes”",
];
const UNITS: &[&str] = &["days", "weeks", "months", "quarters", "years"];

impl<'a> Generator<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Generator {
            bytes,
            pieces: Vec::new(),
            depth: 0,
        }
    }

    /// A whole program; its declarations are told apart by an empty piece between them.
    pub fn program(mut self) -> Vec<String> {
        for _ in 0..1 + self.pick(4) {
            self.declaration();
            self.pieces.push(String::new());
        }
        self.pieces
    }

    fn pick(&mut self, choices: usize) -> usize {
        let Some((first, rest)) = self.bytes.split_first() else {
            return 0;
        };
        self.bytes = rest;
        usize::from(*first) % choices
    }

    fn maybe(&mut self) -> bool {
        self.pick(2) == 1
    }

    fn one_of(&mut self, choices: &[&str]) {
        let choice = choices[self.pick(choices.len())];
        self.pieces.push(choice.to_owned());
    }

    /// Words and marks, with blanks between them.
    fn say(&mut self, words: &str) {
        self.pieces.extend(words.split(' ').map(str::to_owned));
    }

    fn name(&mut self) {
        self.one_of(NAMES);
    }

    fn record_name(&mut self) {
        self.one_of(RECORDS);
    }

    fn text(&mut self) {
        self.one_of(TEXTS);
    }

    fn plain_text(&mut self) {
        self.one_of(&["\"tea\"", "\"茶, 100%\"", "“smart”"]);
    }

    fn subject(&mut self) {
        self.say("\"c1\"");
    }

    fn many(&mut self, most: usize, mut print: impl FnMut(&mut Self)) {
        for _ in 0..self.pick(most + 1) {
            print(self);
        }
    }

    /// At least one, with commas between them.
    fn commas(&mut self, trailing: bool, mut print: impl FnMut(&mut Self)) {
        print(self);
        for _ in 0..self.pick(4) {
            self.one_of(&[",", "，"]);
            print(self);
        }
        if trailing && self.maybe() {
            self.say(",");
        }
    }

    // ---- declarations ----

    fn declaration(&mut self) {
        match self.pick(20) {
            0 => self.define(),
            1 => self.workspace(),
            2 => self.record(),
            3 => self.segment(),
            4 => self.tiers(),
            5 => self.stages(),
            6 => self.score(),
            7 => self.table(),
            8 => self.occasion(),
            9 => self.message(),
            10 => self.channel(),
            11 => self.action(),
            12..=14 => self.campaign(),
            15 => self.limits(),
            16 => self.figure(),
            17 => self.account(),
            _ => self.test(),
        }
    }

    fn workspace(&mut self) {
        self.say("workspace");
        self.plain_text();
        self.say("{ currency CNY time zone \"Asia/Shanghai\" leap day");
        match self.pick(3) {
            0 => self.say("on 28 February"),
            1 => self.say("on 1 March"),
            _ => self.say("in leap years only"),
        }
        if self.maybe() {
            self.say("weeks start on Sunday use \"../brand\"");
        }
        self.say("}");
    }

    fn record(&mut self) {
        self.say("record");
        self.record_name();
        match self.pick(3) {
            0 => {}
            1 => self.say("from \"customers\""),
            _ => self.say("from distinct purchase . customer , staff . mobile"),
        }
        if self.maybe() {
            self.say("dated by bought_on");
            if self.maybe() {
                self.say("ahead");
            }
        }
        self.say("{");
        self.many(5, Self::field);
        self.say("}");
    }

    fn field(&mut self) {
        self.one_of(&["id", "text", "key", "on", "会员"]);
        self.one_of(&[":", "："]);
        self.field_type();
        match self.pick(6) {
            0 => {}
            1 => self.say("key"),
            2 => self.say("optional personal"),
            3 => self.say("default no"),
            4 => self.say("from \"Column-header\""),
            _ => self.say("format \"%d/%m/%Y\""),
        }
        if self.maybe() {
            self.say(",");
        }
    }

    fn field_type(&mut self) {
        match self.pick(7) {
            0 => self.say("text"),
            1 => self.say("yes/no"),
            2 => self.say("money USD"),
            3 => self.say("many purchase by customer"),
            4 => {
                self.say("one of (");
                self.commas(true, Self::name);
                self.say(")");
            }
            5 => self.one_of(&[
                "integer", "number", "percent", "date", "datetime", "time", "duration",
            ]),
            _ => self.record_name(),
        }
    }

    /// `WORD name for record`
    fn head(&mut self, word: &str) {
        self.say(word);
        self.name();
        self.say("for");
        self.record_name();
    }

    fn define(&mut self) {
        self.head("define");
        self.one_of(&["=", "＝"]);
        self.value();
    }

    fn segment(&mut self) {
        self.say("segment");
        self.name();
        self.say("of");
        self.record_name();
        self.say("where");
        self.condition();
    }

    fn tiers(&mut self) {
        self.head("tiers");
        let by = self.maybe();
        if by {
            self.say("by");
            self.sum();
        }
        if self.maybe() {
            self.say("was level since since_day");
        }
        self.say("{");
        if by {
            self.say("bronze from");
            self.pieces.push("0 CNY".to_owned());
            self.say("platinum from");
            self.pieces.push("1_000 CNY".to_owned());
        } else {
            self.whens(Self::name);
            self.say("otherwise");
            self.name();
        }
        if self.maybe() {
            self.say("falls after 90 days rises at most 1 level falls only on 1 January");
        }
        self.say("}");
    }

    fn whens(&mut self, value: impl Fn(&mut Self)) {
        for _ in 0..1 + self.pick(3) {
            self.say("when");
            self.condition();
            self.say("then");
            value(self);
        }
    }

    fn stages(&mut self) {
        self.head("stages");
        self.say("{");
        self.whens(Self::name);
        if self.maybe() {
            self.say("otherwise");
            self.name();
        }
        self.say("}");
    }

    fn score(&mut self) {
        self.head("score");
        self.say("{");
        self.whens(Self::sum);
        self.say("}");
    }

    fn table(&mut self) {
        self.head("table");
        self.say("by");
        self.commas(false, Self::name);
        if self.maybe() {
            self.say("first match");
        }
        self.say("{");
        for _ in 0..1 + self.pick(3) {
            self.say("when");
            self.commas(false, Self::cell);
            self.say("then");
            self.sum();
        }
        if self.maybe() {
            self.say("otherwise");
            self.sum();
        }
        self.say("}");
    }

    fn cell(&mut self) {
        match self.pick(5) {
            0 => self.say("any"),
            1 => self.say(">= 10"),
            2 => self.say("from 10 to below 20"),
            3 => self.say("between -1 and 5"),
            _ => self.say("gold or silver"),
        }
    }

    fn occasion(&mut self) {
        self.say("occasion");
        self.name();
        match self.pick(4) {
            0 => self.say("on 11-11"),
            1 => self.say("on lunar 08-15"),
            2 => self.say("on solar term qingming"),
            _ => self.say("on ( 2026-03-15 , 2026-06-15 , )"),
        }
    }

    fn parameters(&mut self) {
        self.say("(");
        if self.maybe() {
            self.commas(true, |g| {
                g.name();
                g.say(":");
                g.field_type();
                match g.pick(3) {
                    0 => {}
                    1 => g.say("optional"),
                    _ => g.say("default 5"),
                }
            });
        }
        self.say(")");
    }

    fn message(&mut self) {
        self.say("message");
        self.name();
        if self.maybe() {
            self.parameters();
        }
        self.say("for customer");
        if self.maybe() {
            self.say("by language { zh");
            self.text();
            self.say("en");
        } else {
            self.say("{");
        }
        self.text();
        self.say("}");
    }

    fn channel(&mut self) {
        self.head("channel");
        self.say("{");
        self.many(4, |g| match g.pick(5) {
            0 => g.say("html"),
            1 => {
                g.say("needs");
                g.condition();
            }
            2 => {
                g.say("consent");
                g.condition();
            }
            3 => g.at_most(),
            _ => g.say("quiet from 21:00 to 09:00 in zone"),
        });
        self.say("}");
    }

    fn action(&mut self) {
        self.say("action");
        self.name();
        self.parameters();
        self.say("for customer");
        if self.maybe() {
            self.say("on email");
        }
        if self.maybe() {
            self.say("costs");
            self.sum();
        }
    }

    fn limits(&mut self) {
        match self.pick(4) {
            0 => {
                self.say("exclusive (");
                self.commas(true, Self::name);
                self.say(")");
            }
            1 => {
                self.say("budget ( a , b )");
                self.pieces.push("1_000 CNY".to_owned());
                self.say("for each city per calendar month");
            }
            2 => {
                self.say("pause promotion for customer while");
                self.condition();
            }
            _ => self.say("hold out 5%"),
        }
    }

    fn figure(&mut self) {
        self.say("figure");
        self.name();
        self.say("=");
        self.value();
    }

    fn account(&mut self) {
        self.head("account");
        self.say("{");
        self.pieces.push("earned   by purchase,  {x}".to_owned());
        self.say("}");
    }

    // ---- campaigns ----

    fn campaign(&mut self) {
        self.say("campaign");
        self.name();
        if self.maybe() {
            self.plain_text();
        }
        self.say("for");
        self.record_name();
        self.say("{");
        self.many(5, |g| if g.maybe() { g.rule() } else { g.clause() });
        self.say("}");
    }

    fn clause(&mut self) {
        match self.pick(10) {
            0 => {
                self.one_of(&["goal", "theme", "owner"]);
                self.plain_text();
            }
            1 => self.say("purpose service"),
            2 => {
                self.say("audience where");
                self.condition();
            }
            3 => self.say("runs from 2026-01-01 to 2026-12-31"),
            4 => {
                self.say("budget");
                self.pieces.push("50_000 CNY".to_owned());
                self.say("for each city per calendar month");
            }
            5 => self.one_of(&["priority 5", "priority -5"]),
            6 => self.say("hold out 10%"),
            7 => {
                self.say("favour highest");
                self.sum();
            }
            8 => self.at_most(),
            _ => {
                self.say("measure");
                self.name();
                self.say("=");
                match self.pick(2) {
                    0 => self.condition(),
                    _ => self.sum(),
                }
            }
        }
    }

    fn at_most(&mut self) {
        self.say("at most 3");
        match self.pick(3) {
            0 => {}
            1 => self.say("in all"),
            _ => self.say("for each city"),
        }
        match self.pick(3) {
            0 => {}
            1 => self.say("per calendar quarter"),
            _ => self.say("per 7 days"),
        }
        if self.maybe() {
            self.say("with email");
        }
    }

    fn rule(&mut self) {
        self.say("rule");
        self.name();
        if self.maybe() {
            self.plain_text();
        }
        if self.maybe() {
            self.say("instead of");
            self.commas(false, Self::name);
        }
        if self.maybe() {
            self.say("formerly old_name");
        }
        self.say("{");
        if self.maybe() {
            self.say("because");
            self.plain_text();
        }
        self.say("when");
        self.condition();
        self.repeat();
        if self.maybe() {
            self.at_most();
        }
        self.then();
        self.say("}");
    }

    fn repeat(&mut self) {
        match self.pick(6) {
            0 => {}
            1 => self.say("once"),
            2 => self.say("once per anniversary of birthday , step"),
            3 => self.say("once for shop . owner per month_of"),
            4 => self.say("again after 30 days"),
            _ => self.say("once per calendar day"),
        }
    }

    fn then(&mut self) {
        self.say("then");
        match self.pick(4) {
            0 | 1 => self.calls(),
            2 => {
                self.say("first reachable of {");
                for _ in 0..1 + self.pick(3) {
                    self.action_call();
                }
                self.say("}");
            }
            _ => {
                self.say("split { 50% a :");
                self.calls();
                self.say("40.5% b :");
                self.calls();
                self.say("9.5% nothing }");
            }
        }
    }

    fn calls(&mut self) {
        self.action_call();
        let filtered = self
            .pieces
            .iter()
            .rev()
            .take_while(|p| *p != "each")
            .any(|p| p == "where");
        // After `where` an `and` belongs to the condition.
        let more = if filtered { 0 } else { self.pick(3) };
        for _ in 0..more {
            self.say("and");
            self.name();
            self.arguments();
        }
    }

    fn arguments(&mut self) {
        self.one_of(&["(", "（"]);
        if self.maybe() {
            self.commas(true, |g| {
                if g.maybe() {
                    g.say("expires :");
                }
                g.value();
            });
        }
        self.one_of(&[")", "）"]);
    }

    fn action_call(&mut self) {
        self.name();
        self.arguments();
        match self.pick(3) {
            0 => {}
            1 => self.say("to referred_by . owner"),
            _ => {
                self.say("to each family");
                if self.maybe() {
                    self.say("where");
                    self.condition();
                }
            }
        }
    }

    // ---- tests ----

    fn test(&mut self) {
        self.say("test");
        self.plain_text();
        self.say("{ today is 2026-11-21");
        self.many(5, Self::test_clause);
        self.say("}");
    }

    fn test_clause(&mut self) {
        match self.pick(10) {
            9 => self.say("given membership gold for \"c1\" since 2026-01-01"),
            0 => self.given(),
            1 => self.say("given done cards . free for \"c1\" on 2026-11-01 per 2026 , 5"),
            2 => self.say("given held out \"c1\" in cards"),
            3 => self.say("given variant a of cards . free for \"c1\""),
            4 => {
                self.say("expect cards . free for \"c1\" :");
                if self.maybe() {
                    self.say("only");
                }
                self.commas(false, |g| {
                    g.name();
                    g.arguments();
                    if g.maybe() {
                        g.say("to \"c2\"");
                    }
                });
            }
            5 => {
                self.say("expect no cards . free for \"c1\" because");
                self.pieces.push("instead of".to_owned());
            }
            6 => {
                self.say("expect nothing for");
                self.subject();
            }
            7 => self.say("now is 2026-11-21T09:00+08:00"),
            _ => {
                self.say("expect customer \"c1\" :");
                self.commas(false, |g| {
                    g.name();
                    match g.pick(3) {
                        0 => g.say("= 25"),
                        1 => g.say(". next is missing"),
                        _ => g.say("is known"),
                    }
                });
            }
        }
    }

    fn given(&mut self) {
        self.say("given");
        self.record_name();
        self.say("{");
        for i in 0..self.pick(6) {
            if i > 0 && self.maybe() {
                self.say(",");
            }
            self.name();
            self.say(":");
            if self.maybe() {
                self.one_of(&["yes", "no"]);
            } else {
                self.literal();
            }
        }
        self.say("}");
    }

    // ---- expressions ----

    fn deeper(&mut self, print: impl FnOnce(&mut Self), else_print: impl FnOnce(&mut Self)) {
        self.depth += 1;
        if self.depth > 5 {
            else_print(self)
        } else {
            print(self)
        }
        self.depth -= 1;
    }

    /// Anything: a condition, a choice, a sum.
    fn value(&mut self) {
        self.deeper(
            |g| match g.pick(4) {
                0 | 1 => g.sum(),
                2 => {
                    g.say("if");
                    g.condition();
                    g.say("then");
                    g.sum();
                    g.say("otherwise");
                    g.value();
                }
                _ => g.condition(),
            },
            Self::literal,
        );
    }

    fn condition(&mut self) {
        self.deeper(
            |g| match g.pick(6) {
                0 => g.comparison(),
                5 => g.rows_condition(),
                1 => g.chain("and"),
                2 => g.chain("or"),
                3 => {
                    g.one_of(&["all", "any", "none"]);
                    g.say("of (");
                    g.commas(true, Self::condition);
                    g.say(")");
                }
                _ => {
                    g.say("not (");
                    g.condition();
                    g.say(")");
                }
            },
            Self::name,
        );
    }

    fn chain(&mut self, word: &str) {
        self.comparison();
        for _ in 0..1 + self.pick(3) {
            self.say(word);
            if self.maybe() {
                self.say("not");
            }
            self.comparison();
        }
    }

    fn comparison(&mut self) {
        self.deeper(Self::deep_comparison, Self::name);
    }

    fn deep_comparison(&mut self) {
        match self.pick(16) {
            0 => self.name(),
            1 => {
                self.sum();
                self.one_of(&["=", "!=", "<", "<=", ">", ">=", "≥", "≤", "＞", "＝"]);
                self.sum();
            }
            2 => {
                self.name();
                self.one_of(&[
                    "is gold",
                    "is not gold",
                    "is known",
                    "is missing",
                    "is today",
                    "is not today",
                ]);
            }
            3 => {
                self.sum();
                self.say("between");
                self.literal();
                self.say("and");
                self.literal();
            }
            4 => self.say("visits from 5 to below 10"),
            5 => {
                self.name();
                self.one_of(&["in", "not in"]);
                self.say("(");
                self.commas(true, Self::literal);
                self.say(")");
            }
            6 => {
                self.name();
                self.one_of(&["contains", "starts with", "ends with", "="]);
                self.say("\"tea\"");
                if self.maybe() {
                    self.say("ignoring case");
                }
            }
            7 => {
                self.name();
                self.one_of(&["in", "not in"]);
                self.window();
            }
            8 => self.say("( 60 , 30 or 7 days before renewal )"),
            9 => self.say("anniversary of birthday is today"),
            10 => self.say("not loops through referred_by"),
            11 => self.say("reachable by email"),
            12 => self.one_of(&["membership rose", "membership fell"]),
            _ => {
                self.say("(");
                self.rows_condition();
                self.say(")");
            }
        }
    }

    /// Its `where` reaches to the end of the condition.
    fn rows_condition(&mut self) {
        self.one_of(&[
            "any of",
            "no",
            "at least 3 of",
            "at most 2 of",
            "exactly 1 of",
        ]);
        self.say("purchases");
        self.rows();
    }

    fn window(&mut self) {
        match self.pick(5) {
            0 => {
                self.say("last 12");
                self.one_of(UNITS);
            }
            1 => self.say("next ( visits + 1 ) days"),
            2 => self.say("previous quarter"),
            3 => self.say("30 days after joined"),
            _ => self.say("2 weeks before ( joined )"),
        }
    }

    /// What may follow an aggregate's path.
    fn rows(&mut self) {
        if self.maybe() {
            self.say("in");
            self.window();
        }
        if self.maybe() {
            self.say("where");
            self.condition();
        }
    }

    fn sum(&mut self) {
        self.deeper(
            |g| {
                g.term();
                let terms = g.pick(3);
                for _ in 0..terms {
                    g.one_of(&["+", "-", "*", "/", "×"]);
                    g.term();
                }
                match g.pick(8) {
                    0..=3 => {}
                    4 => g.say("rounded up to 2"),
                    5 => g.say("as percent"),
                    6 => g.say("as of today - 30 days"),
                    // Beside arithmetic it needs parentheses.
                    _ if terms > 0 => {}
                    _ => g.say("default 0"),
                }
            },
            Self::literal,
        );
    }

    fn term(&mut self) {
        match self.pick(16) {
            0 | 1 => self.literal(),
            2 | 3 => self.name(),
            4 => self.say("shop . owner . city"),
            5 => {
                self.say("max");
                self.arguments();
            }
            6 => {
                self.say("- (");
                self.sum();
                self.say(")");
            }
            7 => {
                self.say("(");
                self.value();
                self.say(")");
            }
            8 => self.say("days since last_visit"),
            9 => self.say("months from joined to today"),
            10 => self.one_of(&["start of this month", "end of next year", "self . city"]),
            11 => self.aggregate(),
            12 => self.population(),
            13 => self.say("( latest of done win_back . gentle . on )"),
            14 => self.text(),
            _ => self.say("( amount ) days"),
        }
    }

    /// In parentheses: a window or `where` would go on into what follows.
    fn aggregate(&mut self) {
        self.say("(");
        self.one_of(&[
            "count of",
            "sum of",
            "average of",
            "latest of",
            "distinct count of",
            "most common of",
        ]);
        self.say("shop . purchases . amount");
        self.rows();
        self.say(")");
    }

    fn population(&mut self) {
        self.say("(");
        match self.pick(3) {
            0 => self.say("abc of spend at 80%, 95% among customer"),
            1 => self.say("running share of spend among customer"),
            _ => self.say("rank of spend among customer"),
        }
        if self.maybe() {
            self.say("where");
            self.condition();
        }
        self.say(")");
    }

    fn literal(&mut self) {
        self.one_of(&[
            "5",
            "1_000",
            "１２．５",
            "1_000.50 CNY",
            "5%",
            "2026-11-21",
            "2026-11-21T09:00+08:00",
            "09:00",
            "30 days",
            "\"茶\"",
            "-3",
            "today",
        ]);
    }
}
