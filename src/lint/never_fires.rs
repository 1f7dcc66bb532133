//! `never-fires`: a rule whose condition can be true, but of nobody whom its campaign may serve.

use super::Proof;
use super::claims::{Claims, RuleAt, yes};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Expr, Purpose, Target};
use crate::solver::{Asked, Region};

pub const LINT: Proof = Proof {
    code: &codes::NEVER_FIRES,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let rules = claims.rules();
    rules
        .into_iter()
        .filter_map(|at| rule(claims, at))
        .collect()
}

fn rule<'p>(claims: &mut Claims<'p>, at: RuleAt<'p>) -> Option<Diagnostic> {
    let record = at.of.record;
    let when = match &at.is.when {
        Some(when) => claims.solver.region(record, when, Asked::True),
        None => Region::everything(),
    };
    let runs = claims.runs(at.of);
    let audience = match &at.of.audience {
        Some(audience) => claims.solver.region(record, audience, Asked::True),
        None => Region::everything(),
    };
    // What can never be true at all is another finding.
    if claims.solver.is_empty(&when) || claims.solver.is_empty(&audience) {
        return None;
    }
    if let (Some(condition), Some(target)) = (&at.is.when, &at.of.audience)
        && claims.solver.is_empty(&when.and(&audience))
    {
        let met = claims.meet(record, &[&audience, &when], &[target, condition]);
        return (!met).then(|| {
            report(at, "its campaign's audience leaves out everybody it is for")
                .also(target.span, "the audience")
                .also(condition.span, "never true of them")
                .help("change the rule's `when` or the campaign's audience")
        });
    }
    let during = runs.and(&when).and(&audience);
    if let Some(condition) = &at.is.when
        && claims.solver.is_empty(&during)
    {
        return claims
            .withstands(record, &[&runs], condition, yes)
            .then(|| {
                report(
                    at,
                    "its condition is true on no day on which the campaign runs",
                )
                .also(condition.span, "never true while the campaign runs")
                .help("change the dates of `runs`, or those of the condition")
            });
    }
    nobody_reached(claims, at, &during)
}

/// All actions are on channels that nobody has of whom the rule is true.
fn nobody_reached<'p>(
    claims: &mut Claims<'p>,
    at: RuleAt<'p>,
    subjects: &Region,
) -> Option<Diagnostic> {
    let condition = at.is.when.as_ref()?;
    let mut needs: Vec<&'p Expr> = Vec::new();
    for call in at.is.thens.iter().flat_map(|t| &t.calls) {
        if !matches!(call.target, Target::Subject) {
            return None;
        }
        let channel = claims.program.action(call.action).channel?;
        let channel = claims.program.channel(channel);
        let consent: &[Expr] = match at.of.purpose {
            Purpose::Promotion => &channel.consent,
            _ => &[],
        };
        let clash = channel.needs.iter().chain(consent).find(|need| {
            let holds = claims.solver.region(at.of.record, need, Asked::True);
            let both = subjects.and(&holds);
            !claims.solver.is_empty(&holds) && claims.solver.is_empty(&both)
        });
        needs.push(clash?);
    }
    let need = *needs.first()?;
    let met = claims.meet(at.of.record, &[subjects], &[condition, need]);
    (!met).then(|| {
        report(
            at,
            "nobody of whom it is true can be reached by its channel",
        )
        .also(need.span, "the channel needs this")
        .also(condition.span, "and this is never true beside it")
        .help("act on another channel, or change the condition")
    })
}

fn report(at: RuleAt<'_>, why: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::NEVER_FIRES,
        at.is.span,
        format!("the rule `{}` never fires: {why}", at.is.name),
    )
}
