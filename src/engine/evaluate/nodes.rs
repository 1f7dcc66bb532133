//! From a node to its kernel.

use super::kernels::recurring::{self, Days};
use super::kernels::{arithmetic, compare, dates, levels, logic, text};
use super::vectors::{constants, default_values, missing, read, scatter};
use super::{EvalError, Evaluator, Frame, Rows, operands};
use crate::functions;
use crate::plan::{Node, NodeId, Recurring};
use crate::schema::Type;
use crate::vector::{KernelResult, RowError, Values, Vector};
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// How many operations are evaluated one within the other before those below are evaluated first.
pub(super) const FLIGHT: u32 = 32;

type Evaluated<'a> = Result<Rc<Vector<'a>>, EvalError>;

impl<'p> Evaluator<'p> {
    /// The node's value for each row of the frame, remembered where other nodes may ask for it again.
    pub(super) fn get<'a>(&'a self, id: NodeId, frame: &Frame<'_, 'a>) -> Evaluated<'a> {
        if frame.is_empty() {
            // A constant operation must not fail for rows that are not there.
            let none = default_values(self.plan.nodes.ty(id), 0);
            return Ok(Rc::new(Vector::new(none)));
        }
        let landing = self.is_landing(id);
        if !self.shared[id.0 as usize] && !landing {
            return Ok(Rc::new(self.compute(id, frame)?));
        }
        if let Some(known) = frame.remembered(id) {
            return Ok(known);
        }
        if landing {
            self.prepare(id, frame)?;
        }
        let vector = Rc::new(self.compute(id, frame)?);
        frame.remember(id, Rc::clone(&vector));
        Ok(vector)
    }

    fn is_landing(&self, id: NodeId) -> bool {
        let depth = self.depths[id.0 as usize];
        depth > 0 && depth.is_multiple_of(FLIGHT)
    }

    /// Evaluates a deep expression from below, so that the stack holds a few operations of it at a time however
    /// long it is.
    pub(super) fn prepare<'a>(
        &'a self,
        id: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<(), EvalError> {
        if self.depths[id.0 as usize] <= FLIGHT || frame.is_empty() {
            return Ok(());
        }
        let mut landings = Vec::new();
        let mut seen = FxHashSet::default();
        let mut stack = vec![id];
        while let Some(node) = stack.pop() {
            operands::strict_operands(self.plan.nodes.get(node), &mut |n| {
                let deep = self.depths[n.0 as usize] >= FLIGHT;
                if !deep || !seen.insert(n) || frame.remembered(n).is_some() {
                    return;
                }
                if self.is_landing(n) {
                    landings.push(n);
                }
                stack.push(n);
            });
        }
        landings.sort_unstable();
        landings
            .into_iter()
            .try_for_each(|n| self.get(n, frame).map(|_| ()))
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
        if let Some(condition) = self.on_column(id, frame) {
            return Ok(condition);
        }
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
            Node::Scalar(column) => {
                let one = Rows::Range { start: 0, len: 1 };
                Ok(read(&self.columns[column.0 as usize], &one))
            }
            Node::Outer(n) => self.outer(*n, frame),
            Node::Through {
                reference,
                table,
                member,
            } => self.through(*reference, *table, *member, frame),
            Node::Parameter(place) => Ok(frame.parameter(*place).clone()),
            Node::Not(n) => Ok(logic::not(&*get(*n)?)),
            Node::And(list) => self.junction::<false>(list, frame),
            Node::Or(list) => self.junction::<true>(list, frame),
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
            Node::Level { thresholds, .. }
            | Node::NextLevel { thresholds, .. }
            | Node::Shortfall { thresholds, .. }
                if thresholds.is_empty() =>
            {
                Ok(missing(self.plan.nodes.ty(id)))
            }
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
            Node::Template { parts, voice } => self.template(parts, voice, frame),
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
            Node::Recurring { clock, days } => {
                let today = self.clock_of(*clock).today;
                let days = self.recurring(days, frame)?;
                self.locate(id, frame, recurring::nearest(&days, today, zone))
            }
            Node::RecurringWithin { days, from, to } => {
                let days = self.recurring(days, frame)?;
                let (from, to) = (get(*from)?, get(*to)?);
                let within = recurring::within(&days, &from, &to, zone, rows);
                self.locate(id, frame, within)
            }
            Node::Reached {
                clock,
                offsets,
                kind,
                unit,
                after,
                date,
            } => {
                let clock = self.clock_of(*clock);
                Ok(dates::reached(
                    clock,
                    offsets,
                    (*kind, *unit),
                    *after,
                    &*get(*date)?,
                    zone,
                ))
            }
            _ => unreachable!("every other node has its kernel above"),
        }
    }

    fn recurring<'a>(
        &'a self,
        days: &'a Recurring,
        frame: &Frame<'_, 'a>,
    ) -> Result<Days<'a>, EvalError> {
        Ok(match days {
            Recurring::Anniversary(date) => {
                Days::Anniversary(self.get(*date, frame)?, self.plan.leap_day)
            }
            Recurring::LunarAnniversary(date) => Days::LunarAnniversary(self.get(*date, frame)?),
            Recurring::Occasion(occasion) => Days::Occasion(occasion, self.plan.leap_day),
        })
    }

    pub(super) fn locate<'a>(
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
}

fn row_numbers(rows: &Rows<'_>) -> Vec<u32> {
    match rows {
        Rows::Range { start, len } => (*start as u32..(*start + *len) as u32).collect(),
        Rows::Indices(rows) => rows.to_vec(),
    }
}
