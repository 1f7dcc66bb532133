//! The built-in functions, one a file: signature, manual, kernel. Floor 4.

use crate::schema::{Day, Type};
use crate::vector::{KernelResult, Values, Vector};
use std::borrow::Cow;

/// A function, by its place in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u16);

/// One built-in function.
pub struct Function {
    pub name: &'static str,
    /// `min(a, b)`
    pub signature: &'static str,
    /// Markdown; a ```` ```guanxi ```` block in it holds a line `expression = value` for each example.
    pub docs: &'static str,
    /// The type of the result for arguments of these types, or what was expected (`a text`).
    /// [`Type::Unknown`] agrees with everything.
    pub result: fn(&[Type]) -> Result<Type, Mismatch>,
    /// Whether the result may be missing though every argument is known.
    pub may_be_missing: bool,
    /// Missing where any argument is, unless it says otherwise.
    pub kernel: for<'a> fn(&[Vector<'a>], &Context<'_>) -> KernelResult<'a>,
}

/// Why arguments do not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// How many there must be.
    Count(usize),
    /// Which argument, and what it must be: `a date`.
    Argument(usize, String),
}

/// What a kernel may know of the run besides its arguments.
pub struct Context<'c> {
    /// Rows of the batch.
    pub rows: usize,
    /// The day, in the workspace's zone, of an instant in microseconds.
    pub day_of: &'c dyn Fn(i64) -> i32,
}

macro_rules! registry {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*
        /// Every function; a [`FunctionId`] is a place in it.
        pub static ALL: &[&Function] = &[$(&$module::FUNCTION),*];
    };
}

mod extreme;

registry!(
    abs,
    add_working_days,
    date_of,
    day,
    first_word,
    length,
    lower,
    max,
    min,
    month,
    sms_segments,
    trim,
    upper,
    weekday,
    year,
);

/// Of texts that are sent by SMS.
pub mod sms {
    pub use super::sms_segments::{outside_gsm, segments};
}

/// The function of that name.
pub fn find(name: &str) -> Option<FunctionId> {
    ALL.iter()
        .position(|f| f.name == name)
        .map(|i| FunctionId(i as u16))
}

pub fn get(id: FunctionId) -> &'static Function {
    ALL[id.0 as usize]
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.signature)
    }
}

/// What a parameter must be, in words, and whether a type is that.
type Expected = (&'static str, fn(Type) -> bool);

/// A message is a text once it is rendered.
const TEXT: Expected = ("a text", |t| matches!(t, Type::Text | Type::Message));
const INTEGER: Expected = ("an integer", |t| t == Type::Integer);
const DATETIME: Expected = ("a datetime", |t| t == Type::DateTime);
const DAY: Expected = ("a date", |t| matches!(t, Type::Date | Type::DateTime));

/// Whether the arguments are what is expected, in number and type.
fn takes(arguments: &[Type], expected: &[Expected]) -> Result<(), Mismatch> {
    if arguments.len() != expected.len() {
        return Err(Mismatch::Count(expected.len()));
    }
    for (i, (ty, (words, fits))) in arguments.iter().zip(expected).enumerate() {
        if *ty != Type::Unknown && !fits(*ty) {
            return Err(Mismatch::Argument(i, (*words).to_string()));
        }
    }
    Ok(())
}

/// The kernel of a function from text to text.
fn map_text<'a>(
    argument: &Vector<'a>,
    f: impl for<'t> Fn(&'t str) -> Cow<'t, str>,
) -> KernelResult<'a> {
    let Values::Text(texts) = &argument.values else {
        unreachable!("checked: a text")
    };
    let map = |text: &Cow<'a, str>| match text {
        Cow::Borrowed(text) => f(text),
        Cow::Owned(text) => Cow::Owned(f(text).into_owned()),
    };
    Ok(Vector {
        values: Values::Text(texts.iter().map(map).collect()),
        valid: argument.valid.clone(),
    })
}

/// The kernel of a function from a day to an integer; of a datetime it is its day in the workspace's zone.
fn map_day<'a>(
    argument: &Vector<'a>,
    context: &Context<'_>,
    f: impl Fn(Day) -> i64,
) -> KernelResult<'a> {
    let numbers = match &argument.values {
        Values::Date(days) => days.iter().map(|d| f(Day(*d))).collect(),
        Values::DateTime(instants) => instants
            .iter()
            .map(|t| f(Day((context.day_of)(*t))))
            .collect(),
        _ => unreachable!("checked: a date"),
    };
    Ok(Vector {
        values: Values::Integer(Cow::Owned(numbers)),
        valid: argument.valid.clone(),
    })
}

#[cfg(test)]
mod tests;
