//! `undeclared-stacking`: two rewards can reach one customer on one day, and nothing says that they may.

use super::Proof;
use super::claims::{Claims, RuleAt};
use super::rivals::{MOST_PAIRS, is_capped, kept_apart, own_calls, together};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{ActionCall, Program, Purpose};

pub const LINT: Proof = Proof {
    code: &codes::UNDECLARED_STACKING,
    check,
};

/// A reward costs something and is no message.
fn reward<'p>(program: &Program, at: RuleAt<'p>) -> Option<&'p ActionCall> {
    own_calls(at).find(|call| {
        let action = program.action(call.action);
        action.channel.is_none() && action.costs.is_some()
    })
}

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let program = claims.program;
    let rewards: Vec<(RuleAt<'_>, &ActionCall)> = claims
        .rules()
        .into_iter()
        // What makes up for something is owed beside everything else.
        .filter(|at| at.of.purpose == Purpose::Promotion && !is_capped(program, *at))
        .filter_map(|at| Some((at, reward(program, at)?)))
        .collect();
    let mut found = Vec::new();
    let mut compared = 0;
    for (j, (later, second)) in rewards.iter().enumerate() {
        for (earlier, first) in &rewards[..j] {
            if earlier.of.record != later.of.record || kept_apart(program, *earlier, *later) {
                continue;
            }
            compared += 1;
            if compared > MOST_PAIRS {
                return found;
            }
            let Some(seen) = together(claims, *earlier, *later, &[], &[], |_| true) else {
                continue;
            };
            let way = match earlier.campaign == later.campaign {
                true => format!(
                    "write `rule {} instead of {}`",
                    later.is.name, earlier.is.name
                ),
                false => format!("write `exclusive ({}, {})`", earlier.of.name, later.of.name),
            };
            found.push(
                Diagnostic::new(
                    &codes::UNDECLARED_STACKING,
                    second.span,
                    format!(
                        "one customer can get the rewards of `{}` and `{}` on one day, and nothing says that this is meant",
                        earlier.name(),
                        later.name()
                    ),
                )
                .also(first.span, "the other reward")
                .help(format!(
                    "if only one is meant, {way}, or limit a campaign with `at most`; if both are, say so with a line `# guanxi: allow undeclared-stacking because …`{}",
                    seen.example()
                )),
            );
            break;
        }
    }
    found
}
