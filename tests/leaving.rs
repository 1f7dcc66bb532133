//! Money leaves the engine in its currency's minor unit, and nowhere else is it rounded.

use guanxi::data::{self, LoadOptions};
use guanxi::engine::{self, Clock, EvalError};
use guanxi::schema::{Day, Value};
use guanxi::source::SourceMap;
use guanxi::{analysis, plan, syntax};

const RULES: &str = r#"
workspace "Leaving" {
  currency CNY
}

record member {
  id: text key
  spend: money
}

define third for member = spend / 3

action refund(amount: money) for member costs amount

campaign thirds for member {
  rule back {
    when third > 3.33 CNY
    then refund(third)
  }
}
"#;

#[test]
fn a_parameter_is_rounded_and_its_cost_is_not() {
    let mut sources = SourceMap::new();
    let id = sources.add("leaving.rules", RULES);
    let (tree, _) = syntax::parse(sources.file(id));
    let (program, found) = analysis::check(&sources, &[tree], "leaving");
    let program = program.unwrap_or_else(|| panic!("{found:?}"));
    let plan = plan::lower(&program, plan::Request::Run);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("member.csv"), "id,spend\nm,10\n").unwrap();
    let loaded = data::load(&plan.tables, &LoadOptions::new(folder.path())).unwrap();
    let today = Day::parse_iso(b"2026-11-21").unwrap();
    let outcome = engine::run(
        &plan,
        &loaded.dataset,
        Clock {
            today,
            now: 0,
            opens: 0,
        },
        &engine::Past::default(),
    )
    .unwrap();
    let mut seen = Vec::new();
    outcome
        .actions::<EvalError>(&mut |row| {
            let Some(Value::Money(amount, _)) = row.params[0].2 else {
                panic!("an amount");
            };
            seen.push((amount.to_string(), row.cost.unwrap().to_string()));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, [("3.33".to_string(), "3.333333333".to_string())]);
}
