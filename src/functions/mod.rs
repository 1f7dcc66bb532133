//! The built-in functions, one a file: signature, manual, kernel. Floor 4.

use crate::schema::Type;
use crate::vector::{KernelResult, Vector};

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
