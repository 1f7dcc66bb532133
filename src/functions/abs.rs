//! `abs(x)`

use super::{Function, Mismatch};
use crate::schema::Type;
use crate::vector::{RowErrorCause, Values, Vector, try_map};
use std::borrow::Cow;

pub static FUNCTION: Function = Function {
    name: "abs",
    signature: "abs(x)",
    docs: r#"The number, percentage or money without its sign.

```guanxi
abs(-3) = 3
abs(-2.5) = 2.5
abs(-20 CNY) = 20 CNY
```
"#,
    result,
    may_be_missing: false,
    kernel: |a, _| {
        let valid = a[0].valid.as_deref();
        let cause = RowErrorCause::Overflow;
        let values = match &a[0].values {
            Values::Integer(v) => {
                Values::Integer(Cow::Owned(try_map(v, valid, cause, i64::checked_abs)?))
            }
            Values::Decimal(v) => {
                Values::Decimal(Cow::Owned(try_map(v, valid, cause, i128::checked_abs)?))
            }
            _ => unreachable!("checked: a number"),
        };
        Ok(Vector {
            values,
            valid: a[0].valid.clone(),
        })
    },
};

fn result(arguments: &[Type]) -> Result<Type, Mismatch> {
    match arguments {
        [ty @ (Type::Integer | Type::Number | Type::Percent | Type::Money(_) | Type::Unknown)] => {
            Ok(*ty)
        }
        [_] => Err(Mismatch::Argument(0, "a number or money".to_string())),
        _ => Err(Mismatch::Count(1)),
    }
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::{call, integers};
    use crate::vector::{RowError, RowErrorCause, Values};

    #[test]
    fn drops_the_sign() {
        let Values::Integer(v) = call("abs", &[integers(&[-3, 0, 4])]).unwrap().values else {
            panic!()
        };
        assert_eq!(*v, [3, 0, 4]);
        let overflow = call("abs", &[integers(&[1, i64::MIN])]);
        assert_eq!(
            overflow.unwrap_err(),
            RowError { row: 1, cause: RowErrorCause::Overflow }
        );
    }
}
