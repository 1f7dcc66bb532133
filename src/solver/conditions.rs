//! A condition as a region: where it can be true, where false, where not true, where not false.

use super::axis::Coordinate;
use super::region::{Cell, Region};
use super::set::{HIGHEST, LOWEST, Set, only};
use super::{Site, Solver};
use crate::hir::{Aggregate, AggregateOp, AttributeKind, CompareOp, Expr, ExprKind, Part, Window};
use crate::schema::Value;

/// What is asked of a condition, which may also be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Asked {
    fn opposite(self) -> Asked {
        match self {
            Asked::True => Asked::False,
            Asked::False => Asked::True,
            Asked::NotTrue => Asked::NotFalse,
            Asked::NotFalse => Asked::NotTrue,
        }
    }

    /// Whether the known value is a "yes", and whether unknown is in too.
    fn parts(self) -> (bool, bool) {
        match self {
            Asked::True => (true, false),
            Asked::False => (false, false),
            Asked::NotTrue => (false, true),
            Asked::NotFalse => (true, true),
        }
    }
}

impl<'p> Solver<'p> {
    /// Where a condition on the site's row can be what is asked.
    pub(super) fn truth(&mut self, e: &'p Expr, asked: Asked, site: &Site<'p>) -> Region {
        match &e.kind {
            ExprKind::Literal(Value::YesNo(yes)) => {
                Region::when(*yes == matches!(asked, Asked::True | Asked::NotFalse))
            }
            ExprKind::Missing => Region::when(asked.parts().1),
            ExprKind::Not(inner) => self.truth(inner, asked.opposite(), site),
            ExprKind::And(list) => match asked {
                Asked::True | Asked::NotFalse => self.every(list, asked, site),
                Asked::False | Asked::NotTrue => self.some(list, asked, site),
            },
            ExprKind::Or(list) => match asked {
                Asked::True | Asked::NotFalse => self.some(list, asked, site),
                Asked::False | Asked::NotTrue => self.every(list, asked, site),
            },
            ExprKind::Known(inner) => match asked {
                Asked::True | Asked::NotFalse => self.known(inner, site),
                Asked::False | Asked::NotTrue => self.missing(inner, site),
            },
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let yes = self.truth(condition, Asked::True, site);
                let yes = yes.and(&self.truth(then, asked, site));
                let no = self.truth(condition, Asked::NotTrue, site);
                yes.or(no.and(&self.truth(otherwise, asked, site)))
            }
            ExprKind::Default { value, default } => {
                let (yes, _) = asked.parts();
                let known = match yes {
                    true => Asked::True,
                    false => Asked::False,
                };
                let there = self.truth(value, known, site);
                let gone = self.missing(value, site);
                there.or(gone.and(&self.truth(default, asked, site)))
            }
            ExprKind::Attribute(id, Part::Value) => match &self.program.attribute(*id).kind {
                AttributeKind::Define(below) | AttributeKind::Segment(below) => {
                    let memo = (*id, asked);
                    if site.path.is_empty()
                        && let Some(known) = self.memo.get(&memo)
                    {
                        return known.clone();
                    }
                    let region = self.truth(below, asked, site);
                    if site.path.is_empty() {
                        self.memo.insert(memo, region.clone());
                    }
                    region
                }
                _ => self.flag(e, asked, site),
            },
            ExprKind::Through {
                reference, member, ..
            } => {
                let (_, unknown) = asked.parts();
                let there = self.known(reference, site);
                let below = self.truth(member, asked, &self.site_through(site, reference));
                let there = there.and(&below);
                match unknown {
                    true => there.or(self.missing(reference, site)),
                    false => there,
                }
            }
            ExprKind::Compare { op, left, right } => {
                let (yes, unknown) = asked.parts();
                let op = if yes { *op } else { op.opposite() };
                let known = self.compare(e, op, left, right, site);
                match unknown {
                    true => known.or(self.unknown(&[left, right], site)),
                    false => known,
                }
            }
            ExprKind::In { value, list } => {
                let (yes, unknown) = asked.parts();
                let set = list.iter().map(only).reduce(|a, b| a.union(&b));
                let set = set.unwrap_or_else(Set::none);
                let set = if yes { set } else { set.complement() };
                let known = self.value_in(value, &set, site);
                match unknown {
                    true => known.or(self.missing(value, site)),
                    false => known,
                }
            }
            ExprKind::TextMatch { .. } => self.opaque(e, asked, site),
            ExprKind::InWindow { value, window } => self.in_window(e, value, window, asked, site),
            ExprKind::Reminder { .. } => self.reminder(e, asked, site),
            ExprKind::Aggregate(a) => self.rows_condition(e, a, asked, site),
            _ => self.flag(e, asked, site),
        }
    }

    fn every(&mut self, list: &'p [Expr], asked: Asked, site: &Site<'p>) -> Region {
        let mut all = Region::everything();
        for e in list {
            all = all.and(&self.truth(e, asked, site));
            if all.is_nothing() {
                break;
            }
        }
        all
    }

    fn some(&mut self, list: &'p [Expr], asked: Asked, site: &Site<'p>) -> Region {
        let mut any = Region::nothing();
        for e in list {
            any = any.or(self.truth(e, asked, site));
        }
        any
    }

    /// Where one of them is missing.
    fn unknown(&mut self, operands: &[&'p Expr], site: &Site<'p>) -> Region {
        let mut any = Region::nothing();
        for e in operands {
            any = any.or(self.missing(e, site));
        }
        any
    }

    /// A yes/no value as it is.
    fn flag(&mut self, e: &'p Expr, asked: Asked, site: &Site<'p>) -> Region {
        let (yes, unknown) = asked.parts();
        let axis = self.axis(Coordinate::Value, e, site);
        let domain = self.axes[axis.0 as usize].domain.clone();
        let cell = Cell {
            set: Set::point(i128::from(yes)),
            missing: unknown,
        };
        Region::cell(axis, cell.intersect(&domain))
    }

    /// A condition that is not looked into: true only where its operands are known.
    pub(super) fn opaque(&mut self, e: &'p Expr, asked: Asked, site: &Site<'p>) -> Region {
        let own = self.flag(e, asked, site);
        if asked.parts().1 || !strict(e) {
            return own;
        }
        let mut operands = Vec::new();
        e.operands(&mut |x| operands.push(x));
        let mut all = own;
        for operand in operands {
            all = all.and(&self.known(operand, site));
        }
        all
    }

    /// `left op right`, both known.
    fn compare(
        &mut self,
        e: &'p Expr,
        op: CompareOp,
        left: &'p Expr,
        right: &'p Expr,
        site: &Site<'p>,
    ) -> Region {
        if let Some(region) = self.compare_days(op, left, right, site) {
            return region;
        }
        if let Some(set) = against(op, right) {
            return self.value_in(left, &set, site);
        }
        if let Some(set) = against(op.mirrored(), left) {
            return self.value_in(right, &set, site);
        }
        let both = self.known(left, site).and(&self.known(right, site));
        // The order of the two, whichever is written first.
        let turned = self.key(left) > self.key(right);
        let op = if turned { op.mirrored() } else { op };
        let signs = match op {
            CompareOp::Equal => Set::point(0),
            CompareOp::NotEqual => Set::from_ranges(vec![(-1, -1), (1, 1)]),
            CompareOp::Less => Set::point(-1),
            CompareOp::LessEqual => Set::range(-1, 0),
            CompareOp::Greater => Set::point(1),
            CompareOp::GreaterEqual => Set::range(0, 1),
        };
        let axis = self.order_axis(e, left, right, turned, site);
        both.and(&Region::cell(axis, Cell::known(signs)))
    }

    /// `any of`, `no`, `at least N of` and its like; of other aggregates, a yes/no value.
    fn rows_condition(
        &mut self,
        e: &'p Expr,
        a: &'p Aggregate,
        asked: Asked,
        site: &Site<'p>,
    ) -> Region {
        let n = i128::from(a.number.unwrap_or(0));
        let (holds, kleene) = match a.op {
            AggregateOp::Any => (Set::range(1, HIGHEST), true),
            AggregateOp::No => (Set::point(0), true),
            AggregateOp::AtLeast => (Set::range(n, HIGHEST), false),
            AggregateOp::AtMost => (Set::range(0, n), false),
            AggregateOp::Exactly => (Set::point(n), false),
            _ => return self.flag(e, asked, site),
        };
        let axis = self.axis(Coordinate::Count, e, site);
        let domain = self.axes[axis.0 as usize].domain.clone();
        let (yes, unknown) = asked.parts();
        let set = if yes { holds } else { holds.complement() };
        let cell = Cell {
            set,
            missing: unknown,
        };
        let region = Region::cell(axis, cell.intersect(&domain));
        // Rows of which it is not known leave `any` and `no` unknown where no row is counted.
        let unsure = kleene && e.ty.optional;
        let counted_none = match a.op {
            AggregateOp::Any => asked == Asked::NotFalse,
            AggregateOp::No => asked == Asked::NotTrue,
            _ => false,
        };
        match unsure && counted_none {
            true => region.or(Region::cell(axis, Cell::known(Set::point(0)))),
            false => region,
        }
    }

    fn in_window(
        &mut self,
        e: &'p Expr,
        value: &'p Expr,
        window: &'p Window,
        asked: Asked,
        site: &Site<'p>,
    ) -> Region {
        let Some((inside, outside)) = super::dates::window_offsets(window) else {
            return self.opaque(e, asked, site);
        };
        if !super::dates::one_occurrence(value, &inside) {
            return self.flag(e, asked, site);
        }
        let (yes, unknown) = asked.parts();
        let set = if yes { inside } else { outside };
        let exact = super::dates::is_exact(window);
        let known = match &value.kind {
            ExprKind::Recurring(_) => {
                let axis = self.axis(Coordinate::ToOccurrence, value, site);
                let there = self.known(value, site);
                there.and(&Region::cell(axis, Cell::known(set)))
            }
            _ => self.offset_in(value, &set, site),
        };
        // Whether an occurrence lies within is known wherever the day is that comes back.
        let looked_at = match &value.kind {
            ExprKind::Recurring(recurring) => recurring.date(),
            _ => Some(value),
        };
        let region = match (unknown, looked_at) {
            (true, Some(day)) => known.or(self.missing(day, site)),
            _ => known,
        };
        match exact {
            true => region,
            false => region.and(&self.flag(e, asked, site)),
        }
    }

    fn reminder(&mut self, e: &'p Expr, asked: Asked, site: &Site<'p>) -> Region {
        let ExprKind::Reminder { date, .. } = &e.kind else {
            return self.flag(e, asked, site);
        };
        let Some((inside, outside, exact)) = super::dates::reminder_offsets(e) else {
            return self.opaque(e, asked, site);
        };
        if !super::dates::one_occurrence(date, &inside) {
            return self.flag(e, asked, site);
        }
        let (yes, unknown) = asked.parts();
        let set = if yes { inside } else { outside };
        let known = match &date.kind {
            ExprKind::Recurring(_) => {
                let axis = self.axis(Coordinate::ToOccurrence, date, site);
                let there = self.known(date, site);
                there.and(&Region::cell(axis, Cell::known(set)))
            }
            _ => self.offset_in(date, &set, site),
        };
        let region = match unknown {
            true => known.or(self.missing(date, site)),
            false => known,
        };
        match exact {
            true => region,
            false => region.and(&self.flag(e, asked, site)),
        }
    }
}

/// Unknown wherever an operand is missing.
fn strict(e: &Expr) -> bool {
    matches!(
        e.kind,
        ExprKind::Compare { .. } | ExprKind::TextMatch { .. }
    )
}

/// The values that compare so with a constant.
fn against(op: CompareOp, constant: &Expr) -> Option<Set> {
    let value = match &constant.kind {
        ExprKind::Literal(Value::Text(text)) => {
            return match op {
                CompareOp::Equal => Some(Set::text(text)),
                CompareOp::NotEqual => Some(Set::text(text).complement()),
                _ => None,
            };
        }
        _ => super::axis::constant(constant)?,
    };
    Some(compared(op, value, value))
}

/// The numbers that can compare so with one of those from `low` to `high`.
pub(super) fn compared(op: CompareOp, low: i128, high: i128) -> Set {
    match op {
        CompareOp::Equal => Set::range(low, high),
        CompareOp::NotEqual if low == high => Set::point(low).complement(),
        CompareOp::NotEqual => Set::numbers(),
        CompareOp::Less => Set::range(LOWEST, high - 1),
        CompareOp::LessEqual => Set::range(LOWEST, high),
        CompareOp::Greater => Set::range(low + 1, HIGHEST),
        CompareOp::GreaterEqual => Set::range(low, HIGHEST),
    }
}
