//! Texts with values in them: as in data, or as a language writes them; escaped where they go into HTML.

use super::{EvalError, Evaluator, Frame};
use crate::locale::{Formatter, escape_html};
use crate::plan::{TemplatePart, Voice};
use crate::schema::{Day, Decimal, Type};
use crate::vector::{Values, Vector};
use std::borrow::Cow;

impl Evaluator<'_> {
    pub(super) fn template<'a>(
        &'a self,
        parts: &[TemplatePart],
        voice: &Voice,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let mut texts = vec![String::new(); rows];
        let mut valid = vec![true; rows];
        let formatter = voice.language.as_ref().and_then(Formatter::new);
        for part in parts {
            match part {
                TemplatePart::Text(text) => texts.iter_mut().for_each(|t| t.push_str(text)),
                TemplatePart::Value(node) => {
                    let value = self.get(*node, frame)?;
                    let ty = self.plan.nodes.ty(*node);
                    // A message has been escaped when it was rendered.
                    let escaped = voice.html && ty != Type::Message;
                    for (row, text) in texts.iter_mut().enumerate() {
                        valid[row] &= match (&formatter, escaped) {
                            (None, false) => self.write_value(text, &value, row, ty),
                            _ => self.write_voiced(text, &value, row, ty, (&formatter, escaped)),
                        };
                    }
                }
            }
        }
        let valid = valid.contains(&false).then_some(valid);
        let texts = texts.into_iter().map(Cow::Owned).collect();
        Ok(Vector::with_valid(Values::Text(texts), valid))
    }

    /// Appends the value; false where it is missing.
    fn write_voiced(
        &self,
        out: &mut String,
        vector: &Vector<'_>,
        row: usize,
        ty: Type,
        (formatter, escaped): (&Option<Formatter>, bool),
    ) -> bool {
        if !vector.is_valid(row) {
            return false;
        }
        let localized = formatter
            .as_ref()
            .and_then(|f| self.localized(f, vector, row, ty));
        let mut text = String::new();
        match localized {
            Some(localized) => text = localized,
            None => {
                self.write_value(&mut text, vector, row, ty);
            }
        }
        match escaped {
            true => out.push_str(&escape_html(&text)),
            false => out.push_str(&text),
        }
        true
    }

    /// `None` of what every language writes alike: texts, names, yes and no.
    fn localized(
        &self,
        formatter: &Formatter,
        vector: &Vector<'_>,
        row: usize,
        ty: Type,
    ) -> Option<String> {
        let place = vector.place(row);
        match (&vector.values, ty) {
            (Values::Integer(v), _) => Some(formatter.integer(v[place])),
            (Values::Decimal(v), Type::Money(currency)) => {
                Some(formatter.money(Decimal(v[place]), currency))
            }
            (Values::Decimal(v), Type::Percent) => formatter.percent(v[place]),
            (Values::Decimal(v), _) => Some(formatter.number(Decimal(v[place]))),
            (Values::Date(v), _) => formatter.date(Day(v[place])),
            (Values::DateTime(v), _) => formatter.moment(self.zone.local(v[place])),
            (Values::Time(v), _) => formatter.time(v[place]),
            _ => None,
        }
    }
}
