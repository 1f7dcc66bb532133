//! What a test says of the past, as the ledger of its run.

use super::{FAILED_EXPECTATION, why};
use crate::data::Dataset;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Clock, EvalError, Given, Outcome, Past, Rehearsal, Stated};
use crate::hir::{GivenDone, Program, Test};
use crate::ledger::{Firing, Held, History};
use crate::plan::Plan;
use crate::schema::{Day, Type, Value};
use crate::source::Span;

/// Who is held out, and who has which variant.
pub(super) fn stated(test: &Test) -> Stated {
    let held_out = test.held_out.iter();
    let variants = test.variants.iter();
    Stated {
        held_out: held_out
            .map(|g| (g.campaign.index(), g.subject.clone()))
            .collect(),
        variants: variants
            .map(|g| ((g.campaign.index(), g.rule, g.subject.clone()), g.arm))
            .collect(),
    }
}

/// What was done, and what levels were held, before the test's day. There was a run on the day before.
pub(super) fn history(
    program: &Program,
    test: &Test,
    plan: &Plan,
    data: &Dataset,
    clock: Clock,
    stated: &Stated,
) -> Result<History, Box<Diagnostic>> {
    let mut history = History::default();
    let yesterday = clock.today.add_days(-1).unwrap_or(clock.today);
    history.add_day(yesterday);
    for given in &test.levels {
        let attribute = program.attribute(given.attribute);
        let table = attribute.record.index();
        if data.find(table, &given.key).is_none() {
            let record = &program.record(attribute.record).name;
            return Err(Box::new(no_row(given.span, record, &given.key)));
        }
        let level = match attribute.ty.ty {
            Type::Enum(set) => program.enum_type(set).values[given.level as usize].clone(),
            _ => given.level.to_string(),
        };
        let held = Held {
            day: yesterday,
            level: Some(level.into()),
            before: None,
            since: Some(given.since),
            toward: None,
        };
        let record = &program.record(attribute.record).name;
        history.add_level(
            format!("{record}.{}", attribute.name).into(),
            given.key.as_str().into(),
            held,
        );
    }
    if test.done.is_empty() {
        return Ok(history);
    }
    let failed = |e: EvalError| Box::new(why::eval_error(plan, data, test, &e));
    let mut in_order: Vec<&GivenDone> = test.done.iter().collect();
    in_order.sort_by_key(|given| given.on);
    for given in in_order {
        let campaign = program.campaign(given.campaign);
        let Some(row) = data.find(campaign.record.index(), &given.subject) else {
            let record = &program.record(campaign.record).name;
            return Err(Box::new(no_row(given.span, record, &given.subject)));
        };
        let per = per(program, given);
        // Each knows those of the days before it.
        let mut then = data.clone();
        engine::recall(plan, &mut then, Some(&history));
        let past = Past {
            history: Some(&history),
            stated: Some(stated),
            ..Past::default()
        };
        let rehearsed = Rehearsal::new(plan, &then, given.on, past).and_then(|mut rehearsal| {
            rehearsal.firing(Given {
                campaign: given.campaign.index(),
                rule: given.rule,
                row,
                on: given.on,
                per: &per,
            })
        });
        let (name, mut firing) = rehearsed.map_err(failed)?;
        state(program, plan, given, &mut firing)?;
        history.add_day(given.on.min(Day(clock.today.0)));
        history.add_firing(name, firing);
    }
    Ok(history)
}

/// Writes the stated parameters over those that the rule gives.
fn state(
    program: &Program,
    plan: &Plan,
    given: &GivenDone,
    firing: &mut Firing,
) -> Result<(), Box<Diagnostic>> {
    let texts = engine::Texts::new(plan);
    let mut free: Vec<usize> = (0..firing.actions.len()).collect();
    for stated in &given.actions {
        let action = program.action(stated.action);
        let is_it = |i: &usize| {
            let done = &firing.actions[*i];
            *done.action == *action.name && stated.to.as_ref().is_none_or(|to| **to == *done.target)
        };
        let Some(at) = free.iter().position(is_it) else {
            let rule = &program.campaign(given.campaign).rules[given.rule];
            let d = Diagnostic::new(
                &FAILED_EXPECTATION,
                stated.span,
                format!("`{}` does not do `{}` here", rule.name, action.name),
            );
            return Err(Box::new(
                d.also(rule.span, "the rule")
                    .help("write an action of the rule, or leave the actions out"),
            ));
        };
        let done = &mut firing.actions[free.remove(at)];
        let mut params: serde_json::Value =
            serde_json::from_str(&done.params).unwrap_or(serde_json::Value::Null);
        for (place, value) in &stated.arguments {
            let json = value.as_ref().map(|v| texts.json(v));
            params[&action.parameters[*place].name] = json.unwrap_or(serde_json::Value::Null);
        }
        done.params = params.to_string().into();
    }
    Ok(())
}

/// The values of `per` as parts of a key.
fn per(program: &Program, given: &GivenDone) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.to_string(),
        Value::DateTime(micros) => micros.to_string(),
        Value::Time(seconds) => seconds.to_string(),
        Value::Duration(_, n) => n.to_string(),
        Value::Enum(set, place) => program.enum_type(*set).values[*place as usize].clone(),
        other => other.plain().unwrap_or_default(),
    };
    given.per.iter().map(text).collect()
}

fn no_row(span: Span, record: &str, key: &str) -> Diagnostic {
    Diagnostic::new(
        &FAILED_EXPECTATION,
        span,
        format!("no `{record}` \"{key}\" is given"),
    )
    .help(format!(
        "add `given {record} {{ … }}` with this key to the test"
    ))
}

/// A subject whose variant decides, and is not stated.
pub(super) fn unstated(
    program: &Program,
    test: &Test,
    outcome: &Outcome<'_>,
) -> Option<Diagnostic> {
    let (campaign, rule, key) = outcome.unstated_variants().into_iter().next()?;
    let campaign = &program.campaigns[campaign];
    let rule = &campaign.rules[rule];
    let arm = rule.arms.iter().find_map(|a| a.name.as_deref());
    let arm = arm.unwrap_or("nothing");
    Some(
        Diagnostic::new(
            &FAILED_EXPECTATION,
            test.span,
            format!(
                "the variant of `{}.{}` for \"{key}\" is not stated",
                campaign.name, rule.name
            ),
        )
        .also(rule.span, "this rule splits")
        .help(format!(
            "say which one: `given variant {arm} of {}.{} for \"{key}\"`",
            campaign.name, rule.name
        )),
    )
}
