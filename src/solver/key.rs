//! What an expression is, whatever it is called and wherever it is written: two with one key have one value on
//! one row.

use super::Solver;
use crate::hir::{AttributeKind, Expr, ExprKind, Part, Recurring, Window};
use std::fmt::Write;

/// Definitions within definitions beyond this are told apart by their own names.
const DEPTH: usize = 24;

impl Solver<'_> {
    /// The key of an expression on its row.
    pub(super) fn key(&self, e: &Expr) -> String {
        let mut out = String::new();
        self.write_key(e, DEPTH, &mut out);
        out
    }

    fn write_key(&self, e: &Expr, depth: usize, out: &mut String) {
        if let ExprKind::Attribute(id, part) = &e.kind {
            match &self.program.attribute(*id).kind {
                AttributeKind::Define(below) | AttributeKind::Segment(below)
                    if *part == Part::Value && depth > 0 =>
                {
                    self.write_key(below, depth - 1, out);
                }
                _ => {
                    let _ = write!(out, "a{}{part:?}", id.0);
                }
            }
            return;
        }
        if let ExprKind::Field(f) = &e.kind {
            let _ = write!(out, "f{}", f.0);
            return;
        }
        out.push('(');
        out.push_str(&payload(e));
        let mut below = Vec::new();
        e.operands(&mut |x| below.push(x));
        for operand in below {
            out.push(' ');
            self.write_key(operand, depth, out);
        }
        out.push(')');
    }
}

/// The kind of an expression, and all of it that is no expression.
fn payload(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Literal(v) => format!("{v:?}"),
        ExprKind::Compare { op, .. } => format!("{op:?}"),
        ExprKind::TextMatch {
            op, ignoring_case, ..
        } => format!("{op:?}{ignoring_case}"),
        ExprKind::In { list, .. } => format!("in{list:?}"),
        ExprKind::Arithmetic { op, .. } => format!("{op:?}"),
        ExprKind::Shift { subtract, .. } => format!("shift{subtract}"),
        ExprKind::Round {
            mode,
            step,
            to_integer,
            ..
        } => format!("round{mode:?}{step:?}{to_integer}"),
        ExprKind::Quantity { kind, factor, .. } => format!("quantity{kind:?}{factor}"),
        ExprKind::Between { unit, .. } => format!("between{unit:?}"),
        ExprKind::Boundary { end, which, unit } => format!("boundary{end}{which:?}{unit:?}"),
        ExprKind::InWindow { window, .. } => format!("within{}", window_key(window)),
        ExprKind::Reminder {
            offsets,
            kind,
            unit,
            after,
            ..
        } => format!("reminder{offsets:?}{kind:?}{unit}{after}"),
        ExprKind::Recurring(Recurring::Anniversary(_)) => "anniversary".into(),
        ExprKind::Recurring(Recurring::LunarAnniversary(_)) => "lunar".into(),
        ExprKind::Recurring(Recurring::Occasion(o)) => format!("{o:?}"),
        ExprKind::Aggregate(a) => format!(
            "{:?}{:?}over{}by{}{}value{}where{}",
            a.op,
            a.number,
            a.many.record.0,
            a.many.by.0,
            a.window.as_ref().map(window_key).unwrap_or_default(),
            a.value.is_some(),
            a.filter.is_some()
        ),
        ExprKind::Population(p) => format!(
            "{:?}{:?}{:?}{}{}",
            p.op,
            p.record,
            p.cuts,
            p.value.is_some(),
            p.filter.is_some()
        ),
        ExprKind::Template(parts) => format!(
            "template{:?}",
            parts
                .iter()
                .map(|p| match p {
                    crate::hir::TemplatePart::Text(t) => Some(t),
                    crate::hir::TemplatePart::Value(_) => None,
                })
                .collect::<Vec<_>>()
        ),
        ExprKind::Figure(f) => format!("figure{}", f.0),
        ExprKind::Call { function, .. } => format!("call{}", function.0),
        ExprKind::ReachableBy { channel, consent } => format!("reachable{}{consent}", channel.0),
        ExprKind::Message { message, arguments } => {
            let given: Vec<bool> = arguments.iter().map(Option::is_some).collect();
            format!("message{}{given:?}", message.0)
        }
        ExprKind::Parameter(p) => format!("parameter{p}"),
        other => format!("{:?}", std::mem::discriminant(other)),
    }
}

/// A window without the date that it lies around.
pub(super) fn window_key(window: &Window) -> String {
    match window {
        Window::Last { count, kind } => format!("last{count}{kind:?}"),
        Window::Next { count, kind } => format!("next{count}{kind:?}"),
        Window::Calendar { which, unit } => format!("{which:?}{unit:?}"),
        Window::After { count, kind, .. } => format!("after{count}{kind:?}"),
        Window::Before { count, kind, .. } => format!("before{count}{kind:?}"),
        Window::Today => "today".into(),
    }
}
