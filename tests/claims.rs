//! What lints claim, on generated workspaces. No customer made by chance may contradict a claim that something never
//! happens; and every example that stands in a finding, read back and run, must show what the finding says.

#[path = "support/conditions.rs"]
mod conditions;
#[path = "support/examples.rs"]
mod examples;
#[path = "support/rows.rs"]
mod rows;
#[path = "support/workspaces.rs"]
mod workspaces;

use conditions::Random;
use guanxi::diagnostic::Diagnostic;
use guanxi::engine::evaluate::Zone;
use guanxi::engine::{self, Clock, EvalError, Evaluator, Past};
use guanxi::hir::{
    AttributeKind, Expr, ExprKind, Given, Part, Program, Rule, Table, TableLine, Ty,
};
use guanxi::lint::{self, Checked};
use guanxi::plan::{self, Request};
use guanxi::schema::{AttributeId, Day, RecordId, Value};
use guanxi::source::{SourceMap, Span};
use guanxi::syntax::ast;
use rows::{CUSTOMER, CUSTOMERS};
use std::collections::{BTreeMap, BTreeSet};

const WORKSPACES: u64 = 500;

/// A workspace with its findings, and customers to hold them against.
struct Case<'c> {
    program: &'c Program,
    given: Vec<Given>,
    today: Day,
}

fn clock(program: &Program, today: Day) -> Clock {
    let zone = Zone::new(&program.workspace.zone).expect("a zone");
    Clock {
        today,
        now: zone.end_of(today),
        opens: zone.start_of(today),
    }
}

impl Case<'_> {
    /// Values on every row of a record.
    fn values(&self, record: RecordId, questions: &[&Expr]) -> Vec<Vec<Option<Value>>> {
        let clock = clock(self.program, self.today);
        let plan = plan::lower_values(self.program, record, questions);
        let data = engine::dataset_of(self.program, &plan, &self.given, clock).expect("rows");
        let evaluator = Evaluator::new(&plan, &data, clock, None).expect("no type error");
        let rows: Vec<u32> = (0..evaluator.rows(record.index()) as u32).collect();
        let values = engine::values_of(&evaluator, record.index(), &rows).expect("no type error");
        values.into_iter().flatten().collect()
    }

    /// `campaign.rule` of every action of a day's run.
    fn acted(&self) -> BTreeSet<String> {
        let clock = clock(self.program, self.today);
        let plan = plan::lower(self.program, Request::Run);
        let data = engine::dataset_of(self.program, &plan, &self.given, clock).expect("rows");
        let past = Past::default();
        let outcome = engine::run(&plan, &data, clock, &past).expect("no type error");
        let mut acted = BTreeSet::new();
        outcome
            .actions(&mut |row| {
                acted.insert(format!("{}.{}", row.campaign, row.rule));
                Ok::<(), EvalError>(())
            })
            .expect("no type error");
        acted
    }

    /// The claims of "never" against customers by chance.
    fn contradicts(&self, d: &Diagnostic) -> bool {
        match d.code.name {
            "unsatisfiable-condition" => {
                let spans: Vec<Span> = [d.span]
                    .into_iter()
                    .chain(d.labels.iter().map(|l| l.span))
                    .collect();
                let parts: Vec<(RecordId, &Expr)> = spans
                    .iter()
                    .filter_map(|s| expression(self.program, *s))
                    .collect();
                assert_eq!(parts.len(), spans.len());
                let record = parts[0].0;
                let questions: Vec<&Expr> = parts.iter().map(|(_, e)| *e).collect();
                self.values(record, &questions)
                    .iter()
                    .any(|row| row.iter().all(yes))
            }
            "always-true-condition" => {
                let (record, e) = expression(self.program, d.span).expect("a condition");
                self.values(record, &[e]).iter().any(|row| !yes(&row[0]))
            }
            "never-fires" | "shadowed-rule" => self.acted().contains(&rule(self.program, d.span).1),
            "subsumed-rule" => !self.within(d.span, d.labels[0].span),
            "duplicate-rule" => {
                !self.within(d.span, d.labels[0].span) || !self.within(d.labels[0].span, d.span)
            }
            "unreachable-row" => self.reached(d.span),
            _ => false,
        }
    }

    /// Whether everybody whom one rule serves is one of the other, in the audience and while the campaign runs.
    fn within(&self, narrow: Span, wide: Span) -> bool {
        let campaign = self
            .program
            .campaigns
            .iter()
            .find(|c| c.rules.iter().any(|r| r.span == narrow));
        let campaign = campaign.expect("the rule's campaign");
        if let Some((first, last)) = campaign.runs
            && (self.today < first || last.is_some_and(|l| self.today > l))
        {
            return true;
        }
        let (narrow, wide) = (rule(self.program, narrow).0, rule(self.program, wide).0);
        let mut questions: Vec<&Expr> = campaign.audience.iter().chain(&narrow.when).collect();
        let asked = questions.len();
        questions.extend(&wide.when);
        let rows = self.values(CUSTOMER, &questions);
        let mut rows = rows.iter();
        rows.all(|row| !row[..asked].iter().all(yes) || row[asked..].iter().all(yes))
    }

    /// Whether some row comes to a line.
    fn reached(&self, span: Span) -> bool {
        let (table, line) = tables(self.program)
            .find_map(|t| Some((t, t.lines.iter().position(|l| l.span == span)?)))
            .expect("a line of a table");
        let above = if table.first_match { line } else { 0 };
        let lines = || table.lines[..above].iter().chain([&table.lines[line]]);
        let questions: Vec<&Expr> = lines().flat_map(|l| l.cells.iter().flatten()).collect();
        self.values(CUSTOMER, &questions).iter().any(|row| {
            let mut cells = row.iter();
            let holds: Vec<bool> = lines()
                .map(|l| {
                    let n = l.cells.iter().flatten().count();
                    cells.by_ref().take(n).filter(|c| yes(c)).count() == n
                })
                .collect();
            holds.last() == Some(&true) && !holds[..above].contains(&true)
        })
    }

    /// Whether an example, as the finding gives it, shows what the finding says.
    fn shows(&self, d: &Diagnostic) -> bool {
        match d.code.name {
            "table-gap" => {
                let place = self
                    .program
                    .attributes
                    .iter()
                    .position(|a| a.span == d.span);
                let place = place.expect("a table");
                let attribute = &self.program.attributes[place];
                let AttributeKind::Table(table) = &attribute.kind else {
                    return false;
                };
                let kind = ExprKind::Attribute(AttributeId(place as u32), Part::Value);
                let whole = Expr::new(kind, Ty::optional(attribute.ty.ty), d.span);
                let questions: Vec<&Expr> = table.by.iter().chain([&whole]).collect();
                let row = &self.values(CUSTOMER, &questions)[0];
                let (value, columns) = row.split_last().expect("values");
                value.is_none() && columns.iter().all(Option::is_some)
            }
            "table-overlap" => {
                let lines: Vec<&TableLine> = tables(self.program)
                    .flat_map(|t| &t.lines)
                    .filter(|l| l.span == d.span || l.span == d.labels[0].span)
                    .collect();
                assert_eq!(lines.len(), 2);
                let questions: Vec<&Expr> = lines
                    .iter()
                    .flat_map(|l| l.cells.iter().flatten())
                    .collect();
                self.values(CUSTOMER, &questions)[0].iter().all(yes)
            }
            "conflicting-actions" | "undeclared-stacking" | "message-collision" => {
                let acted = self.acted();
                let named = d.message.split('`').filter(|name| name.contains('.'));
                named.clone().count() == 2 && named.into_iter().all(|name| acted.contains(name))
            }
            "subsumed-rule" | "duplicate-rule" => {
                let acted = self.acted();
                let spans = [d.span, d.labels[0].span];
                spans.iter().all(|s| {
                    let (rule, name) = rule(self.program, *s);
                    // What another rule does instead, or a channel stops, is beside the point.
                    acted.contains(&name) || {
                        let when: Vec<&Expr> = rule.when.iter().collect();
                        self.values(CUSTOMER, &when)[0].iter().all(yes)
                    }
                })
            }
            "shadowed-rule" => {
                let when: Vec<&Expr> = rule(self.program, d.span).0.when.iter().collect();
                self.values(CUSTOMER, &when)[0].iter().all(yes)
            }
            _ => true,
        }
    }
}

fn yes(value: &Option<Value>) -> bool {
    *value == Some(Value::YesNo(true))
}

fn tables(program: &Program) -> impl Iterator<Item = &Table> {
    program.attributes.iter().filter_map(|a| match &a.kind {
        AttributeKind::Table(table) => Some(table),
        _ => None,
    })
}

fn rule(program: &Program, span: Span) -> (&Rule, String) {
    let found = program.campaigns.iter().find_map(|c| {
        let rule = c.rules.iter().find(|r| r.span == span)?;
        Some((rule, format!("{}.{}", c.name, rule.name)))
    });
    found.expect("a rule")
}

/// The condition at a place, and the record whose rows it is of.
fn expression(program: &Program, span: Span) -> Option<(RecordId, &Expr)> {
    let mut roots: Vec<(RecordId, &Expr)> = Vec::new();
    for a in &program.attributes {
        match &a.kind {
            AttributeKind::Define(e) | AttributeKind::Segment(e) => roots.push((a.record, e)),
            AttributeKind::FirstMatch { lines, .. } => {
                roots.extend(lines.iter().map(|(c, _)| (a.record, c)));
            }
            AttributeKind::Score { lines, .. } => {
                roots.extend(lines.iter().map(|(c, _)| (a.record, c)))
            }
            _ => {}
        }
    }
    for c in &program.campaigns {
        roots.extend(c.audience.iter().map(|e| (c.record, e)));
        roots.extend(
            c.rules
                .iter()
                .filter_map(|r| Some((c.record, r.when.as_ref()?))),
        );
    }
    let mut found = None;
    for (record, root) in roots {
        root.walk(&mut |e| {
            if e.span == span && found.is_none() {
                found = Some((record, e));
            }
            if let ExprKind::Aggregate(a) = &e.kind
                && let Some(filter) = &a.filter
            {
                filter.walk(&mut |e| {
                    if e.span == span {
                        found = Some((a.many.record, e));
                    }
                });
            }
        });
    }
    found
}

#[test]
fn what_lints_claim_is_so() {
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..WORKSPACES {
        let mut random = Random::new(seed);
        let text = workspaces::workspace(&mut random);
        let mut sources = SourceMap::new();
        sources.add("a.rules", text.as_str());
        let (tree, errors) = guanxi::syntax::parse(&sources.files()[0]);
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
        let files: [ast::File; 1] = [tree];
        let (program, found) = guanxi::analysis::check(&sources, &files, "generated");
        let program = program.unwrap_or_else(|| panic!("{found:#?}\n{text}"));
        let checked = Checked {
            program: &program,
            sources: &sources,
            files: &files,
        };
        let found = lint::run(checked, &|_| true);
        let today = Day(20_000 + random.below(2_500) as i32);
        let chance = Case {
            program: &program,
            given: rows::rows(&program, &mut random, today.0),
            today,
        };
        assert_eq!(chance.given.len(), CUSTOMERS * 4);
        // Whatever lints find, it evaluates.
        chance.acted();
        for d in &found {
            *told.entry(d.code.name).or_default() += 1;
            assert!(!chance.contradicts(d), "workspace {seed}: {d:#?}\n{text}");
            let Some((_, example)) = d.help.as_ref().and_then(|h| h.split_once("for example: "))
            else {
                continue;
            };
            let (today, given) = examples::read(&program, example);
            let seen = Case {
                program: &program,
                given,
                today,
            };
            assert!(seen.shows(d), "workspace {seed}: {d:#?}\n{text}");
        }
    }
    println!("{told:?}");
    for proof in lint::PROOFS {
        assert!(
            told.contains_key(proof.code.name),
            "{} was never found",
            proof.code.name
        );
    }
}
