//! Explanations for programs: one JSON object, versioned.

use super::ending::{ActionTold, RowWhy, RuleWhy};
use super::stages::Blocked;
use super::{Counted, Step};
use crate::schema::Day;
use crate::source::{SourceMap, Span};
use serde_json::{Map, Value, json};

/// Of a row: every rule in short, or one in full.
pub fn json(why: &RowWhy, sources: &SourceMap, today: Day, in_full: bool) -> Value {
    let rules: Vec<Value> = why
        .rules
        .iter()
        .map(|r| rule(r, sources, in_full))
        .collect();
    json!({
        "version": 1,
        "record": why.record,
        "key": why.key,
        "today": today.to_string(),
        "rules": rules,
        "from_others": why.from_others.iter().map(action).collect::<Vec<_>>(),
    })
}

fn rule(why: &RuleWhy, sources: &SourceMap, in_full: bool) -> Value {
    let mut out = json!({
        "campaign": why.campaign,
        "rule": why.rule,
        "outcome": why.outcome.name(),
        "reason": why.headline,
        "stage": why.stage.map(|s| s.name()),
        "limit": why.limit,
    });
    if !in_full {
        return out;
    }
    let Value::Object(fields) = &mut out else {
        return out;
    };
    let condition = |s: &Option<Step>| s.as_ref().map_or(Value::Null, |s| step(s, sources));
    let steps = |list: &[Step]| list.iter().map(|s| step(s, sources)).collect::<Vec<_>>();
    fields.insert("title".into(), why.title.clone().into());
    fields.insert("because".into(), why.because.clone().into());
    fields.insert("uses".into(), why.uses.clone().into());
    fields.insert("audience".into(), condition(&why.audience));
    fields.insert("conditions".into(), condition(&why.conditions));
    fields.insert("blocked".into(), steps(&why.blocked).into());
    let actions: Vec<Value> = why.actions.iter().map(action).collect();
    fields.insert("actions".into(), actions.into());
    let stopped = why.stopped.iter().map(|b| blocked(b, sources));
    fields.insert("stopped_actions".into(), stopped.collect::<Vec<_>>().into());
    out
}

fn step(of: &Step, sources: &SourceMap) -> Value {
    json!({
        "text": of.text,
        "at": of.span.map(|span| place(sources, span)),
        "effect": of.effect,
        "holds": of.verdict.map(|v| v.name()),
        "found": of.found,
        "needed": of.needed,
        "rows": of.rows.as_ref().map(counted),
        "parts": of.parts.iter().map(|s| step(s, sources)).collect::<Vec<_>>(),
    })
}

fn counted(rows: &Counted) -> Value {
    let shown = rows
        .shown
        .iter()
        .map(|r| json!({ "row": r.name, "day": r.day, "value": r.value }));
    let left_out = rows
        .left_out
        .iter()
        .map(|(n, why)| json!({ "rows": n, "why": why }));
    json!({
        "record": rows.record,
        "all": rows.all,
        "counted": rows.counted,
        "shown": shown.collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
    })
}

fn action(of: &ActionTold) -> Value {
    let params: Map<String, Value> = of
        .params
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    json!({
        "campaign": of.campaign,
        "rule": of.rule,
        "subject": of.subject,
        "action": of.action,
        "record": of.record,
        "target": of.target,
        "channel": of.channel,
        "variant": of.variant,
        "params": params,
        "deliver_after": of.deliver_after,
        "cost": of.cost,
    })
}

fn blocked(of: &Blocked, sources: &SourceMap) -> Value {
    json!({
        "action": of.action.as_ref().map(|a| &a.0),
        "target": of.action.as_ref().map(|a| &a.1),
        "stage": of.stage.name(),
        "limit": of.limit,
        "reason": of.sentence,
        "uses": of.uses,
        "conditions": of.conditions.iter().map(|s| step(s, sources)).collect::<Vec<_>>(),
    })
}

fn place(sources: &SourceMap, span: Span) -> Value {
    let file = sources.file(span.file);
    let start = file.position(span.start as usize);
    json!({ "file": file.name, "line": start.line, "column": start.column })
}
