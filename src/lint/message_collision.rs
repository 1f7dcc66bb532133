//! `message-collision`: two messages on one channel to one customer on one day, and nothing limits it.

use super::Proof;
use super::claims::{Claims, RuleAt};
use super::rivals::{MOST_PAIRS, is_capped, kept_apart, own_calls, together};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Channel, Expr, Purpose};
use crate::schema::ChannelId;

pub const LINT: Proof = Proof {
    code: &codes::MESSAGE_COLLISION,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let program = claims.program;
    let mut found = Vec::new();
    for (place, channel) in program.channels.iter().enumerate() {
        if channel.caps.is_empty() {
            let id = ChannelId(place as u32);
            found.extend(collision(claims, id, channel));
        }
    }
    found
}

/// The first two rules that meet on the channel.
fn collision<'p>(
    claims: &mut Claims<'p>,
    id: ChannelId,
    channel: &'p Channel,
) -> Option<Diagnostic> {
    let program = claims.program;
    let writers: Vec<RuleAt<'p>> = claims
        .rules()
        .into_iter()
        .filter(|at| at.of.purpose == Purpose::Promotion && !is_capped(program, *at))
        .filter(|at| own_calls(*at).any(|c| program.action(c.action).channel == Some(id)))
        .collect();
    let needs: Vec<&Expr> = channel.needs.iter().chain(&channel.consent).collect();
    let mut compared = 0;
    for (j, later) in writers.iter().enumerate() {
        for earlier in &writers[..j] {
            if earlier.of.record != later.of.record || kept_apart(program, *earlier, *later) {
                continue;
            }
            compared += 1;
            if compared > MOST_PAIRS {
                return None;
            }
            if let Some(seen) = together(claims, *earlier, *later, &needs, &[], |_| true) {
                return Some(
                    Diagnostic::new(
                        &codes::MESSAGE_COLLISION,
                        channel.span,
                        format!(
                            "one customer can get two messages by `{}` on one day, from `{}` and `{}`",
                            channel.name,
                            earlier.name(),
                            later.name()
                        ),
                    )
                    .also(earlier.is.span, "one of them")
                    .also(later.is.span, "the other")
                    .help(format!(
                        "limit the channel, with a line like `at most 1 per calendar day` in it{}",
                        seen.example()
                    )),
                );
            }
        }
    }
    None
}
