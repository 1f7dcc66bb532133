//! Values of the whole workspace, as the run found them.

use super::evaluate::Frame;
use super::outcome::Outcome;

/// A figure and its value as a text, `None` where it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureValue<'p> {
    pub name: &'p str,
    pub value: Option<String>,
}

impl<'p> Outcome<'p> {
    /// Every figure of the program, by name.
    pub fn figures(&self) -> Vec<FigureValue<'p>> {
        let frame = Frame::nowhere();
        let mut figures: Vec<FigureValue<'p>> = self
            .plan()
            .figures
            .iter()
            .map(|figure| {
                // Computed with the plan's columns: nothing can fail any more.
                let value = self.evaluator().eval(figure.node, &frame).ok();
                FigureValue {
                    name: &figure.name,
                    value: value.and_then(|v| self.evaluator().format_value(&v, 0, figure.ty)),
                }
            })
            .collect();
        figures.sort_by_key(|f| f.name);
        figures
    }
}
