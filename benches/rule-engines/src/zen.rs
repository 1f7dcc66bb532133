//! GoRules' ZEN, in two forms: its expressions, compiled to its byte code, and a decision graph run by the whole engine.

use serde_json::{Value, json};
use zen_engine::model::GraphContent;
use zen_engine::{Decision, Variable};
use zen_expression::vm::VM;
use zen_expression::{Scope, compile_expression};

use crate::records::{RULES, Record};
use crate::rego_engine::fields;
use crate::{Evaluation, Failure, Fired};

const CONDITIONS: [&str; 6] = [
    "birthday_today and spend_12m >= 50000 and spend_12m < 400000 and reachable",
    "birthday_today and spend_12m >= 400000",
    "visits >= 3 and days_since_last_visit >= 180 and days_since_last_visit <= 365 and average_basket >= 5000 and reachable",
    "spend_quarter >= 150000",
    "referred and days_since_first_purchase >= 0 and days_since_first_purchase <= 29",
    "bought_tea and never_ware and reachable",
];

/// Made without anything that is thrown away between one record and the next, so that records lie side by side in
/// memory, whatever the program did before.
fn converted(records: &[Record]) -> Vec<Variable> {
    let variable = |r: &Record| {
        let fields = fields(r).map(|(name, value)| (Variable::key(name), value.into()));
        Variable::from_object(fields.into_iter().collect())
    };
    records.iter().map(variable).collect()
}

pub fn expressions(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    let mut compiled = Vec::new();
    for condition in CONDITIONS {
        compiled.push(compile_expression(condition)?);
    }
    let records = converted(records);
    let mut machine = VM::new();
    Ok(Box::new(move || {
        let mut fired = Fired::default();
        for record in &records {
            let scope = Scope::new(record.clone());
            for (expression, count) in compiled.iter().zip(&mut fired) {
                let holds = expression.evaluate_with_scope(&scope, &mut machine)?;
                *count += u64::from(holds.as_bool().ok_or("a rule gave no yes or no")?);
            }
        }
        Ok(fired)
    }))
}

/// Nothing in the graph waits for anything, so an executor on this thread is enough.
pub fn graph(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    let mut decision = Decision::from(serde_json::from_value::<GraphContent>(decision())?);
    decision.compile();
    let records = converted(records);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let names = RULES.map(Variable::key);
    Ok(Box::new(move || {
        let mut fired = Fired::default();
        runtime.block_on(async {
            for record in &records {
                let evaluated = decision.evaluate(record.clone()).await;
                let result = evaluated.map_err(|e| e.to_string())?.result;
                let rules = result.as_object().ok_or("the graph gave no object")?;
                let rules = rules.borrow();
                for (name, count) in names.iter().zip(&mut fired) {
                    let holds = rules.get(name).and_then(Variable::as_bool);
                    *count += u64::from(holds.ok_or("a rule gave no yes or no")?);
                }
            }
            Ok::<_, Failure>(fired)
        })
    }))
}

/// A node with an expression for each rule; a decision table with a row for each takes longer.
fn decision() -> Value {
    let both = RULES.iter().zip(CONDITIONS);
    let expressions: Vec<Value> = both
        .map(|(rule, condition)| json!({"id": rule, "key": rule, "value": condition}))
        .collect();
    json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "six", "name": "six", "type": "expressionNode", "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "six"},
            {"id": "b", "type": "edge", "sourceId": "six", "targetId": "out"},
        ],
    })
}
