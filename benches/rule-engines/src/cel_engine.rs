//! CEL: an expression for each rule. Variables are resolved from the record, nothing is copied.

use std::sync::atomic::{AtomicUsize, Ordering};

use cel::common::types::{CelBool, CelInt};
use cel::common::value::{CowVal, Val};
use cel::context::{Context, VariableResolver};
use cel::{Program, Value};

use crate::records::Record;
use crate::{Evaluation, Failure, Fired};

const CONDITIONS: [&str; 6] = [
    "birthday_today && spend_12m >= 50000 && spend_12m < 400000 && reachable",
    "birthday_today && spend_12m >= 400000",
    "visits >= 3 && days_since_last_visit >= 180 && days_since_last_visit <= 365 && average_basket >= 5000 && reachable",
    "spend_quarter >= 150000",
    "referred && days_since_first_purchase >= 0 && days_since_first_purchase <= 29",
    "bought_tea && never_ware && reachable",
];

/// A record as CEL has it.
struct Converted {
    flags: [CelBool; 5],
    numbers: [CelInt; 6],
}

struct Converteds {
    records: Vec<Converted>,
    /// Which one variables are resolved from.
    current: AtomicUsize,
}

impl VariableResolver for Converteds {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let record = &self.records[self.current.load(Ordering::Relaxed)];
        let value: &dyn Val = match variable {
            "birthday_today" => &record.flags[0],
            "reachable" => &record.flags[1],
            "referred" => &record.flags[2],
            "bought_tea" => &record.flags[3],
            "never_ware" => &record.flags[4],
            "visits" => &record.numbers[0],
            "spend_12m" => &record.numbers[1],
            "spend_quarter" => &record.numbers[2],
            "average_basket" => &record.numbers[3],
            "days_since_last_visit" => &record.numbers[4],
            "days_since_first_purchase" => &record.numbers[5],
            _ => return None,
        };
        Some(CowVal::Borrowed(value))
    }
}

pub fn prepare(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    let mut programs = Vec::new();
    for condition in CONDITIONS {
        programs.push(Program::compile(condition).map_err(|e| e.to_string())?);
    }
    let convert = |r: &Record| Converted {
        flags: [
            r.birthday_today,
            r.reachable,
            r.referred,
            r.bought_tea,
            r.never_ware,
        ]
        .map(CelBool::from),
        numbers: [
            r.visits,
            r.spend_12m,
            r.spend_quarter,
            r.average_basket,
            r.days_since_last_visit,
            r.days_since_first_purchase,
        ]
        .map(CelInt::from),
    };
    let converted = Converteds {
        records: records.iter().map(convert).collect(),
        current: AtomicUsize::new(0),
    };
    Ok(Box::new(move || {
        let mut context = Context::default();
        context.set_variable_resolver(&converted);
        let mut fired = Fired::default();
        for place in 0..converted.records.len() {
            converted.current.store(place, Ordering::Relaxed);
            for (program, count) in programs.iter().zip(&mut fired) {
                match program.execute(&context)? {
                    Value::Bool(holds) => *count += u64::from(holds),
                    other => return Err(format!("a rule gave {other:?}").into()),
                }
            }
        }
        Ok(fired)
    }))
}
