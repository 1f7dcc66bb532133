//! `missing-consent`: a promotion goes out on a channel that asks nobody's consent.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Channel, Program, Purpose};
use crate::schema::{ChannelId, Type};
use crate::source::Span;

pub const LINT: Lint = Lint {
    code: &codes::MISSING_CONSENT,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut promotions: Vec<Option<(&str, Span)>> = vec![None; program.channels.len()];
    let mut campaigns: Vec<_> = program.campaigns.iter().collect();
    // The order of declarations means nothing.
    campaigns.sort_by_key(|campaign| &campaign.name);
    for campaign in campaigns {
        if campaign.purpose != Purpose::Promotion {
            continue;
        }
        let calls = campaign.rules.iter().flat_map(|r| &r.thens);
        for call in calls.flat_map(|t| &t.calls) {
            if let Some(ChannelId(id)) = program.action(call.action).channel {
                promotions[id as usize].get_or_insert((&campaign.name, call.span));
            }
        }
    }
    let channels = program.channels.iter().zip(promotions);
    channels
        .filter(|(channel, _)| channel.consent.is_empty())
        .filter_map(|(channel, promotion)| {
            let (campaign, span) = promotion?;
            Some(missing(program, channel, campaign, span))
        })
        .collect()
}

fn missing(program: &Program, channel: &Channel, campaign: &str, call: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::MISSING_CONSENT,
        channel.span,
        format!(
            "`{campaign}` is a promotion, and the channel `{}` asks nobody's consent",
            channel.name
        ),
    )
    .also(call, "goes out whether they agreed or not")
    .help(format!(
        "add `consent {}` to the channel, or say `purpose service` in a campaign that advertises nothing",
        consent_field(program, channel).unwrap_or("FIELD")
    ))
}

/// The yes/no field of the channel's record whose name speaks of permission, if there is just one.
fn consent_field<'p>(program: &'p Program, channel: &Channel) -> Option<&'p str> {
    const WORDS: &[&str] = &[
        "may", "consent", "agree", "allow", "opt", "同意", "允许", "订阅",
    ];
    let fields = program.record(channel.record).fields.iter();
    let mut found = fields.filter(|f| {
        f.ty == crate::hir::FieldType::Value(Type::YesNo)
            && WORDS.iter().any(|w| f.name.starts_with(w))
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Some(&only.name),
        _ => None,
    }
}
