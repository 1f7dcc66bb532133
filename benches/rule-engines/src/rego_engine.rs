//! Rego by `regorus`, on its virtual machine: one policy, which gives the set of the rules that fire.

use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

use crate::records::{RULES, Record};
use crate::{Evaluation, Failure, Fired};

const ENTRY: &str = "data.six.fired";

const POLICY: &str = r#"
package six

import rego.v1

fired contains "greeting" if {
    input.birthday_today
    input.spend_12m >= 50000
    input.spend_12m < 400000
    input.reachable
}

fired contains "flowers" if {
    input.birthday_today
    input.spend_12m >= 400000
}

fired contains "lapsed" if {
    input.visits >= 3
    input.days_since_last_visit >= 180
    input.days_since_last_visit <= 365
    input.average_basket >= 5000
    input.reachable
}

fired contains "high_spender" if input.spend_quarter >= 150000

fired contains "reward" if {
    input.referred
    input.days_since_first_purchase >= 0
    input.days_since_first_purchase <= 29
}

fired contains "ware" if {
    input.bought_tea
    input.never_ware
    input.reachable
}
"#;

pub fn prepare(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    let mut engine = Engine::new();
    engine
        .add_policy("six.rego".into(), POLICY.into())
        .map_err(|e| e.to_string())?;
    let policy = engine
        .compile_with_entrypoint(&ENTRY.into())
        .map_err(|e| e.to_string())?;
    let program = Compiler::compile_from_policy(&policy, &[ENTRY]).map_err(|e| e.to_string())?;
    let mut machine = RegoVM::new();
    machine.load_program(Arc::clone(&program));
    let inputs: Vec<Value> = records.iter().map(|r| Value::from(json(r))).collect();
    let names = RULES.map(Value::from);
    Ok(Box::new(move || {
        let mut fired = Fired::default();
        for input in &inputs {
            machine.set_input(input.clone());
            let result = machine.execute().map_err(|e| e.to_string())?;
            let set = result.as_set().map_err(|e| e.to_string())?;
            if set.is_empty() {
                continue;
            }
            for (name, count) in names.iter().zip(&mut fired) {
                *count += u64::from(set.contains(name));
            }
        }
        Ok(fired)
    }))
}

pub fn json(r: &Record) -> serde_json::Value {
    fields(r).into_iter().collect()
}

pub fn fields(r: &Record) -> [(&'static str, serde_json::Value); 11] {
    [
        ("birthday_today", r.birthday_today.into()),
        ("reachable", r.reachable.into()),
        ("referred", r.referred.into()),
        ("bought_tea", r.bought_tea.into()),
        ("never_ware", r.never_ware.into()),
        ("visits", r.visits.into()),
        ("spend_12m", r.spend_12m.into()),
        ("spend_quarter", r.spend_quarter.into()),
        ("average_basket", r.average_basket.into()),
        ("days_since_last_visit", r.days_since_last_visit.into()),
        (
            "days_since_first_purchase",
            r.days_since_first_purchase.into(),
        ),
    ]
}
