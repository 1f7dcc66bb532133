//! `max(a, b)`

use super::{Function, extreme};

pub static FUNCTION: Function = Function {
    name: "max",
    signature: "max(a, b)",
    docs: r#"The larger of two numbers, percentages, amounts of money, dates, datetimes, times or durations of one type.

```guanxi
max(3, 1) = 3
max(2 CNY, 5 CNY) = 5 CNY
max(2026-01-31, 2026-02-01) = 2026-02-01
```
"#,
    result: extreme::result,
    may_be_missing: false,
    kernel: |a, context| Ok(extreme::larger(&a[0], &a[1], context.rows)),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::{call, integers};
    use crate::vector::Values;

    #[test]
    fn takes_the_larger_and_broadcasts() {
        let v = call("max", &[integers(&[3, -7, 5]), integers(&[4])]).unwrap();
        let Values::Integer(v) = v.values else {
            panic!()
        };
        assert_eq!(*v, [4, 4, 5]);
    }
}
