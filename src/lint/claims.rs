//! Claims about customers: proven by the solver, tried on the engine before they are made.

use super::Checked;
use crate::engine;
use crate::hir::{AttributeKind, Campaign, Expr, ExprKind, Program, Rule};
use crate::schema::{RecordId, Value};
use crate::solver::{Asked, Region, Sample, Solver};
use crate::source::{SourceMap, Span};
use rustc_hash::FxHashMap;

/// What lints that prove something work with.
pub struct Claims<'p> {
    pub program: &'p Program,
    sources: &'p SourceMap,
    pub solver: Solver<'p>,
    rules: FxHashMap<(usize, usize), Region>,
}

/// A rule and its campaign.
#[derive(Clone, Copy)]
pub struct RuleAt<'p> {
    /// Places in the program.
    pub campaign: usize,
    pub rule: usize,
    pub of: &'p Campaign,
    pub is: &'p Rule,
}

impl RuleAt<'_> {
    /// `campaign.rule`
    pub fn name(&self) -> String {
        format!("{}.{}", self.of.name, self.is.name)
    }
}

/// A condition of a program, on rows of a record.
#[derive(Clone, Copy)]
pub struct Condition<'p> {
    pub record: RecordId,
    pub is: &'p Expr,
}

/// How many samples are tried before a claim is given up.
const TRIES: usize = 12;

impl<'p> Claims<'p> {
    pub fn new(checked: Checked<'p>) -> Claims<'p> {
        let program = checked.program;
        Claims {
            program,
            sources: checked.sources,
            solver: Solver::new(program),
            rules: FxHashMap::default(),
        }
    }

    pub fn sources(&self) -> &'p SourceMap {
        self.sources
    }

    /// What is written at a place, on one line.
    pub fn text(&self, span: Span) -> String {
        let text = &self.sources.file(span.file).text;
        let text = text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What an expression is called: by its definition's name, else as it is written.
    pub fn name_of(&self, e: &Expr) -> String {
        let key = self.solver.key_of(e);
        let named = self.program.attributes.iter().find(|a| match &a.kind {
            AttributeKind::Define(body) => self.solver.key_of(body) == key,
            _ => false,
        });
        match named {
            Some(attribute) => attribute.name.clone(),
            None => self.text(e.span),
        }
    }

    /// Every rule, in the order of the program.
    pub fn rules(&self) -> Vec<RuleAt<'p>> {
        let each = self.program.campaigns.iter().enumerate();
        each.flat_map(|(c, campaign)| {
            campaign
                .rules
                .iter()
                .enumerate()
                .map(move |(r, rule)| RuleAt {
                    campaign: c,
                    rule: r,
                    of: campaign,
                    is: rule,
                })
        })
        .collect()
    }

    /// Where a rule's subjects are: its `when`, its campaign's audience, the days that it runs.
    pub fn rule_region(&mut self, at: RuleAt<'p>) -> Region {
        if let Some(region) = self.rules.get(&(at.campaign, at.rule)) {
            return region.clone();
        }
        let mut region = self.runs(at.of);
        for condition in conditions_of(at) {
            let holds = self.solver.region(at.of.record, condition, Asked::True);
            region = region.and(&holds);
        }
        self.rules.insert((at.campaign, at.rule), region.clone());
        region
    }

    /// The days on which a campaign runs.
    pub fn runs(&mut self, campaign: &Campaign) -> Region {
        match campaign.runs {
            Some((first, last)) => {
                let last = last.unwrap_or(crate::schema::MAX_DAY);
                self.solver.on_days(i128::from(first.0), i128::from(last.0))
            }
            None => Region::everything(),
        }
    }

    /// A row of the region on which the answers are as they must be, if one is found.
    pub fn seen(
        &mut self,
        record: RecordId,
        region: &Region,
        questions: &[&Expr],
        mut fits: impl FnMut(&[Option<Value>]) -> bool,
    ) -> Option<Seen> {
        let samples = self.solver.samples(record, region);
        samples.into_iter().take(TRIES).find_map(|sample| {
            let values = self.ask(record, &sample, questions)?;
            fits(&values).then(|| Seen {
                text: sample.text.clone(),
                values,
            })
        })
    }

    fn ask(
        &self,
        record: RecordId,
        sample: &Sample,
        questions: &[&Expr],
    ) -> Option<Vec<Option<Value>>> {
        engine::probe(self.program, record, &sample.given, sample.today, questions)
    }

    /// Whether the evaluator agrees, on all rows that come to mind in the regions, that a condition is never so.
    pub fn withstands(
        &mut self,
        record: RecordId,
        regions: &[&Region],
        condition: &'p Expr,
        never: impl Fn(&Option<Value>) -> bool,
    ) -> bool {
        for region in regions {
            let samples = self.solver.samples(record, region);
            for sample in samples.iter().take(4) {
                if let Some(values) = self.ask(record, sample, &[condition])
                    && never(&values[0])
                {
                    return false;
                }
            }
        }
        true
    }

    /// Whether the evaluator finds all the conditions true on one of the rows that come to mind in the regions. Rows
    /// may miss their region, where they cannot be made to add up: only such a row speaks against a claim.
    pub fn meet(&mut self, record: RecordId, regions: &[&Region], conditions: &[&'p Expr]) -> bool {
        let all = |v: &[Option<Value>]| v.iter().all(yes);
        regions
            .iter()
            .any(|region| self.seen(record, region, conditions, all).is_some())
    }
}

/// What was tried, and what came of it.
pub struct Seen {
    /// As it would be given to a test.
    pub text: String,
    /// The answers, in the order of the questions.
    pub values: Vec<Option<Value>>,
}

impl Seen {
    /// A line for a finding's help.
    pub fn example(&self) -> String {
        format!("\nfor example: {}", self.text)
    }
}

/// A true condition.
pub fn yes(value: &Option<Value>) -> bool {
    *value == Some(Value::YesNo(true))
}

/// Audience and `when`, as far as there are any.
pub fn conditions_of<'p>(at: RuleAt<'p>) -> Vec<&'p Expr> {
    at.of.audience.iter().chain(&at.is.when).collect()
}

/// The parts that must all be true, as they are written: the two limits of a `between` are one part.
pub fn conjuncts(e: &Expr) -> Vec<&Expr> {
    match &e.kind {
        ExprKind::And(list) if list.iter().any(|part| part.span != e.span) => {
            list.iter().flat_map(conjuncts).collect()
        }
        _ => vec![e],
    }
}

/// Whether it is a name that stands for a condition, which has findings of its own.
pub fn is_name(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Attribute(..) => true,
        ExprKind::Through { member, .. } => is_name(member),
        ExprKind::Not(inner) => is_name(inner),
        _ => false,
    }
}

/// Every condition of the program that stands on its own: of definitions, rules, lines and filters.
pub fn all_conditions(program: &Program) -> Vec<Condition<'_>> {
    use crate::schema::Type;
    let mut out = Vec::new();
    for a in &program.attributes {
        let mut add = |is| {
            out.push(Condition {
                record: a.record,
                is,
            })
        };
        match &a.kind {
            AttributeKind::Define(e) if e.ty.ty == Type::YesNo => add(e),
            AttributeKind::Segment(e) => add(e),
            AttributeKind::Score { lines, .. } => lines.iter().for_each(|(c, _)| add(c)),
            _ => {}
        }
    }
    for pause in &program.pauses {
        out.push(Condition {
            record: pause.record,
            is: &pause.condition,
        });
    }
    for campaign in &program.campaigns {
        let whens = campaign.rules.iter().filter_map(|r| r.when.as_ref());
        out.extend(campaign.audience.iter().chain(whens).map(|is| Condition {
            record: campaign.record,
            is,
        }));
    }
    out.extend(filters(program));
    let mut seen = rustc_hash::FxHashSet::<Span>::default();
    out.retain(|c| seen.insert(c.is.span));
    out
}

/// The `where` of every aggregate in a definition or a rule that asks of its rows alone: one that asks of the outer
/// row too cannot be tried on a row of its own.
fn filters(program: &Program) -> Vec<Condition<'_>> {
    let mut roots: Vec<&Expr> = Vec::new();
    for a in &program.attributes {
        match &a.kind {
            AttributeKind::Define(e) | AttributeKind::Segment(e) => roots.push(e),
            AttributeKind::TiersBy { by, .. } => roots.push(by),
            AttributeKind::FirstMatch { lines, .. } => roots.extend(lines.iter().map(|(c, _)| c)),
            AttributeKind::Score { lines, .. } => roots.extend(lines.iter().map(|(c, _)| c)),
            AttributeKind::Table(table) => roots.extend(&table.by),
        }
    }
    for campaign in &program.campaigns {
        roots.extend(&campaign.audience);
        roots.extend(campaign.rules.iter().filter_map(|r| r.when.as_ref()));
    }
    let mut out = Vec::new();
    for root in roots {
        root.walk(&mut |e| {
            if let ExprKind::Aggregate(a) = &e.kind
                && let Some(filter) = &a.filter
                && !asks_outside(filter)
            {
                out.push(Condition {
                    record: a.many.record,
                    is: filter,
                });
            }
        });
    }
    out
}

fn asks_outside(filter: &Expr) -> bool {
    let mut found = false;
    filter.walk(&mut |e| found |= matches!(e.kind, ExprKind::Root(_)));
    found
}
