//! What `why` says of the stages that need a past: histories are those of earlier runs of the same engine.

use guanxi::analysis;
use guanxi::data::{self, Dataset, LoadOptions};
use guanxi::engine::evaluate::Zone;
use guanxi::engine::{self, Clock, Past, Stage};
use guanxi::hir::{CalendarUnit, Program};
use guanxi::ledger::History;
use guanxi::plan::{self, Budget, Cap, Exclusive, Group, Period, Plan, Request};
use guanxi::schema::{Day, Decimal, DurationKind};
use guanxi::source::{FileId, SourceMap, Span};
use guanxi::why::{self, RuleWhy, Teller, Told};
use guanxi::{source, syntax};
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/why.in");

struct Shop {
    sources: SourceMap,
    plan: Plan,
}

fn shop(also: &str) -> Shop {
    let rules = std::fs::read_to_string(Path::new(FOLDER).join("shop.rules")).unwrap();
    let mut sources = SourceMap::new();
    let id = sources.add("shop.rules", format!("{rules}\n{also}"));
    let program = program(&sources, id);
    Shop {
        plan: plan::lower(&program, Request::Why),
        sources,
    }
}

fn program(sources: &SourceMap, id: source::FileId) -> Program {
    let (tree, found) = syntax::parse(sources.file(id));
    assert!(found.is_empty(), "{found:?}");
    let (program, found) = analysis::check(sources, &[tree], "shop");
    let errors: Vec<_> = found.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    program.expect("a program without errors")
}

fn clock(plan: &Plan, day: &str) -> Clock {
    let zone = Zone::new(&plan.zone).unwrap();
    let today = Day::parse_iso(day.as_bytes()).unwrap();
    Clock {
        today,
        now: zone.end_of(today),
        opens: zone.start_of(today),
    }
}

impl Shop {
    fn data(&self, day: &str) -> Dataset {
        let clock = clock(&self.plan, day);
        let mut options = LoadOptions::new(Path::new(FOLDER).join("data"));
        options.today = clock.today;
        options.now = clock.now;
        match data::load(&self.plan.tables, &options) {
            Ok(loaded) => loaded.dataset,
            Err(problems) => panic!("{}", problems[0].render()),
        }
    }

    /// The places of `CAMPAIGN.RULE`.
    fn rule(&self, name: &str) -> (usize, usize) {
        let (campaign, rule) = name.split_once('.').unwrap();
        let c = self.plan.campaigns.iter().position(|c| c.name == campaign);
        let c = c.expect("the campaign");
        let rules = &self.plan.campaigns[c].rules;
        (
            c,
            rules.iter().position(|r| r.name == rule).expect("the rule"),
        )
    }

    /// Adds what a run of the day does.
    fn remember(&self, day: &str, history: &mut History) {
        let data = self.data(day);
        let known = history.clone();
        let past = Past {
            history: Some(&known),
            ..Past::default()
        };
        let outcome = engine::run(&self.plan, &data, clock(&self.plan, day), &past).unwrap();
        history.add(outcome.entries().unwrap());
    }

    fn why(&self, day: &str, rule: &str, key: &str, history: &History) -> RuleWhy {
        let data = self.data(day);
        let past = Past {
            history: Some(history),
            ..Past::default()
        };
        let outcome = engine::run(&self.plan, &data, clock(&self.plan, day), &past).unwrap();
        let (c, r) = self.rule(rule);
        let row = data
            .find(self.plan.campaigns[c].table, key)
            .expect("the row");
        let teller = Teller::new(&outcome, &self.sources, false);
        teller.rule(c, r, row).unwrap()
    }
}

fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

fn cap(count: u64, group: Group, period: Option<Period>, channel: Option<&str>) -> Cap {
    Cap {
        span: nowhere(),
        count,
        group,
        period,
        channel: channel.map(str::to_owned),
        promotion_only: false,
    }
}

fn week() -> Option<Period> {
    Some(Period::Rolling(DurationKind::Days, 7))
}

#[test]
fn what_was_done_is_not_done_again() {
    let shop = shop(
        "campaign again for customer { rule tea { again after 30 days then grant_points(1) } }",
    );
    let mut history = History::default();
    shop.remember("2026-11-20", &mut history);
    let why = shop.why("2026-11-21", "rewards.gold", "c1", &history);
    assert_eq!(
        (why.outcome, why.stage),
        (Told::Stopped, Some(Stage::Repetition))
    );
    assert_eq!(why.headline, "it was already done on 2026-11-20");
    let why = shop.why("2026-11-21", "again.tea", "c1", &history);
    assert_eq!(
        why.headline,
        "it was already done on 2026-11-20; it may fire again from 2026-12-20 on"
    );
    let why = shop.why("2026-11-20", "rewards.gold", "c1", &history);
    assert_eq!(why.outcome, Told::Earlier);
}

#[test]
fn a_cap_names_the_days_that_used_it_up() {
    let mut shop = shop(
        "campaign teas for customer { rule walk { again after 1 days then grant_points(1) } }",
    );
    let (c, _) = shop.rule("teas.walk");
    shop.plan.campaigns[c]
        .caps
        .push(cap(2, Group::Target, week(), None));
    let mut history = History::default();
    shop.remember("2026-11-15", &mut history);
    shop.remember("2026-11-19", &mut history);
    let why = shop.why("2026-11-20", "teas.walk", "c1", &history);
    assert_eq!(why.stage, Some(Stage::Caps));
    assert_eq!(why.headline, "the cap `teas: at most 2 per 7 days` is full");
    assert_eq!(
        why.uses,
        ["2026-11-19 by teas.walk", "2026-11-15 by teas.walk"]
    );
    // The first day has left the window.
    let why = shop.why("2026-11-22", "teas.walk", "c1", &history);
    assert_eq!(why.outcome, Told::Fired);
}

#[test]
fn a_cap_that_this_very_run_used_up_names_it() {
    let mut shop = shop("");
    let (c, r) = shop.rule("rewards.anyhow");
    for campaign in &mut shop.plan.campaigns {
        for call in campaign
            .rules
            .iter_mut()
            .flat_map(|r| &mut r.thens)
            .flat_map(|t| &mut t.calls)
        {
            if let Some(channel) = &mut call.channel {
                channel.caps.push(cap(1, Group::Target, None, None));
            }
        }
    }
    shop.plan.campaigns[c].rules[r]
        .caps
        .push(cap(1, Group::InAll, None, None));
    let history = History::default();
    // By key, `c1` comes before `c3`.
    let why = shop.why("2026-11-21", "rewards.anyhow", "c3", &history);
    assert_eq!(
        why.headline,
        "the cap `rewards.anyhow: at most 1 in all` is full"
    );
    assert_eq!(why.uses, ["2026-11-21 by rewards.anyhow"]);
    // By name, `renewals` comes before `rewards`.
    let why = shop.why("2026-11-21", "renewals.remind", "r1", &history);
    assert_eq!(why.outcome, Told::Fired, "{}", why.headline);
    let why = shop.why("2026-11-21", "rewards.birthday", "c1", &history);
    assert_eq!(why.headline, "the cap `email: at most 1` is full");
    assert_eq!(why.uses, ["2026-11-21 by renewals.remind"]);
}

#[test]
fn a_budget_says_what_is_left_and_what_is_asked() {
    let mut shop = shop("");
    let (c, _) = shop.rule("rewards.gold");
    shop.plan.budgets.push(Budget {
        span: nowhere(),
        campaigns: vec![c],
        amount: Decimal::from_int(5),
        group: Group::InAll,
        period: Some(Period::Calendar(CalendarUnit::Month)),
    });
    let why = shop.why("2026-11-21", "rewards.gold", "c1", &History::default());
    assert_eq!(why.stage, Some(Stage::Budget));
    let (left, cost) = why
        .headline
        .strip_prefix("the budget `rewards: budget 5.00 CNY per calendar month` has ")
        .and_then(|rest| rest.split_once(" left, and this costs "))
        .expect("the sentence");
    assert_eq!(cost, "6.00 CNY");
    assert!(left.ends_with(" CNY") && !left.starts_with('-'), "{left}");
}

#[test]
fn who_is_held_out_hears_why() {
    let mut shop = shop("");
    let (c, _) = shop.rule("rewards.gold");
    shop.plan.campaigns[c].hold_out = 10_000;
    let why = shop.why("2026-11-21", "rewards.gold", "c1", &History::default());
    assert_eq!(
        (why.outcome, why.stage),
        (Told::HeldOut, Some(Stage::Holdout))
    );
    assert!(
        why.headline.ends_with("can be measured: `hold out 100%`"),
        "{}",
        why.headline
    );
}

#[test]
fn campaigns_that_exclude_one_another_are_named() {
    let mut shop = shop("");
    let (rewards, _) = shop.rule("rewards.gold");
    let (walks, _) = shop.rule("hangzhou.walk");
    shop.plan.campaigns[rewards].priority = 2;
    shop.plan.exclusives.push(Exclusive {
        span: nowhere(),
        period: None,
        campaigns: vec![rewards, walks],
    });
    let why = shop.why("2026-11-21", "hangzhou.walk", "c1", &History::default());
    assert_eq!(why.stage, Some(Stage::Exclusive));
    assert_eq!(
        why.headline,
        "the campaign `rewards` comes first, and the two exclude each other"
    );
}

/// What only personal fields hold.
const SECRETS: &[&str] = &[
    "Zhang",
    "Li Wei",
    "Anna",
    "Wang",
    "1990-11-25",
    "1985-03-01",
    "1979-12-31",
    "2026-11-25",
    "example.com",
    "Chen",
];

#[test]
fn personal_values_stay_unsaid_unless_asked_for() {
    let shop = shop("");
    let data = shop.data("2026-11-21");
    let clock = clock(&shop.plan, "2026-11-21");
    let outcome = engine::run(&shop.plan, &data, clock, &Past::default()).unwrap();
    let tell = |personal: bool| {
        let teller = Teller::new(&outcome, &shop.sources, personal);
        let mut text = String::new();
        for (c, campaign) in shop.plan.campaigns.iter().enumerate() {
            for row in 0..data.tables[campaign.table].rows as u32 {
                let of_row = teller.row(campaign.table, row).unwrap();
                text.push_str(&why::of_row(&of_row, clock.today, 1_000));
                text.push_str(&why::json(&of_row, &shop.sources, clock.today, true).to_string());
                for r in 0..campaign.rules.len() {
                    let of_rule = teller.rule(c, r, row).unwrap();
                    text.push_str(&why::of_rule(&of_rule, clock.today, 1_000));
                }
            }
        }
        text
    };
    // The rules themselves name one waiter, whom nobody has.
    let hidden = tell(false);
    let told: Vec<&&str> = SECRETS.iter().filter(|s| hidden.contains(**s)).collect();
    assert!(told.is_empty(), "{told:?}");
    let open = tell(true);
    for secret in ["Zhang", "1990-11-25", "2026-11-25", "Chen"] {
        assert!(open.contains(secret), "{secret}");
    }
    assert!(hidden.contains("(personal)") && !open.contains("(personal)"));
}

/// All `.rules` files right below a folder.
fn rules_files(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|p| p.extension().is_some_and(|e| e == "rules"))
        .collect();
    files.sort();
    files
}

fn checked(files: &[std::path::PathBuf]) -> (SourceMap, Program) {
    let mut sources = SourceMap::new();
    let mut trees = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let id = sources.add(file.file_name().unwrap().to_string_lossy(), text);
        trees.push(syntax::parse(sources.file(id)).0);
    }
    let (program, found) = analysis::check(&sources, &trees, "workspace");
    let errors: Vec<_> = found.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{files:?}: {errors:?}");
    (sources, program.expect("a program"))
}

/// There is no second evaluator: what is explained is what decides.
#[test]
fn explained_conditions_are_the_nodes_that_a_run_evaluates() {
    let mut compared = 0;
    for file in rules_files("tests/conformance") {
        let (_, program) = checked(std::slice::from_ref(&file));
        let plan = plan::lower(&program, Request::Why);
        let bare = plan::lower(&program, Request::Run);
        assert!(bare.explanations.rules.is_empty());
        let told = plan.campaigns.iter().zip(&plan.explanations.rules);
        for (campaign, reasons) in told {
            for (rule, reasons) in campaign.rules.iter().zip(reasons) {
                let explained = reasons.when.as_ref().map(|r| r.node);
                assert_eq!(explained, rule.when, "{}: {}", file.display(), rule.name);
                let calls = rule.thens.iter().flat_map(|t| &t.calls);
                for (call, told) in calls.zip(reasons.calls.iter().flatten()) {
                    let channel = call.channel.as_ref();
                    let needs: Vec<_> = told.needs.iter().map(|r| r.node).collect();
                    let consent: Vec<_> = told.consent.iter().map(|r| r.node).collect();
                    assert_eq!(needs, channel.map_or(Vec::new(), |c| c.needs.clone()));
                    assert_eq!(consent, channel.map_or(Vec::new(), |c| c.consent.clone()));
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 40, "{compared}");
}

/// As many rows as the summary counts are told to have fired, fallen, and failed.
#[test]
fn answers_agree_with_the_summary() {
    let (sources, program) = checked(&rules_files("examples/tea-house"));
    let plan = plan::lower(&program, Request::Why);
    let clock = clock(&plan, "2026-11-21");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tea-house/data");
    let mut options = LoadOptions::new(folder);
    options.today = clock.today;
    options.now = clock.now;
    let Ok(loaded) = data::load(&plan.tables, &options) else {
        panic!("the data of the example");
    };
    let outcome = engine::run(&plan, &loaded.dataset, clock, &Past::default()).unwrap();
    let teller = Teller::new(&outcome, &sources, false);
    for counted in &outcome.rules {
        let table = plan.campaigns[counted.campaign].table;
        let rows = 0..loaded.dataset.tables[table].rows as u32;
        let whys: Vec<RuleWhy> = rows
            .map(|row| teller.rule(counted.campaign, counted.rule, row).unwrap())
            .collect();
        let ended = |told: Told| whys.iter().filter(|w| w.outcome == told).count() as u64;
        let fallen: u64 = counted.fallen.iter().map(|(_, n)| n).sum();
        assert_eq!(ended(Told::Fired), counted.fired);
        assert_eq!(ended(Told::Stopped), fallen);
        assert_eq!(
            ended(Told::NotTrue) + ended(Told::NotAsked) + counted.eligible,
            whys.len() as u64
        );
        assert!(whys.iter().all(|w| !w.headline.is_empty()));
        let actions: usize = whys.iter().map(|w| w.actions.len()).sum();
        assert_eq!(actions as u64, counted.actions);
    }
}

/// Readers of JSON stop at some depth; 128 is a common one.
#[test]
fn long_chains_of_definitions_stay_readable() {
    let chain: String = (1..200)
        .map(|n| format!("define d{n} for customer = d{} + 1 CNY\n", n - 1))
        .collect();
    let shop = shop(&format!(
        "define d0 for customer = spend\n{chain}campaign chain for customer {{ rule far {{ when d199 < 0 CNY then grant_points(1) }} }}"
    ));
    let data = shop.data("2026-11-21");
    let clock = clock(&shop.plan, "2026-11-21");
    let outcome = engine::run(&shop.plan, &data, clock, &Past::default()).unwrap();
    let (c, r) = shop.rule("chain.far");
    let row = data
        .find(shop.plan.campaigns[c].table, "c1")
        .expect("the row");
    let teller = Teller::new(&outcome, &shop.sources, false);
    let told = why::RowWhy {
        record: "customer".into(),
        key: "c1".into(),
        rules: vec![teller.rule(c, r, row).unwrap()],
        from_others: Vec::new(),
    };
    let text = why::of_rule(&told.rules[0], clock.today, 80);
    assert!(
        text.contains("`d199` is 5,449.50 CNY; it would be true below 0.00 CNY"),
        "{text}"
    );
    assert!(text.contains("`d180` is") && !text.contains("`d150` is"));
    let json = why::json(&told, &shop.sources, clock.today, true).to_string();
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
}

#[test]
fn what_was_done_is_no_record_to_ask_for() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "workspace \"W\" {}\n\nrecord member from \"member\" {\n  id: text key\n}\n\n\
                 action points(n: integer) for member\n\ncampaign c for member {\n  rule one {\n    \
                 when no done c.one in last 7 days\n    then points(1)\n  }\n}\n";
    std::fs::write(folder.path().join("w.rules"), rules).unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/member.csv"), "id\nm\n").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(["--isolated", "--color", "never", "why", "elsewhere", "m"])
        .arg(folder.path())
        .args(["--today", "2026-11-21"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        text,
        "error: there is no record `elsewhere`\n help: the records are `member`\n"
    );
}
