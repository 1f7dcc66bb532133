//! Guanxi as a library: the records are written into a CSV file and loaded from it before the clock runs.

use std::fmt::Write;

use guanxi::data::{self, LoadOptions, Loaded};
use guanxi::engine::{self, Clock, Past};
use guanxi::plan::{self, Plan, Request};
use guanxi::schema::Day;
use guanxi::source::SourceMap;

use crate::records::{RULES, Record};
use crate::{Evaluation, Failure, Fired};

pub fn prepare(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    let plan = compile()?;
    let data = load(&plan, records)?;
    let today = Day::new(2026, 11, 21).ok_or("no such day")?;
    Ok(Box::new(move || {
        // No rule asks for the time.
        let clock = Clock {
            today,
            now: i64::MAX,
            opens: 0,
        };
        let past = Past {
            history: None,
            adopt: false,
            stated: None,
        };
        let outcome = engine::run(&plan, &data.dataset, clock, &past)
            .map_err(|e| format!("row {}: {}", e.row, e.cause.words()))?;
        let mut fired = Fired::default();
        for rule in &outcome.rules {
            let name = &plan.campaigns[rule.campaign].rules[rule.rule].name;
            let place = RULES.iter().position(|r| r == name);
            fired[place.ok_or("a rule that nobody knows")?] = rule.fired;
        }
        Ok(fired)
    }))
}

fn compile() -> Result<Plan, Failure> {
    let mut sources = SourceMap::new();
    sources.add(
        "features.rules",
        include_str!("../workspace/features.rules"),
    );
    let (tree, errors) = guanxi::syntax::parse(&sources.files()[0]);
    if !errors.is_empty() {
        return Err(format!("{errors:?}").into());
    }
    let (program, found) = guanxi::analysis::check(&sources, &[tree], "features");
    let program = program.ok_or_else(|| format!("{found:?}"))?;
    Ok(plan::lower(&program, Request::Run))
}

fn load(plan: &Plan, records: &[Record]) -> Result<Loaded, Failure> {
    let folder = tempfile::tempdir()?;
    let mut text = String::from(
        "id,birthday_today,reachable,referred,bought_tea,never_ware,visits,spend_12m,spend_quarter,\
         average_basket,days_since_last_visit,days_since_first_purchase\n",
    );
    for (number, r) in records.iter().enumerate() {
        let yes = |flag: bool| if flag { "yes" } else { "no" };
        let flags = [
            r.birthday_today,
            r.reachable,
            r.referred,
            r.bought_tea,
            r.never_ware,
        ];
        write!(text, "{number},{}", flags.map(yes).join(","))?;
        let money = |cents: i64| match cents {
            -1 => String::new(),
            cents => format!("{}.{:02}", cents / 100, cents % 100),
        };
        let days = |days: i64| match days {
            -1 => String::new(),
            days => days.to_string(),
        };
        writeln!(
            text,
            ",{},{},{},{},{},{}",
            r.visits,
            money(r.spend_12m),
            money(r.spend_quarter),
            money(r.average_basket),
            days(r.days_since_last_visit),
            days(r.days_since_first_purchase),
        )?;
    }
    std::fs::write(folder.path().join("customers.csv"), text)?;
    let options = LoadOptions::new(folder.path());
    data::load(&plan.tables, &options).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(|p| p.render()).collect();
        told.join("\n").into()
    })
}
