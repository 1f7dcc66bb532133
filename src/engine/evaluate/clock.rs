//! Clocks: the run's own, and those of `as of`.

use super::{EvalError, Evaluator, Frame};
use crate::schema::Day;
use crate::vector::{Values, Vector};

/// What `today` and `now` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub today: Day,
    /// Microseconds since 1970-01-01T00:00Z.
    pub now: i64,
    /// When deliveries may begin: `now` where it was given, else the first moment of the day.
    pub opens: i64,
}

impl Evaluator<'_> {
    /// Sets the plan's other clocks by the run's own. Each depends on those before it only, and some on the day
    /// of a treatment: without one nobody looks at them.
    pub(super) fn resolve_clocks(&mut self, treatment: Option<Day>) -> Result<(), EvalError> {
        for definition in self.plan.clocks.iter().skip(1) {
            let run = self.clocks[0];
            let day = treatment.unwrap_or(run.today).0;
            let parameters = [Vector::new(Values::Date(vec![day].into()))];
            let clock = match definition {
                None => run,
                Some(node) => {
                    // INVARIANT: the date depends on clocks only, so that any row of any table will do.
                    let frame = Frame::range(0, 0, 1).with_parameters(&parameters);
                    let date = self.eval(*node, &frame)?;
                    let day = match &date.values {
                        Values::Date(days) if date.is_valid(0) => Day(days[0]),
                        Values::DateTime(t) if date.is_valid(0) => self.zone.day_of(t[0]),
                        _ => run.today,
                    };
                    Clock {
                        today: day,
                        now: self.zone.end_of(day),
                        opens: self.zone.start_of(day),
                    }
                }
            };
            self.clocks.push(clock);
        }
        Ok(())
    }
}
