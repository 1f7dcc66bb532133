//! Where an expression has a value of a set, and where it has none.

use super::axis::Coordinate;
use super::conditions::Asked;
use super::region::{AxisId, Cell, Region};
use super::set::{HIGHEST, LOWEST, Set, code};
use super::{Site, Solver};
use crate::hir::{
    Aggregate, AggregateOp, ArithmeticOp, Attribute, AttributeKind, Expr, ExprKind, History, Part,
    Passage, Table,
};
use crate::schema::{ONE, Type};

/// Whether it counts rows, and not only those where a value is known.
fn counts_rows(a: &Aggregate) -> bool {
    a.op == AggregateOp::Count && a.value.as_ref().is_none_or(|v| !v.ty.optional)
}

/// Whether a level is always that of today's value: it moves at once, or nobody asks how it moved.
fn at_once(history: &Option<History>) -> bool {
    let free = Passage::default();
    history
        .as_ref()
        .is_none_or(|h| h.rises == free && h.falls == free)
}

/// A score of more lines is not looked into.
const SCORED: usize = 5;

impl<'p> Solver<'p> {
    /// Where the value is known and in the set.
    pub(super) fn value_in(&mut self, e: &'p Expr, set: &Set, site: &Site<'p>) -> Region {
        if set.is_empty() {
            return Region::nothing();
        }
        match &e.kind {
            ExprKind::Literal(value) => {
                let inside = super::set::only(value).intersect(set);
                Region::when(!inside.is_empty())
            }
            ExprKind::Missing => Region::nothing(),
            ExprKind::Attribute(id, Part::Value) => {
                let program = self.program;
                self.attribute_in(e, program.attribute(*id), set, site)
            }
            ExprKind::Through {
                reference, member, ..
            } => {
                let there = self.known(reference, site);
                there.and(&self.value_in(member, set, &self.site_through(site, reference)))
            }
            ExprKind::Default { value, default } => {
                let there = self.value_in(value, set, site);
                let gone = self.missing(value, site);
                there.or(gone.and(&self.value_in(default, set, site)))
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let yes = self.truth(condition, Asked::True, site);
                let yes = yes.and(&self.value_in(then, set, site));
                let no = self.truth(condition, Asked::NotTrue, site);
                yes.or(no.and(&self.value_in(otherwise, set, site)))
            }
            ExprKind::Widen(inner) if inner.ty.ty == Type::Integer => {
                let up = |n: i128| n.div_euclid(ONE) + i128::from(n.rem_euclid(ONE) > 0);
                let whole = set.stretched(up, |n| n.div_euclid(ONE));
                self.value_in(inner, &whole, site)
            }
            ExprKind::Widen(inner) => self.value_in(inner, set, site),
            ExprKind::Negate(inner) => self.value_in(inner, &set.negated(), site),
            ExprKind::Arithmetic { op, left, right } => {
                let by = super::axis::constant(right);
                match (op, by) {
                    (ArithmeticOp::Add, Some(by)) => self.value_in(left, &set.shifted(-by), site),
                    (ArithmeticOp::Subtract, Some(by)) => {
                        self.value_in(left, &set.shifted(by), site)
                    }
                    _ => self.cell(Coordinate::Value, e, set, site),
                }
            }
            ExprKind::Between { .. } => {
                let own = self.cell(Coordinate::Value, e, set, site);
                match self.distance_in(e, set, site) {
                    Some(region) => own.and(&region),
                    None => own,
                }
            }
            ExprKind::Aggregate(a) if counts_rows(a) => self.cell(Coordinate::Count, e, set, site),
            ExprKind::Today => {
                let axis = self.today();
                let domain = self.axes[axis.0 as usize].domain.clone();
                Region::cell(axis, Cell::known(set.clone()).intersect(&domain))
            }
            ExprKind::Shift { .. } => match super::dates::fixed_shift(e) {
                Some((date, (low, high))) => {
                    let before = set.stretched(|n| n - high, |n| n - low);
                    self.value_in(date, &before, site)
                }
                None => self.cell(Coordinate::Value, e, set, site),
            },
            _ => self.cell(Coordinate::Value, e, set, site),
        }
    }

    /// One axis held to a set.
    pub(super) fn cell(
        &mut self,
        coordinate: Coordinate,
        e: &'p Expr,
        set: &Set,
        site: &Site<'p>,
    ) -> Region {
        let axis = self.axis(coordinate, e, site);
        let domain = self.axes[axis.0 as usize].domain.clone();
        Region::cell(axis, Cell::known(set.clone()).intersect(&domain))
    }

    fn attribute_in(
        &mut self,
        e: &'p Expr,
        attribute: &'p Attribute,
        set: &Set,
        site: &Site<'p>,
    ) -> Region {
        match &attribute.kind {
            AttributeKind::Define(below) | AttributeKind::Segment(below) => {
                self.value_in(below, set, site)
            }
            AttributeKind::TiersBy {
                by,
                levels,
                history,
                ..
            } if at_once(history) => {
                let starts: Vec<i128> = levels.iter().filter_map(code).collect();
                if starts.len() != levels.len() {
                    return self.cell(Coordinate::Value, e, set, site);
                }
                let mut ranges = Vec::new();
                for (place, start) in starts.iter().enumerate() {
                    if set.contains(place as i128) {
                        let end = starts.get(place + 1).map_or(HIGHEST, |next| next - 1);
                        ranges.push((*start, end));
                    }
                }
                self.value_in(by, &Set::from_ranges(ranges), site)
            }
            AttributeKind::FirstMatch {
                lines,
                otherwise,
                history,
                ..
            } if at_once(history) => {
                let mut any = Region::nothing();
                let mut before = Region::everything();
                for (condition, place) in lines {
                    if set.contains(i128::from(*place)) {
                        let here = self.truth(condition, Asked::True, site);
                        any = any.or(before.and(&here));
                    }
                    before = before.and(&self.truth(condition, Asked::NotTrue, site));
                }
                match otherwise {
                    Some(place) if set.contains(i128::from(*place)) => any.or(before),
                    _ => any,
                }
            }
            AttributeKind::Table(table) => self.table_in(e, table, set, site),
            AttributeKind::Score { lines, .. } if lines.len() <= SCORED => {
                self.score_in(e, lines, set, site)
            }
            _ => self.cell(Coordinate::Value, e, set, site),
        }
    }

    /// Every choice of lines whose sum is in the set.
    fn score_in(
        &mut self,
        e: &'p Expr,
        lines: &'p [(Expr, Expr)],
        set: &Set,
        site: &Site<'p>,
    ) -> Region {
        let own = self.cell(Coordinate::Value, e, set, site);
        let values: Option<Vec<i128>> = lines
            .iter()
            .map(|(_, v)| super::axis::constant(v))
            .collect();
        let Some(values) = values else { return own };
        let mut any = Region::nothing();
        for choice in 0..1_u32 << lines.len() {
            let taken = |i: usize| choice >> i & 1 == 1;
            let sum: i128 = values
                .iter()
                .enumerate()
                .filter(|(i, _)| taken(*i))
                .map(|(_, v)| v)
                .sum();
            if !set.contains(sum) {
                continue;
            }
            let mut all = own.clone();
            for (i, (condition, _)) in lines.iter().enumerate() {
                let asked = if taken(i) {
                    Asked::True
                } else {
                    Asked::NotTrue
                };
                all = all.and(&self.truth(condition, asked, site));
            }
            any = any.or(all);
        }
        any
    }

    fn table_in(&mut self, e: &'p Expr, table: &'p Table, set: &Set, site: &Site<'p>) -> Region {
        let mut any = Region::nothing();
        for line in &table.lines {
            let value = self.value_in(&line.value, set, site);
            let line = self.line(line, site);
            any = any.or(line.and(&value));
        }
        if let Some(otherwise) = &table.otherwise {
            any = any.or(self.value_in(otherwise, set, site));
        }
        any.and(&self.cell(Coordinate::Value, e, set, site))
    }

    /// Where all cells of a table's line are true.
    pub(super) fn line(&mut self, line: &'p crate::hir::TableLine, site: &Site<'p>) -> Region {
        let mut all = Region::everything();
        for cell in line.cells.iter().flatten() {
            all = all.and(&self.truth(cell, Asked::True, site));
        }
        all
    }

    /// Where the value is known.
    pub(super) fn known(&mut self, e: &'p Expr, site: &Site<'p>) -> Region {
        self.presence(e, true, site)
    }

    /// Where the value is missing.
    pub(super) fn missing(&mut self, e: &'p Expr, site: &Site<'p>) -> Region {
        self.presence(e, false, site)
    }

    fn presence(&mut self, e: &'p Expr, there: bool, site: &Site<'p>) -> Region {
        match &e.kind {
            ExprKind::Literal(_) | ExprKind::Today | ExprKind::Now | ExprKind::Row => {
                Region::when(there)
            }
            ExprKind::Missing => Region::when(!there),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } if matches!(otherwise.kind, ExprKind::Missing) => {
                let yes = self.truth(condition, Asked::True, site);
                let yes = yes.and(&self.presence(then, there, site));
                match there {
                    true => yes,
                    false => yes.or(self.truth(condition, Asked::NotTrue, site)),
                }
            }
            ExprKind::Attribute(id, Part::Value) => {
                let program = self.program;
                match &program.attribute(*id).kind {
                    AttributeKind::Define(below) | AttributeKind::Segment(below) => {
                        self.presence(below, there, site)
                    }
                    AttributeKind::TiersBy {
                        by,
                        levels,
                        history,
                        ..
                    } if at_once(history) => {
                        let lowest = levels.first().and_then(code).unwrap_or(LOWEST);
                        match there {
                            true => self.value_in(by, &Set::range(lowest, HIGHEST), site),
                            false => {
                                let below = Set::range(LOWEST, lowest - 1);
                                let below = self.value_in(by, &below, site);
                                below.or(self.presence(by, false, site))
                            }
                        }
                    }
                    AttributeKind::FirstMatch {
                        lines,
                        otherwise,
                        history,
                        ..
                    } if at_once(history) => match (there, otherwise) {
                        (true, Some(_)) => Region::everything(),
                        (false, Some(_)) => Region::nothing(),
                        (true, None) => {
                            let mut any = Region::nothing();
                            for (c, _) in lines {
                                any = any.or(self.truth(c, Asked::True, site));
                            }
                            any
                        }
                        (false, None) => {
                            let mut none = Region::everything();
                            for (c, _) in lines {
                                none = none.and(&self.truth(c, Asked::NotTrue, site));
                            }
                            none
                        }
                    },
                    _ => self.own_presence(Coordinate::Value, e, there, site),
                }
            }
            ExprKind::Through {
                reference, member, ..
            } => {
                let known = self.presence(reference, true, site);
                let below = self.presence(member, there, &self.site_through(site, reference));
                let below = known.and(&below);
                match there {
                    true => below,
                    false => below.or(self.presence(reference, false, site)),
                }
            }
            ExprKind::Default { value, default } => {
                let v = self.presence(value, there, site);
                let d = self.presence(default, there, site);
                if there { v.or(d) } else { v.and(&d) }
            }
            ExprKind::Widen(x) | ExprKind::Negate(x) | ExprKind::DayOf(x)
                if !matches!(x.kind, ExprKind::Aggregate(_)) =>
            {
                self.presence(x, there, site)
            }
            ExprKind::Recurring(recurring) if there => match recurring.date() {
                Some(date) => self.presence(date, true, site),
                None => Region::everything(),
            },
            ExprKind::Arithmetic { left, right, .. } if there => {
                let left = self.presence(left, true, site);
                left.and(&self.presence(right, true, site))
            }
            ExprKind::Between { from, to, .. } => {
                let a = self.presence(from, there, site);
                let b = self.presence(to, there, site);
                if there { a.and(&b) } else { a.or(b) }
            }
            ExprKind::Shift { date, .. } if super::dates::fixed_shift(e).is_some() => {
                self.presence(date, there, site)
            }
            ExprKind::Aggregate(a) if counts_rows(a) => {
                self.own_presence(Coordinate::Count, e, there, site)
            }
            _ => self.own_presence(Coordinate::Value, e, there, site),
        }
    }

    fn own_presence(
        &mut self,
        coordinate: Coordinate,
        e: &'p Expr,
        there: bool,
        site: &Site<'p>,
    ) -> Region {
        let axis = self.axis(coordinate, e, site);
        let domain = &self.axes[axis.0 as usize].domain;
        let cell = match there {
            true => Cell::known(domain.set.clone()),
            false if domain.missing => Cell::missing(),
            false => return Region::nothing(),
        };
        Region::cell(axis, cell)
    }

    /// The axis of how two values compare; the same for both ways to write it.
    pub(super) fn order_axis(
        &mut self,
        e: &'p Expr,
        left: &'p Expr,
        right: &'p Expr,
        turned: bool,
        site: &Site<'p>,
    ) -> AxisId {
        let (a, b) = if turned { (right, left) } else { (left, right) };
        let name = format!("{}{}?{}", site.prefix, self.key(a), self.key(b));
        let id = (Coordinate::Order, name);
        if let Some(id) = self.index.get(&id) {
            return *id;
        }
        let axis = self.axis(Coordinate::Order, e, site);
        self.index.insert(id, axis);
        axis
    }
}
