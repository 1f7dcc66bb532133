//! `personal-data-in-output`: a personal field leaves the house other than in a message to the person it is of.
//!
//! It leaves in the action list, in the arguments of an action on no channel; and in what a channel brings to
//! somebody else. A value that is only computed from a personal field, such as an age or the day of the next
//! birthday, is not it.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{
    Action, ActionCall, AggregateOp, AttributeKind, Expr, ExprKind, Part, Program, Target,
    TemplatePart,
};
use crate::schema::{AttributeId, FieldId, RecordId, Type};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

pub const LINT: Lint = Lint {
    code: &codes::PERSONAL_DATA_IN_OUTPUT,
    check,
};

/// How a row is reached from where one starts.
#[derive(Clone, PartialEq)]
enum Way {
    References(Vec<FieldId>),
    /// One of many rows.
    Among,
    /// Not to be said.
    Unclear,
}

impl Way {
    fn then(&self, rest: &Way) -> Way {
        match (self, rest) {
            (Way::References(a), Way::References(b)) => {
                Way::References(a.iter().chain(b).copied().collect())
            }
            (Way::Unclear, _) | (_, Way::Unclear) => Way::Unclear,
            _ => Way::Among,
        }
    }
}

/// A row: its record, and how it is reached.
#[derive(Clone)]
struct Row {
    record: RecordId,
    way: Way,
}

impl Row {
    fn start(record: RecordId) -> Row {
        Row {
            record,
            way: Way::References(Vec::new()),
        }
    }
}

/// A personal field that a value shows.
#[derive(Clone)]
struct Shown {
    /// Where it is said.
    span: Span,
    field: FieldId,
    row: Row,
}

struct Search<'p> {
    program: &'p Program,
    attributes: FxHashMap<AttributeId, Vec<Shown>>,
    /// Records that actions are for: their rows are somebody.
    acted_on: FxHashSet<RecordId>,
    found: Vec<Diagnostic>,
}

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let personal = |r: &crate::hir::Record| r.fields.iter().any(|f| f.personal);
    if !program.records.iter().any(personal) {
        return Vec::new();
    }
    let mut search = Search {
        program,
        attributes: FxHashMap::default(),
        acted_on: program.actions.iter().map(|a| a.record).collect(),
        found: Vec::new(),
    };
    for message in &program.messages {
        let own = Row::start(message.record);
        let mut shown = Vec::new();
        for text in &message.texts {
            search.shown(&text.text, &own, &own, &mut shown);
        }
        shown.retain(|s| search.is_of_another(s, &own));
        search.elsewhere(shown, &message.name, message.record);
    }
    for campaign in &program.campaigns {
        let thens = campaign.rules.iter().flat_map(|r| &r.thens);
        for call in thens.flat_map(|t| &t.calls) {
            search.call(call, campaign.record);
        }
    }
    search.found
}

impl Search<'_> {
    fn call(&mut self, call: &ActionCall, subject: RecordId) {
        let action = self.program.action(call.action);
        let row = Row::start(subject);
        let target = Row {
            record: action.record,
            way: match &call.target {
                Target::Subject => row.way.clone(),
                Target::To(path) => self.way(path),
                Target::ToEach { .. } => Way::Among,
            },
        };
        let (mut listed, mut sent) = (Vec::new(), Vec::new());
        for argument in call.arguments.iter().flatten() {
            match &argument.kind {
                ExprKind::Message { arguments, .. } => {
                    for inner in arguments.iter().flatten() {
                        self.shown(inner, &row, &row, &mut sent);
                    }
                }
                _ if action.channel.is_some() || argument.ty.ty == Type::Message => {
                    self.shown(argument, &row, &row, &mut sent);
                }
                _ => self.shown(argument, &row, &row, &mut listed),
            }
        }
        self.in_list(listed, action);
        sent.retain(|s| self.is_of_another(s, &target));
        self.elsewhere(sent, &action.name, action.record);
    }

    /// Whether a field is of somebody else than the row that it is sent to.
    fn is_of_another(&self, shown: &Shown, target: &Row) -> bool {
        let unclear = shown.row.way == Way::Unclear || target.way == Way::Unclear;
        let among = target.way == Way::Among;
        let same = shown.row.way == target.way && !among;
        // What happened to somebody, as a purchase, is theirs who hear of it.
        let record = self.program.record(shown.row.record);
        let somebody = self.acted_on.contains(&shown.row.record) && record.dated_by.is_none();
        !unclear && !same && (shown.row.record == target.record || somebody)
    }

    fn in_list(&mut self, mut shown: Vec<Shown>, action: &Action) {
        self.once_each(&mut shown);
        for s in shown {
            let field = self.program.field(s.row.record, s.field);
            let message = format!(
                "`{}` is personal, and `{}` writes it into the action list",
                field.name, action.name
            );
            self.found.push(
                Diagnostic::new(&codes::PERSONAL_DATA_IN_OUTPUT, s.span, message)
                    .also(field.span, "personal")
                    .help("leave it out: the list names the target by its key, and who carries the action out can look it up"),
            );
        }
    }

    fn elsewhere(&mut self, mut shown: Vec<Shown>, by: &str, to: RecordId) {
        self.once_each(&mut shown);
        for s in shown {
            let field = self.program.field(s.row.record, s.field);
            let owner = &self.program.record(s.row.record).name;
            let another = match s.row.record == to {
                true => format!("another `{owner}`"),
                false => format!("a `{}`", self.program.record(to).name),
            };
            let message = format!(
                "`{}` of one `{owner}` is personal, and `{by}` tells it to {another}",
                field.name
            );
            self.found.push(
                Diagnostic::new(&codes::PERSONAL_DATA_IN_OUTPUT, s.span, message)
                    .also(field.span, "personal")
                    .help("say it without, as in \"a friend of yours\""),
            );
        }
    }

    /// Each field once: texts in several languages say the same.
    fn once_each(&self, shown: &mut Vec<Shown>) {
        let mut seen = FxHashSet::default();
        shown.retain(|s| seen.insert((s.row.record, s.field)));
    }

    /// Where a reference leads, from the row that it is evaluated on.
    fn way(&self, reference: &Expr) -> Way {
        match &reference.kind {
            ExprKind::Row => Way::References(Vec::new()),
            ExprKind::Field(field) => Way::References(vec![*field]),
            ExprKind::Through {
                reference, member, ..
            } => self.way(reference).then(&self.way(member)),
            ExprKind::Attribute(id, Part::Value) => match &self.program.attribute(*id).kind {
                AttributeKind::Define(e) => self.way(e),
                _ => Way::Unclear,
            },
            _ => Way::Unclear,
        }
    }

    /// The personal fields whose values `e` shows; `row` is the current one.
    fn shown(&mut self, e: &Expr, row: &Row, root: &Row, out: &mut Vec<Shown>) {
        match &e.kind {
            ExprKind::Field(field) if self.program.field(row.record, *field).personal => {
                out.push(Shown {
                    span: e.span,
                    field: *field,
                    row: row.clone(),
                });
            }
            ExprKind::Attribute(id, Part::Value) => {
                for shown in self.attribute(*id) {
                    let way = row.way.then(&shown.row.way);
                    out.push(Shown {
                        span: e.span,
                        row: Row { way, ..shown.row },
                        ..shown
                    });
                }
            }
            ExprKind::Root(inner) => self.shown(inner, root, root, out),
            ExprKind::Through {
                reference,
                record,
                member,
            } => {
                let other = Row {
                    record: *record,
                    way: row.way.then(&self.way(reference)),
                };
                let from = out.len();
                self.shown(member, &other, &other, out);
                out[from..].iter_mut().for_each(|s| s.span = e.span);
            }
            ExprKind::Template(parts) => {
                for part in parts {
                    if let TemplatePart::Value(value) = part {
                        self.shown(value, row, root, out);
                    }
                }
            }
            ExprKind::Default { value, default } => {
                self.shown(value, row, root, out);
                self.shown(default, row, root, out);
            }
            ExprKind::If {
                then, otherwise, ..
            } => {
                self.shown(then, row, root, out);
                self.shown(otherwise, row, root, out);
            }
            ExprKind::Widen(inner)
            | ExprKind::DayOf(inner)
            | ExprKind::Round { value: inner, .. }
            | ExprKind::AsOf { value: inner, .. } => self.shown(inner, row, root, out),
            ExprKind::Call { arguments, .. } if e.ty.ty == Type::Text => {
                for argument in arguments {
                    self.shown(argument, row, root, out);
                }
            }
            ExprKind::Aggregate(a) if picks(a.op) => {
                let among = Row {
                    record: a.many.record,
                    way: Way::Among,
                };
                if let Some(value) = &a.value {
                    self.shown(value, &among, root, out);
                }
            }
            _ => {}
        }
    }

    /// What an attribute shows, from its own row.
    fn attribute(&mut self, id: AttributeId) -> Vec<Shown> {
        if let Some(known) = self.attributes.get(&id) {
            return known.clone();
        }
        let attribute = self.program.attribute(id);
        let row = Row::start(attribute.record);
        let mut out = Vec::new();
        match &attribute.kind {
            AttributeKind::Define(e) => self.shown(e, &row, &row, &mut out),
            AttributeKind::Table(table) => {
                let values = table.lines.iter().map(|l| &l.value);
                for value in values.chain(&table.otherwise) {
                    self.shown(value, &row, &row, &mut out);
                }
            }
            _ => {}
        }
        self.attributes.insert(id, out.clone());
        out
    }
}

/// Whether an aggregate is one of its rows' values.
fn picks(op: AggregateOp) -> bool {
    matches!(
        op,
        AggregateOp::First
            | AggregateOp::Last
            | AggregateOp::Earliest
            | AggregateOp::Latest
            | AggregateOp::Highest
            | AggregateOp::Lowest
            | AggregateOp::MostCommon
            | AggregateOp::List
            | AggregateOp::DistinctList
    )
}
