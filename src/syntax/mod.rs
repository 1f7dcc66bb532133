//! From text to syntax tree. The only room that knows the parser generator.
pub mod ast;
