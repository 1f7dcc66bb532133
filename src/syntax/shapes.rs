//! How each declaration and clause is written, for the help beside a syntax error.

/// The words that begin the lines of a block.
pub fn clauses_of(block: &str) -> &'static [&'static str] {
    match block {
        "workspace" => &[
            "currency",
            "time zone",
            "leap day",
            "weeks start",
            "language",
            "use",
        ],
        "campaign" => &[
            "rule", "goal", "theme", "owner", "purpose", "audience", "runs", "budget", "priority",
            "hold out", "favour", "at most", "measure",
        ],
        "rule" => &["because", "when", "once", "again", "at most", "then"],
        "channel" => &["needs", "consent", "at most", "quiet", "html"],
        "test" => &["today", "now", "given", "expect"],
        "stages" | "score" | "table" => &["when", "otherwise"],
        _ => &[],
    }
}

/// How a declaration or clause that begins with `word` is written.
pub fn shape_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "workspace" => "workspace \"Title\" { currency CNY … }",
        "record" => "record NAME from \"source\" dated by FIELD { field: type … }",
        "define" => "define NAME for RECORD = expression",
        "segment" => "segment NAME of RECORD where condition",
        "tiers" => "tiers NAME for RECORD by expression { LEVEL from VALUE … }",
        "stages" => "stages NAME for RECORD { when condition then STAGE … otherwise STAGE }",
        "score" => "score NAME for RECORD { when condition then VALUE … }",
        "table" => {
            "table NAME for RECORD by expression, … { when cell, … then VALUE … otherwise VALUE }` or `… as one of (a, b) { … }"
        }
        "occasion" => "occasion NAME on 11-11` or `on (03-15, 11-11)",
        "message" => "message NAME(parameters) for RECORD by FIELD { tag \"text\" … }",
        "channel" => "channel NAME for RECORD { needs condition  consent condition … }",
        "action" => "action NAME(parameters) for RECORD on CHANNEL costs AMOUNT",
        "campaign" => "campaign NAME \"Title\" for RECORD { clauses and rules }",
        "rule" => "rule NAME { because \"…\"  when condition  once per …  then ACTION(…) }",
        "figure" => "figure NAME = expression",
        "exclusive" => "exclusive (CAMPAIGN, CAMPAIGN)",
        "budget" => "budget AMOUNT per calendar month",
        "pause" => "pause promotion for RECORD while condition",
        "hold" => "hold out 10%",
        "test" => "test \"title\" { today is DATE  given RECORD { … }  expect … }",
        "when" => "when condition",
        "once" => "once per VALUE` or `once per calendar month",
        "priority" => "priority 10",
        "favour" => "favour highest VALUE",
        "purpose" => "purpose promotion",
        "again" => "again after 30 days",
        "at" => "at most N per calendar month",
        "then" => "then ACTION(…)",
        "because" => "because \"reason\"",
        "runs" => "runs from DATE to DATE",
        "measure" => "measure NAME = condition` or `measure NAME = amount",
        "audience" => "audience where condition",
        "quiet" => "quiet from 21:00 to 09:00",
        "given" => {
            "given RECORD { field: value, … }` or `given done CAMPAIGN.RULE for \"key\" on DATE"
        }
        "expect" => "expect CAMPAIGN.RULE for \"key\": action(…)",
        "time" => "time zone \"Asia/Shanghai\"",
        "leap" => "leap day on 28 February",
        "currency" => "currency CNY",
        _ => return None,
    })
}

/// How a line of a test is written that expects more than an action alone.
pub fn expected_of(word: &str, from: &str) -> Option<&'static str> {
    let line = from.lines().next().filter(|_| word == "expect")?;
    let mut words = line.split_whitespace();
    if words.nth(1) == Some("figure") {
        return Some("expect figure NAME = VALUE");
    }
    words
        .any(|w| w == "delivered")
        .then_some("… at once` or `… delivered after 2026-11-22T09:00")
}
