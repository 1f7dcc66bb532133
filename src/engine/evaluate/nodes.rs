//! From a node to its kernel.

use super::kernels::{anniversary, arithmetic, compare, dates, levels, logic, text};
use super::vectors::{blend, constants, default_values, expand, gather, missing, read, scatter};
use super::{EvalError, Evaluator, Frame, Rows};
use crate::functions;
use crate::plan::{Node, NodeId, TemplatePart};
use crate::schema::Type;
use crate::vector::{KernelResult, RowError, Values, Vector};
use std::borrow::Cow;
use std::rc::Rc;

type Evaluated<'a> = Result<Rc<Vector<'a>>, EvalError>;

impl<'p> Evaluator<'p> {
    /// The node's value for each row of the frame, remembered where other nodes may ask for it again.
    pub(super) fn get<'a>(&'a self, id: NodeId, frame: &Frame<'_, 'a>) -> Evaluated<'a> {
        if frame.is_empty() {
            // A constant operation must not fail for rows that are not there.
            let none = default_values(self.plan.nodes.ty(id), 0);
            return Ok(Rc::new(Vector::new(none)));
        }
        if !self.shared[id.0 as usize] {
            return Ok(Rc::new(self.compute(id, frame)?));
        }
        if let Some(known) = frame.remembered(id) {
            return Ok(known);
        }
        let vector = Rc::new(self.compute(id, frame)?);
        frame.remember(id, Rc::clone(&vector));
        Ok(vector)
    }

    fn all<'a>(
        &'a self,
        nodes: &[NodeId],
        frame: &Frame<'_, 'a>,
    ) -> Result<Vec<Rc<Vector<'a>>>, EvalError> {
        nodes.iter().map(|n| self.get(*n, frame)).collect()
    }

    /// The node's value at least at these places of the frame (ascending); elsewhere it cannot fail.
    pub(super) fn get_at<'a>(
        &'a self,
        id: NodeId,
        frame: &Frame<'_, 'a>,
        places: &[u32],
    ) -> Evaluated<'a> {
        if places.len() == frame.len() {
            return self.get(id, frame);
        }
        // Kernels over the whole batch are quicker than picking rows, and what they compute may be shared.
        // Only where a row fails must it be found out whether it is one that counts.
        if places.len() * 8 >= frame.len()
            && let Ok(vector) = self.get(id, frame)
        {
            return Ok(vector);
        }
        let part = self.get(id, &frame.select(places))?;
        let ty = self.plan.nodes.ty(id);
        Ok(Rc::new(scatter(&part, ty, places, frame.len())))
    }

    fn compute<'a>(&'a self, id: NodeId, frame: &Frame<'_, 'a>) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let get = |n: NodeId| self.get(n, frame);
        let checked = |result: KernelResult<'a>| self.locate(id, frame, result);
        let constant = |values: Values<'a>| Ok(Vector::new(values));
        match self.plan.nodes.get(id) {
            Node::Constant(value) => constant(constants(std::slice::from_ref(value))),
            Node::Missing => Ok(missing(self.plan.nodes.ty(id))),
            Node::Today(clock) => {
                constant(Values::Date(vec![self.clock_of(*clock).today.0].into()))
            }
            Node::Now(clock) => constant(Values::DateTime(vec![self.clock_of(*clock).now].into())),
            Node::Row => constant(Values::Reference(row_numbers(&frame.rows).into())),
            Node::Field(column) => Ok(read(
                &self.data.tables[frame.table].columns[*column],
                &frame.rows,
            )),
            Node::Column(column) => Ok(read(&self.columns[column.0 as usize], &frame.rows)),
            Node::Outer(n) => self.outer(*n, frame),
            Node::Through {
                reference,
                table,
                member,
            } => self.through(*reference, *table, *member, frame),
            Node::Parameter(place) => Ok(frame.parameter(*place).clone()),
            Node::Not(n) => Ok(logic::not(&*get(*n)?)),
            Node::And(list) => Ok(logic::and(&self.all(list, frame)?, rows)),
            Node::Or(list) => Ok(logic::or(&self.all(list, frame)?, rows)),
            Node::Compare { op, left, right } => {
                Ok(compare::compare(*op, &*get(*left)?, &*get(*right)?, rows))
            }
            Node::TextMatch {
                op,
                ignoring_case,
                left,
                right,
            } => {
                let (left, right) = (get(*left)?, get(*right)?);
                Ok(text::text_match(*op, *ignoring_case, &left, &right, rows))
            }
            Node::In { value, list } if list.is_empty() => {
                let value = get(*value)?;
                let none = vec![false; value.values.len()];
                Ok(arithmetic::with_mask_of(Values::YesNo(none.into()), &value))
            }
            Node::In { value, list } => Ok(compare::is_in(&*get(*value)?, &constants(list))),
            Node::Known(n) => Ok(logic::known(&*get(*n)?)),
            Node::Default { value, default } => self.default(*value, *default, frame),
            Node::Choose { lines, otherwise } => self.choose(id, lines, *otherwise, frame),
            Node::Score(lines) => self.score(id, lines, frame),
            Node::Level { value, thresholds } => {
                Ok(levels::level(&*get(*value)?, &constants(thresholds)))
            }
            Node::NextLevel { value, thresholds } => {
                Ok(levels::next_level(&*get(*value)?, &constants(thresholds)))
            }
            Node::Shortfall { value, thresholds } => {
                checked(levels::shortfall(&*get(*value)?, &constants(thresholds)))
            }
            Node::Arithmetic { op, left, right } => checked(arithmetic::arithmetic(
                *op,
                &*get(*left)?,
                &*get(*right)?,
                rows,
            )),
            Node::Negate(n) => checked(arithmetic::negate(&*get(*n)?)),
            Node::Widen(n) => Ok(arithmetic::widen(&*get(*n)?)),
            Node::Round {
                value,
                mode,
                step,
                to_integer,
            } => checked(arithmetic::round(&*get(*value)?, *mode, step, *to_integer)),
            Node::Quantity { factor, value } => {
                checked(arithmetic::quantity(*factor, &*get(*value)?))
            }
            Node::Correlated(aggregate) => self.correlated(id, aggregate, frame),
            Node::Template(parts) => self.template(parts, frame),
            Node::Call {
                function,
                arguments,
            } => {
                let arguments = self.all(arguments, frame)?;
                let arguments: Vec<_> = arguments.iter().map(|v| (**v).clone()).collect();
                let day_of = |instant: i64| self.zone.day_of(instant).0;
                let context = functions::Context {
                    rows,
                    day_of: &day_of,
                };
                checked((functions::get(*function).kernel)(&arguments, &context))
            }
            _ => self.compute_date(id, frame),
        }
    }

    /// The nodes of days and instants.
    fn compute_date<'a>(
        &'a self,
        id: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let (rows, zone) = (frame.len(), &self.zone);
        let get = |n: NodeId| self.get(n, frame);
        match self.plan.nodes.get(id) {
            Node::Shift {
                date,
                subtract,
                duration,
            } => {
                let Type::Duration(kind) = self.plan.nodes.ty(*duration) else {
                    unreachable!("checked: a duration")
                };
                let (date, duration) = (get(*date)?, get(*duration)?);
                let moved = dates::shift(&date, &duration, kind, *subtract, zone, rows);
                self.locate(id, frame, moved)
            }
            Node::Between { unit, from, to } => Ok(dates::between(
                *unit,
                &*get(*from)?,
                &*get(*to)?,
                zone,
                rows,
            )),
            Node::Boundary {
                clock,
                end,
                which,
                unit,
            } => {
                let today = self.clock_of(*clock).today;
                let day = dates::boundary(today, *end, *which, *unit, self.plan.weeks_start);
                let out_of_range = RowError {
                    row: 0,
                    cause: crate::vector::RowErrorCause::DateOutOfRange,
                };
                let day = day.ok_or(out_of_range);
                let vector = day.map(|d| Vector::new(Values::Date(vec![d.0].into())));
                self.locate(id, frame, vector)
            }
            Node::DayOf(n) => Ok(dates::day_of(&*get(*n)?, zone)),
            Node::Anniversary { clock, date } => {
                let today = self.clock_of(*clock).today;
                let leap_day = self.plan.leap_day;
                Ok(anniversary::nearest(&*get(*date)?, today, leap_day, zone))
            }
            Node::AnniversaryWithin { date, from, to } => {
                let (date, from, to) = (get(*date)?, get(*from)?, get(*to)?);
                let leap_day = self.plan.leap_day;
                Ok(anniversary::within(&date, &from, &to, leap_day, zone, rows))
            }
            Node::Reached {
                clock,
                offsets,
                kind,
                after,
                date,
            } => {
                let clock = self.clock_of(*clock);
                Ok(dates::reached(
                    clock,
                    offsets,
                    *kind,
                    *after,
                    &*get(*date)?,
                    zone,
                ))
            }
            _ => unreachable!("every other node has its kernel above"),
        }
    }

    fn locate<'a>(
        &self,
        node: NodeId,
        frame: &Frame<'_, 'a>,
        result: KernelResult<'a>,
    ) -> Result<Vector<'a>, EvalError> {
        result.map_err(|error| EvalError {
            table: frame.table,
            row: frame.rows.row(error.row),
            node,
            cause: error.cause,
        })
    }

    fn outer<'a>(&'a self, node: NodeId, frame: &Frame<'_, 'a>) -> Result<Vector<'a>, EvalError> {
        let Some((outer, places)) = frame.outside() else {
            unreachable!("checked: `self` within an aggregate")
        };
        match self.get(node, outer) {
            Ok(vector) => Ok(gather(&vector, places)),
            // The row that fails may have no rows inside that ask for it.
            Err(_) => self.eval(node, &outer.select(places)),
        }
    }

    fn through<'a>(
        &'a self,
        reference: NodeId,
        table: usize,
        member: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let reference = self.get(reference, frame)?;
        let Values::Reference(targets) = &reference.values else {
            unreachable!("checked: a reference")
        };
        let rows = frame.len();
        let places: Vec<u32> = (0..rows as u32)
            .filter(|p| reference.is_valid(*p as usize))
            .collect();
        let target = |p: &u32| targets[reference.place(*p as usize)];
        let inside = frame.seen_from(table, places.iter().map(target).collect(), &places);
        let values = self.get(member, &inside)?;
        Ok(scatter(&values, self.plan.nodes.ty(member), &places, rows))
    }

    fn default<'a>(
        &'a self,
        value: NodeId,
        default: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let value = self.get(value, frame)?;
        if value.valid.is_none() {
            return Ok((*value).clone());
        }
        let rows = frame.len();
        let places: Vec<u32> = (0..rows as u32)
            .filter(|p| !value.is_valid(*p as usize))
            .collect();
        let default = self.get_at(default, frame, &places)?;
        let mut out = expand(&value, rows);
        blend(&mut out, &default, &places);
        if out.valid.as_ref().is_some_and(|v| !v.contains(&false)) {
            out.valid = None;
        }
        Ok(out)
    }

    fn choose<'a>(
        &'a self,
        id: NodeId,
        lines: &[(NodeId, NodeId)],
        otherwise: Option<NodeId>,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let mut left: Vec<u32> = (0..rows as u32).collect();
        let mut out = super::vectors::missing_rows(self.plan.nodes.ty(id), rows);
        for (condition, value) in lines {
            if left.is_empty() {
                break;
            }
            let condition = self.get_at(*condition, frame, &left)?;
            let (taken, rest): (Vec<u32>, Vec<u32>) =
                left.iter().partition(|p| condition.holds(**p as usize));
            self.take(*value, frame, &taken, &mut out)?;
            left = rest;
        }
        if let Some(otherwise) = otherwise {
            self.take(otherwise, frame, &left, &mut out)?;
        }
        if out.valid.as_ref().is_some_and(|v| !v.contains(&false)) {
            out.valid = None;
        }
        Ok(out)
    }

    fn take<'a>(
        &'a self,
        value: NodeId,
        frame: &Frame<'_, 'a>,
        places: &[u32],
        out: &mut Vector<'a>,
    ) -> Result<(), EvalError> {
        if !places.is_empty() {
            blend(out, &*self.get_at(value, frame, places)?, places);
        }
        Ok(())
    }

    fn score<'a>(
        &'a self,
        id: NodeId,
        lines: &[(NodeId, NodeId)],
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let mut sum = Vector::new(default_values(self.plan.nodes.ty(id), rows));
        for (condition, value) in lines {
            let condition = self.get(*condition, frame)?;
            let taken: Vec<u32> = (0..rows as u32)
                .filter(|p| condition.holds(*p as usize))
                .collect();
            let value = self.get_at(*value, frame, &taken)?;
            let mut part = Vector::new(default_values(self.plan.nodes.ty(id), rows));
            blend(&mut part, &value, &taken);
            let next = arithmetic::arithmetic(crate::hir::ArithmeticOp::Add, &sum, &part, rows);
            sum = self.locate(id, frame, next)?;
        }
        Ok(sum)
    }

    fn template<'a>(
        &'a self,
        parts: &[TemplatePart],
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let mut texts = vec![String::new(); rows];
        let mut valid = vec![true; rows];
        for part in parts {
            match part {
                TemplatePart::Text(text) => texts.iter_mut().for_each(|t| t.push_str(text)),
                TemplatePart::Value(node) => {
                    let value = self.get(*node, frame)?;
                    let ty = self.plan.nodes.ty(*node);
                    for (row, text) in texts.iter_mut().enumerate() {
                        valid[row] &= self.write_value(text, &value, row, ty);
                    }
                }
            }
        }
        let valid = valid.contains(&false).then_some(valid);
        let texts = texts.into_iter().map(Cow::Owned).collect();
        Ok(Vector::with_valid(Values::Text(texts), valid))
    }
}

fn row_numbers(rows: &Rows<'_>) -> Vec<u32> {
    match rows {
        Rows::Range { start, len } => (*start as u32..(*start + *len) as u32).collect(),
        Rows::Indices(rows) => rows.to_vec(),
    }
}
