//! `missing-consent`: a promotion goes out on a channel that asks nobody's consent.

use super::colleagues::is_work;
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::hir::{Channel, Field, FieldType, Program, Purpose};
use crate::schema::{ChannelId, Type};
use crate::source::Span;
use crate::syntax::ast::DeclarationKind;

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
            let action = program.action(call.action);
            // A colleague is told what to do, not what to buy.
            if is_work(program, campaign, action.record) {
                continue;
            }
            if let Some(ChannelId(id)) = action.channel {
                promotions[id as usize].get_or_insert((&campaign.name, call.span));
            }
        }
    }
    let channels = program.channels.iter().zip(promotions);
    channels
        .filter(|(channel, _)| channel.consent.is_empty())
        .filter_map(|(channel, promotion)| {
            let (campaign, span) = promotion?;
            Some(missing(checked, channel, campaign, span))
        })
        .collect()
}

fn missing(checked: Checked<'_>, channel: &Channel, campaign: &str, call: Span) -> Diagnostic {
    let field = consent_field(checked.program, channel).map(|f| checked.sources.slice(f.span));
    let message = format!(
        "`{campaign}` is a promotion, and the channel `{}` asks nobody's consent",
        channel.name
    );
    let mut d = Diagnostic::new(&codes::MISSING_CONSENT, channel.span, message)
        .also(call, "goes out whether they agreed or not")
        .help(format!(
            "add `consent {}` to the channel, or say `purpose service` in a campaign that advertises nothing",
            field.unwrap_or("FIELD")
        ));
    d.fix = field.and_then(|field| asked(checked, channel, field));
    d
}

/// The yes/no field of the channel's record whose name speaks of permission, if there is just one.
fn consent_field<'p>(program: &'p Program, channel: &Channel) -> Option<&'p Field> {
    const WORDS: &[&str] = &[
        "may", "consent", "agree", "allow", "opt_in", "同意", "允许", "订阅",
    ];
    let fields = program.record(channel.record).fields.iter();
    let mut found = fields.filter(|f| {
        f.ty == FieldType::Value(Type::YesNo) && WORDS.iter().any(|w| f.name.starts_with(w))
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// The channel with a `consent` after its last clause; fewer people are reached then.
fn asked(checked: Checked<'_>, channel: &Channel, field: &str) -> Option<Fix> {
    let declarations = checked.files.iter().flat_map(|f| &f.declarations);
    let last = declarations.filter_map(|d| match &d.kind {
        DeclarationKind::Channel(c) if c.name.span == channel.span => c.clauses.last(),
        _ => None,
    });
    let span = last.map(|clause| clause.span.at_end()).next()?;
    Some(Fix {
        message: format!("ask for `{field}`: who has not agreed gets nothing on it any more"),
        edits: vec![Edit {
            span,
            text: format!("\n  consent {field}"),
        }],
        safe: false,
    })
}
