//! Calls of the built-in functions.

use super::expressions::unknown;
use super::names::suggest;
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::functions::{self, Mismatch};
use crate::hir::{self, ExprKind as H, Ty};
use crate::schema::Type;
use crate::source::Span;
use crate::syntax::ast::{Argument, Name};

/// What other languages have as functions, and the language as words before `of`.
const AGGREGATES: &[(&str, &str)] = &[
    ("count", "count of"),
    ("sum", "sum of"),
    ("sumif", "sum of"),
    ("countif", "count of"),
    ("average", "average of"),
    ("avg", "average of"),
    ("mean", "average of"),
    ("highest", "highest of"),
    ("lowest", "lowest of"),
    ("earliest", "earliest of"),
    ("latest", "latest of"),
    ("first", "first of"),
    ("last", "last of"),
];

impl<'a> Checker<'a> {
    /// Answers a function of another language that is none here: `count(x)`, `IF(a, b, c)`.
    fn no_function(&mut self, function: &Name, arguments: &[Argument], span: Span) -> bool {
        let name = function.to_lowercase();
        let new = |message: String| Diagnostic::new(&codes::FOREIGN_NOTATION, span, message);
        let shown = |i: usize| arguments.get(i).map(|a| self.sources.slice(a.value.span));
        if let Some((_, word)) = AGGREGATES.iter().find(|(n, _)| *n == name) {
            let of = shown(0).unwrap_or("rows");
            let good = format!("{word} {of}");
            let d = new(format!("`{function}` is no function"));
            self.report(match arguments.len() {
                1 => d
                    .help(format!("write `{good}`"))
                    .fix(format!("write `{good}`"), span, good),
                _ => d.help(format!("write `{good} where …`")),
            });
            return true;
        }
        let help = match name.as_str() {
            "if" | "iff" => {
                let [a, b, c] = [shown(0), shown(1), shown(2)].map(|s| s.unwrap_or("…"));
                format!("write `if {a} then {b} otherwise {c}`")
            }
            "and" | "or" => format!("write `{name}` between the conditions"),
            "today" | "now" => format!("write `{name}`, without parentheses"),
            "isblank" | "isnull" => format!("write `{} is missing`", shown(0).unwrap_or("…")),
            "coalesce" | "ifnull" | "nvl" => {
                format!("write `{} default …`", shown(0).unwrap_or("…"))
            }
            "concat" | "concatenate" => {
                "join texts by placeholders, as in `\"{first} {last}\"`".into()
            }
            "round" => format!("write `{} rounded`", shown(0).unwrap_or("…")),
            "datediff" | "datedif" => "write `days from A to B`".into(),
            _ => return false,
        };
        self.report(new(format!("`{function}` is no function")).help(help));
        true
    }

    pub(super) fn call(
        &mut self,
        function: &'a Name,
        arguments: &'a [Argument],
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        if functions::find(function).is_none() && self.no_function(function, arguments, span) {
            return unknown(span);
        }
        let typed: Vec<hir::Expr> = arguments
            .iter()
            .map(|a| self.expr(&a.value, scope))
            .collect();
        let Some(id) = functions::find(function) else {
            self.unknown_function(function);
            return unknown(span);
        };
        if let Some(name) = arguments.iter().find_map(|a| a.name.as_ref()) {
            self.report(
                Diagnostic::new(
                    &codes::WRONG_ARGUMENTS,
                    name.span,
                    format!("`{function}` takes its values in order, without names"),
                )
                .help(format!("write `{}`", functions::get(id).signature)),
            );
            return unknown(span);
        }
        let typed = self.widen_all(typed);
        let types: Vec<Type> = typed.iter().map(|e| e.ty.ty).collect();
        let f = functions::get(id);
        match (f.result)(&types) {
            Ok(ty) => {
                let optional = f.may_be_missing || typed.iter().any(|e| e.ty.optional);
                let kind = H::Call {
                    function: id,
                    arguments: typed,
                };
                hir::Expr::new(kind, Ty { ty, optional }, span)
            }
            Err(mismatch) => {
                self.wrong_call(function, f.signature, &typed, span, mismatch);
                unknown(span)
            }
        }
    }

    /// Whole numbers beside numbers become numbers.
    fn widen_all(&self, list: Vec<hir::Expr>) -> Vec<hir::Expr> {
        if list.iter().any(|e| e.ty.ty == Type::Number) {
            list.into_iter()
                .map(|e| {
                    if e.ty.ty == Type::Integer {
                        self.widen(e)
                    } else {
                        e
                    }
                })
                .collect()
        } else {
            list
        }
    }

    fn unknown_function(&mut self, name: &Name) {
        if self.is_lost(name) {
            return;
        }
        let d = Diagnostic::new(
            &codes::UNKNOWN_NAME,
            name.span,
            format!("there is no function `{name}`"),
        );
        let near = nearest(name, functions::ALL.iter().map(|f| f.name));
        let d = suggest(d, name.span, near);
        let help = if self.message_names.get(name).is_some() {
            Some(format!(
                "`{name}` is a message; it goes into an action that takes one"
            ))
        } else if self.action_names.get(name).is_some() {
            Some(format!(
                "`{name}` is an action; it follows `then` in a rule"
            ))
        } else {
            None
        };
        self.report(d.help_opt(help));
    }

    fn wrong_call(
        &mut self,
        name: &Name,
        signature: &str,
        arguments: &[hir::Expr],
        span: Span,
        mismatch: Mismatch,
    ) {
        let d = match mismatch {
            Mismatch::Count(n) => Diagnostic::new(
                &codes::WRONG_ARGUMENTS,
                span,
                format!(
                    "`{name}` takes {}, and {} given",
                    values(n),
                    are(arguments.len())
                ),
            )
            .help(format!("write `{signature}`")),
            Mismatch::Argument(i, expected) => {
                let given = arguments.get(i);
                let ty = given.map_or(Type::Unknown, |a| a.ty.ty);
                let is = self.describe(ty);
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    given.map_or(span, |a| a.span),
                    format!("`{name}` takes {expected} here, and this is {is}"),
                );
                match ty {
                    Type::DateTime => d.help("write `date_of(…)` around it to take its day"),
                    _ => d.help(format!("write `{signature}`")),
                }
            }
        };
        self.report(d);
    }
}

fn values(n: usize) -> String {
    match n {
        1 => "one value".into(),
        n => format!("{n} values"),
    }
}

fn are(n: usize) -> String {
    match n {
        0 => "none is".into(),
        1 => "one is".into(),
        n => format!("{n} are"),
    }
}
