//! What `min` and `max` share.

use super::Mismatch;
use crate::schema::Type;
use crate::vector::{Values, Vector, merge_valid, zip};
use std::borrow::Cow;

/// Both arguments of one ordered type; integers beside numbers are widened by the checker.
pub fn result(arguments: &[Type]) -> Result<Type, Mismatch> {
    let [a, b] = arguments else {
        return Err(Mismatch::Count(2));
    };
    for (i, ty) in arguments.iter().enumerate() {
        if !is_ordered(*ty) {
            return Err(Mismatch::Argument(
                i,
                "a number, money, a date, a time or a duration".to_string(),
            ));
        }
    }
    match (*a, *b) {
        (Type::Unknown, ty) | (ty, Type::Unknown) => Ok(ty),
        (Type::Integer, Type::Number) | (Type::Number, Type::Integer) => Ok(Type::Number),
        (a, b) if a == b => Ok(a),
        (a, _) => Err(Mismatch::Argument(
            1,
            format!("{}, like the first", words(a)),
        )),
    }
}

fn is_ordered(ty: Type) -> bool {
    use Type::*;
    matches!(
        ty,
        Integer | Number | Percent | Money(_) | Date | DateTime | Time | Duration(_) | Unknown
    )
}

fn words(ty: Type) -> String {
    match ty {
        Type::Integer | Type::Number => "a number".to_string(),
        Type::Percent => "a percentage".to_string(),
        Type::Money(currency) => format!("money in {currency}"),
        Type::Date => "a date".to_string(),
        Type::DateTime => "a datetime".to_string(),
        Type::Time => "a time".to_string(),
        _ => "a duration in the same units".to_string(),
    }
}

pub fn smaller<'a>(a: &Vector<'a>, b: &Vector<'a>, rows: usize) -> Vector<'a> {
    pick(a, b, rows, true)
}

pub fn larger<'a>(a: &Vector<'a>, b: &Vector<'a>, rows: usize) -> Vector<'a> {
    pick(a, b, rows, false)
}

fn pick<'a>(a: &Vector<'a>, b: &Vector<'a>, rows: usize, smaller: bool) -> Vector<'a> {
    fn of<T: Copy + Ord>(a: &[T], b: &[T], rows: usize, smaller: bool) -> Cow<'static, [T]> {
        Cow::Owned(if smaller {
            zip(a, b, rows, T::min)
        } else {
            zip(a, b, rows, T::max)
        })
    }
    use Values::*;
    let values = match (&a.values, &b.values) {
        (Integer(a), Integer(b)) => Integer(of(a, b, rows, smaller)),
        (Decimal(a), Decimal(b)) => Decimal(of(a, b, rows, smaller)),
        (Date(a), Date(b)) => Date(of(a, b, rows, smaller)),
        (DateTime(a), DateTime(b)) => DateTime(of(a, b, rows, smaller)),
        (Time(a), Time(b)) => Time(of(a, b, rows, smaller)),
        (Duration(a), Duration(b)) => Duration(of(a, b, rows, smaller)),
        _ => unreachable!("checked: both of one ordered type"),
    };
    Vector::with_valid(values, merge_valid(&[a, b], rows))
}
