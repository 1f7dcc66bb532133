//! What must be known, and what a condition proves: a thing that can be missing is fit for a required place
//! where the condition can be true only if it is known.

use super::expressions::is_unknown;
use super::{Checker, State};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, AggregateOp, ArithmeticOp, AttributeKind, ExprKind as H, TemplatePart};
use crate::schema::{AttributeId, Type, Value};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// How deep definitions are looked into.
const DEPTH: usize = 8;

/// Paths that are known, seen from one row: `f3`, `f3.a5`.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    paths: FxHashSet<String>,
    /// The condition has a mistake of its own: what it proves once that is mended cannot be told.
    anything: bool,
}

impl Facts {
    pub fn also(&self, other: &Facts) -> Facts {
        let mut paths = self.paths.clone();
        paths.extend(other.paths.iter().cloned());
        Facts {
            paths,
            anything: self.anything || other.anything,
        }
    }

    /// What is known of the row that the path leads to.
    pub fn below(&self, path: &str) -> Facts {
        let paths = self.paths.iter();
        Facts {
            paths: paths
                .filter_map(|p| p.strip_prefix(path)?.strip_prefix('.'))
                .map(str::to_string)
                .collect(),
            anything: self.anything,
        }
    }

    pub fn add_parameter(&mut self, place: usize) {
        self.paths.insert(format!("p{place}"));
    }

    fn both(a: Facts, b: &Facts) -> Facts {
        Facts {
            paths: a.paths.intersection(&b.paths).cloned().collect(),
            anything: a.anything || b.anything,
        }
    }
}

/// The path that an expression is, seen from a row that `prefix` leads to.
pub(super) fn path_of(e: &hir::Expr, prefix: &str) -> Option<String> {
    Some(match &e.kind {
        H::Field(f) => format!("{prefix}f{}", f.0),
        H::Attribute(a, hir::Part::Value) => format!("{prefix}a{}", a.0),
        H::Attribute(a, part) => format!("{prefix}a{}{part:?}", a.0),
        H::Through {
            reference, member, ..
        } => {
            let reference = path_of(reference, prefix)?;
            path_of(member, &format!("{reference}."))?
        }
        H::Parameter(i) => format!("p{i}"),
        H::Figure(f) => format!("g{}", f.0),
        H::ReachableBy { channel, consent } => format!("{prefix}c{}{consent}", channel.0),
        // Known exactly where what they are of is.
        H::Recurring(recurring) => path_of(recurring.date()?, prefix)?,
        H::DayOf(inner) | H::Widen(inner) => path_of(inner, prefix)?,
        _ => return None,
    })
}

/// What a value that is no path is, wherever it is written: two alike are known together.
fn shape_of(e: &hir::Expr, prefix: &str) -> Option<String> {
    /// Bytes of source text beyond which two are hardly written alike.
    const LONGEST: u32 = 300;
    let lasting = match &e.kind {
        H::Arithmetic { op, .. } => *op == ArithmeticOp::Divide,
        H::Aggregate(_) | H::Population(_) | H::Call { .. } => true,
        _ => false,
    };
    if !lasting || e.span.end - e.span.start > LONGEST {
        return None;
    }
    let written = format!("{:?}", e.kind);
    let mut shape = format!("{prefix}=");
    let mut rest = written.as_str();
    while let Some((before, after)) = rest.split_once(", span: Span {") {
        shape += before;
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    Some(shape + rest)
}

impl<'a> Checker<'a> {
    /// What is known wherever `condition` is true.
    pub(super) fn facts(&self, condition: &hir::Expr) -> Facts {
        let mut facts = Facts::default();
        self.proves(condition, true, "", DEPTH, &mut facts);
        facts
    }

    fn proves(&self, e: &hir::Expr, when: bool, prefix: &str, depth: usize, out: &mut Facts) {
        if depth == 0 {
            return;
        }
        out.anything |= depth == DEPTH && mistaken(e);
        match &e.kind {
            H::Not(inner) => self.proves(inner, !when, prefix, depth, out),
            H::And(list) | H::Or(list) => {
                if matches!(e.kind, H::And(_)) == when {
                    for part in list {
                        self.proves(part, when, prefix, depth, out);
                    }
                } else {
                    let common = self.common(list, when, prefix, depth);
                    *out = out.also(&common);
                }
            }
            H::Known(inner) if when => self.implied(inner, prefix, depth, out),
            H::Known(_) => {}
            H::Default { value, default } => {
                // Only the value itself can have made it so.
                if matches!(default.kind, H::Literal(Value::YesNo(d)) if d != when) {
                    self.proves(value, when, prefix, depth, out);
                }
            }
            H::Attribute(id, _) => {
                out.paths.extend(path_of(e, prefix));
                if let Some(body) = self.body(*id) {
                    self.proves(body, when, prefix, depth - 1, out);
                }
            }
            H::Through {
                reference, member, ..
            } => {
                self.implied(reference, prefix, depth, out);
                if let Some(path) = path_of(reference, prefix) {
                    self.proves(member, when, &format!("{path}."), depth, out);
                }
            }
            H::Aggregate(a) => {
                let positive = match a.op {
                    AggregateOp::Any => when,
                    AggregateOp::No => !when,
                    AggregateOp::AtLeast => when && a.number.is_some_and(|n| n > 0),
                    _ => false,
                };
                if let (true, Some(base)) = (positive, &a.many.base) {
                    self.implied(base, prefix, depth, out);
                }
            }
            // True or false only where the condition held.
            H::If {
                condition,
                then,
                otherwise,
            } if matches!(otherwise.kind, H::Missing) => {
                self.proves(condition, true, prefix, depth, out);
                self.proves(then, when, prefix, depth, out);
            }
            H::ReachableBy { channel, consent } => {
                out.paths.extend(path_of(e, prefix));
                let channel = self.channels.get(channel.index()).and_then(Option::as_ref);
                let conditions = channel.iter().flat_map(|c| {
                    let asked: &[hir::Expr] = if *consent { &c.consent } else { &[] };
                    c.needs.iter().chain(asked)
                });
                // One that is false is not known to be the one.
                if when {
                    for condition in conditions {
                        self.proves(condition, when, prefix, depth - 1, out);
                    }
                }
            }
            _ => self.implied(e, prefix, depth, out),
        }
    }

    fn common(&self, list: &[hir::Expr], when: bool, prefix: &str, depth: usize) -> Facts {
        let mut parts = list.iter().map(|part| {
            let mut facts = Facts::default();
            self.proves(part, when, prefix, depth, &mut facts);
            facts
        });
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |a, b| Facts::both(a, &b))
    }

    /// What is known wherever `e` is.
    fn implied(&self, e: &hir::Expr, prefix: &str, depth: usize, out: &mut Facts) {
        if depth == 0 {
            return;
        }
        out.anything |= depth == DEPTH && mistaken(e);
        out.paths
            .extend(path_of(e, prefix).or_else(|| shape_of(e, prefix)));
        match &e.kind {
            // The day on which a level began is known with the level before it.
            H::Attribute(id, hir::Part::Before) => {
                let since = H::Attribute(*id, hir::Part::Since);
                let since = hir::Expr::new(since, hir::Ty::optional(Type::Date), e.span);
                out.paths.extend(path_of(&since, prefix));
            }
            H::Attribute(id, hir::Part::Value) => {
                if let Some(body) = self.body(*id) {
                    self.implied(body, prefix, depth - 1, out);
                }
            }
            H::Through {
                reference, member, ..
            } => {
                self.implied(reference, prefix, depth, out);
                if let Some(path) = path_of(reference, prefix) {
                    self.implied(member, &format!("{path}."), depth, out);
                }
            }
            H::Compare { left, right, .. }
            | H::TextMatch { left, right, .. }
            | H::Arithmetic { left, right, .. } => {
                self.implied(left, prefix, depth, out);
                self.implied(right, prefix, depth, out);
            }
            H::Shift { date, duration, .. } => {
                self.implied(date, prefix, depth, out);
                self.implied(duration, prefix, depth, out);
            }
            H::Between { from, to, .. } => {
                self.implied(from, prefix, depth, out);
                self.implied(to, prefix, depth, out);
            }
            H::InWindow { value, window } => {
                self.implied(value, prefix, depth, out);
                if let Some(date) = super::windows::window_date(window) {
                    self.implied(date, prefix, depth, out);
                }
            }
            H::Recurring(recurring) => {
                if let Some(date) = recurring.date() {
                    self.implied(date, prefix, depth, out);
                }
            }
            H::Negate(inner)
            | H::Widen(inner)
            | H::DayOf(inner)
            | H::Round { value: inner, .. }
            | H::Quantity { value: inner, .. }
            | H::In { value: inner, .. }
            | H::Reminder { date: inner, .. } => self.implied(inner, prefix, depth, out),
            H::If {
                condition,
                then,
                otherwise,
            } if matches!(otherwise.kind, H::Missing) => {
                self.proves(condition, true, prefix, depth, out);
                self.implied(then, prefix, depth, out);
            }
            H::Aggregate(a) => {
                if let Some(base) = &a.many.base {
                    self.implied(base, prefix, depth, out);
                }
            }
            // Every function of something missing is missing.
            H::Call { arguments, .. } => {
                for argument in arguments {
                    self.implied(argument, prefix, depth, out);
                }
            }
            _ => {}
        }
    }

    /// The expression that an attribute is, if it is one.
    fn body(&self, id: AttributeId) -> Option<&hir::Expr> {
        match &self.slots[id.index()].state {
            State::Done(a) => match &a.kind {
                AttributeKind::Define(e) | AttributeKind::Segment(e) => Some(e),
                _ => None,
            },
            _ => None,
        }
    }

    /// The part that can be missing though `facts` are known; `None` if there is none.
    pub(super) fn missing(&self, e: &hir::Expr, facts: &Facts) -> Option<Span> {
        self.missing_at(e, facts, "", DEPTH)
    }

    fn missing_at(&self, e: &hir::Expr, facts: &Facts, prefix: &str, depth: usize) -> Option<Span> {
        if !e.ty.optional || facts.anything {
            return None;
        }
        let path = path_of(e, prefix).or_else(|| shape_of(e, prefix));
        if path.is_some_and(|p| facts.paths.contains(&p)) {
            return None;
        }
        if depth == 0 {
            return Some(e.span);
        }
        let one = |e: &hir::Expr| self.missing_at(e, facts, prefix, depth);
        match &e.kind {
            H::Attribute(id, hir::Part::Value) => match self.body(*id) {
                Some(body) => self.missing_at(body, facts, prefix, depth - 1),
                None => Some(e.span),
            },
            H::Through {
                reference, member, ..
            } => {
                // Once the whole path is known, so is each step of it.
                let whole = path_of(e, prefix).map(|_| e.span);
                let step = one(reference).map(|at| whole.unwrap_or(at));
                step.or_else(|| {
                    let path = path_of(reference, prefix).unwrap_or_else(|| "?".into());
                    self.missing_at(member, facts, &format!("{path}."), depth)
                        .map(|at| whole.unwrap_or(at))
                })
            }
            H::Arithmetic { op, left, right } => one(left).or_else(|| one(right)).or_else(|| {
                let may_be_zero =
                    *op == ArithmeticOp::Divide && !matches!(right.kind, H::Literal(_));
                may_be_zero.then_some(e.span)
            }),
            H::Shift { date, duration, .. } => one(date).or_else(|| one(duration)),
            H::Between { from, to, .. } => one(from).or_else(|| one(to)),
            H::Recurring(recurring) => recurring.date().and_then(one),
            H::Negate(inner)
            | H::Not(inner)
            | H::Widen(inner)
            | H::DayOf(inner)
            | H::Round { value: inner, .. }
            | H::Quantity { value: inner, .. } => one(inner),
            H::Default { value, default } => one(value).and_then(|_| one(default)),
            H::Aggregate(a) if counts(a.op) => match &a.many.base {
                Some(base) => one(base),
                None => Some(e.span),
            },
            H::If {
                condition,
                then,
                otherwise,
            } => self.missing_branch(condition, [then, otherwise], facts, prefix, depth),
            H::Template(parts) => parts.iter().find_map(|p| match p {
                TemplatePart::Value(v) => one(v),
                TemplatePart::Text(_) => None,
            }),
            H::Call {
                function,
                arguments,
            } => arguments.iter().find_map(one).or_else(|| {
                let f = crate::functions::get(*function);
                f.may_be_missing.then_some(e.span)
            }),
            _ => Some(e.span),
        }
    }

    fn missing_branch(
        &self,
        condition: &hir::Expr,
        branches: [&hir::Expr; 2],
        facts: &Facts,
        prefix: &str,
        depth: usize,
    ) -> Option<Span> {
        let [then, otherwise] = branches;
        let mut more = facts.clone();
        self.proves(condition, true, prefix, depth, &mut more);
        self.missing_at(then, &more, prefix, depth).or_else(|| {
            // `otherwise` takes the unknown too, so only what `is known` denies is proven.
            let mut more = facts.clone();
            if let H::Not(inner) = &condition.kind
                && matches!(inner.kind, H::Known(_))
            {
                self.proves(inner, true, prefix, depth, &mut more);
            }
            self.missing_at(otherwise, &more, prefix, depth)
        })
    }

    /// Reports a value that may be missing where one must be known. `place`: what needs it.
    pub(super) fn must_be_known(
        &mut self,
        e: &hir::Expr,
        facts: &Facts,
        place: &str,
        third_way: &str,
    ) {
        if let H::Template(parts) = &e.kind {
            for part in parts {
                if let TemplatePart::Value(v) = part {
                    self.must_be_known(v, facts, "a placeholder", "leave it out of the text");
                }
            }
            return;
        }
        let Some(at) = self.missing(e, facts) else {
            return;
        };
        let text = self.sources.slice(e.span).to_string();
        let mut d = Diagnostic::new(
            &codes::UNGUARDED_OPTIONAL,
            e.span,
            format!(
                "`{}` may be missing, and {place} must be known",
                short(&text)
            ),
        );
        let mut cause = text.clone();
        if !e.span.contains(at) {
            d = d.also(at, "this may be missing");
        } else {
            cause = self.sources.slice(at).to_string();
        }
        let (cause, value) = (short(&cause), atom(&short(&cause)));
        if open_if(e, at) {
            d = d.help("say what it is for all others: `if … then … otherwise …`");
            self.report(d);
            return;
        }
        // A reference has no other value to fall back to.
        let fall_back = match e.ty.ty {
            Type::Reference(_) => String::new(),
            _ => format!("write `({value} default …)`, "),
        };
        d = d.help(format!(
            "{fall_back}add `{} is known` to the rule's `when`, or {third_way}",
            atom(&cause)
        ));
        self.report(d);
    }
}

/// Whether the expression is a mistake itself, and not only names something that has one.
fn mistaken(e: &hir::Expr) -> bool {
    is_unknown(e) && !matches!(e.kind, H::Attribute(..) | H::Field(_))
}

/// Whether the part at `at`, written within `e`, is an `if` without `otherwise`.
fn open_if(e: &hir::Expr, at: Span) -> bool {
    let mut open = false;
    e.walk(&mut |e| open |= matches!(e.kind, H::Missing) && e.span == at);
    open && e.span.contains(at)
}

/// Known over whatever rows, also over none.
fn counts(op: AggregateOp) -> bool {
    use AggregateOp as Op;
    matches!(
        op,
        Op::Count | Op::Sum | Op::DistinctCount | Op::AtLeast | Op::AtMost | Op::Exactly
    )
}

/// In parentheses unless it is a name or a path.
fn atom(written: &str) -> String {
    let path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '`');
    if written.chars().all(path) {
        written.to_string()
    } else {
        format!("({written})")
    }
}

/// A text on one line, not too long to be read in a sentence.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 40 {
        line
    } else {
        let start: String = line.chars().take(39).collect();
        format!("{start}…")
    }
}
