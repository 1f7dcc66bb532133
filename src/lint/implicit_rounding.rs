//! `implicit-rounding`: money with more digits than its currency has leaves the language, and is rounded on the
//! way without a word.

use super::places::{Role, places};
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::hir::{
    AggregateOp, ArithmeticOp, AttributeKind, Expr, ExprKind, Part, PopulationOp, Program,
    TemplatePart,
};
use crate::schema::{AttributeId, Decimal, ONE, Rounding, Type, Value};
use crate::source::Span;
use rustc_hash::FxHashMap;

pub const LINT: Lint = Lint {
    code: &codes::IMPLICIT_ROUNDING,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut digits = Digits {
        program,
        attributes: FxHashMap::default(),
    };
    let mut found = Vec::new();
    for place in places(program) {
        let argument = place.role == Role::Leaves && place.kind == "rule";
        if argument {
            digits.leaves(place.expr, &mut found);
        }
        place.expr.walk(&mut |e| match &e.kind {
            ExprKind::Template(parts) => {
                for part in parts {
                    if let TemplatePart::Value(value) = part {
                        digits.leaves(value, &mut found);
                    }
                }
            }
            ExprKind::Message { arguments, .. } => {
                for value in arguments.iter().flatten() {
                    digits.leaves(value, &mut found);
                }
            }
            _ => {}
        });
    }
    found
}

struct Digits<'p> {
    program: &'p Program,
    /// Whether their values may have more digits than the currency.
    attributes: FxHashMap<AttributeId, bool>,
}

impl Digits<'_> {
    fn leaves(&mut self, e: &Expr, found: &mut Vec<Diagnostic>) {
        let Type::Money(currency) = e.ty.ty else {
            return;
        };
        if !self.many(e) {
            return;
        }
        let message = match currency.digits() {
            0 => format!(
                "this may be a fraction of the smallest unit of {currency}, and is rounded as it leaves"
            ),
            n => format!(
                "this may have more than {n} digits after the point, and is rounded as it leaves"
            ),
        };
        let mut d = Diagnostic::new(&codes::IMPLICIT_ROUNDING, e.span, message)
            .help("say how: `rounded`, `rounded down`, `rounded to 5 CNY`");
        d.fix = Some(rounded(e));
        found.push(d);
    }

    /// Whether the value may have more digits than its currency.
    fn many(&mut self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Literal(value) => is_finer(value),
            ExprKind::Attribute(id, part) => self.attribute(*id, *part),
            ExprKind::Figure(id) => self.many(&self.program.figure(*id).value),
            ExprKind::Root(inner) | ExprKind::Negate(inner) => self.many(inner),
            ExprKind::Through { member, .. } => self.many(member),
            ExprKind::Default { value, default } => self.many(value) || self.many(default),
            ExprKind::If {
                then, otherwise, ..
            } => self.many(then) || self.many(otherwise),
            ExprKind::AsOf { value, .. } => self.many(value),
            ExprKind::Arithmetic { op, left, right } => match op {
                ArithmeticOp::Add | ArithmeticOp::Subtract => self.many(left) || self.many(right),
                ArithmeticOp::Multiply => self.product(left, right),
                ArithmeticOp::Divide => true,
            },
            ExprKind::Round { step, .. } => is_finer(step),
            ExprKind::Aggregate(a) => {
                let value = a.value.as_ref();
                a.op == AggregateOp::Average || value.is_some_and(|v| self.many(v))
            }
            ExprKind::Population(p) => {
                let value = p.value.as_ref();
                p.op == PopulationOp::Average || value.is_some_and(|v| self.many(v))
            }
            ExprKind::Call { arguments, .. } => arguments
                .iter()
                .any(|a| matches!(a.ty.ty, Type::Money(_)) && self.many(a)),
            _ => false,
        }
    }

    /// Money times a number: as fine as the money where the number is whole.
    fn product(&mut self, money: &Expr, number: &Expr) -> bool {
        if let (ExprKind::Literal(Value::Money(amount, currency)), Some(factor)) =
            (&money.kind, literal(number))
        {
            let product = amount.checked_mul(factor);
            return product.is_none_or(|p| is_finer(&Value::Money(p, *currency)));
        }
        let whole = match (&number.kind, literal(number)) {
            (_, Some(factor)) => factor.0 % ONE == 0,
            (ExprKind::Widen(inner), None) => inner.ty.ty == Type::Integer,
            _ => false,
        };
        !whole || self.many(money)
    }

    fn attribute(&mut self, id: AttributeId, part: Part) -> bool {
        if !matches!(part, Part::Value | Part::Shortfall) {
            return false;
        }
        if let Some(known) = self.attributes.get(&id) {
            return *known;
        }
        let many = match &self.program.attribute(id).kind {
            AttributeKind::Define(e) => self.many(e),
            AttributeKind::TiersBy { by, levels, .. } => {
                levels.iter().any(is_finer) || self.many(by)
            }
            AttributeKind::Score { lines, .. } => lines.iter().any(|(_, v)| self.many(v)),
            AttributeKind::Table(table) => {
                let mut values = table.lines.iter().map(|l| &l.value).chain(&table.otherwise);
                values.any(|v| self.many(v))
            }
            AttributeKind::Segment(_) | AttributeKind::FirstMatch { .. } => false,
        };
        self.attributes.insert(id, many);
        many
    }
}

/// Whether an amount has more digits than its currency.
fn is_finer(value: &Value) -> bool {
    let Value::Money(amount, currency) = value else {
        return false;
    };
    amount.round_digits(currency.digits(), Rounding::Nearest) != Some(*amount)
}

/// A number as it is written.
fn literal(e: &Expr) -> Option<Decimal> {
    match &e.kind {
        ExprKind::Widen(inner) => literal(inner),
        ExprKind::Literal(Value::Integer(n)) => Some(Decimal::from_int(*n)),
        ExprKind::Literal(Value::Number(d) | Value::Percent(d)) => Some(*d),
        _ => None,
    }
}

/// `rounded` does what happens anyway where the value is only shown; what counts with it, as a cost does, then
/// counts with the rounded one.
fn rounded(e: &Expr) -> Fix {
    let edit = |span: Span, text: &str| Edit {
        span,
        text: text.into(),
    };
    // `rounded` would take the last branch, or the default, alone.
    let apart = matches!(e.kind, ExprKind::If { .. } | ExprKind::Default { .. });
    let edits = match apart {
        true => vec![
            edit(e.span.at_start(), "("),
            edit(e.span.at_end(), ") rounded"),
        ],
        false => vec![edit(e.span.at_end(), " rounded")],
    };
    Fix {
        message: "round it here: what counts with it, as a cost does, takes the rounded amount"
            .into(),
        edits,
        safe: false,
    }
}
