//! Conditions on a column and constants, found from the column as it lies: numbers in their own unit, texts of a
//! dictionary one by one and then by their codes.

use super::kernels::compare::{compare, is_in};
use super::kernels::text::text_match;
use super::vectors::{constants, sliced, validity};
use super::{Evaluator, Frame, Rows};
use crate::data::{ColumnValues, TextColumn};
use crate::plan::{Node, NodeId};
use crate::vector::{Values, Vector};
use std::borrow::Cow;

impl Evaluator<'_> {
    /// The condition, if it is one of these.
    pub(super) fn on_column<'a>(&'a self, id: NodeId, frame: &Frame<'_, 'a>) -> Option<Vector<'a>> {
        let node = self.plan.nodes.get(id);
        let tested = match node {
            Node::Compare { left, .. } | Node::TextMatch { left, .. } => *left,
            Node::In { value, list } if !list.is_empty() => *value,
            Node::And(list) => self.left_of_all(list)?,
            _ => return None,
        };
        let column = match self.plan.nodes.get(tested) {
            Node::Field(column) => &self.data.tables[frame.table].columns[*column],
            Node::Column(column) => &*self.columns[column.0 as usize],
            _ => return None,
        };
        let constant = |n: NodeId| match self.plan.nodes.get(n) {
            Node::Constant(value) => Some(value),
            _ => None,
        };
        let texts = |value| constants(std::slice::from_ref(value));
        let holds = match (&column.values, node) {
            (
                ColumnValues::Integer(values)
                | ColumnValues::DateTime(values)
                | ColumnValues::Duration(values)
                | ColumnValues::Decimal { values, .. },
                Node::Compare { .. } | Node::And(_),
            ) => {
                let range = self.range_of(node, &column.values)?;
                range.holds(&sliced(values, &frame.rows))
            }
            (ColumnValues::Text(column), Node::Compare { op, right, .. }) => {
                let right = Vector::new(texts(constant(*right)?));
                by_text(column, &frame.rows, |t, n| compare(*op, t, &right, n))?
            }
            (ColumnValues::Text(column), Node::In { list, .. }) => {
                let list = constants(list);
                by_text(column, &frame.rows, |t, _| is_in(t, &list))?
            }
            (
                ColumnValues::Text(column),
                Node::TextMatch {
                    op,
                    ignoring_case,
                    right,
                    ..
                },
            ) => {
                let right = Vector::new(texts(constant(*right)?));
                by_text(column, &frame.rows, |t, n| {
                    text_match(*op, *ignoring_case, t, &right, n)
                })?
            }
            _ => return None,
        };
        Some(Vector {
            values: Values::YesNo(Cow::Owned(holds)),
            valid: validity(column, &frame.rows),
        })
    }
}

/// A condition on each text of a dictionary, looked up for each row. `None`: there is no dictionary, or it has more
/// texts than there are rows.
fn by_text<'c>(
    column: &'c TextColumn,
    rows: &Rows<'_>,
    test: impl FnOnce(&Vector<'c>, usize) -> Vector<'c>,
) -> Option<Vec<bool>> {
    let (codes, texts) = column.dictionary()?;
    let n = texts.len();
    if n > rows.len() || n == 0 {
        return None;
    }
    let texts = Vector::new(Values::Text(texts.iter().map(Cow::Borrowed).collect()));
    let holds = test(&texts, n);
    let Values::YesNo(holds) = &holds.values else {
        unreachable!("a condition is yes/no")
    };
    let codes = sliced(codes, rows);
    let only = |wanted: bool| {
        let mut places = (0..).zip(&**holds).filter(|(_, h)| **h == wanted);
        let (first, second) = (places.next(), places.next());
        first
            .filter(|_| second.is_none())
            .map(|(code, _)| code as u16)
    };
    // To compare codes is quicker than to look them up.
    Some(match (only(true), only(false)) {
        (Some(code), _) => codes.iter().map(|c| *c == code).collect(),
        (None, Some(code)) => codes.iter().map(|c| *c != code).collect(),
        (None, None) => codes.iter().map(|c| holds[usize::from(*c)]).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::CompareOp;

    #[test]
    fn texts_are_looked_at_once() {
        let mut values = TextColumn::new();
        ["tea", "ware", "tea", ""]
            .iter()
            .for_each(|t| values.push(t));
        let column = TextColumn::from_dictionary(vec![1, 0, 3, 2, 0, 1], values);
        let right = Vector::new(Values::Text(vec![Cow::Borrowed("tea")]));
        let rows = Rows::Range { start: 1, len: 5 };
        let found = |op| by_text(&column, &rows, |t, n| compare(op, t, &right, n));
        assert_eq!(
            found(CompareOp::Equal),
            Some(vec![true, false, true, true, false])
        );
        assert_eq!(
            found(CompareOp::Greater),
            Some(vec![false, false, false, false, true])
        );
        let few = Rows::Range { start: 0, len: 2 };
        let test = |t: &Vector<'_>, n| compare(CompareOp::Equal, t, &right, n).into_owned();
        assert_eq!(by_text(&column, &few, test), None);
    }
}
