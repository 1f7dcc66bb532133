//! Whole workspaces by chance: campaigns whose rules say few things in several ways, so that they meet.

use crate::conditions::{RECORDS, Random, atom, tree};

const ACTIONS: &str = r#"
channel sms for customer {
  needs city is known
  consent vip
}

action note(topic: text) for customer

action gift(item: text) for customer costs 5 CNY

action write(body: text) for customer on sms costs 0.05 CNY
"#;

/// A program without errors, but for what lints find.
pub fn workspace(random: &mut Random) -> String {
    let mut text = RECORDS.to_owned() + ACTIONS;
    for n in 0..2 {
        text += &table(random, n);
    }
    for n in 0..1 + random.below(3) {
        text += &campaign(random, n);
    }
    text
}

fn table(random: &mut Random, n: usize) -> String {
    let header = random.of(&["", " first match"]);
    let mut text = format!("\ntable table_{n} for customer by visits, grade, vip{header} {{\n");
    for _ in 0..1 + random.below(5) {
        let low = random.below(9);
        let visits = match random.below(6) {
            0 => "any".into(),
            1 => format!("< {low}"),
            2 => format!(">= {low}"),
            3 => format!("between {low} and {}", low + random.below(6)),
            4 => format!("from {low} to below {}", low + 1 + random.below(6)),
            _ => format!("{low} or {}", low + 2),
        };
        let grade = random.of(&["any", "a", "b or c", "a or b", "c"]);
        let vip = random.of(&["any", "any", "yes", "no"]);
        text += &format!("  when {visits}, {grade}, {vip} then {}\n", random.below(4));
    }
    if random.one_in(2) {
        text += "  otherwise 9\n";
    }
    text + "}\n"
}

fn campaign(random: &mut Random, n: usize) -> String {
    let said: Vec<String> = (0..4).map(|_| atom(random)).collect();
    let mut text = format!("\ncampaign c{n} for customer {{\n");
    if random.one_in(3) {
        text += "  purpose service\n";
    }
    if random.one_in(3) {
        text += &format!("  audience where {}\n", tree(random, 1, &said));
    }
    if random.one_in(3) {
        text += "  runs from 2025-01-01 to 2030-12-31\n";
    }
    if random.one_in(4) {
        text += "  at most 1 per calendar month\n";
    }
    let rules = 1 + random.below(5);
    for r in 0..rules {
        let instead = match r > 0 && random.one_in(3) {
            true => format!(" instead of r{}", random.below(r)),
            false => String::new(),
        };
        text += &format!("\n  rule r{r}{instead} {{\n");
        text += &format!(
            "    when {}\n    once per calendar day\n",
            tree(random, 2, &said)
        );
        for _ in 0..1 + random.below(2) {
            let call = random.of(&[
                "note(\"a\")",
                "note(\"b\")",
                "gift(\"tea\")",
                "gift(\"cup\")",
                "write(\"hello\")",
                "write(\"{city default \"x\"}\")",
            ]);
            text += &format!("    then {call}\n");
        }
        text += "  }\n";
    }
    text + "}\n"
}
