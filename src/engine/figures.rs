//! Values of the whole workspace, as the run found them.

use super::evaluate::{EvalError, Frame, Rows, size};
use super::outcome::Outcome;
use super::values::{leaving_at, value_at};
use crate::plan::{Figure, Groups};
use crate::schema::{Decimal, Rounding, Type, Value};
use crate::vector::{Values, Vector};

/// A figure, with its value as a text, `None` where it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureValue {
    pub name: String,
    pub value: FigureText,
}

/// What a figure says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FigureText {
    One(Option<String>),
    /// A value for each group of a record's rows.
    Each {
        record: String,
        /// What makes the groups, as the program has it.
        key: String,
        /// The key and its value, sorted by the key: levels and the like in the order of their declaration,
        /// the missing one last.
        groups: Vec<GroupText>,
    },
}

/// The key of a group and the figure's value for it; `None` where it is missing.
pub type GroupText = (Option<String>, Option<String>);

impl Outcome<'_> {
    /// Every figure of the program, by name.
    pub fn figures(&self) -> Vec<FigureValue> {
        let figures = self.plan().figures.iter();
        let mut figures: Vec<FigureValue> = figures
            .map(|figure| FigureValue {
                name: figure.name.clone(),
                value: self.figure(figure),
            })
            .collect();
        figures.sort_by(|a, b| a.name.cmp(&b.name));
        figures
    }

    /// The exact value of a figure; of one with groups that of the group whose key is `group`. `None` where there is
    /// no such group.
    ///
    /// # Errors
    /// A value that does not fit its type.
    pub fn figure_value(
        &self,
        place: usize,
        is_group: &dyn Fn(Option<&Value>) -> bool,
    ) -> Result<Option<Option<Value>>, EvalError> {
        let (figure, evaluator) = (&self.plan().figures[place], self.evaluator());
        let Some(groups) = &figure.groups else {
            let value = evaluator.eval(figure.node, &Frame::nowhere())?;
            return Ok(Some(leaving_at(evaluator, &value, figure.ty, 0)));
        };
        let firsts = evaluator.groups(groups.table, groups.key, groups.there)?;
        let firsts = firsts.firsts;
        let n = firsts.len();
        let frame = Frame::new(groups.table, Rows::Indices(firsts.into()));
        let keys = evaluator.eval(groups.key, &frame)?;
        let values = evaluator.eval(figure.node, &frame)?;
        let key_type = self.plan().nodes.ty(groups.key);
        let key = |i: usize| value_at(evaluator, &keys, key_type, i);
        let found = (0..n).find(|i| is_group(key(*i).as_ref()));
        Ok(found.map(|i| leaving_at(evaluator, &values, figure.ty, i)))
    }

    fn figure(&self, figure: &Figure) -> FigureText {
        // Computed with the plan's columns: nothing can fail any more.
        let Some(groups) = &figure.groups else {
            let value = self.evaluator().eval(figure.node, &Frame::nowhere());
            let text = value.ok().and_then(|v| self.for_people(v, 0, figure.ty));
            return FigureText::One(text);
        };
        FigureText::Each {
            record: groups.record.clone(),
            key: groups.words.clone(),
            groups: self.of_groups(figure, groups).unwrap_or_default(),
        }
    }

    /// The key and the value of each group with a row that is there.
    fn of_groups(&self, figure: &Figure, groups: &Groups) -> Result<Vec<GroupText>, EvalError> {
        let evaluator = self.evaluator();
        let firsts = evaluator
            .groups(groups.table, groups.key, groups.there)?
            .firsts;
        let n = firsts.len();
        let frame = Frame::new(groups.table, Rows::Indices(firsts.into()));
        let keys = evaluator.eval(groups.key, &frame)?;
        let values = evaluator.eval(figure.node, &frame)?;
        let key_type = self.plan().nodes.ty(groups.key);
        let mut order: Vec<usize> = (0..n).collect();
        let text = |place: usize| evaluator.format_value(&keys, place, key_type);
        order.sort_by(|a, b| match &keys.values {
            Values::Text(_) | Values::Reference(_) => {
                let (a, b) = (text(*a), text(*b));
                a.is_none().cmp(&b.is_none()).then(a.cmp(&b))
            }
            _ => {
                let place = |row: usize| (!keys.is_valid(row), size(&keys, row));
                place(*a).cmp(&place(*b))
            }
        });
        let line = |place: usize| {
            let value = self.for_people(values.clone(), place, figure.ty);
            (text(place), value)
        };
        Ok(order.into_iter().map(line).collect())
    }

    /// Numbers and percentages with no more than two digits after the point: nobody reads the other seven.
    fn for_people(&self, mut value: Vector<'_>, row: usize, ty: Type) -> Option<String> {
        let digits = match ty {
            Type::Number => Some(2),
            Type::Percent => Some(4),
            _ => None,
        };
        if let (Some(digits), Values::Decimal(values)) = (digits, &mut value.values) {
            for v in values.to_mut() {
                let rounded = Decimal(*v).round_digits(digits, Rounding::Nearest);
                *v = rounded.map_or(*v, |d| d.0);
            }
        }
        self.evaluator().format_value(&value, row, ty)
    }
}
