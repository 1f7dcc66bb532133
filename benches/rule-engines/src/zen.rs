//! GoRules' ZEN, in two forms: its expressions, compiled to its byte code, and a decision table run by the whole engine.

use serde_json::{Value, json};
use zen_engine::{Decision, Variable};
use zen_expression::vm::VM;
use zen_expression::{Scope, compile_expression};

use crate::records::{RULES, Record};
use crate::rego_engine::json as record_json;
use crate::{Evaluation, Failure, Fired};

const CONDITIONS: [&str; 6] = [
    "birthday_today and spend_12m >= 50000 and spend_12m < 400000 and reachable",
    "birthday_today and spend_12m >= 400000",
    "visits >= 3 and days_since_last_visit >= 180 and days_since_last_visit <= 365 and average_basket >= 5000 and reachable",
    "spend_quarter >= 150000",
    "referred and days_since_first_purchase >= 0 and days_since_first_purchase <= 29",
    "bought_tea and never_ware and reachable",
];

fn converted(records: &[Record]) -> Vec<Variable> {
    records
        .iter()
        .map(|r| Variable::from(record_json(r)))
        .collect()
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

/// Nothing in the table waits for anything, so an executor on this thread is enough.
pub fn table(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    let mut decision = Decision::from(serde_json::from_value::<zen_engine::model::GraphContent>(
        decision(),
    )?);
    decision.compile();
    let records = converted(records);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(Box::new(move || {
        let mut fired = Fired::default();
        runtime.block_on(async {
            for record in &records {
                let response = decision
                    .evaluate(record.clone())
                    .await
                    .map_err(|e| e.to_string())?;
                let rows = response.result.as_array().ok_or("the table gave no list")?;
                for row in rows.borrow().iter() {
                    let rule = row.dot("rule").and_then(|v| v.as_number());
                    let place = rule.and_then(|n| usize::try_from(n).ok());
                    fired[place.ok_or("a row without rule")?] += 1;
                }
            }
            Ok::<_, Failure>(fired)
        })
    }))
}

/// A row for each rule, a cell for each feature that any rule looks at; all rows that fit are collected.
fn decision() -> Value {
    let columns = [
        "birthday_today",
        "reachable",
        "referred",
        "bought_tea",
        "never_ware",
        "visits",
        "spend_12m",
        "spend_quarter",
        "average_basket",
        "days_since_last_visit",
        "days_since_first_purchase",
    ];
    let cells: [&[(&str, &str)]; RULES.len()] = [
        &[
            ("birthday_today", "true"),
            ("spend_12m", "[50000..400000)"),
            ("reachable", "true"),
        ],
        &[("birthday_today", "true"), ("spend_12m", ">= 400000")],
        &[
            ("visits", ">= 3"),
            ("days_since_last_visit", "[180..365]"),
            ("average_basket", ">= 5000"),
            ("reachable", "true"),
        ],
        &[("spend_quarter", ">= 150000")],
        &[
            ("referred", "true"),
            ("days_since_first_purchase", "[0..29]"),
        ],
        &[
            ("bought_tea", "true"),
            ("never_ware", "true"),
            ("reachable", "true"),
        ],
    ];
    let inputs: Vec<Value> = columns
        .iter()
        .map(|c| json!({"id": c, "name": c, "field": c}))
        .collect();
    let row = |(place, cells): (usize, &&[(&str, &str)])| {
        let mut row = json!({"_id": format!("row{place}"), "rule": place.to_string()});
        for (column, condition) in *cells {
            row[column] = json!(condition);
        }
        row
    };
    let rows: Vec<Value> = cells.iter().enumerate().map(row).collect();
    let outputs = json!([{"id": "rule", "name": "rule", "field": "rule"}]);
    let content =
        json!({"hitPolicy": "collect", "inputs": inputs, "outputs": outputs, "rules": rows});
    json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "six", "name": "six", "type": "decisionTableNode", "content": content},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "six"},
            {"id": "b", "type": "edge", "sourceId": "six", "targetId": "out"},
        ],
    })
}
