//! `guanxi schema measure` has its JSON Schema.

use super::{Words, in_order};
use crate::engine::{Group, Measured, Newcombe, Unlike};
use crate::plan::{Campaign, Plan};
use crate::schema::{Day, Decimal, Type};
use serde_json::{Map, Value, json};

pub fn measures_json(plan: &Plan, found: &[Measured], today: Day, words: Words<'_>) -> Value {
    let measures: Vec<Value> = in_order(plan, found)
        .into_iter()
        .map(|m| {
            let campaign = &plan.campaigns[m.campaign];
            let mut out = shared(campaign, m, words(m));
            out.extend(match campaign.measures[m.measure].ty {
                Type::YesNo => rates(m),
                ty => amounts(plan, m, ty),
            });
            out.insert("not_over_yet".into(), m.young.into());
            out.insert("gone".into(), m.gone.into());
            let unlike = m.unlike.filter(|_| m.held_out.subjects > 0);
            let unlike = unlike.map(|unlike| match unlike {
                Unlike::Favoured => "favour",
                Unlike::Exclusive => "exclusive",
            });
            out.insert("unlike_by".into(), unlike.into());
            Value::Object(out)
        })
        .collect();
    json!({
        "version": 1,
        "workspace": plan.workspace,
        "today": today.to_string(),
        "currency": plan.currency.map(|c| c.to_string()),
        "measures": measures,
    })
}

/// An object's members in their order.
fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// What every measure has.
fn shared(campaign: &Campaign, m: &Measured, words: String) -> Map<String, Value> {
    let ty = campaign.measures[m.measure].ty;
    let group = |g: &Group| group(ty, g);
    let groups = |list: &[(String, Group)]| -> Map<String, Value> {
        let each = list.iter().map(|(name, g)| (name.clone(), group(g)));
        each.collect()
    };
    let rules: Map<String, Value> = m
        .rules
        .iter()
        .map(|rule| {
            let value = json!({
                "treated": group(&rule.treated),
                "variants": groups(&rule.variants),
                "held_out": group(&rule.held_out),
            });
            (rule.rule.clone(), value)
        })
        .collect();
    members(json!({
        "campaign": campaign.name,
        "measure": campaign.measures[m.measure].name,
        "type": name(ty),
        if ty == Type::YesNo { "condition" } else { "value" }: words,
        "treated": group(&m.treated),
        "variants": groups(&m.variants),
        "rules": rules,
        "held_out": group(&m.held_out),
    }))
}

fn name(ty: Type) -> &'static str {
    match ty {
        Type::YesNo => "yes/no",
        Type::Integer => "integer",
        Type::Percent => "percent",
        Type::Money(_) => "money",
        _ => "number",
    }
}

fn group(ty: Type, g: &Group) -> Value {
    if ty == Type::YesNo {
        return json!({
            "subjects": g.subjects,
            "successes": g.successes,
            "rate": g.rate(),
            "cost": g.cost.to_string(),
        });
    }
    json!({
        "subjects": g.subjects,
        "missing": g.missing(),
        "mean": g.amounts.mean(9).map(|mean| mean.to_string()),
        "total": g.amounts.total.to_string(),
        "cost": g.cost.to_string(),
    })
}

fn rates(m: &Measured) -> Map<String, Value> {
    let effect = Newcombe::of(&m.treated, &m.held_out);
    let shown = effect.filter(Newcombe::shows_an_effect);
    let cost = shown.and_then(|_| m.cost_per_additional_success());
    members(json!({
        "difference": effect.map(|e| e.difference),
        "interval": effect.map(|e| [e.lower, e.upper]),
        "cost_per_additional_success": cost.map(|c| c.to_string()),
    }))
}

fn amounts(plan: &Plan, m: &Measured, ty: Type) -> Map<String, Value> {
    let apart = m.difference_of_means();
    let pair = |(lower, upper): (Decimal, Decimal)| [lower.to_string(), upper.to_string()];
    let brought = m.brought(ty, plan.currency);
    let for_each = brought.and_then(|b| b.for_each);
    let currency = match ty {
        Type::Money(currency) => Some(currency.to_string()),
        _ => None,
    };
    members(json!({
        "currency": currency,
        "difference": apart.map(|a| a.difference.to_string()),
        "interval": apart.and_then(|a| a.interval.ok()).map(pair),
        "additional": brought.map(|b| b.additional.to_string()),
        "additional_interval": brought.map(|b| pair(b.interval)),
        "additional_per_cost": for_each.map(|(each, _, _)| each.to_string()),
        "additional_per_cost_interval": for_each.map(|(_, lower, upper)| pair((lower, upper))),
        "cost_per_additional": brought.and_then(|b| b.each_cost).map(|c| c.to_string()),
    }))
}
