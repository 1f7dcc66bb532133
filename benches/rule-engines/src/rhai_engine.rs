//! Rhai: one script for all rules, which gives a number with a bit for each; the scope is reused.

use rhai::{Engine, INT, OptimizationLevel, Scope};

use crate::records::Record;
use crate::{Evaluation, Failure, Fired};

const SCRIPT: &str = "
let fired = 0;
if birthday_today && spend_12m >= 50000 && spend_12m < 400000 && reachable { fired += 1; }
if birthday_today && spend_12m >= 400000 { fired += 2; }
if visits >= 3 && days_since_last_visit >= 180 && days_since_last_visit <= 365 && average_basket >= 5000 && reachable { fired += 4; }
if spend_quarter >= 150000 { fired += 8; }
if referred && days_since_first_purchase >= 0 && days_since_first_purchase <= 29 { fired += 16; }
if bought_tea && never_ware && reachable { fired += 32; }
fired
";

pub fn prepare(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    // Without packages: what the script needs is built in.
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::Full);
    let script = engine.compile(SCRIPT)?;
    let mut scope = Scope::new();
    let none = Record::default();
    scope
        .push("birthday_today", none.birthday_today)
        .push("reachable", none.reachable)
        .push("referred", none.referred)
        .push("bought_tea", none.bought_tea)
        .push("never_ware", none.never_ware)
        .push("visits", none.visits)
        .push("spend_12m", none.spend_12m)
        .push("spend_quarter", none.spend_quarter)
        .push("average_basket", none.average_basket)
        .push("days_since_last_visit", none.days_since_last_visit)
        .push("days_since_first_purchase", none.days_since_first_purchase);
    // What the script declares itself stands behind them.
    let features = scope.len();
    Ok(Box::new(move || {
        let mut fired = Fired::default();
        for r in records {
            scope.rewind(features);
            scope.set_value("birthday_today", r.birthday_today);
            scope.set_value("reachable", r.reachable);
            scope.set_value("referred", r.referred);
            scope.set_value("bought_tea", r.bought_tea);
            scope.set_value("never_ware", r.never_ware);
            scope.set_value("visits", r.visits);
            scope.set_value("spend_12m", r.spend_12m);
            scope.set_value("spend_quarter", r.spend_quarter);
            scope.set_value("average_basket", r.average_basket);
            scope.set_value("days_since_last_visit", r.days_since_last_visit);
            scope.set_value("days_since_first_purchase", r.days_since_first_purchase);
            let bits: INT = engine.eval_ast_with_scope(&mut scope, &script)?;
            for (place, count) in fired.iter_mut().enumerate() {
                *count += (bits >> place & 1) as u64;
            }
        }
        Ok(fired)
    }))
}
