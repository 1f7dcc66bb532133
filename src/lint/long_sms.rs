//! `long-sms`: a text that is certain to be sent, and billed, in several parts.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::functions::sms;
use crate::hir::{ActionCall, Channel, Expr, ExprKind, Program, TemplatePart};
use crate::schema::{MessageId, Value};
use rustc_hash::FxHashSet;

pub const LINT: Lint = Lint {
    code: &codes::LONG_SMS,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut seen: FxHashSet<MessageId> = FxHashSet::default();
    let mut found = Vec::new();
    let rules = program.campaigns.iter().flat_map(|c| &c.rules);
    for call in rules.flat_map(|r| &r.thens).flat_map(|t| &t.calls) {
        if !goes_by_sms(program, call) {
            continue;
        }
        for argument in call.arguments.iter().flatten() {
            match &argument.kind {
                ExprKind::Message { message, .. } if seen.insert(*message) => {
                    for text in &program.message(*message).texts {
                        found.extend(long(&text.text));
                    }
                }
                ExprKind::Template(_) | ExprKind::Literal(Value::Text(_)) => {
                    found.extend(long(argument));
                }
                _ => {}
            }
        }
    }
    found
}

fn goes_by_sms(program: &Program, call: &ActionCall) -> bool {
    let channel = program.action(call.action).channel;
    channel.is_some_and(|id| is_sms(program.channel(id)))
}

/// A channel is one of SMS if its name says so.
fn is_sms(channel: &Channel) -> bool {
    let name = channel.name.to_lowercase();
    name.split('_').any(|word| word == "sms") || name.contains("短信")
}

/// What is written between the placeholders, whatever these are filled with.
fn literal(text: &Expr) -> Option<(String, bool)> {
    match &text.kind {
        ExprKind::Literal(Value::Text(text)) => Some((text.to_string(), false)),
        ExprKind::Template(parts) => {
            let texts = parts.iter().map(|part| match part {
                TemplatePart::Text(text) => text.as_str(),
                TemplatePart::Value(_) => "",
            });
            let holes = parts.iter().any(|p| matches!(p, TemplatePart::Value(_)));
            Some((texts.collect(), holes))
        }
        _ => None,
    }
}

fn long(text: &Expr) -> Option<Diagnostic> {
    let (literal, holes) = literal(text)?;
    let segments = sms::segments(&literal);
    if segments < 2 {
        return None;
    }
    let at_least = if holes { "at least " } else { "" };
    let d = Diagnostic::new(
        &codes::LONG_SMS,
        text.span,
        format!("this text is {at_least}{segments} SMS segments long"),
    );
    let Some(other) = sms::outside_gsm(&literal) else {
        return Some(d.help(if holes {
            "160 characters fit into one, what fills the placeholders among them; shorten it"
        } else {
            "160 characters fit into one; shorten it"
        }));
    };
    // A few odd characters in a text that would fit without them.
    let without: String = literal.chars().filter(|c| !is_odd(*c)).collect();
    let few = literal.chars().count() - without.chars().count() <= 3;
    let code = other as u32;
    Some(if few && sms::segments(&without) == 1 {
        d.help(format!(
            "`{other}` (U+{code:04X}) is not in the GSM alphabet, so that 70 characters fit into one instead of 160; write it otherwise"
        ))
    } else {
        d.help(format!(
            "70 characters fit into one with `{other}` (U+{code:04X}) and others that are not in the GSM alphabet; shorten it"
        ))
    })
}

/// Whether it is outside the GSM alphabet.
fn is_odd(c: char) -> bool {
    sms::outside_gsm(c.encode_utf8(&mut [0; 4])).is_some()
}
